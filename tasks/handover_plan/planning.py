"""Planning a handover: gathered, judged by the rules, written down as a plan and as a document to keep."""

from collections.abc import Iterator
from datetime import UTC

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.changes import ChangeMailboxOwner
from models.handover import HandedMailbox, Handover, HandoverPlan, Mind, Saving
from models.plan import SettingLoan
from models.rules.handover import assigning, falling_out
from models.rules.handover.assigning import OPEN
from models.rules.handover.queued import saving
from models.rules.reenrollment import needs
from reports.csv_out import readable, write_csv
from reports.handover import cautions, durations
from reports.handover.document import document_of
from reports.handover.steps import steps_of
from tasks import shown
from tasks.documents import keep_document
from tasks.handover_plan.carrying_out import as_carried_out
from tasks.handover_plan.judging import Judging
from tasks.handover_plan.request import HandoverPlanRequest, HandoverToPlan
from tasks.known_behaviour import known_of
from tasks.operation import Operation
from tasks.owners import look_at_owners
from tasks.planning import plan_once
from tasks.retrying import READS
from tasks.step import task

TASKS = ["task", "email", "type", "status", "assignee", "sequence", "mailbox", "due_at"]


@task(task_run_name="plan the handover", **READS)
def plan_handover(operation_id: str, request: HandoverPlanRequest) -> HandoverPlan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, HandoverPlan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: HandoverToPlan) -> HandoverPlan:
    judging = Judging(operation, request)
    judging.judge()
    handover = _Telling(operation, request, judging).handover()
    plan = HandoverPlan(
        purpose=f"hand {handover.about} over to {handover.new_owner}",
        contacts=0,
        found=durations.found(handover),
        steps=tuple(step.title for step in handover.steps),
        warnings=tuple(map(str, handover.minds)),
        contacts_digest=judging.forecasts.digest,
        handover=handover,
    )
    return as_carried_out(operation.platform, plan, judging.forecasts) if request.carry_out else plan


class _Telling:
    """Asks each rule for its part of the handover."""

    def __init__(self, operation: Operation, request: HandoverToPlan, judging: Judging) -> None:
        self.operation, self.request, self.judging = operation, request, judging
        self.platform, self.tallied = operation.platform, judging.tallied
        boxes = judging.mailboxes[judging.mailboxes["mailbox"].isin(request.mailboxes)]
        self.handed = tuple(
            HandedMailbox(
                mailbox=row["mailbox"],
                owner=None if pd.isna(row["owner"]) else row["owner"],
                paused=row["paused"],
                daily_limit=row["daily_limit"],
            )
            for row in boxes.to_dict("records")
        )
        self.plays, self.assignment = judging.plays, judging.assignment
        owner = request.present_owner
        self.tasks = self.platform.tasks(statuses=OPEN, assignee=owner) if owner else None

    def handover(self) -> Handover:
        """Everything that there is to tell; the steps last, since they are made of the rest."""
        request, judging = self.request, self.judging
        falling = falling_out.falling_out(self.tallied, judging.steps, self._paused_sequences())
        saved = self._saving()
        loans = tuple(needs(dict(judging.needed), judging.settings.as_set, 0))
        mine, others = self._open_tasks()
        judging.write_worklist(saved)
        new_tasks = assigning.new_tasks(
            self.tallied, self.assignment, judging.mailboxes, self.plays, judging.steps, judging.takeover
        )
        holders = assigning.holders(self._every_task())
        critical = assigning.critical(
            new_tasks, self.assignment, self._pools(), request.new_owner, request.leaver, holders
        )
        made = Handover(
            about=request.subject,
            leaver=request.leaver,
            present_owner=request.present_owner,
            new_owner=request.new_owner,
            workspace=self.operation.row.workspace,
            at=judging.now.astimezone(UTC),
            recorded=not self.operation.is_dry_run,
            mailboxes=self.handed,
            falling=falling,
            saving=saved,
            back=falling_out.going_back(self.tallied),
            loans=loans,
            open_tasks=assigning.open_tasks(mine),
            other_tasks=others,
            new_tasks=new_tasks,
            critical=critical,
            minds=(),
            steps=(),
            times=durations.times(saved, loans, falling, self.handed),
        )
        on_sandbox = self.platform.supports(ChangeMailboxOwner)
        steps = steps_of(made, self._write_tasks(mine), on_sandbox=on_sandbox)
        return made.model_copy(update={"minds": tuple(self._minds(made)), "steps": steps})

    def _saving(self) -> Saving:
        """What of the queued enrollments can be moved before the change."""
        judging = self.judging
        return saving(
            self.tallied,
            judging.offered,
            judging.sequences.reset_index(),
            {box.mailbox for box in self.handed if box.paused},
            judging.now,
            cancels=known_of(self.operation, "C6").answer == "cancels",
        )

    def _paused_sequences(self) -> set[str]:
        paused = self.judging.sequences["paused"]
        return set(paused.index[paused])

    def _fed_by_plays(self) -> set[str]:
        """Sequences into which published plays send from these mailboxes."""
        published = self.plays[self.plays["published"]].to_dict("records")
        return {str(play["sequence"]) for play in published if set(play["mailboxes"]) & set(self.request.mailboxes)}

    def _pools(self) -> set[str]:
        """Sequences into which a play sends from one of these mailboxes and others."""
        return {
            str(play["sequence"])
            for play in self.plays.to_dict("records")
            if len(play["mailboxes"]) > 1 and set(play["mailboxes"]) & set(self.request.mailboxes)
        }

    def _every_task(self) -> pd.DataFrame:
        return self.platform.tasks(statuses=OPEN)

    def _open_tasks(self) -> tuple[pd.DataFrame, int]:
        """The open tasks to hand over, and how many others their assignee has: those of other mailboxes stay."""
        if self.tasks is None:
            return self._every_task().head(0), 0
        mine = self.tasks if self.request.leaver else self.tasks[self.tasks["mailbox"].isin(self.request.mailboxes)]
        return mine, len(self.tasks) - len(mine)

    def _write_tasks(self, mine: pd.DataFrame) -> str | None:
        """`tasks.csv` of the tasks to hand over; None where they are all that the leaver has."""
        path = self.operation.folder / "tasks.csv"
        if len(mine):
            write_csv(readable(mine[TASKS]), path)
        return None if self.request.leaver else str(path)

    def _minds(self, it: Handover) -> Iterator[Mind]:
        judging, request = self.judging, self.request
        fed = {group.sequence for group in it.falling} | self._fed_by_plays()
        rulesets = sorted({str(judging.sequences["ruleset"][name]) for name in fed})
        exclusions, toggles = judging.exclusions, shown.exclusion_toggles(self.platform)
        yield from cautions.what_is_hidden(self.platform.hidden)
        yield from cautions.activity_exclusions(exclusions, toggles, rulesets, judging.matching)
        yield from cautions.guards_that_are_off(exclusions, toggles, rulesets, judging.matching)
        yield from cautions.mailboxes(it.mailboxes, it.saving, request.new_owner)
        yield from cautions.moved(it.saving, it.new_tasks, request.present_owner)
        yield from cautions.plays(self.plays, request.mailboxes)
        yield from cautions.sequences(it.falling, self._sharing(it.loans))
        users = {str(user): role for user, role in self.platform.users().set_index("user")["role"].items()}
        owns_one = judging.mailboxes["owner"].eq(request.new_owner).any()
        unseen: cautions.OwnMailbox = "hidden" if "idle_mailboxes" in self.platform.hidden else "none"
        mailbox: cautions.OwnMailbox = "shows" if owns_one else unseen
        taker = request.new_owner
        yield from cautions.people(taker, self.platform.acting_user, users, it.new_tasks, mailbox)
        owned = self.tallied.loc[self.tallied["record_owner"] == (request.leaver or ""), "contacts"].sum()
        yield from cautions.leaver(request.leaver, int(owned), it.new_tasks)

    def _sharing(self, loans: tuple[SettingLoan, ...]) -> dict[str, int]:
        """How many sequences each ruleset has of which a setting has to be borrowed (C29)."""
        sizes = self.judging.sequences["ruleset"].value_counts()
        return {name: int(sizes.get(name, 0)) for name in sorted({x.setting.owner for x in loans})}


@task(task_run_name="write the document", cache_policy=NO_CACHE)
def write_document(operation_id: str, plan: HandoverPlan) -> None:
    """`document.md` and `document.html` in the operation's folder, and the first as an artifact. Repeated: the same."""
    operation = Operation.at_hand(operation_id)
    document = document_of(plan.handover, {name: operation.folder / f"{name}.csv" for name in ("contacts", "tasks")})
    keep_document(operation, document)


@task(task_run_name="write down who runs", cache_policy=NO_CACHE)
def record_who_runs(operation_id: str) -> None:
    """Take the snapshot by which `ownership-change` later knows who fell out. Changes nothing in the workspace.

    Nothing where the operation has begun to change owners: it has taken one right before.
    """
    operation = Operation.at_hand(operation_id)
    if not operation.changes.made():
        look_at_owners(operation)
