"""The page tells a newcomer what happened, is whole by itself, and shows names as names."""

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from models.report import Difference, Report, ReportedAnswer, ReportedOwner
from reports import html_report
from reports.csv_out import write_csv
from reports.digest import digest
from reports.html_report import SCRIPT, SCRIPT_SOURCE, write_page
from reports.outcome_groups import COLUMNS
from tests.reports.reported import (
    NINE,
    Page,
    a_dry_run,
    a_loan,
    a_report,
    a_wait,
    an_empty_report,
    an_event,
    rows,
    the_outcomes,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "a|b`c`",
    "=cmd()",
    "{{ 7*7 }}",
    "'\"><img src=x onerror=alert(1)>",
    "\x1b[31m\x00",
]
REASONS = "A contact with several reasons"


def page(folder: Path, report: Report, outcomes: pd.DataFrame | None = None) -> Page:
    path = write_page(digest(report, the_outcomes() if outcomes is None else outcomes), folder / "report.html")
    return Page(path.read_text(encoding="utf-8"))


def test_the_page_begins_with_mode_workspace_and_headline(tmp_path: Path) -> None:
    told = page(tmp_path, a_report())
    assert told.text.startswith("Live run in the workspace sandbox Carried out in this workspace. 431 of 500 contacts")
    assert (
        "431 of 500 contacts are back in their sequences; 64 may not be enrolled, 5 rows were refused." in told.headings
    )


def test_a_dry_run_says_so_in_its_first_words(tmp_path: Path) -> None:
    told = page(tmp_path, a_dry_run())
    assert told.text.startswith("Dry run in the workspace sandbox Nothing was changed.")
    assert "What a live run would do" in told.headings


def test_every_number_in_the_tables_is_the_reports(tmp_path: Path) -> None:
    report = a_report()
    told = page(tmp_path, report)
    tiles = told.text.split("500 contacts looked at ")[1]
    for label, name in [
        ("back in sequence", "enrolled"),
        ("may not be enrolled", "blocked"),
        ("rows refused", "rejected"),
    ]:
        assert f"{label} {report.counts[name]}" in tiles
    shown = {row[1].split(".")[1]: int(row[0]) for row in told.rows_of(REASONS)}
    assert report.reasons == shown
    assert {"Step 2": 200, "Step 3": 100} == {row[0]: int(row[1]) for row in told.rows_of("A 300 contacts")}
    assert [["Step 5", "131", ""]] == told.rows_of("B 131 contacts")
    assert "Not as forecast: 7 contacts" in told.headings


def test_what_was_borrowed_and_waited_for_is_told(tmp_path: Path) -> None:
    told = page(tmp_path, a_report())
    loan = told.rows_of("Settings of the workspace")[0]
    assert ["75 days75 DAY", "0 days0 DAY", "✓ given back"] == loan[1:]
    wait = told.rows_of("In the workspace's time")[0]
    assert ["2026-11-02 09:00 – 09:45 UTC", "45 min", "done: a probe proved that they act"] == wait[1:]
    assert "took 1 h 4 min in the workspace's time" in told.text
    assert "Borrowed, and not given back" not in told.headings


def test_what_was_not_given_back_stands_in_a_loud_box_before_all_else(tmp_path: Path) -> None:
    told = page(tmp_path, a_report(loans=(a_loan(), a_loan(state="unknown"))))
    assert "Borrowed, and not given back" == told.headings[1]
    assert "Not known to be back: 1 of 2 settings." in told.text
    assert ("section", "loud") in [(tag, attributes.get("class")) for tag, attributes in told.tags]


def test_a_person_is_told_what_to_do(tmp_path: Path) -> None:
    assert "What to do now 5 rows were refused: see rejects.csv" in page(tmp_path, a_report()).text
    done = page(tmp_path, a_report(next=(), status="completed"))
    assert "What to do now Nothing is left to do." in done.text


def test_files_are_linked_relative_to_the_page(tmp_path: Path) -> None:
    files = {"outcomes": str(tmp_path / "outcomes.csv"), "rejects": str(tmp_path / "a b%" / "rejects.csv")}
    told = page(tmp_path, a_report(files=files | {"report": str(tmp_path / "report.html")}))
    links = [attributes["href"] for tag, attributes in told.tags if tag == "a"]
    assert ["a%20b%25/rejects.csv", "outcomes.csv", "a%20b%25/rejects.csv"] == links


def test_a_file_that_is_named_like_an_address_of_the_web_is_a_file_still(tmp_path: Path) -> None:
    told = page(tmp_path, a_report(files={"outcomes": str(tmp_path / "javascript:alert(1)")}))
    assert {"javascript%3Aalert%281%29"} == {attributes["href"] for tag, attributes in told.tags if tag == "a"}


def test_a_long_table_is_cut_and_says_so(tmp_path: Path) -> None:
    told = page(tmp_path, a_report(), rows(1200, "enrolled"))
    assert "Shown are 1,000 of 1,200 contacts" in told.text
    assert 1_000 == len(told.rows_of("Contacts and their outcomes"))
    assert [["Step 2", "1,200", ""]] == told.rows_of("A 1,200 contacts")


def test_a_short_table_is_whole(tmp_path: Path) -> None:
    told = page(tmp_path, a_report())
    assert "Shown are" not in told.text
    assert 495 == len(told.rows_of("Contacts and their outcomes"))


def test_an_operation_without_contacts_has_a_page(tmp_path: Path) -> None:
    told = page(tmp_path, an_empty_report(), pd.DataFrame(columns=list(COLUMNS)))
    assert "No contact was found who fell out: there is nothing to put back." == told.headings[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_text_and_adds_no_tag(tmp_path: Path, name: str) -> None:
    frame = pd.concat([rows(2, "enrolled", sequence=name, detail=name, mailbox=name), rows(2, "failed", detail=name)])
    frame["email"] = name
    report = a_report(
        workspace=name,
        operation_id=name,
        procedure=name,
        parameters={name: name, "mailbox": name},
        reasons={f"excluded:{name}": 2, name: 1},
        waits=(a_wait(**{"for": name}),),
        loans=(a_loan(setting=f"ruleset:{name}:block_reenrollment", was=name),),
        differences=(Difference(email=name, forecast=name, outcome=name, reasons=name),),
        next=(name,),
        plan=(name,),
        found=name,
        files={name: str(tmp_path / "x"), "outcomes": str(tmp_path / "y")},
        acting_user=name,
        owners=(ReportedOwner(mailbox=name, owner=name, before=name),),
        timeline=(an_event(name, 0, about=name), an_event("approved", 1, 2, name), an_event("waited", 2, 9, name)),
        answers=(ReportedAnswer(question=name, answer=name, by=name, at=NINE, plan=name),),
    )
    told = page(tmp_path, report, frame)
    tags = {tag for tag, _ in told.tags}
    assert set() == tags & {"img", "iframe", "object"}
    assert [SCRIPT] == told.scripts
    assert not [key for _, attributes in told.tags for key in attributes if key.startswith("on")]
    assert " ".join(name.replace("\x1b", r"\x1b").replace("\x00", r"\x00").split()) in told.text


def test_the_page_needs_nothing_but_itself(tmp_path: Path) -> None:
    told = page(tmp_path, a_report())
    assert set() == {tag for tag, _ in told.tags} & {"link", "img", "iframe", "base"}
    assert [("script", {})] == [one for one in told.tags if one[0] == "script"]
    assert [SCRIPT] == told.scripts
    assert "//" not in SCRIPT
    assert [] == [value for _, attributes in told.tags for value in attributes.values() if value and "//" in value]
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "@import" not in text and "url(" not in text
    assert "prefers-color-scheme: dark" in text and "@media print" in text


def test_the_page_is_built_for_a_screen_reader_too(tmp_path: Path) -> None:
    told = page(tmp_path, a_report(loans=(a_loan(state="overdue"),)))
    tags = [tag for tag, _ in told.tags]
    assert ("html", {"lang": "en"}) in told.tags
    assert (1, 1) == (tags.count("h1"), tags.count("main"))
    assert tags.count("table") == tags.count("caption")
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in told.tags if tag == "th")
    ids = [attributes["id"] for _, attributes in told.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {attributes["aria-labelledby"] for tag, attributes in told.tags if tag == "section"}
    assert named <= set(ids)


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page(tmp_path, a_report())
    before = (tmp_path / "report.html").read_bytes()

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        page(tmp_path, an_empty_report())
    assert (["report.html"], before) == (
        [path.name for path in tmp_path.iterdir()],
        (tmp_path / "report.html").read_bytes(),
    )


def test_a_rehearsal_stands_beside_what_came_of_it(tmp_path: Path) -> None:
    rehearsal = {
        "operation_id": "20261102-090000-aaaa",
        "ended_at": "2026-11-02T09:00:00Z",
        "differing": 1,
        "counts": {"enrolled": {"rehearsed": 439, "outcome": 431}},
        "contacts": [{"email": "r1@x.test", "rehearsed": "enrolled", "outcome": "blocked", "reasons": "opted_out"}],
    }
    told = page(tmp_path, a_report(rehearsal=rehearsal))
    assert "Rehearsed on the twin, and what came of it" in told.headings
    assert "The rehearsal is the operation 20261102-090000-aaaa." in told.text
    assert "enrolled 439 431" in told.text
    assert (
        "Not as rehearsed: 1 contact Contact Rehearsed Outcome Reason r1@x.test enrolled blocked opted_out" in told.text
    )
    alike = page(tmp_path, a_report(rehearsal=rehearsal | {"differing": 0, "contacts": []}))
    assert "Everybody as rehearsed." in alike.text
    assert not any("ehearsed" in heading for heading in page(tmp_path, a_report()).headings)


def test_who_owns_the_mailbox_who_acted_and_who_agreed_stand_at_the_top(tmp_path: Path) -> None:
    owners = (
        ReportedOwner(mailbox="ana@send.test", owner="Bo", before="Ana"),
        ReportedOwner(mailbox="bo@send.test", owner="Cy"),
    )
    shown = page(tmp_path, a_report(owners=owners, acting_user="olga@acme.test"))
    people = (
        "Owner of ana@send.test Bo Owner before Ana Acted in the workspace as olga@acme.test Approved by Olga <Ops>"
    )
    assert people in shown.text
    assert shown.text.index(people) < shown.text.index("What to do now")
    unknown = page(tmp_path, a_report(answers=()))
    assert not [name for name in ("Owner of", "Owner before", "Acted in", "Approved by") if name in unknown.text]


def test_what_was_declined_is_not_shown_as_approved(tmp_path: Path) -> None:
    no = ReportedAnswer(question="go on", answer="no", by="Olga", at=NINE, plan="1a2b")
    shown = page(tmp_path, a_report(answers=(no,)))
    assert "Declined by Olga" in shown.text
    assert "Approved by" not in shown.text


def test_a_dry_run_took_real_time_and_a_live_run_the_workspaces_and_the_real_one_where_they_differ(
    tmp_path: Path,
) -> None:
    def took(report: Report) -> str:
        return page(tmp_path, report).text.partition("; took ")[2].partition(".")[0]

    later = NINE + timedelta(days=30)
    real = {"recorded_at": later, "recorded_end_at": later + timedelta(minutes=3)}
    assert "3 min in real time" == took(a_dry_run(**real))
    assert "1 h 4 min in the workspace's time, 3 min in real time" == took(a_report(**real))
    alike = {"recorded_at": NINE, "recorded_end_at": NINE + timedelta(minutes=66)}
    assert "1 h 4 min in the workspace's time" == took(a_report(**alike))
    assert "1 h 4 min in the workspace's time" == took(a_dry_run())
    assert "2026-12-02 09:00 UTC in real time" in page(tmp_path, a_report(**real)).text
    assert "in real time" not in page(tmp_path, a_report(**alike)).text


def test_the_timeline_has_each_event_in_words_and_in_its_place(tmp_path: Path) -> None:
    events = (
        an_event("fell_out", -3000),
        an_event("approved", 1, about="go on, by Olga"),
        an_event("waited", 2, 47, "re-enrollment settings"),
        an_event("enroll", 48, 58),
        an_event("given_back", 64),
    )
    shown = page(tmp_path, a_report(timeline=events))
    assert "When it happened" in shown.headings
    assert "Waited for re-enrollment settings 2026-11-02 09:02 – 09:47 UTC (45 min)" in shown.text
    assert "Approved: go on, by Olga 2026-11-02 09:01 UTC" in shown.text
    drawn = [
        float((attributes.get("x") or attributes["cx"] or "").rstrip("%"))
        for tag, attributes in shown.tags
        if (tag == "rect" and attributes.get("rx")) or tag == "circle"
    ]
    assert (5, sorted(drawn)) == (len(drawn), drawn)
    assert 0 <= drawn[0] < drawn[-1] <= 100
    assert "When it happened" not in page(tmp_path, a_report(timeline=events[:1])).headings


def test_the_drawings_say_their_numbers_to_a_screen_reader_and_to_an_eye_without_colours(tmp_path: Path) -> None:
    shown = page(tmp_path, a_report())
    said = [attributes["aria-label"] for tag, attributes in shown.tags if attributes.get("role") == "img"]
    assert "looked at: 500; back in sequence: 431; may not be enrolled: 64; rows refused: 5" == said[0]
    assert 2 == len(said)
    assert "back in sequence: 431" in shown.text


def test_the_csv_of_outcomes_is_inside_the_page_byte_for_byte_unless_it_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv = write_csv(the_outcomes(), tmp_path / "outcomes.csv")

    def kept() -> list[str]:
        shown = page(tmp_path, a_report(files={"outcomes": str(csv)}))
        return [attributes["href"] or "" for tag, attributes in shown.tags if tag == "a" and "download" in attributes]

    [address] = kept()
    assert csv.read_bytes() == base64.b64decode(address.removeprefix("data:text/csv;charset=utf-8;base64,"))
    monkeypatch.setattr(html_report, "LARGEST_KEPT", csv.stat().st_size - 1)
    assert [] == kept()
    assert "pass the file on beside it" in page(tmp_path, a_report(files={"outcomes": str(csv)})).text


def test_contacts_are_counted_by_mailbox_owner_and_sequence(tmp_path: Path) -> None:
    owners = (ReportedOwner(mailbox="ana@send.test", owner="Bo"), ReportedOwner(mailbox="bo@send.test", owner=None))
    shown = page(tmp_path, a_report(owners=owners))
    assert [
        ["ana@send.test", "Bo", "A", "264", "200 enrolled, 64 blocked"],
        ["ana@send.test", "Bo", "B", "131", "131 enrolled"],
        ["bo@send.test", "nobody", "A", "100", "100 enrolled"],
    ] == shown.rows_of("Those with the most contacts first")


def test_only_the_script_of_the_search_may_run(tmp_path: Path) -> None:
    [policy] = [
        attributes["content"] or ""
        for tag, attributes in page(tmp_path, a_report()).tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    digest_of = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"'sha256-{digest_of}'" == SCRIPT_SOURCE
    assert f"script-src {SCRIPT_SOURCE};" in policy
