"""What a night has to do: mailboxes whose owner changed since somebody looked, and contacts whose reason has lapsed."""

from collections.abc import Iterator

import pandas as pd

from journal import snapshots
from journal.outcomes import Outcomes
from journal.waiting import operations_with_waiting
from models.names import NONE, Names
from models.night_plan import LeftOver, NightJob, NightPlan
from models.night_policy import NightPolicy
from models.rules.eligibility import reasons, with_procedures_own
from models.tables.journal import OperationRow
from models.wording import counted
from tasks.exclusion_rerun.declined import facts_for_enrolling
from tasks.nightly_remediation.came_and_went import write_down_who_came_and_went
from tasks.nightly_remediation.changed import LEFT_OUT, changed
from tasks.nightly_remediation.departed import account_for_departed
from tasks.nightly_remediation.earlier import busy_mailboxes, cut_short_operations, earlier_runs
from tasks.nightly_remediation.request import NightlyRemediationRequest
from tasks.operation import Operation
from tasks.owners import look_at_owners
from tasks.planning import plan_once
from tasks.retrying import READS
from tasks.settings_in_force import lasting_settings
from tasks.step import task
from tasks.suspending import is_deployed

RETRIED = ("ownership-change", "enroll-contacts")


@task(task_run_name="compare the owners with the last look", **READS)
def plan_night(operation_id: str, request: NightlyRemediationRequest) -> NightPlan:
    """The plan. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)

    def make() -> NightPlan:
        policy, runs = request.check(operation.platform).policy, earlier_runs(operation)
        busy, cut_short = busy_mailboxes(operation, runs), cut_short_operations(operation)
        seen = snapshots.mailboxes_seen(operation.journal, operation.row.workspace)
        look_at_owners(operation)  # first: who ran at the last look and does no more is written down by it
        write_down_who_came_and_went(operation)
        jobs, left = changed(operation, policy, busy, cut_short)
        fallen, named = account_for_departed(operation, policy, _taken(busy, jobs), list(cut_short.values()))
        jobs, left = jobs + fallen, left + named
        for job, rest in _lapsed(operation, policy) if policy.retry_lapsed else ():
            jobs += [job] if job and job.mailbox not in _taken(busy, jobs) else []
            left += rest
        first = "" if seen else "; nobody looked before: this night takes the record and changes nothing"
        return NightPlan(
            purpose=f"start {len(jobs)} ownership changes",
            contacts=0,
            policy=str(policy),
            jobs=tuple(jobs),
            found=_found(jobs) + first,
            left=tuple(left),
            earlier=runs,
            steps=tuple(map(str, jobs)),
            waves=policy.waves,
            wave_wait=policy.wave_wait,
        )

    return plan_once(operation, NightPlan, make)


def _taken(busy: set[str], jobs: list[NightJob]) -> set[str]:
    """Mailboxes for which nothing more may be started tonight: deployed runs of one mailbox would start together, and
    the second be refused."""
    return busy | {job.mailbox for job in jobs if job.live} if is_deployed() else busy


def _found(jobs: list[NightJob]) -> str:
    if not jobs:
        return "nothing to start at any mailbox"
    return f"something to start at {counted(len({job.mailbox for job in jobs}), 'mailbox', 'mailboxes')}"


def _lapsed(operation: Operation, policy: NightPolicy) -> Iterator[tuple[NightJob | None, list[LeftOver]]]:
    """Contacts who were blocked by the waiting period alone, and are not any more; by the mailbox meant for them."""
    meant = _meant(operation)
    for mailbox in sorted({mailbox for mailbox, _ in meant.values()}):
        own = {email: sequence for email, (sender, sequence) in meant.items() if sender == mailbox}
        emails = tuple(email for email, sequence in own.items() if policy.allows(mailbox, sequence))
        why = policy.why_planned("retry-lapsed", len(emails))
        job = NightJob(
            key=f"lapsed:{mailbox}",
            mailbox=mailbox,
            contacts=emails,
            live=not why,
            why=why,
            told=f"the waiting period of {counted(len(emails), 'contact')} is over",
        )
        what = LEFT_OUT.format("this sequence" if policy.allows_mailbox(mailbox) else "this mailbox")
        left = [
            LeftOver(
                mailbox=mailbox,
                sequence=name,
                contacts=len(rest),
                emails=rest,
                why=f"their waiting period is over, and {what}",
            )
            for name in sorted(set(own.values()))
            if not policy.allows(mailbox, name)
            for rest in [tuple(email for email, sequence in own.items() if sequence == name)]
        ]
        yield job if emails else None, left


def _meant(operation: Operation) -> dict[str, tuple[str, str]]:
    """Mailbox and sequence for each address that is free now: those of the newest run which kept it out."""
    meant = dict[str, tuple[str, str]]()
    for row in operations_with_waiting(operation.journal, operation.row.workspace, RETRIED):
        waiting = Outcomes(operation.journal, row.id).chunks(outcome="blocked", reasons=Names("recently_enrolled"))
        for contacts in waiting:
            free = contacts[_may_go_back(operation, row, contacts.reset_index(drop=True)).to_numpy()]
            places = free[["email", "mailbox", "sequence"]].dropna().itertuples(index=False)
            meant = {email: (mailbox, sequence) for email, mailbox, sequence in places} | meant
    return meant


def _may_go_back(operation: Operation, row: OperationRow, contacts: pd.DataFrame) -> "pd.Series[bool]":
    """Who may be enrolled by now where they were kept out, if nothing has happened to them since.

    Whoever is named goes back even if they ran elsewhere since, so whoever moved on, or answered, is left out here.
    """
    platform, since = operation.platform, pd.Timestamp(row.started_at)
    facts = facts_for_enrolling(operation, contacts[["email", "sequence"]])
    free = with_procedures_own(reasons(facts, lasting_settings(operation).acting, operation.now()), facts).eq(NONE)
    last = platform.last_enrollments(contacts["email"].tolist(), None).set_index("email")["sequence"]
    history = platform.history(contacts[["email"]].assign(since=since))
    later = history[history["started_at"].ge(since) | history["ended_at"].gt(since) | history["ended_at"].isna()]
    return free & ~contacts["email"].isin(later["email"]) & contacts["email"].map(last).eq(contacts["sequence"])
