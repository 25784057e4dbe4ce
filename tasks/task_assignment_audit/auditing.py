"""Why tasks went where they are (R90 to R93), and setting and documenting who gets those of critical sequences."""

from collections.abc import Iterator

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.document import Block, Bullets, Document, Grid, Paragraph, Section
from models.names import NONE
from models.rules.assignment_audit import audit
from models.task_plans import AssignedSequence, AuditPlan
from models.wording import counted, first_of
from reports.csv_out import readable, write_csv
from tasks.applying import make_once
from tasks.by_hand import by_hand
from tasks.documents import keep_document
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once
from tasks.retrying import READS
from tasks.step import task
from tasks.task_assignment_audit.request import TaskAssignmentAudit, TaskAssignmentAuditRequest
from tasks.visible_tasks import perhaps_not_all

CAUSES = 10  # of surprises that the plan shows; tasks.csv has each task
HIDDEN = "sequence_task_assignment"
NOT_SHOWN = "not told by this platform"
NEW_ONLY = "Existing enrollments keep what they began with; this acts on new ones (R92)."
REVIEW = "Look at this again whenever the team changes (R96), and before a mailbox changes hands (R94)."


@task(task_run_name="audit the tasks", **READS)
def plan_audit(operation_id: str, request: TaskAssignmentAuditRequest) -> AuditPlan:
    """The plan, with a row for each task in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, AuditPlan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: TaskAssignmentAudit) -> AuditPlan:
    numbers = list(request.numbers) if request.numbers is not None else None
    routes = operation.platform.task_routes(numbers, request.sequence)
    tasks = audit(routes)
    write_csv(readable(tasks), operation.folder / "tasks.csv")
    forecasts = Forecasts(operation)
    if len(tasks):
        forecasts.add(_rows(tasks, routes))
    assignments = tuple(_assignments(operation, request))
    surprising = int(tasks["surprising"].sum())
    return AuditPlan(
        purpose=f"set who gets the tasks of {len(assignments)} sequences",
        contacts=0,
        tasks=len(tasks),
        surprising=surprising,
        warnings=tuple(_surprises(tasks[tasks["surprising"]])),
        found=f"{counted(len(tasks), 'task')} looked at; {counted(surprising, 'surprise')}"
        + perhaps_not_all(operation.platform),
        steps=tuple(f"set {one}" for one in assignments),
        assignments=assignments,
        actions=("set_task_assignment",) if assignments else (),
        contacts_digest=forecasts.digest,
    )


def _surprises(tasks: pd.DataFrame) -> Iterator[str]:
    """The tasks that are not where they were expected, a line for each cause and user; the largest group first."""
    together = tasks.assign(who=tasks["assignee"].fillna("nobody")).groupby(["who", "put_there_by", "rule"], sort=True)
    groups = sorted(together, key=lambda group: -len(group[1]))
    for (who, cause, rule), rows in groups[:CAUSES]:
        numbers = first_of(rows["task"].astype(str).tolist())
        yield f"{counted(len(rows), 'task is', 'tasks are')} with {who}: {cause} ({rule}): {numbers}"
    if more := groups[CAUSES:]:
        yield f"{counted(sum(len(rows) for _, rows in more), 'more task')} of other causes: see tasks.csv"


def _rows(rows: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    surprise = rows["surprising"].map({True: "; surprising, expected ", False: ""})
    expected = rows["expected"].fillna("nobody").where(rows["surprising"], "")
    remedy = rows["remedy"].map(lambda words: f": {words}" if words else "")
    who = rows["assignee"].fillna("nobody")
    detail = (
        "task " + rows["task"].astype(str) + ": " + who + ", by " + rows["put_there_by"] + surprise + expected + remedy
    )
    return rows[["email", "sequence"]].assign(
        item=rows["task"].astype(str),
        mailbox=routes["mailbox"].to_numpy(),
        forecast="unchanged",
        forecast_reasons=NONE,
        detail=detail,
    )


def _assignments(operation: Operation, request: TaskAssignmentAudit) -> list[AssignedSequence]:
    """What to set, where it is not set so already."""
    assignment = operation.platform.assignment().astype(object)
    now = {row["sequence"]: row for row in assignment.where(assignment.notna(), None).to_dict("records")}
    hidden = HIDDEN in operation.platform.hidden
    found = []
    for sequence, mode, user, role in request.wanted.itertuples(index=False):
        own = now[sequence]
        if (own["own_mode"], own["own_user"] if mode == "ASSIGN_TO_USER" else None) == (mode, user):
            continue
        set_now = f"{own['own_mode']} {own['own_user'] or ''}".strip()
        was = NOT_SHOWN if hidden else set_now if own["own_mode"] else f"its ruleset '{own['ruleset']}'"
        found.append(AssignedSequence(sequence=str(sequence), mode=mode, user=user, role=role, was=was))
    return found


def set_assignments(operation: Operation, plan: AuditPlan) -> None:
    """Set each sequence's own assignment, once."""
    for one in plan.assignments:
        by_hand(operation, [(f"set_task_assignment:{one.sequence}", one.change)])
        set_assignment(operation.id, one)


@task(task_run_name="set who gets the tasks of {one.sequence}", cache_policy=NO_CACHE)
def set_assignment(operation_id: str, one: AssignedSequence) -> None:
    """Set a sequence's own "Manually assign tasks" (R83). Repeated: nothing."""
    make_once(Operation.at_hand(operation_id), f"set_task_assignment:{one.sequence}", one.change)


@task(task_run_name="write the document", cache_policy=NO_CACHE)
def document_assignment(operation_id: str, plan: AuditPlan) -> None:
    """Who gets the tasks of each sequence, what was decided and why, to be kept (R97). Repeated: the same."""
    operation = Operation.at_hand(operation_id)
    decided = tuple((one.sequence, one.was, one.in_words) for one in plan.assignments)
    done = "decided" if not operation.is_dry_run else "would be set"
    blocks: list[Block] = [Grid(caption=f"What was {done}", columns=("sequence", "before", "after"), rows=decided)]
    blocks += [Paragraph(text="Nothing was set.")] if not decided else []
    keep_document(
        operation,
        Document(
            title="Who gets the tasks",
            under=f"Workspace {operation.row.workspace}, {operation.now():%Y-%m-%d %H:%M} UTC,"
            f" by {operation.row.acting_user}, operation {operation.id}",
            sections=(
                Section(title="Decisions", blocks=(*blocks, Bullets(items=(NEW_ONLY, REVIEW)))),
                Section(
                    title="As it stands",
                    blocks=(
                        Grid(
                            caption="Each sequence's own setting, and what its ruleset says for plays and by hand",
                            rows=_as_it_stands(operation),
                            columns=("sequence", "own", "user", "by plays", "by hand", "ruleset's user"),
                        ),
                    ),
                ),
                Section(title="Tasks that surprise", blocks=(Bullets(items=plan.warnings or ("None.",)),)),
            ),
        ),
    )


def _as_it_stands(operation: Operation) -> tuple[tuple[str, ...], ...]:
    """For each sequence: its own setting and user, and what its ruleset says for plays, by hand, and for which user."""
    now = operation.platform.assignment()
    otherwise = NOT_SHOWN if HIDDEN in operation.platform.hidden else "follows its ruleset"
    return tuple(
        (
            row["sequence"],
            row["own_mode"] or otherwise,
            row["own_user"] or "",
            row["automatic_mode"],
            row["manual_mode"],
            row["ruleset_user"] or "",
        )
        for row in now.astype(object).where(now.notna(), None).to_dict("records")
    )
