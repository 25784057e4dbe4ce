"""Places that cannot be, databases that do not answer, and what the commands that look print for people."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from journal import loans, operations, waits
from journal.database import Journal
from models.tables.journal import OperationRow

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BLOCK = "ruleset:Default:block_reenrollment"
NOWHERE = "postgresql+psycopg://127.0.0.1:1/nowhere"


@pytest.mark.parametrize("variable", ["HANDOFF_DATABASE_URL", "HANDOFF_SANDBOX_URL"])
@pytest.mark.parametrize(("url", "code"), [(NOWHERE, 3), ("nonsense", 2)])
def test_a_database_that_does_not_answer_is_3_and_what_is_none_is_2(
    handoff: Any, monkeypatch: pytest.MonkeyPatch, variable: str, url: str, code: int
) -> None:
    monkeypatch.setenv(variable, url)
    said = handoff(*(["status"] if "DATABASE" in variable else ["sandbox", "state"]), "--json")
    assert (code, code) == (said.code, said.document["error"]["exit_code"])
    assert f"{variable}: " in said.err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HANDOFF_HOME", "occupied", ("status",)),
        ("HANDOFF_SANDBOX_CLOCK", "x0", ("sandbox", "state")),
        ("HANDOFF_USER", "nobody@acme.test", ("sandbox", "state")),
    ],
)
def test_a_wrong_setting_of_the_environment_is_named(
    loaded: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: tuple[str, ...]
) -> None:
    Path("occupied").write_text("a file, not a folder")
    monkeypatch.setenv(name, value)
    said = loaded(*words)
    assert (2, "") == (said.code, said.out)
    assert name in said.err


def test_a_workspace_without_its_key_is_out_of_reach(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_WORKSPACE", "unify")
    monkeypatch.delenv("UNIFY_API_KEY", raising=False)
    said = loaded("explain", "pia@x.test", "--sequence", "Outbound")
    assert (3, "", True) == (said.code, said.out, "UNIFY_API_KEY" in said.err), said.err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("sandbox", "advance", "9999d"), "ten years"),
        (("sandbox", "load", "missing.yaml"), "missing.yaml"),
        (("sandbox", "dump", "no/such/folder/out.yaml"), "out.yaml"),
        (("sandbox", "reset", "--contacts", "0"), "--contacts"),
        (("sandbox", "do", "enroll", "person=pia@x.test", "sequence=Outbound", "mailbox=b@x.test"), "b@x.test"),
        (("sandbox", "do", "set_ruleset", "ruleset=Default", "allow_same_sequence_reenrollment=null"), "true or false"),
        (("sandbox", "do", "reassign_task", "task=first", "assignee=bo@acme.test"), "task"),
        (("resume", "no-such-operation"), "OPERATION_ID"),
        (("cancel", "no-such-operation"), "OPERATION_ID"),
        (("show", "no-such-operation", "--json"), "OPERATION_ID"),
        (("run", "ownership-change", "--live", "--params", "missing.json"), "missing.json"),
    ],
)
def test_a_mistake_is_named_ends_with_2_and_changes_nothing(loaded: Any, words: tuple[str, ...], named: str) -> None:
    before = loaded("sandbox", "state", "--json").out
    said = loaded(*words)
    assert (2, True) == (said.code, named in said.err), said.err
    assert ("error" in said.document) if "--json" in words else (said.out == "")
    assert before == loaded("sandbox", "state", "--json").out


@pytest.mark.parametrize(
    ("words", "field", "remedy"),
    [
        (("run", "ownership-change"), "mailbox", "--mailbox ana@send.acme.test"),
        (("run", "ownership-change", "--set", "mailbox=anna@send.acme.test"), "mailbox", "'ana@send.acme.test'"),
        (
            ("run", "ownership-change", "--mailbox", "ana@send.acme.test", "--waiting-days", "x"),
            "waiting_days",
            "0: at",
        ),
        (("run", "sequence-move", "--from-sequence", "Outbond", "--to-sequence", "x"), "from_sequence", "'Outbound'"),
        (("run", "ownership-chang", "--mailbox", "x"), "PROCEDURE", "'ownership-change'"),
    ],
)
def test_a_mistake_is_a_json_document_too_and_leaves_no_operation(
    loaded: Any, home: Path, words: tuple[str, ...], field: str, remedy: str
) -> None:
    said = loaded(*words, "--json")
    error = said.document["error"]
    assert (2, 2, field, True) == (said.code, error["exit_code"], error["field"], remedy in error["remedy"]), error
    assert [] == loaded("history", "--json").document
    assert not (home / "prefect").exists(), "it asked Prefect"


def test_a_live_run_elsewhere_than_on_the_sandbox_needs_the_workspace_said_aloud(
    loaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDOFF_WORKSPACE", "unify")
    said = loaded("run", "ownership-change", "--set", "mailbox=a@x.test", "--live", "--yes")
    assert (2, True) == (said.code, "Add --workspace unify" in said.err), said.err


def test_several_settings_of_a_ruleset_are_all_looked_at_before_the_first_is_set(loaded: Any) -> None:
    before = loaded("sandbox", "state", "--json").out
    words = ("block_reenrollment=0 DAY", "allow_same_sequence_reenrollment=7")
    assert 2 == loaded("sandbox", "do", "set_ruleset", "ruleset=Default", *words).code
    assert before == loaded("sandbox", "state", "--json").out


@pytest.fixture
def waiting(loaded: Any, home: Path) -> str:
    """An operation that waits, with a setting out, as a run leaves it in the journal."""
    journal = Journal(f"sqlite:///{home / 'journal.db'}")
    operations.begin(
        journal,
        OperationRow(
            id="20261102-090000-abcd",
            procedure="ownership-change",
            workspace="sandbox",
            subject="ana@send.acme.test",
            mode="live",
            status="waiting",
            folder=str(home / "operations" / "it"),
            parameters={},
            next=[],
            started_at=NOW,
            recorded_at=datetime.now(UTC),
        ),
    )
    later = NOW + timedelta(minutes=30)
    loans.take(journal, "20261102-090000-abcd", "sandbox", BLOCK, None, {"value": 0, "unit": "DAY"}, NOW, later)
    waits.begin(journal, "20261102-090000-abcd", "re-enrollment settings", NOW, later, later)
    return "20261102-090000-abcd"


@pytest.mark.rule("R27")
def test_status_tells_what_is_waited_for_and_what_is_out(loaded: Any, waiting: str, home: Path) -> None:
    found = loaded("status", "--json").document
    assert str(home) == found["home"]
    (operation,), (loan,) = found["operations"], found["loans"]
    assert (waiting, "waiting", "re-enrollment settings", "2026-11-02T09:30:00Z") == (
        operation["operation_id"],
        operation["status"],
        operation["waits_for"],
        operation["until"],
    )
    assert (BLOCK, "never", "0 DAY", [waiting]) == (loan["setting"], loan["was"], loan["set_to"], loan["holders"])
    told = loaded("status").out
    told, words = " ".join(told.split()), (waiting, "contacts wait", "never", "0 days", "re-enrollment settings")
    assert [] == [word for word in words if word not in told]


def test_show_tells_of_an_operation_that_is_under_way(loaded: Any, waiting: str) -> None:
    report = loaded("show", waiting, "--json").document
    assert ("waiting", 0, "open") == (report["status"], report["counts"]["considered"], report["loans"][0]["state"])
    assert {"for", "from", "until", "ended", "proved_by"} == set(report["waits"][0])
    assert waiting in loaded("show", waiting).out


def test_a_misspelt_operation_is_answered_with_the_nearest(loaded: Any, waiting: str) -> None:
    said = loaded("show", waiting.replace("abcd", "abce"))
    assert (2, True) == (said.code, f"Did you mean '{waiting}'" in said.err)


def test_the_state_and_an_explanation_are_told_to_people_too(loaded: Any) -> None:
    state = loaded("sandbox", "state").out
    assert [] == [word for word in ("4 people", "ana@send.acme.test", "75 days") if word not in state]
    told = loaded("explain", "sue@x.test", "--sequence", "Outbound").out
    assert [] == [word for word in ("sue@x.test", "opted out") if word not in told]
    assert "no operation has ended yet" in loaded("history").out
