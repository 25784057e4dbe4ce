"""Findings at the terminal."""

from io import StringIO

from rich.console import Console

from models.finding import Finding, fine, note, trouble
from reports.findings import print_findings


def shown(*findings: Finding, workspace: str = "unify") -> str:
    out = StringIO()
    print_findings(findings, workspace, Console(file=out, width=100, no_color=True))
    return out.getvalue()


def test_each_has_a_sign_that_needs_no_colour_and_its_remedy_below() -> None:
    found = shown(fine("home.folder", "well"), note("home.backup", "old", "make one"), trouble("workspace.key", "no"))
    lines = [line.strip() for line in found.splitlines() if line.strip()]
    expected = ["This home", "ok    well", "note  old", "→ make one", "The workspace unify", "STOP  no"]
    assert expected == lines[:6]
    assert "1 thing would stop a run: marked STOP above." == lines[-1]


def test_where_nothing_would_stop_a_run_that_is_said() -> None:
    assert "Nothing here would stop a run." in shown(note("home.backup", "old"))


def test_what_names_hold_is_shown_and_not_obeyed() -> None:
    found = shown(note("workspace.drafts", "in '\x1b[31mred' [bold]x[/bold]"), workspace="a\nb")
    assert "\x1b" not in found
    assert "[bold]x[/bold]" in found
    assert "The workspace a b" in found
