"""`report.json` is exactly the document that scripts were promised."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from models.report import Report
from reports.report_json import as_json, write_json
from tests.reports.reported import NINE, a_dry_run, a_report, a_wait, an_empty_report

KEYS = [
    "operation_id",
    "procedure",
    "workspace",
    "mode",
    "status",
    "started_at",
    "ended_at",
    "parameters",
    "counts",
    "reasons",
    "waits",
    "loans",
    "differences",
    "next",
    "files",
    "plan",
    "found",
    "answers",
    "verdicts",
    "acting_user",
    "started_by",
    "started_from",
    "recorded_at",
    "recorded_end_at",
    "owners",
    "timeline",
]


@pytest.mark.parametrize("report", [a_report(), a_dry_run(), an_empty_report()])
def test_the_keys_are_those_of_the_interface_in_its_order(report: Report) -> None:
    assert KEYS == list(json.loads(as_json(report)))


def test_the_inner_keys_are_those_of_the_interface_in_its_order() -> None:
    told = json.loads(as_json(a_report()))
    assert ["for", "from", "until", "ended", "proved_by"] == list(told["waits"][0])
    assert ["setting", "was", "set_to", "state"] == list(told["loans"][0])
    assert ["considered", "enrolled", "blocked", "rejected", "manual", "failed", "unchanged"] == list(told["counts"])
    assert ["email", "forecast", "outcome", "reasons"] == list(told["differences"][0])


def test_times_are_in_utc_with_a_z_whatever_zone_they_came_in() -> None:
    eleven = NINE.astimezone(timezone(timedelta(hours=2)))
    told = json.loads(as_json(a_report(started_at=eleven, ended_at=eleven, waits=(a_wait(**{"from": eleven}),))))
    assert ["2026-11-02T09:00:00Z"] * 3 == [told["started_at"], told["ended_at"], told["waits"][0]["from"]]
    assert datetime(2026, 11, 2, 9, tzinfo=UTC) == datetime.fromisoformat(told["started_at"])


def test_an_operation_that_goes_on_has_no_end() -> None:
    told = json.loads(as_json(a_report(status="waiting", ended_at=None, waits=(a_wait(ended=None, proved_by=None),))))
    assert [None, None, None] == [told["ended_at"], told["waits"][0]["ended"], told["waits"][0]["proved_by"]]


def test_the_file_reads_back_as_the_same_report(tmp_path: Path) -> None:
    report = a_report(workspace='Zoë <&> "x" \ud800', next=("=cmd()", "a|b"))
    path = write_json(report, tmp_path / "new" / "report.json")
    text = path.read_text(encoding="utf-8")
    assert report == Report.model_validate(json.loads(text))
    assert text.startswith('{\n  "operation_id": "op-7f3a",\n') and text.endswith("}\n")
    assert "Zoë" in text
