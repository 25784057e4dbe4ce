"""`exclusion-rerun`: let contacts into a sequence although an exclusion matches them, each by itself approved.

The runbook is the help article's: judge each match, turn off the global toggle and the ruleset's, wait until that
acts, run the play again, keep the exclusion off until everybody has finished the whole sequence, and turn it on again.
"""

from functools import cache, partial
from typing import Any

from prefect.client.schemas.objects import State

from flows import exclusion_parameters as x
from flows import parameters as p
from flows.procedure import procedure
from models.parameters import check_range
from tasks.approving import refuse_unless_allowed
from tasks.enrolling import enroll_groups, prepare_plays
from tasks.exclusion_rerun.lifting import hold, lift, put_back
from tasks.exclusion_rerun.planning import approve_matches, plan_rerun
from tasks.exclusion_rerun.request import check_rerun
from tasks.exclusion_rerun.shielding import shield
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state


@procedure("exclusion-rerun")
def exclusion_rerun(
    exclusion: x.ExclusionName,
    play: x.PlayName = None,
    contacts: p.PastedContacts = None,
    contacts_csv: p.ContactsCsv = None,
    sequence: x.OptionalSequence = None,
    send_from: x.SendFrom = None,
    hold_until: x.HoldUntil = "sequence_completed",
    max_hold_days: x.MaxHoldDays = 90,
    approve: x.Approve = None,
    shield_others: x.ShieldOthers = False,
    exclusion_wait_min: p.ExclusionWaitMin = 15,
    exclusion_wait_max: p.ExclusionWaitMax = 60,
    probe: p.Probe = True,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Judge whom an exclusion keeps out, ask about each, and let the approved ones through their sequence."""
    times = check_range("exclusion_wait", exclusion_wait_min, exclusion_wait_max)
    ask = cache(partial(
        check_rerun, workspace_at_hand(workspace), exclusion, play, contacts_csv, contacts, sequence, send_from,
        hold_until, max_hold_days, approve, shield_others,
    ))  # fmt: skip
    op = begin("exclusion-rerun", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_rerun(op.id, ask)
    if op.is_dry_run or not plan.contacts:
        return final_state(conclude(op.id))
    refuse_unless_allowed(op, plan)
    plan = approve_matches(op, ask, plan)
    if not plan.contacts:
        return final_state(conclude(op.id))

    prepare_plays(op, plan)
    if shield(op, plan, times) and lift(op, plan, times, probe=probe):
        enroll_groups(op, plan)
        hold(op, plan)
    put_back(op, plan, times)
    return final_state(conclude(op.id))
