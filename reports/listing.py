"""Lists for the terminal: status, history, and the sandbox's state."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.setting_keys import shown


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _add(table: Table, *cells: object) -> None:
    """A row of plain text: names are data, never markup."""
    table.add_row(*(Text("" if cell is None else str(cell)) for cell in cells))


def print_status(found: dict[str, Any], console: Console) -> None:
    """`handoff status` for people."""
    console.print(f"workspace {found['workspace']}, home {found['home']}", markup=False)
    if found["operations"]:
        table = _table("Operations in flight", "operation", "procedure", "about", "status", "waits for", "until")
        for row in found["operations"]:
            what = f"{row['procedure']} ({row['mode'].replace('_', ' ')})"
            status = f"silent since {row['silent_since']}" if row["silent_since"] else row["status"]
            _add(table, row["operation_id"], what, row["subject"], status, row["waits_for"], row["until"])
        console.print(table)
        for row in found["operations"]:
            if (row["waits_for"] or "").startswith("an answer"):
                console.print(
                    f"answer on its page in Prefect, or with `handoff answer {row['operation_id']}`", markup=False
                )
    else:
        console.print("no operation is in flight")
    if found["loans"]:
        table = _table("Loans that are out", "setting", "was", "set to", "for (min)", "deadline", "held by")
        for row in found["loans"]:
            holders = ", ".join(row["holders"])
            _add(table, row["setting"], row["was"], row["set_to"], row["age_minutes"], row["deadline"], holders)
        console.print(table)
    else:
        console.print("nothing is borrowed")


def print_history(found: list[dict[str, Any]], console: Console) -> None:
    """`handoff history` for people."""
    if not found:
        console.print("no operation has ended yet")
        return
    table = _table("Past operations, newest first", "operation", "procedure", "about", "mode", "status", "ended")
    for row in found:
        mode = row["mode"].replace("_", " ")
        _add(table, row["operation_id"], row["procedure"], row["subject"], mode, row["status"], row["ended_at"])
    console.print(table)


def print_state(found: dict[str, Any], console: Console) -> None:
    """`handoff sandbox state` for people."""
    counts = found["counts"]
    enrollments = ", ".join(f"{number} {state}" for state, number in counts["enrollments"].items())
    console.print(
        f"it is {found['now']}: {counts['people']} people, {counts['tasks']} tasks; enrollments: {enrollments}"
    )
    table = _table("Mailboxes", "mailbox", "owner", "active", "queued", "")
    for row in found["mailboxes"]:
        paused = "paused" if row["paused"] else ""
        _add(table, row["email"], row["owner"], row["active_enrollments"], row["queued_enrollments"], paused)
    console.print(table)
    table = _table("Rulesets", "ruleset", "same sequence", "bar")
    for row in found["rulesets"]:
        same = shown(row["allow_same_sequence_reenrollment"])
        _add(table, row["name"], same, shown(row["block_reenrollment"]))
    console.print(table)
    for row in found["pending"]:
        told = f"pending: {row['setting']} becomes {shown(row['value'])} at {row['takes_effect_at']}"
        console.print(told, markup=False)
