"""Proving that settings act: one contact, of those to be enrolled anyway, is enrolled."""

from datetime import datetime, timedelta
from functools import partial

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.ended_waits import Done, WaitEnd
from models.enrollment_plan import EnrollmentPlan
from models.names_in_frames import holding
from models.reasons import REASONS, REENROLLMENT, excluded
from models.setting_keys import SettingKey
from tasks.enrolling import NEEDED, without_outcome
from tasks.made_before import KNOWN, came_of, note_known
from tasks.meanwhile import without_who_stays
from tasks.narration import tell
from tasks.operation import Operation
from tasks.paused_contacts import enroll, goes_back_paused, pause_ours
from tasks.reading_outcomes import record_outcomes
from tasks.step import task
from tasks.waiting import await_effect

AT_ONCE = 100  # one is looked for, and nearly everybody needs the settings


def await_settings(
    operation: Operation,
    plan: EnrollmentPlan,
    waits_for: str,
    since: datetime | None,
    times: tuple[timedelta, timedelta],
    *,
    probe: bool,
) -> WaitEnd:
    """Wait until the settings that a plan needs act: proved by a contact of it, or by the clock without a probe."""
    return await_effect(
        operation, waits_for, since, times, partial(probe_settings, operation.id, plan) if probe else None
    )


@task(task_run_name="probe whether the settings act", cache_policy=NO_CACHE)
def probe_settings(operation_id: str, plan: EnrollmentPlan) -> WaitEnd | None:
    """Enroll one contact for each setting that has to act: accepted proves it, refused is not yet.

    The contact is one of those to be enrolled anyway, and is enrolled by this.
    """
    operation = Operation.at_hand(operation_id)
    rulesets = operation.platform.sequences().set_index("sequence")["ruleset"]
    for setting in plan.must_act:
        if not _acts(operation, plan, setting, rulesets):
            return None
    return Done("probe")


def _acts(operation: Operation, plan: EnrollmentPlan, setting: SettingKey, rulesets: "pd.Series[str]") -> bool:
    """Whether a contact that needs this setting is accepted."""
    codes = _refusals_while_it_does_not_act(setting)
    if _proved(operation, setting):
        return True
    for _, group in plan.groups_of(1):  # nobody of a later wave is enrolled before it begins
        if not _concerns(setting, str(rulesets.get(group.target))):
            continue
        for contacts in without_outcome(operation, group, AT_ONCE, (*NEEDED, "forecast_reasons")):
            needing = contacts[holding(contacts["forecast_reasons"], *codes)]
            for _, contact in needing.iterrows():
                verdict = _try(operation, contact.to_frame().T, group.target, _not_yet(setting, codes))
                if verdict is not None:
                    return verdict and _note_proof(operation, setting)
    return True  # nobody is left who needs it


def _refusals_while_it_does_not_act(setting: SettingKey) -> tuple[str, ...]:
    """The reasons that a contact is refused with as long as a lifted setting does not act."""
    if setting.kind == "ruleset":
        return tuple(code for code in REENROLLMENT if REASONS[code].ruleset_field == setting.part)
    return (excluded(setting.owner if setting.kind == "exclusion" else setting.part),)


def _not_yet(setting: SettingKey, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The refusals that mean "not yet": of the two re-enrollment options either, since a contact may need both."""
    return REENROLLMENT if setting.kind == "ruleset" else codes


def _concerns(setting: SettingKey, ruleset: str) -> bool:
    """Whether a setting acts on the sequences of a ruleset."""
    return setting.kind == "exclusion" or setting.owner == ruleset


def _try(operation: Operation, contact: pd.DataFrame, target: str, codes: tuple[str, ...]) -> bool | None:
    """Enroll one contact: True if accepted, False if the setting does not act yet, None if it proves nothing.

    Repeated after a crash: one that was accepted then is found by history, running or not, and proves it as well.
    """
    email = contact["email"].iloc[0]
    under = f"probe:{target}:{email}:"
    begun = operation.changes.open_under(under)
    key = begun.key if begun else f"{under}{operation.now():%Y-%m-%dT%H:%M:%SZ}"
    words = f"enroll {email} into '{target}' as a probe"
    intent = operation.changes.intend(key, "probe", words)
    if begun and (came := came_of(operation, contact, intent.intended_at, sequence=target))["came"].iloc[0] in KNOWN:
        pause_ours(operation, contact, came, goes_back_paused(contact))
        note_known(operation, contact, came)
        operation.changes.applied(key, {"reason": None})
        return True if came["sequence"].iloc[0] == target else None
    if without_who_stays(operation, contact, target).empty:
        operation.changes.applied(key, {"reason": "left as they are"})
        return None
    reason = enroll(operation, contact)["reason"].iloc[0]
    if reason not in codes:
        answer = pd.Series([reason], index=contact.index, dtype=object)
        record_outcomes(operation, contact, target, intent.intended_at, answers=answer)
    operation.changes.applied(key, {"reason": reason})
    if reason in codes:
        return False
    tell(f"the probe {email} was " + ("accepted" if reason is None else f"refused: {reason}"))
    # Somebody whom a published play took in by itself (R44) is there already: that proves it as well.
    there = reason is not None and len(operation.platform.places([email], target)) > 0
    return True if reason is None or there else None


def _proved(operation: Operation, setting: SettingKey) -> bool:
    key = f"proof:{setting}:{operation.row.attempt}"
    return operation.changes.is_made(key)


def _note_proof(operation: Operation, setting: SettingKey) -> bool:
    key = f"proof:{setting}:{operation.row.attempt}"
    operation.changes.intend(key, "probe", f"{setting} acts")
    operation.changes.applied(key, {})
    return True
