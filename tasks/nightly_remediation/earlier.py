"""What became of the runs that earlier nights started, and which mailboxes are still being worked on."""

from collections.abc import Iterator

from journal import operations
from journal.changes import changes_of
from journal.counted import counts as counts_of
from models.night_plan import EarlierRun
from models.operation_end import has_ended
from models.outcomes import NIGHT
from models.parts import whole_of
from models.tables.journal import ChangeRow, OperationRow
from models.wording import in_utc
from tasks import carrying
from tasks.operation import Operation
from tasks.runs import find_run, url_of
from tasks.suspending import WAITING

NIGHTS = 14  # how many nights back a run that has not ended is still reported: a form waits seven days


def earlier_runs(operation: Operation) -> tuple[EarlierRun, ...]:
    """Every run that the night before started, those of nights before it that had not ended by then, and the ownership
    changes under way that somebody else began: their contacts wait for them."""
    nights = operations.ended_of(operation.journal, operation.row.workspace, [NIGHT], operation.row.mode, NIGHTS)
    found, started = list[EarlierRun](), set[str]()
    for night in nights:
        made = changes_of(operation.journal, night.id)
        started |= {row.id for change in made if (row := started_operation(operation, change.result or {}))}
        runs = [_earlier_run(operation, change, nights[0]) for change in made]
        found += [run for run, is_news in runs if night is nights[0] or is_news]
    return (*found, *(_begun_by_hand(row) for row in _under_way(operation) if row.id not in started))


def busy_mailboxes(operation: Operation, runs: tuple[EarlierRun, ...]) -> set[str]:
    """Mailboxes that a live ownership change is under way for, whoever started it: another would be refused."""
    return {row.subject for row in _under_way(operation)} | {run.mailbox for run in runs if not run.ended}


def cut_short_operations(operation: Operation) -> dict[str, str]:
    """The ownership changes that were begun in a shell and that nobody carries any more, by mailbox: no sweep starts
    them again, a person has to."""
    lost = [row for row in _under_way(operation) if not row.deployed and not carrying.is_carried(row)]
    return {row.subject: whole_of(row) or row.id for row in lost}


def _under_way(operation: Operation) -> list[OperationRow]:
    return [
        row
        for row in operations.in_flight(operation.journal, with_parts=True)
        if row.procedure == "ownership-change" and row.mode == "live" and row.workspace == operation.row.workspace
    ]


def started_operation(operation: Operation, result: dict[str, str]) -> OperationRow | None:
    """The operation that a started run carries, if it has begun."""
    if found := result.get("operation_id"):
        return operations.get(operation.journal, found)
    return operations.of_flow_run(operation.journal, result.get("flow_run_id", ""))


def run_address(flow_run_id: str) -> str:
    """Where Prefect shows a run: its page, or its id where no Prefect UI is known."""
    return url_of(flow_run_id) or f"run {flow_run_id}"


def _earlier_run(operation: Operation, change: ChangeRow, last: OperationRow) -> tuple[EarlierRun, bool]:
    """A run that was started by a change, and whether it had not ended when the last night began."""
    result = change.result or {}
    mailbox = change.key.split(":")[1]
    row, run_id = started_operation(operation, result), result.get("flow_run_id")
    where = f", {run_address(run_id)}" if run_id else ""
    if row is not None:
        where = f", operation {row.id}{where}"
    if row is not None and has_ended(row):
        counts = counts_of(operation.journal, row.id, "outcome" if row.mode == "live" else "forecast")
        summary = ", ".join(f"{name} {number}" for name, number in counts.items())
        summary = f"last night: {change.told}: {row.status} ({summary or 'no contacts'}){where}"
        is_news = (row.ended_at or last.started_at) >= last.started_at
        return EarlierRun(mailbox=mailbox, ended=True, told=summary), is_news
    became, ended, remedy = _by_prefect(run_id, row) if run_id else _without_prefect(row)
    remedy = f"{became} for {mailbox}{where}: {remedy}" if remedy else ""
    summary = f"last night: {change.told}: {became}{where}"
    return EarlierRun(mailbox=mailbox, told=summary, ended=ended, remedy=remedy), not ended


def _begun_by_hand(row: OperationRow) -> EarlierRun:
    """An ownership change under way that no night started."""
    became, _, remedy = _by_prefect(row.flow_run_id, row) if row.deployed and row.flow_run_id else _without_prefect(row)
    summary = f"under way: {row.procedure} for {row.subject}: {became}, operation {row.id}"
    remedy = f"{became} for {row.subject}, operation {row.id}: {remedy}" if remedy else ""
    return EarlierRun(mailbox=row.subject, told=summary, ended=False, remedy=remedy)


def _without_prefect(row: OperationRow | None) -> tuple[str, bool, str]:
    """What a run in a shell came to that has left no end in the journal."""
    if row is None:
        return "did not begin", True, ""
    if carrying.is_carried(row):
        return f"{row.status}, a shell carries it", False, ""
    return f"cut short, {row.status}", False, f"`handoff resume {row.id}` goes on with it"


def _by_prefect(flow_run_id: str, row: OperationRow | None) -> tuple[str, bool, str]:
    """What Prefect says of a run that the journal knows no end of: what became of it, whether it ended, a remedy."""
    run = find_run(flow_run_id)
    state = run.state if run else None
    if state is None:
        return f"{row.status if row else 'did not begin'}; this Prefect does not know its run", row is None, ""
    since = f"since {in_utc(state.timestamp)}"
    if state.is_final():
        return f"{state.name} {since}: {(state.message or '').strip()[:300]}", True, "look at that run"
    if state.is_paused():
        shell = f", or `handoff answer {row.id}`" if row else ""
        return f"waiting for an approval {since}", False, f"answer its form in Prefect{shell}"
    if state.name == WAITING:
        return f"waiting {since}: {state.message}", False, ""
    if state.is_scheduled() or state.is_pending():
        return f"not started, {state.name} {since}", False, "see that a worker is running"
    return f"{state.name} {since}", False, ""


def lines_of(runs: tuple[EarlierRun, ...]) -> Iterator[str]:
    """What a person has to do about them."""
    return (run.remedy for run in runs if run.remedy)
