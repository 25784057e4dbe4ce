"""Planning an exclusion-rerun: judged first, and made anew for whom somebody approved."""

import hashlib
from functools import partial
from typing import Any

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.enrollment_plan import EnrollmentPlan, Group, copy_name
from models.errors import InvalidInput
from models.names import names
from models.plan import SettingLoan
from models.report import Report
from models.rerun_plan import RerunPlan
from models.rules.hold import Hold
from models.setting_keys import UNKNOWN, SettingKey
from models.wording import counted
from tasks.exclusion_rerun.costing import fits_nobody, hold_for, is_too_long, steps, warnings
from tasks.exclusion_rerun.deciding import approved_before, chosen, decide_matches
from tasks.exclusion_rerun.judging import digest_of, judge_matches, write_matches
from tasks.exclusion_rerun.radius import reach_of, write_reached
from tasks.exclusion_rerun.request import ExclusionRerun, ExclusionRerunRequest
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once, with_steps_by_hand, write_rejects
from tasks.reporting import conclude, give_up
from tasks.retrying import READS
from tasks.step import task
from tasks.waves import in_waves


@task(task_run_name="judge the matches", **READS)
def plan_rerun(operation_id: str, request: ExclusionRerunRequest) -> RerunPlan:
    """The plan for everybody who could be let in, or whom `approve` approves. Repeated: the plan that was made."""
    operation = Operation.at_hand(operation_id)

    def make() -> RerunPlan:
        checked = request.check(operation.platform)
        judged = judge_matches(operation, checked)
        contacts, approved = judged.contacts, None
        if checked.answers is not None:
            approved = chosen(judged.matches, checked.answers)[0]
            contacts = _only(contacts, approved)
        write_matches(operation, judged.matches)
        Forecasts(operation, checked.named).add(contacts)
        rejected = write_rejects(operation, checked.named, checked.source, judged.unknown)
        return _plan(operation, checked, contacts, approved, judged.how, rejected, digest_of(judged.matches))

    return plan_once(operation, RerunPlan, make)


def approve_matches(operation: Operation, request: ExclusionRerunRequest, plan: RerunPlan) -> RerunPlan | Report:
    """The plan for whom somebody approved, or the report of an operation that ends here, since that is nobody.

    Repeated: the same. What changed meanwhile is judged and asked about again. Raises InvalidInput where the exclusion
    would have to stay off for them longer than the budget allows.
    """
    if plan.judged:
        approved = approved_before(operation, plan.judged)
    else:
        if plan.fits_nobody:  # nobody need decide on what would be refused afterwards
            refuse_what_cannot_end(plan)
        checked = request.check(operation.platform)
        plan, approved = decide_matches(operation, checked, plan, partial(plan_rerun, operation.id, request))
        plan = _narrow(operation.id, checked, plan, approved)
    if plan.is_empty:
        return conclude(operation.id) if approved else give_up(operation.id, "not_approved")
    refuse_what_cannot_end(plan)
    return plan


def refuse_what_cannot_end(plan: RerunPlan) -> None:
    """Raise InvalidInput where the exclusion would have to stay off for longer than the budget allows."""
    if plan.too_long and plan.contacts and plan.shortest_hold is None:
        raise InvalidInput(
            "sequence",
            f"nobody would finish it, and '{plan.exclusion}' would stay off: {plan.hold}",
            "Let it send again first. Nothing was changed",
        )
    if plan.too_long and plan.contacts:
        raise InvalidInput(
            "max_hold_days",
            f"{plan.hold}; that is longer than {counted(plan.max_hold_days, 'day')}",
            "Approve fewer contacts at a time, send from more mailboxes, or raise max_hold_days. Nothing was changed",
        )


@task(task_run_name="plan for whom somebody approved", cache_policy=NO_CACHE)
def _narrow(operation_id: str, request: ExclusionRerun, judged: RerunPlan, approved: set[str]) -> RerunPlan:
    operation = Operation.at_hand(operation_id)
    before = operation.outcomes.everything()
    contacts = _only(before, approved)
    declined = contacts.loc[contacts["forecast_reasons"].eq(names("not_approved")), "email"].tolist()
    operation.outcomes.reforecast(declined, "blocked", names("not_approved"))
    plan = with_steps_by_hand(
        operation.platform,
        _plan(
            operation,
            request,
            contacts,
            approved,
            judged.found,
            judged.rejected,
            judged.matches_digest,
            judged.fingerprint(),
        ),
    )
    operation.update(
        plan=plan.model_dump(mode="json"),
        plan_hash=plan.fingerprint(),
        planned_at=operation.platform.glance_at_clock(),
        told=plan.for_report(),
    )
    return plan


def _only(contacts: pd.DataFrame, approved: set[str]) -> pd.DataFrame:
    """The contacts, with those who could be let in and were not approved as blocked."""
    out = contacts.copy()
    declined = out["forecast"].eq("enrolled") & ~out["email"].isin(approved)
    out.loc[declined, ["forecast", "forecast_reasons"]] = ["blocked", names("not_approved")]
    return out


def _plan(
    operation: Operation,
    request: ExclusionRerun,
    contacts: pd.DataFrame,
    approved: set[str] | None,
    how: str,
    rejected: int,
    matches_digest: str,
    judged: str = "",
) -> RerunPlan:
    """The plan for the contacts that are forecast as enrolled; `approved` is None before anybody decided."""
    let_in = contacts[contacts["forecast"] == "enrolled"].reset_index(drop=True)
    borrowed, must_act = _toggles(operation, request, len(let_in)) if len(let_in) else ((), ())
    reach = reach_of(operation, request, must_act, contacts, approved)
    write_reached(operation, reach)
    group = _group(operation, request, len(let_in))
    hold = hold_for(operation, request, let_in)
    too_long = is_too_long(operation, request, hold)
    plan = RerunPlan(
        purpose=f"enroll {counted(len(let_in), 'contact')} although '{request.exclusion}' matches them",
        contacts=len(let_in),
        found=how,
        steps=steps(request, group, hold) if len(let_in) else (),
        groups=(group,),
        actions=EnrollmentPlan.actions_for((group,)),
        loans=borrowed,
        must_act=must_act,
        warnings=warnings(request, reach, hold, too_long) if len(let_in) else (),
        send_from=request.senders,
        rejected=rejected,
        **_terms(request, hold, too_long),
        fits_nobody=too_long and approved is None and fits_nobody(operation, request, let_in),
        **reach.as_fields(),
        declined=() if reach.known else _to_keep_out(contacts, approved),
        decided=approved is not None,
        judged=judged,
        matches_digest=matches_digest,
        contacts_digest=hashlib.sha256("\n".join(sorted(let_in["email"])).encode()).hexdigest(),
    )
    return in_waves(operation, plan, request.waves, request.wave_wait, words=None)


def _group(operation: Operation, request: ExclusionRerun, contacts: int) -> Group:
    name = copy_name(request.play, operation.id, 1)
    return Group(target=request.target, play=request.play, contacts=contacts, name=name)


def _terms(request: ExclusionRerun, hold: Hold, too_long: bool) -> dict[str, Any]:
    """What a plan says of the exclusion, for which sequence it comes off, and for how long."""
    return {
        "exclusion": request.exclusion,
        "sequence": request.target,
        "hold_until": request.hold_until,
        "shortest_hold": hold.until,
        "hold": str(hold),
        "max_hold_days": request.max_hold_days,
        "too_long": too_long,
    }


def _to_keep_out(contacts: pd.DataFrame, approved: set[str] | None) -> tuple[str, ...]:
    """Whom nobody approved, by name; nobody before that is decided, nor where nobody is let in."""
    nobody = approved is None or not contacts["forecast"].eq("enrolled").any()
    judged = contacts.loc[contacts["forecast"] != "unchanged", "email"]
    return () if nobody else tuple(sorted(set(judged) - (approved or set())))


def _toggles(
    operation: Operation, request: ExclusionRerun, contacts: int
) -> tuple[tuple[SettingLoan, ...], tuple[SettingKey, ...]]:
    """The toggles to turn off, the global one first, then the ruleset's (R34, R35, R68); and those that have to act.

    A toggle that is set off and acts as on still has to be waited for.
    """
    platform = operation.platform
    ruleset = platform.sequences().set_index("sequence")["ruleset"][request.target]
    everywhere = SettingKey.exclusion(request.exclusion)
    here = SettingKey.in_ruleset(ruleset, request.exclusion)
    if "exclusions" in platform.hidden:  # who changes them says what they were
        unseen = [SettingLoan(setting=key, was=UNKNOWN, set_to=False, contacts=contacts) for key in (everywhere, here)]
        return tuple(unseen), (everywhere, here)
    found = platform.exclusion_toggles()
    row = found[(found["exclusion"] == request.exclusion) & (found["ruleset"] == ruleset)].iloc[0]
    acting = {everywhere: bool(row["everywhere"]), here: bool(row["here"])}
    # A loan that is out counts as given back: who relies on it has to hold it too.
    out = operation.on_loan()
    is_set = {key: bool(out.get(key, platform.setting(key))) for key in acting}
    borrowed = tuple(
        SettingLoan(setting=key, was=True, set_to=False, contacts=contacts) for key, value in is_set.items() if value
    )
    return borrowed, tuple(key for key in acting if acting[key] or is_set[key])
