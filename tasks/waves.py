"""Enrolling in waves: a few contacts first, and a look at what came of them before the next ones.

After each wave it stops by itself where an outcome differs from its forecast, an email of the wave bounced, or somebody
changed a setting that is on loan. Else the next one begins after the wait, or when a person says so.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

import pandas as pd
from prefect.cache_policies import NO_CACHE

from journal import loans, operations
from models.enrollment_plan import EnrollmentPlan, Group, copy_name
from models.names import names
from models.reasons import WAVE_NOT_BEGUN
from models.setting_words import in_words
from models.twins import is_twin
from models.waves import filled, wave_sizes
from models.wording import counted, first_of, in_utc
from tasks.approving import agreed_to
from tasks.borrowing import changed_by_others
from tasks.forms import Question
from tasks.narration import tell
from tasks.operation import Operation
from tasks.retrying import READS
from tasks.step import task
from tasks.waiting import await_effect

P = TypeVar("P", bound=EnrollmentPlan)
SANDBOX = "sandbox"
SUGGESTED = "1,10,rest"
GO_IN_WAVES = ("ownership-change", "enroll-contacts", "sequence-move", "exclusion-rerun")


def in_waves(
    operation: Operation, plan: P, waves: str | None, wave_wait: int | None, words: Callable[[Group], str] | None = str
) -> P:
    """The plan with its contacts parted into waves, a group of its own for each part of a wave; `words` says what is
    done with a group (None: its steps stay). As it is where everybody goes at once."""
    sizes = filled(wave_sizes("waves", waves), plan.contacts)
    operation.outcomes.number_waves(sizes)
    if not sizes:
        return plan.model_copy(update={"warnings": (*plan.warnings, *_suggestion(operation, plan, waves))})
    counts, groups = operation.outcomes.by_wave(), list[Group]()
    for wave in range(1, len(sizes) + 1):
        for group in plan.groups:
            if number := counts.get((wave, group.target, group.play), 0):
                name = copy_name(group.play, operation.id, len(groups) + 1)
                groups.append(group.model_copy(update={"contacts": number, "name": name, "wave": wave}))
    of = len(sizes)
    steps = tuple(f"wave {one.wave} of {of}: {words(one)}" for one in groups) if words else plan.steps
    parted = {
        "waves": sizes,
        "wave_wait": wave_wait,
        "groups": tuple(groups),
        "steps": (*steps, _pace(sizes, wave_wait)),
    }
    return plan.model_copy(update=parted)


def _pace(sizes: tuple[int, ...], wave_wait: int | None) -> str:
    each = ", ".join(f"{size:,}" for size in sizes)
    when = "when a person says so" if wave_wait is None else f"{counted(wave_wait, 'minute')} after the one before"
    return f"in waves of {each} contacts: each begins {when}, unless something differs from what was forecast"


def _suggestion(operation: Operation, plan: EnrollmentPlan, waves: str | None) -> Iterator[str]:
    """That a first live run had better go in waves, where people may be written to."""
    workspace = operation.row.workspace
    careful = workspace != SANDBOX and not is_twin(workspace) and waves is None
    if careful and plan.contacts > 1 and not operations.was_live(operation.journal, workspace, GO_IN_WAVES):
        yield f"no live run on '{workspace}' has come to its end yet: begin with one contact, by waves {SUGGESTED}"


def enroll_in_waves(operation: Operation, plan: EnrollmentPlan, enroll: Callable[[int], None]) -> None:
    """Enroll wave after wave by a function that is given its number, as long as nothing speaks against the next."""
    for wave in plan.wave_numbers:
        if wave > 1 and not _begins(operation, plan, wave):
            return
        enroll(wave)
        if plan.waves:
            close_wave(operation.id, plan, wave)


@task(task_run_name="close wave {wave}", cache_policy=NO_CACHE)
def close_wave(operation_id: str, plan: EnrollmentPlan, wave: int) -> None:
    """Write down that everybody of a wave has an outcome. Repeated: nothing."""
    operation, words = Operation.at_hand(operation_id), f"wave {wave} of {len(plan.waves)} is enrolled"
    if not operation.changes.is_made(_done(wave)):
        operation.changes.intend(_done(wave), "wave", words)
        operation.changes.applied(_done(wave), {"contacts": plan.waves[wave - 1]})
        tell(words)


def _done(wave: int) -> str:
    return f"wave:{wave}"


def _begins(operation: Operation, plan: EnrollmentPlan, wave: int) -> bool:
    """Whether a wave begins: it did, or nothing speaks against it, and its time has come or somebody said so. A run
    that died while it began or stopped looks again."""
    if operation.changes.is_made(_begun(wave)):
        return True
    why = look_at_wave(operation.id, plan, wave - 1)
    if not why:
        why = "" if _its_time_has_come(operation, plan, wave) else "nobody agreed to go on"
        why = why or look_at_wave(operation.id, plan, wave - 1)  # it may have been long
    begin_or_stop(operation.id, plan, wave, why)
    return not why


def _its_time_has_come(operation: Operation, plan: EnrollmentPlan, wave: int) -> bool:
    """Whether a wave may begin: after the wait, or since somebody says so."""
    if plan.wave_wait is None:
        return _agreed(operation, plan, wave)
    since = operation.changes.applied_at(_done(wave - 1)) or operation.now()
    length = timedelta(minutes=plan.wave_wait)
    await_effect(operation, f"wave {wave} of {len(plan.waves)}", since, (length, length), None)
    return True


def _begun(wave: int) -> str:
    return f"wave_begun:{wave}"


@task(task_run_name="look what came of wave {wave}", **READS)
def look_at_wave(operation_id: str, plan: EnrollmentPlan, wave: int) -> str:
    """What speaks against going on after a wave; "" where nothing does."""
    operation = Operation.at_hand(operation_id)
    return "; ".join((*_differing(operation, wave), *_bounced(operation, wave), *_changed(operation, plan)))


def _differing(operation: Operation, wave: int) -> Iterator[str]:
    found = operation.outcomes.everything(wave=wave, forecast="enrolled")
    differs = found[found["outcome"].ne("enrolled")]
    if len(differs):
        who = counted(len(differs), "contact")
        yield f"{who} ended otherwise than forecast: {first_of(differs['email'].tolist())}"


def _bounced(operation: Operation, wave: int) -> Iterator[str]:
    enrolled = operation.outcomes.everything(wave=wave, outcome="enrolled")[["email"]]
    if enrolled.empty:
        return
    since = pd.Timestamp(operation.row.started_at)
    history = operation.platform.history(enrolled.assign(since=since).reset_index(drop=True))
    bounced = history.loc[history["end"].eq("bounced") & history["ended_at"].ge(since), "email"].unique().tolist()
    if bounced:
        yield f"{counted(len(bounced), 'email')} bounced: {first_of(bounced)}"


def _changed(operation: Operation, plan: EnrollmentPlan) -> Iterator[str]:
    """The settings on loan that somebody changed meanwhile, or that were given back as they were overdue."""
    held = loans.held_by(operation.journal, operation.id)
    for setting in sorted({loan.setting for loan in plan.loans} - {loan.setting for loan in held}):
        yield f"{in_words(setting)} is not on loan any more"
    for setting, _ in changed_by_others(operation):
        yield f"somebody changed {in_words(setting)}"


def _agreed(operation: Operation, plan: EnrollmentPlan, wave: int) -> bool:
    """Whether somebody says that a wave may begin; who agreed beforehand has."""
    asking = _question(operation, plan, wave)
    return agreed_to(operation, asking.about, asking, sends_emails=False)


def _question(operation: Operation, plan: EnrollmentPlan, wave: int) -> Question:
    enrolled = operation.outcomes.everything(wave=wave - 1, outcome="enrolled")
    of, size = len(plan.waves), counted(plan.waves[wave - 1], "contact")
    due: datetime | None = min((loan.deadline for loan in loans.held_by(operation.journal, operation.id)), default=None)
    back = f" Borrowed settings go back by themselves by {in_utc(due)}." if due else ""
    first = enrolled["email"].head(12).tolist()
    became = (f"{counted(len(enrolled), 'contact')} enrolled, as forecast: {first_of(first, len(enrolled), 12)}",)
    sections = ((f"What came of wave {wave - 1}", became), ("What comes next", (f"wave {wave} of {of}: {size}",)))
    words = f"Workspace {operation.row.workspace}: begin wave {wave} of {of}, {size}?{back}"
    return Question(f"wave {wave}", plan.fingerprint(), words, sections, "afterwards nobody else is enrolled")


@task(task_run_name="begin wave {wave}, or stop before it", cache_policy=NO_CACHE)
def begin_or_stop(operation_id: str, plan: EnrollmentPlan, wave: int, why: str) -> None:
    """Write down that a wave begins; or why not, and leave everybody who is left as they are. Repeated: the same."""
    operation, of = Operation.at_hand(operation_id), len(plan.waves)
    operation.changes.intend(_begun(wave), "wave", f"begin wave {wave} of {of}")
    if not why:
        operation.changes.applied(_begun(wave), {"contacts": plan.waves[wave - 1]})
        return
    operation.changes.refused(_begun(wave), {"why": why})
    left = operation.outcomes.everything(forecast="enrolled", outcome=None)
    detail = f"not begun, since it stopped before wave {wave}: {why}"
    if len(left):  # else it was written down before
        stays = counted(len(left), "contact was", "contacts were")
        operation.add_next(f"stopped before wave {wave} of {of}: {why}. {stays} not enrolled: run again for them")
    operation.outcomes.record(left[["email"]].assign(outcome="blocked", reasons=names(WAVE_NOT_BEGUN), detail=detail))
    tell(f"stopped before wave {wave}: {why}")
