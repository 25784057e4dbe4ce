"""Planning to enroll one or a few people by hand. No setting is lifted for them."""

from models.enrollment_plan import EnrollmentPlan, Group
from models.names import NONE
from models.rules.eligibility import reasons, with_procedures_own
from models.rules.sending import Senders
from models.wording import counted
from tasks.enroll_contacts.request import EnrollContacts, EnrollContactsRequest
from tasks.exclusion_rerun.declined import facts_for_enrolling
from tasks.known_behaviour import from_the_first_step, seen_in
from tasks.operation import Operation
from tasks.planning import Forecasts, by_turns, plan_once, write_rejects
from tasks.retrying import READS
from tasks.settings_in_force import lasting_settings
from tasks.step import task
from tasks.waves import in_waves


@task(task_run_name="plan the enrollment", **READS)
def plan_enrollment(operation_id: str, request: EnrollContactsRequest) -> EnrollmentPlan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, EnrollmentPlan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: EnrollContacts) -> EnrollmentPlan:
    contacts = request.named.contacts[["email"]].assign(sequence=request.sequence).reset_index(drop=True)
    facts = facts_for_enrolling(operation, contacts, request.named)
    facts = from_the_first_step(operation.platform, facts, seen_in(operation.journal, operation.platform))
    senders = list(Senders.of(operation.platform.mailboxes(), request.senders).able)
    facts["mailbox_ok"] = bool(senders)
    against = with_procedures_own(reasons(facts, lasting_settings(operation).acting, operation.now()), facts)
    forecasts = Forecasts(operation, request.named)
    judged = contacts.assign(
        mailbox=by_turns(senders, contacts.index),
        play=None,
        forecast=against.eq(NONE).map({True: "enrolled", False: "blocked"}),
        forecast_reasons=against,
        step=facts["resumes_after"].fillna(0).astype("int64") + 1,
        detail="named by the user",
    )
    there = facts["running_in"].eq(facts["sequence"]).fillna(False)
    judged.loc[there, ["forecast", "forecast_reasons", "detail"]] = ["unchanged", NONE, "runs in the sequence already"]
    forecasts.add(judged[facts["known"]])
    group = Group(target=request.sequence, play=None, contacts=forecasts.changed, name="")
    plan = EnrollmentPlan(
        purpose=f"enroll {counted(forecasts.changed, 'contact')} by hand into '{request.sequence}'",
        contacts=forecasts.changed,
        found=f"{counted(len(contacts), 'contact')} {request.named.named_by_user}",
        steps=(str(group),) if forecasts.changed else (),
        groups=(group,),
        actions=EnrollmentPlan.actions_for((group,)),
        send_from=tuple(senders),
        contacts_digest=forecasts.digest,
        rejected=write_rejects(operation, request.named, None, contacts.loc[~facts["known"], "email"].tolist()),
    )
    return in_waves(operation, plan, request.waves, request.wave_wait)
