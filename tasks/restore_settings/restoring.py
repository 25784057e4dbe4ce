"""Giving back what nobody will give back any more: loans whose holders are gone, silent or too late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prefect.cache_policies import NO_CACHE

from journal import loans, operations, sweeps
from journal.database import Journal
from models.errors import HandoffError
from models.operation_end import has_ended
from models.plan import Plan
from models.rules.keeping_out import exclusion_of
from models.rules.loans import why_due
from models.setting_words import in_words, left_so, value_in_words
from models.settings import Settings
from models.tables.journal import LoanRow
from models.wording import counted
from tasks import carrying
from tasks.borrowing import finish_return, return_loan
from tasks.by_hand import by_hand
from tasks.exclusion_rerun.watching import look_before_it_ends
from tasks.one_by_one import one_by_one
from tasks.operation import Operation, workspace_at_hand
from tasks.planning import plan_once
from tasks.restore_settings.gone_rehearsals import end_gone_rehearsals, is_elsewhere
from tasks.restore_settings.lost_runs import LostRun, lost_runs, recover_all
from tasks.restore_settings.not_begun import NotBegun
from tasks.restore_settings.removing import remove_what_was_kept_long_enough
from tasks.returning import ByHand, is_shield, parted, stays_on
from tasks.running_under import running_under
from tasks.step import task
from tasks.unfinished import finish_or_name


@dataclass(frozen=True)
class Due:
    """One operation's share of a loan that has to be given back: why, and who is removed from their sequences.

    Without an operation nobody holds the loan any more: somebody was about to give it back, and could not. `by_force`:
    its run has not ended.
    """

    loan: LoanRow
    operation_id: str | None
    why: str
    removes: tuple[str, ...] = ()
    by_force: bool = False

    def __str__(self) -> str:
        whose = f" (operation {self.operation_id})" if self.operation_id else ""
        was = value_in_words(self.loan.was)
        what = f"give back a setting: {in_words(self.loan.setting)}: {was} again, for {self.why}{whose}"
        if not self.removes:
            return what
        some = ", ".join(self.removes[:5]) + (" …" if len(self.removes) > 5 else "")
        return f"{what}; this takes {counted(len(self.removes), 'contact')} out of their sequences (R62): {some}"


@dataclass(frozen=True)
class Sweep:
    """What a sweep is about: what is due in a workspace at a time, ours."""

    workspace: str
    begun: datetime

    @property
    def subject(self) -> str:
        """Each sweep is one of its own: what two find due at once is given back once all the same."""
        return f"loans due {self.begun:%Y-%m-%d %H:%M:%S} UTC"


def debts(workspace: str) -> list[Due]:
    """Every share of a loan that is due in a workspace. Changes nothing.

    A shield is not due as long as the exclusion that it stands in for does not act again.
    """
    journal = Journal(Settings().journal_url)
    found = []
    for loan in loans.open_loans(journal, workspace):
        if is_shield(loan) and stays_on(journal, workspace_at_hand(loan.workspace), loan):
            continue
        holders = loans.holders(journal, loan.id or 0)
        if not holders:
            found.append(Due(loan, None, "nobody holds it any more"))
        for holder in holders:
            operation = Operation.at_hand(holder.operation_id)
            removes = running_under(operation, loan)
            why = why_due(
                loan.setting,
                loan.deadline,
                operation.now(),
                ended=has_ended(operation.row),
                silent_since=operations.silent_since(operation.row),
                running=len(removes),
            )
            if why is not None:
                found.append(Due(loan, operation.id, why, removes, by_force=not has_ended(operation.row)))
    return found


def anything_due(workspace: str) -> bool:
    """Whether a sweep of the workspace would find something to give back, or a run to look after."""
    return bool(lost_runs(workspace) or debts(workspace))


def workspaces_to_sweep() -> set[str]:
    """Every workspace that has a setting on loan, or a run to look after; no rehearsal of another machine."""
    journal = Journal(Settings().journal_url)
    found = {loan.workspace for loan in loans.open_loans(journal)} | {one.workspace for one in lost_runs()}
    return {workspace for workspace in found if not is_elsewhere(workspace)}


def note_end(workspace: str) -> None:
    """Write down that a sweep of a workspace came to its end, whether it found anything or not."""
    sweeps.ended(Journal(Settings().journal_url), workspace)


def sweep() -> dict[str, Any]:
    """Look after lost runs; give back every loan that is overdue, or whose holders have ended or fallen silent.

    Of every workspace: one that cannot be reached keeps none of the others waiting. Raises what went wrong first.
    """
    settings = Settings()
    journal = Journal(settings.journal_url)
    end_gone_rehearsals()
    out, lost = loans.open_loans(journal), lost_runs()
    broken = list[HandoffError]()
    for workspace in sorted(workspaces_to_sweep() | {settings.workspace}):
        left = _sweep_one(workspace, [one for one in lost if one.workspace == workspace])
        broken += left
        if not left:
            note_end(workspace)
    remove_what_was_kept_long_enough(settings.workspace)
    if broken:
        raise broken[0]
    states = {loan.id: loan for loan in loans.every(journal, [loan.id or 0 for loan in out])}
    return {
        "loans": [
            {"setting": loan.setting, "workspace": loan.workspace, "state": _shown_state(states[loan.id])}
            for loan in out
        ],
        "runs": [
            {"operation_id": one.operation_id, "procedure": one.procedure, "care": one.care, "told": one.what_to_do}
            for one in lost
        ],
    }


def _sweep_one(workspace: str, lost: list[LostRun | NotBegun]) -> list[HandoffError]:
    """Sweep one workspace; give what went wrong, but for what a person has to do."""
    # Runs first: one that is started again has promised a sign of life, and keeps its loans until that is broken.
    return parted([*recover_all(lost), *_give_back_in(workspace)])[1]


def _give_back_in(workspace: str) -> list[HandoffError]:
    """Give back what is due in one workspace; give why not, also where it cannot be reached or is no more."""
    try:
        return give_back_all(debts(workspace))
    except HandoffError as error:
        return [error]


def _shown_state(loan: LoanRow) -> str:
    """One that is being given back, and is not back, waits for a person."""
    return "overdue" if loan.state == "returning" else loan.state


def have_given_back() -> None:
    """Have a person at the terminal give back what is due and only they can. Raises NeedsPerson where one cannot."""
    journal = Journal(Settings().journal_url)
    left, _ = parted(refusal for one in sorted(workspaces_to_sweep()) for refusal in _give_back_in(one))
    for one in (one for one in left if isinstance(one, ByHand)):
        by_hand(Operation.at_hand(loans.last_holder(journal, one.loan_id)), [(one.key, one.change)], one.first)


def give_back_all(due: list[Due]) -> list[HandoffError]:
    """Give everything back that can be; one that cannot be given back must not keep the others out. Gives why not."""
    return one_by_one(due, give_back_one)


def give_back_one(due: Due) -> None:
    """Give back one share, after the pairs that were begun under it are finished; for a run that has not ended, say
    what to do about it."""
    if due.operation_id is None:
        finish_return(Journal(Settings().journal_url), workspace_at_hand(due.loan.workspace), due.loan)
        return
    operation = Operation.at_hand(due.operation_id)
    if not carrying.is_carried(operation.row):
        finish_or_name(operation, for_good=False)
    declined = look_before_it_ends(operation) if exclusion_of(due.loan.setting) else []
    return_loan(operation, due.loan)
    if not has_ended(operation.row):
        line = f"{in_words(due.loan.setting)}: given back because the run was silent or late; look at its contacts,"
        whole = operation.chain[-1]
        remedy = f" then `handoff resume {whole}` or `handoff cancel {whole}`"
        removed = (
            f" {counted(len(due.removes), 'contact is', 'contacts are')} taken out of sequences by it"
            if due.removes
            else ""
        )
        # A process that was frozen and goes on finds that it carries this no more (carrying.refuse_if_lost).
        lost = {"carrier": None} if operations.silent_since(operation.row) else {}
        for one in operation.chain:
            operations.update(operation.journal, one, status="needs_attention", **lost)
            operations.add_next(operation.journal, one, line + remedy + removed, *declined)


@task(task_run_name="look what is due", cache_policy=NO_CACHE)
def plan_restoring(operation_id: str) -> Plan:
    """The plan: what is due and why, and who is removed by that. Repeated: the plan that was made."""
    operation = Operation.at_hand(operation_id)

    def make() -> Plan:
        lost, due = lost_runs(operation.row.workspace), debts(operation.row.workspace)
        more = f"; {counted(len(lost), 'run')} to look after" if lost else ""
        return Plan(
            purpose=f"give back {counted(len(due), 'setting')}",
            contacts=0,
            found=f"{counted(len(due), 'setting is', 'settings are')} due to be given back{more}",
            steps=tuple(map(str, [*lost, *due])),
            actions=("set_setting",) if due else (),
        )

    return plan_once(operation, Plan, make)


@task(task_run_name="give back what is due", cache_policy=NO_CACHE, retries=3, retry_delay_seconds=5)
def restore_settings_due(operation_id: str) -> int:
    """Give everything back that is due, and say what could not be given back as it was. Gives how many are left."""
    operation = Operation.at_hand(operation_id)
    lost = lost_runs(operation.row.workspace)
    refusals = recover_all(lost)
    due = debts(operation.row.workspace)
    refusals += give_back_all(due)
    after = loans.every(operation.journal, [one.loan.id or 0 for one in due])
    lines = [
        left_so(loan.setting, loan.state, value_in_words(loan.was))
        for loan in after
        if loan.state in ("superseded", "unknown")
    ]
    lines += [str(one) for one in due if one.removes or one.by_force]
    lines += [str(one) for one in lost if one.needs_person]
    left, broken = parted(refusals)
    lines += [f"{one}; then `handoff restore`" for one in left]  # chased at every sweep until it is done
    operation.update(next=[*(operation.row.next or []), *lines])
    if broken:
        raise broken[0]
    return len(lines)
