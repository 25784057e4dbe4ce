"""Lists for the terminal: status, history, and the sandbox's state."""

from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.setting_words import in_words, printed_in_words, value_in_words
from models.unknown_operation import UnknownOperation, warning_of
from models.wording import counted, lines_of, one_line, text_in_utc


def _table(title: str, *columns: str) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=title, title_justify="left", title_style="bold"
    )
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in ("operation", "held by"))  # an id is copied whole
    return table


def _add(table: Table, *cells: object) -> None:
    """A row of plain text: names are data, never markup."""
    table.add_row(*(Text("" if cell is None else lines_of(str(cell))) for cell in cells))


def _what(row: dict[str, Any]) -> str:
    """What an operation is, a line each: a narrow screen has room for it, and where it acts is never left out."""
    mode = row["mode"].replace("_", " ")
    return f"{row['procedure']}\n{one_line(row['subject'])}\n{mode} on {one_line(row['workspace'])}"


def print_status(found: dict[str, Any], console: Console) -> None:
    """`handoff status` for people."""
    console.print(f"workspace {found['workspace']}, home {found['home']}", markup=False)
    if found["operations"]:
        table = _table("Operations in flight", "operation", "what", "status")
        for row in found["operations"]:
            _add(table, row["operation_id"], _what(row), _status(row))
        console.print(table)
        for row in found["operations"]:
            if (row["waits_for"] or "").startswith("an answer"):
                console.print(
                    f"answer on its page in Prefect, or with `handoff answer {row['operation_id']}`", markup=False
                )
    else:
        console.print("no operation is in flight")
    if found["loans"]:
        table = _table("Loans that are out", "setting", "was → set to", "out", "held by")
        for row in found["loans"]:
            out = f"for {counted(row['age_minutes'], 'minute')}\nuntil {text_in_utc(row['deadline'])}\n{row['state']}"
            values = f"{printed_in_words(row['was'])} → {printed_in_words(row['set_to'])}"
            _add(
                table,
                f"{one_line(in_words(row['setting']))}\non {one_line(row['workspace'])}",
                values,
                out,
                "\n".join(row["holders"]),
            )
        console.print(table)
    else:
        console.print("nothing is borrowed")
    _print_watch(found, console)
    unknown = [UnknownOperation(**row) for row in found["unknown_operations"]]
    for line in warning_of(unknown, Path(found["home"]) / "operations"):
        console.print(line, markup=False)


def _print_watch(found: dict[str, Any], console: Console) -> None:
    """Who looks after all that: the sweeps of each workspace, and what `handoff up` saw."""
    for row in found["sweep"]:
        last = f"ended last at {text_in_utc(row['last_ended_at'])}" if row["last_ended_at"] else "never ended yet"
        late = {True: ": LATE, run `handoff restore` and see that `handoff up` runs", False: "", None: ""}[row["late"]]
        console.print(f"a sweep of {row['workspace']} {last}{late}", markup=False)
    watch = found["watch"]
    for procedure, due in watch["next"].items():
        console.print(f"the next {procedure} is due at {text_in_utc(due)}", markup=False)
    for one in watch["troubles"]:
        console.print(f"trouble since {text_in_utc(one['since'])}: {one['message']}", markup=False)


def _status(row: dict[str, Any]) -> str:
    if row["silent_since"]:
        return f"silent since {text_in_utc(row['silent_since'])}"
    waits = f"\nfor {one_line(row['waits_for'])}" if row["waits_for"] else ""
    return f"{row['status']}{waits}" + (f"\nuntil {text_in_utc(row['until'])}" if row["until"] else "")


def print_history(found: list[dict[str, Any]], console: Console) -> None:
    """`handoff history` for people."""
    if not found:
        console.print("no operation has ended yet")
        return
    table = _table("Past operations, newest first", "operation", "what", "status", "ended")
    for row in found:
        _add(table, row["operation_id"], _what(row), row["status"], text_in_utc(row["ended_at"]))
    console.print(table)


def print_state(found: dict[str, Any], console: Console) -> None:
    """`handoff sandbox state` for people."""
    counts = found["counts"]
    enrollments = ", ".join(f"{number} {state}" for state, number in counts["enrollments"].items())
    console.print(
        f"it is {text_in_utc(found['now'])}: {counted(counts['people'], 'person', 'people')},"
        f" {counted(counts['tasks'], 'task')}; enrollments: {enrollments}"
    )
    table = _table("Mailboxes", "mailbox", "owner", "active", "queued", "")
    for row in found["mailboxes"]:
        paused = "paused" if row["paused"] else ""
        _add(table, row["email"], row["owner"], row["active_enrollments"], row["queued_enrollments"], paused)
    console.print(table)
    table = _table("Rulesets", "ruleset", "back into the same sequence", "may be enrolled again after")
    for row in found["rulesets"]:
        same = value_in_words(row["allow_same_sequence_reenrollment"])
        _add(table, one_line(row["name"]), same, value_in_words(row["block_reenrollment"]))
    console.print(table)
    for row in found["pending"]:
        value, at = value_in_words(row["value"]), text_in_utc(row["takes_effect_at"])
        line = f"changing: {in_words(row['setting'])}: {value} from {at} on"
        console.print(one_line(line), markup=False)
