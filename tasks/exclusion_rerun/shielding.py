"""Keeping out whom nobody approved, before an exclusion comes off: by audiences' own toggles, or by a person.

Shields act before the exclusion comes off and come down only once it acts again, in whichever way a run ends
(`tasks/returning.py`): else published plays would let in whom nobody approved (R44).
"""

from datetime import timedelta
from functools import partial

from journal import loans
from models import menus
from models.ended_waits import Done, Refused, WaitEnd
from models.errors import InvalidInput
from models.manual_steps import ManualStep
from models.rerun_plan import RerunPlan
from models.rules.keeping_out import exclusion_of
from models.setting_keys import SettingKey
from models.wording import counted, first_of
from tasks.borrowing import borrow
from tasks.by_hand import have_done
from tasks.exclusion_rerun.declined import approved_by, declined_by_others, declined_of
from tasks.exclusion_rerun.radius import opened_rulesets, ways_of
from tasks.operation import Operation
from tasks.retrying import READS
from tasks.step import task
from tasks.waiting import await_effect

Times = tuple[timedelta, timedelta]
KEEP_OUT, UNDO = "keep out the declined", "undo what keeps out the declined"


def longest_loan(plan: RerunPlan, times: Times) -> timedelta:
    """How long the loans may be out: the waits before and after, and the hold's budget."""
    held = timedelta(days=plan.max_hold_days) if plan.hold_until == "sequence_completed" else timedelta(0)
    return 3 * times[1] + held


def shield(operation: Operation, plan: RerunPlan, times: Times) -> bool:
    """Turn the shields on and wait until they act; give whether they do (also where none is needed).

    Raises InvalidInput, with nothing lifted, where a play that came up since the plan could let in somebody declined.
    """
    held = loans.held_by(operation.journal, operation.id)
    lifted = any(exclusion_of(loan.setting) for loan in held)  # a run that was begun again goes on from there
    if lifted or not plan.must_act or not operation.outcomes.number_open():
        return True
    if not plan.reach_known:
        return _kept_out_by_hand(operation, plan, times)
    out_since = [borrow(operation, one, longest_loan(plan, times)) for one in plan.shields]
    look = partial(shields_act, operation.id, plan)
    end = None if out_since else look()
    if end is None:
        # A toggle that somebody else turned on lately is waited for as well: it may act later than the exclusion.
        end = await_effect(operation, "audience settings", max(out_since, default=operation.now()), times, look)
    if isinstance(end, Refused):
        raise InvalidInput("play", end.why, f"'{plan.exclusion}' was not lifted. Run it again: the plan is made anew")
    return isinstance(end, Done)


@task(task_run_name="look whether plays keep out whom nobody approved", **READS)
def shields_act(operation_id: str, plan: RerunPlan) -> WaitEnd | None:
    """Done once every play that could let in somebody declined keeps them out; Refused where one is not shielded."""
    operation = Operation.at_hand(operation_id)
    platform = operation.platform
    found = ways_of(platform, opened_rulesets(operation, plan.must_act))
    unwelcome = set(declined_of(operation.journal, operation.id)) | declined_by_others(operation, plan.exclusion)
    unwelcome -= approved_by(operation.journal, operation.id) or set()
    shielded = {one.setting.owner for one in plan.shields}
    meant = found[found["email"].isin(unwelcome) | found["audience"].isin(shielded)]
    matched = set(platform.matches(plan.exclusion, meant["email"].drop_duplicates().tolist())["email"])
    acting = True
    for audience, members in meant[meant["email"].isin(matched)].groupby("audience", sort=False):
        play = str(members["play"].iloc[0])
        entrants = platform.entrants(play).set_index("email")["kept_out_by"]
        kept_out = entrants[members["email"].unique()].map(lambda names: plan.exclusion in names)
        if kept_out.all():
            continue
        if not platform.setting(SettingKey.in_audience(str(audience), plan.exclusion)):
            return Refused(_came_up(play, str(audience), sorted(kept_out[~kept_out].index)))
        acting = False
    return Done("probe") if acting else None


def _came_up(play: str, audience: str, emails: list[str]) -> str:
    return (
        f"'{play}' (audience '{audience}') could let in {counted(len(emails), 'contact')} whom nobody approved and does"
        f" not keep them out: {first_of(emails)}; it came up, or its audience's toggle was turned off, since the plan"
    )


def _kept_out_by_hand(operation: Operation, plan: RerunPlan, times: Times) -> bool:
    """Where plays are hidden: have a person keep out whom nobody approved, and wait as long as a toggle may take."""
    declined = declined_of(operation.journal, operation.id)
    if not declined:
        return True
    have_done(operation, KEEP_OUT, keep_out_step(plan.exclusion, declined))
    since = operation.changes.applied_at(KEEP_OUT)
    return isinstance(await_effect(operation, "audience settings", since, times, None), Done)


def undo_by_hand(operation: Operation, plan: RerunPlan, times: Times) -> None:
    """Have the person's own shields taken down, once the exclusion had the time to act again."""
    if not operation.changes.is_made(KEEP_OUT):
        return
    [told] = [row.result or {} for row in operation.changes.made() if row.key == KEEP_OUT]
    await_effect(operation, "exclusion settings to act again", operation.now(), times, None)
    have_done(operation, UNDO, undo_step(plan.exclusion, str(told.get("by", "")), str(told.get("remark", ""))))


def keep_out_step(exclusion: str, declined: list[str]) -> ManualStep:
    """What a person does where the platform shows no plays: the declined, by name, are kept out of all of them."""
    return ManualStep(
        title=f"keep {counted(len(declined), 'contact')} whom nobody approved out of every play",
        where=(*menus.AUDIENCES, *menus.PLAYS),
        do=(
            f"they are: {', '.join(declined)}",
            "look for each of them which audiences hold them, and which plays have these audiences as their trigger,"
            " published or not",
            f"in each such audience turn the exclusion '{exclusion}' on (at the bottom, R33); where that cannot be,"
            " take them out of it, or unpublish the play",
            "say in the remark what you changed and what it was: it goes back once the exclusion acts again",
            "where none of them is in any, there is nothing to do: say so in the remark",
        ),
        afterwards="it acts after 15 to 45 minutes (R51); the run waits before the exclusion comes off",
        read_back="whether one of them is enrolled, at every look while the exclusion is off",
    )


def undo_step(exclusion: str, by: str, remark: str) -> ManualStep:
    """The way back, once the exclusion acts again."""
    return ManualStep(
        title=f"take back what {by} did to keep out whom nobody approved",
        where=(*menus.AUDIENCES, *menus.PLAYS),
        do=(
            f"what was said of it: {remark or 'nothing'}",
            f"first see that '{exclusion}' is on again",
            "set everything back to what it showed before",
        ),
    )
