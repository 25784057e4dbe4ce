"""`handoff doctor` at the terminal: findings by what they are about, each with a sign that needs no colour."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.finding import Finding, State
from models.wording import counted
from reports.phrases import clean

TITLES = {"machine": "This machine", "home": "This home", "prefect": "Prefect", "workspace": "The workspace"}
SIGNS: dict[State, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "note": ("note", "yellow"),
    "trouble": ("STOP", "bold red"),
}


def print_findings(findings: Sequence[Finding], workspace: str, console: Console) -> None:
    """The findings in their order, a remedy below what it mends, and at the end what would stop a run."""
    for group, found in groupby(findings, key=lambda one: one.check.partition(".")[0]):
        title = TITLES.get(group, group) + (f" {clean(workspace)}" if group == "workspace" else "")
        console.print(Text(title, style="bold"))
        console.print(_rows(list(found)))
        console.print()
    stops = sum(one.state == "trouble" for one in findings)
    if stops:
        console.print(f"{counted(stops, 'thing')} would stop a run: marked STOP above.", markup=False)
    else:
        console.print("Nothing here would stop a run.")


def _rows(findings: Sequence[Finding]) -> Table:
    table = Table.grid(padding=(0, 2), pad_edge=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in findings:
        sign, style = SIGNS[one.state]
        table.add_row(Text(sign, style=style), Text(clean(one.message)))
        if one.remedy and one.state != "ok":
            table.add_row("", Text(f"→ {clean(one.remedy)}"))
    return table
