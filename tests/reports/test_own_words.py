"""A procedure that changes nothing says what would be, and what to do: not what it did."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from models.report import Report
from reports.digest import digest
from reports.headline import headline, label
from reports.html_report import write_page
from reports.terminal import print_report
from tests.reports.reported import Page, a_dry_run, rows

FILES = {"document": "/home/op/document.md", "page": "/home/op/document.html", "report": "/home/op/report.html"}


def a_plan(*, manual: int = 3, unchanged: int = 36, blocked: int = 1, **own: Any) -> Report:
    counts = {"manual": manual, "unchanged": unchanged, "blocked": blocked}
    told = {"procedure": "handover-plan", "reasons": {}, "files": FILES, "plan": ("Write down who runs",)}
    return a_dry_run(**(told | {"counts": {"considered": sum(counts.values())} | counts} | own))


def the_contacts() -> pd.DataFrame:
    by_hand = rows(3, "manual", detail="queued: move it first")
    return pd.concat([by_hand, rows(36, "unchanged", step=3), rows(1, "blocked", "opted_out")], ignore_index=True)


def test_the_headline_says_who_would_fall_out_and_what_can_be_done_for_them() -> None:
    told = "40 contacts would fall out: 3 are queued and can be moved first, 36 can be put back afterwards, 1 cannot."
    assert told == headline(a_plan())
    assert f"Failed. {told}" == headline(a_plan(mode="live", status="failed"))
    assert f"Still running. So far: {told}" == headline(a_plan(mode="live", status="running", ended_at=None))
    only_queued = a_plan(manual=1, unchanged=0, blocked=0)
    assert "1 contact would fall out: 1 is queued and can be moved first." == headline(only_queued)
    assert "Nobody would fall out." == headline(a_plan(manual=0, unchanged=0, blocked=0))


def test_outcomes_are_called_by_what_they_mean_for_the_procedure() -> None:
    assert ["can be moved first", "can be put back", "cannot be put back", "failed"] == [
        label(name, a_plan()) for name in ("manual", "unchanged", "blocked", "failed")
    ]


def test_the_parts_of_the_report_have_titles_of_their_own() -> None:
    told = digest(a_plan(), the_contacts())
    assert "Who would fall out and can be put back, by next step" == told.back_title
    assert [("A", 36)] == [(group.sequence, group.contacts) for group in told.sequences]
    assert "What to do, in this order" == told.plan_title
    assert "A live run changes nothing either" in told.nothing_next
    live = digest(a_plan(mode="live", status="needs_attention"))
    assert "nothing was changed; who runs was written down" == live.mode_note


def test_what_is_left_to_do_by_hand_is_sent_to_the_worklist() -> None:
    by_hand = next(group for group in digest(a_plan(), the_contacts()).reasons if not group.code)
    assert ("Queued: move it first.", "worklist.csv says how.") == (by_hand.why, by_hand.lift)


def test_the_terminal_and_the_page_lead_to_the_document(tmp_path: Path) -> None:
    out = io.StringIO()
    print_report(a_plan(), Console(file=out, width=80), the_contacts())
    assert "Document: /home/op/document.md" in out.getvalue()
    told = Page(write_page(digest(a_plan(), the_contacts()), tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "The document to keep" in told.text
    links = [str(attributes.get("href", "")) for tag, attributes in told.tags if tag == "a"]
    assert 2 == len([link for link in links if link.endswith("document.html")])
