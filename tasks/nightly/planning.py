"""What a night has to do: mailboxes whose owner changed since somebody looked, and contacts whose reason has lapsed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from prefect import task

from journal import changes, operations, outcomes, snapshots
from models.night_plan import NightJob, NightPlan
from models.rules.eligibility import reasons
from models.tables.journal import OperationRow
from models.wording import counted
from platforms.port import Platform
from tasks import asking
from tasks.explaining import acting_settings
from tasks.operation import Operation
from tasks.planning import plan_once
from tasks.retrying import READS

ENDED = ("completed", "needs_attention")
PARTIAL = {"contacts", "contacts_csv", "sequence"}
"""Parameters with which an ownership change is about some of a mailbox's contacts only."""
RETRIED = ("ownership-change", "enroll-contacts")


@dataclass(frozen=True)
class AskedNight:
    """The policy of a night: which mailboxes (empty: all), and how many contacts may go back unattended."""

    mailboxes: tuple[str, ...]
    at_most: int
    retry_lapsed: bool

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return "the night"


def check_night(platform: Platform, mailboxes: list[str] | None, at_most: int, retry_lapsed: bool) -> AskedNight:
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    named = asking.mailboxes(platform, "mailboxes", mailboxes) if mailboxes else ()
    return AskedNight(named, at_most, retry_lapsed)


@task(task_run_name="compare the owners with the last look", **READS)
def plan_night(operation_id: str, ask: Callable[[], AskedNight]) -> NightPlan:
    """The plan. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)

    def make() -> NightPlan:
        asked = ask()
        jobs = (*_changed(operation, asked), *(_lapsed(operation, asked) if asked.retry_lapsed else ()))
        seen = snapshots.mailboxes_seen(operation.journal, operation.row.workspace)
        first = "" if seen else "; nobody looked before: this night takes the record and changes nothing"
        return NightPlan(
            purpose=f"start {len(jobs)} ownership changes", contacts=0, jobs=jobs, steps=tuple(map(str, jobs)),
            found=f"something to remediate at {counted(len(jobs), 'mailbox', 'mailboxes')}{first}",
            last_night=tuple(_last_night(operation)),
        )  # fmt: skip

    return plan_once(operation, NightPlan, make)


def _changed(operation: Operation, asked: AskedNight) -> Iterator[NightJob]:
    """Mailboxes whose owner is another than at the last look under somebody else, and that nobody remediated since."""
    journal, workspace = operation.journal, operation.row.workspace
    for mailbox, owner in operation.platform.mailboxes()[["mailbox", "owner"]].itertuples(index=False):
        before = snapshots.before_change(journal, workspace, mailbox, owner)
        if before is None or (asked.mailboxes and mailbox not in asked.mailboxes):
            continue
        since = operations.of_subject(journal, workspace, "ownership-change", mailbox)
        if any(row.started_at >= before.taken_at and _remediated(operation, row) for row in since):
            continue
        too_many = before.running > asked.at_most
        yield NightJob(
            key=f"changed:{mailbox}:{before.id}", mailbox=mailbox, live=not too_many,
            told=f"its owner was {before.owner or 'nobody'} and is {owner or 'nobody'}; {before.running} ran from it",
            why=f"more than at_most ({asked.at_most}) ran from it, so a person decides" if too_many else "",
        )  # fmt: skip


def _remediated(operation: Operation, row: OperationRow) -> bool:
    """Whether a run dealt with all of a mailbox, and everybody whom it meant to put back is back."""
    whole = not PARTIAL & set(row.parameters or {})
    return whole and row.status in ENDED and not outcomes.differing(operation.journal, row.id, limit=1)


def _lapsed(operation: Operation, asked: AskedNight) -> Iterator[NightJob]:
    """Contacts who were blocked by the waiting period alone, and are not any more; by the mailbox meant for them."""
    meant = dict[str, str]()  # a mailbox for each address: that of the newest run which kept it out
    for row in operations.past(operation.journal):
        if row.procedure not in RETRIED or row.mode != "live" or row.workspace != operation.row.workspace:
            continue
        for contacts in outcomes.chunks(operation.journal, row.id, outcome="blocked", reasons="recently_enrolled"):
            free = contacts[_may_go_back(operation, row, contacts.reset_index(drop=True)).to_numpy()]
            meant = dict(free[["email", "mailbox"]].dropna().itertuples(index=False)) | meant
    for mailbox in sorted(set(meant.values())):
        if asked.mailboxes and mailbox not in asked.mailboxes:
            continue
        emails = [email for email, sender in meant.items() if sender == mailbox]
        yield NightJob(
            key=f"lapsed:{mailbox}", mailbox=mailbox, contacts=tuple(emails), live=len(emails) <= asked.at_most,
            told=f"the waiting period of {len(emails)} contacts is over",
            why="" if len(emails) <= asked.at_most else f"more than at_most ({asked.at_most})",
        )  # fmt: skip


def _may_go_back(operation: Operation, row: OperationRow, contacts: pd.DataFrame) -> "pd.Series[bool]":
    """Who may be enrolled by now where they were kept out, and was in no other sequence since.

    Who is named goes back to where they were last, so whoever moved on is left where they are.
    """
    platform = operation.platform
    facts = platform.facts(contacts[["email", "sequence"]])
    free = reasons(facts, acting_settings(platform), operation.now()).eq("")
    last = platform.last_enrollments(contacts["email"].tolist(), None).set_index("email")["sequence"]
    again = (facts["last_started_here"] > pd.Timestamp(row.started_at)).fillna(False)
    return free & ~again & contacts["email"].map(last).eq(contacts["sequence"])


def _last_night(operation: Operation) -> Iterator[str]:
    """How the runs ended that the night before had started."""
    nights = [row for row in operations.past(operation.journal) if row.procedure == "nightly-remediation"]
    earlier = [row for row in nights if row.workspace == operation.row.workspace and row.mode == operation.row.mode]
    for change in changes.made(operation.journal, earlier[0].id) if earlier else ():
        row = started_operation(operation, change.result or {})
        if row is None:
            yield f"{change.told}: did not begin"
            continue
        told = ", ".join(
            f"{name} {number}" for name, number in outcomes.counts(operation.journal, row.id, "outcome").items()
        )
        yield f"{change.told}: {row.status} ({told or 'no contacts'}), operation {row.id}"


def started_operation(operation: Operation, result: dict[str, str]) -> OperationRow | None:
    """The operation that a started run carries, if it has begun."""
    if found := result.get("operation_id"):
        return operations.get(operation.journal, found)
    return operations.of_flow_run(operation.journal, result.get("flow_run_id", ""))
