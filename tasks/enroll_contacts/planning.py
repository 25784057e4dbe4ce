"""Enrolling one or a few people by hand: what was asked, and the plan. No setting is lifted for them."""

from collections.abc import Callable
from dataclasses import dataclass

from prefect import task

from inputs.contacts_csv import ContactsFile, parse_contacts
from models.enrollment_plan import EnrollmentPlan, Group
from models.names import NONE
from models.rules.eligibility import reasons, with_procedures_own
from models.rules.sending import Senders
from models.wording import counted
from platforms.port import Platform
from tasks import checking
from tasks.eligibility import acting_settings
from tasks.exclusion_rerun.declined import facts_for_enrolling
from tasks.operation import Operation
from tasks.planning import Forecasts, by_turns, plan_once, write_rejects
from tasks.retrying import READS


@dataclass(frozen=True)
class AskedEnrollment:
    """The parameters of `enroll-contacts`, names as the workspace spells them."""

    contacts: ContactsFile
    sequence: str
    mailboxes: tuple[str, ...]

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.sequence


def check_enrollment(
    platform: Platform, emails: list[str], sequence: str, mailboxes: list[str] | None
) -> AskedEnrollment:
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    senders = checking.mailboxes(platform, "mailboxes", mailboxes) if mailboxes else ()
    return AskedEnrollment(
        parse_contacts("\n".join(emails), "emails"),
        checking.sequence(platform, "sequence", sequence),
        senders or checking.own_mailboxes(platform, "mailboxes"),
    )


@task(task_run_name="plan the enrollment", **READS)
def plan_enrollment(operation_id: str, ask: Callable[[], AskedEnrollment]) -> EnrollmentPlan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, EnrollmentPlan, lambda: _plan(operation, ask()))


def _plan(operation: Operation, asked: AskedEnrollment) -> EnrollmentPlan:
    contacts = asked.contacts.contacts[["email"]].assign(sequence=asked.sequence).reset_index(drop=True)
    facts = facts_for_enrolling(operation, contacts, asked.contacts)
    senders = list(Senders.of(operation.platform.mailboxes(), asked.mailboxes).able)
    facts["mailbox_ok"] = bool(senders)
    against = with_procedures_own(reasons(facts, acting_settings(operation.platform), operation.now()), facts)
    forecasts = Forecasts(operation, asked.contacts)
    told = contacts.assign(
        mailbox=by_turns(senders, contacts.index), play=None,
        forecast=against.eq(NONE).map({True: "enrolled", False: "blocked"}), forecast_reasons=against,
        step=facts["resumes_after"].fillna(0).astype("int64") + 1, detail="named by the user",
    )  # fmt: skip
    there = facts["running_in"].eq(facts["sequence"]).fillna(False)
    told.loc[there, ["forecast", "forecast_reasons", "detail"]] = ["unchanged", NONE, "runs in the sequence already"]
    forecasts.add(told[facts["known"]])
    group = Group(target=asked.sequence, play=None, contacts=forecasts.changed, name="")
    return EnrollmentPlan(
        purpose=f"enroll {counted(forecasts.changed, 'contact')} by hand into '{asked.sequence}'",
        contacts=forecasts.changed,
        found=f"{counted(len(contacts), 'contact')} {asked.contacts.named_by_user}",
        steps=(str(group),) if forecasts.changed else (),
        groups=(group,), actions=EnrollmentPlan.actions_for((group,)), send_from=tuple(senders),
        contacts_digest=forecasts.digest,
        rejected=write_rejects(operation, asked.contacts, None, contacts.loc[~facts["known"], "email"].tolist()),
    )  # fmt: skip
