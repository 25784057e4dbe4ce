"""explain, status, history and show."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journal import loans, operations
from journal.database import Journal
from models.settings import Settings
from models.tables.journal import OperationRow
from models.watch_file import Deployed, note
from platforms.sandbox.sandbox import Sandbox


@pytest.mark.rule("R12", "R26")
def test_explain_gives_every_reason_with_its_fix(loaded) -> None:
    loaded("sandbox", "do", "change_mailbox_owner", "mailbox=ana@send.acme.test", "owner=bo@acme.test")
    said = loaded("explain", "pia@x.test", "--sequence", "outbound", "--json").document
    assert (False, 2, []) == (said["eligible"], said["resumes_at_step"], said["unknown"])
    assert ["already_sequenced", "recently_enrolled"] == [blocker["code"] for blocker in said["blockers"]]
    same, bar = (f"ruleset:Default:{field}" for field in ("allow_same_sequence_reenrollment", "block_reenrollment"))
    assert [same, bar] == said["smallest_fix"]
    fix = said["blockers"][1]["fix"]
    assert {"setting": bar, "value": "0 DAY", "requires": "admin", "also_lets_in": 0} == fix
    assert said["blockers"][1]["lapses_at"].startswith("2027-01-16")


def test_an_opt_out_has_no_fix(loaded) -> None:
    said = loaded("explain", "sue@x.test", "--sequence", "Outbound", "--json").document
    assert ["opted_out"] == [blocker["code"] for blocker in said["blockers"]]
    assert (None, None) == (said["blockers"][0]["fix"], said["smallest_fix"])


def test_a_whole_audience_is_a_list_and_a_csv(loaded) -> None:
    said = loaded("explain", "--audience", "Everybody", "--sequence", "Outbound", "--json", "--csv-out", "why.csv")
    assert ["pia@x.test", "quin@x.test", "raj@x.test", "sue@x.test"] == [found["email"] for found in said.document]
    reasons = ["already_enrolled;already_sequenced", "already_enrolled", "excluded:Customers", "opted_out"]
    assert reasons == list(pd.read_csv("why.csv")["reasons"])


def test_a_csv_of_contacts_is_explained(loaded) -> None:
    Path("who.csv").write_text("Work Email\nPIA@x.test\nnobody@x.test\n")
    said = loaded("explain", "--csv", "who.csv", "--sequence", "Outbound", "--json")
    assert ["already_enrolled", "unknown_contact"] == [found["blockers"][0]["code"] for found in said.document]


def test_what_the_csv_says_itself_is_told_beside_the_answers(loaded) -> None:
    Path("who.csv").write_text("Prospects\n\nWork Email,Opted Out\npia@x.test,Yes\nnone,\n")
    said = loaded("explain", "--csv", "who.csv", "--sequence", "Outbound", "--json")
    assert 1 == len(said.document)
    told = " ".join(said.err.split())
    assert "1 line before the header passed over; 1 row refused" in told
    assert "pia@x.test: the file says opted_out: row 4, column 'Opted Out': Yes" in told


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("pia@x.test", "--sequence", "Outbond"), "Outbound"),
        (("--sequence", "Outbound"), "--audience"),
        (("--audience", "Everyone", "--sequence", "Outbound"), "Everybody"),
        (("--csv", "none.csv", "--sequence", "Outbound"), "none.csv"),
        (("pia@x.test", "--audience", "Everybody", "--sequence", "Outbound"), "one of"),
    ],
)
def test_explain_says_what_it_could_not_find(loaded, words: tuple[str, ...], named: str) -> None:
    said = loaded("explain", *words)
    assert (2, "", True) == (said.code, said.out, named in said.err), said.err


def test_status_history_and_show_of_nothing(loaded) -> None:
    status = loaded("status", "--json").document
    assert ([], [], "sandbox") == (status["operations"], status["loans"], status["workspace"])
    assert [] == loaded("history", "--json").document
    assert 2 == loaded("show", "no-such-operation").code


def lend(minutes: int) -> None:
    """A setting on loan in the sandbox, whose deadline is in so many minutes of its time."""
    journal, settings = Journal(Settings().journal_url), Settings()
    now = Sandbox(settings.sandbox_database).now()
    operations.begin(
        journal,
        OperationRow(
            id="one",
            procedure="ownership-change",
            workspace="sandbox",
            subject="x",
            mode="live",
            next=[],
            folder="",
            started_at=now,
            recorded_at=now,
        ),
    )
    setting, deadline = "ruleset:Default:block_reenrollment", now + timedelta(minutes=minutes)
    row = loans.take(journal, "one", "sandbox", setting, 1, 0, now, deadline)
    loans.amend(journal, row.id or 0, recorded_at=datetime.now(UTC) - timedelta(hours=1))


def deploy(**own: Any) -> None:
    """What deploying notes in the home: sweeps every five minutes since two hours."""
    since = datetime.now(UTC) - timedelta(hours=2)
    deployed = {"workspace": "sandbox", "sweep": "*/5 * * * *", "night": None, "timezone": "UTC", "since": since}
    note(Settings().home_folder, deployed=Deployed.model_validate(deployed | own))


@pytest.mark.parametrize(("minutes", "code"), [(60, 0), (-1, 1)])
def test_status_ends_with_one_where_a_loan_is_past_its_deadline(loaded, minutes: int, code: int) -> None:
    lend(minutes)
    said = loaded("status", "--json")
    assert (code, [{"workspace": "sandbox", "last_ended_at": None, "late": None}]) == (
        said.code,
        said.document["sweep"],
    )
    assert code == loaded("status").code


def test_status_ends_with_one_where_a_sweep_is_late_and_says_so(loaded) -> None:
    deploy()
    said = loaded("status", "--json")
    assert (1, [{"workspace": "sandbox", "last_ended_at": None, "late": True}]) == (said.code, said.document["sweep"])
    words = loaded("status").out
    assert "a sweep of sandbox never ended yet: LATE, run `handoff restore`" in words
    assert 0 == loaded("restore").code
    said = loaded("status", "--json")
    assert (0, False) == (said.code, said.document["sweep"][0]["late"])
    assert said.document["sweep"][0]["last_ended_at"].endswith("Z")


def test_what_was_ended_by_whoever_kept_it_is_not_waited_for(loaded) -> None:
    deploy(ended=datetime.now(UTC))
    said = loaded("status", "--json")
    assert (0, []) == (said.code, said.document["sweep"])


def test_an_unknown_command_or_option_is_a_mistake_of_the_input(handoff) -> None:
    assert 2 == handoff("remediate").code
    assert 2 == handoff("status", "--loud").code


@pytest.mark.rule("R33", "R55")
def test_a_play_can_be_asked_about_and_everybody_in_its_audience(loaded) -> None:
    said = loaded("explain", "--play", "play", "--json").document
    assert ["pia@x.test", "quin@x.test", "raj@x.test", "sue@x.test"] == [found["email"] for found in said]
    loaded("sandbox", "do", "run_play", "play=Play")
    one = loaded("explain", "raj@x.test", "--play", "Play", "--json").document
    assert ["play_cooldown", "excluded:Customers"] == [blocker["code"] for blocker in one["blockers"]]
    assert "2026-11-03T09:00:00Z" == one["blockers"][0]["lapses_at"]


def test_people_are_told_the_counts_and_the_fix_that_frees_the_most_for_the_least(loaded) -> None:
    said = loaded("explain", "--audience", "Everybody", "--sequence", "Outbound").out
    expected = (
        "Of 4 contacts 0 may be enrolled.",
        "matches the exclusion 'Customers' (the address is named in the exclusion)",
        "The best: set whether the exclusion 'Customers' keeps contacts out of all sequences, to off. It frees 1 of",
    )
    assert [] == [words for words in expected if words not in said], said


def test_a_setting_on_its_way_back_is_named_with_the_time_at_which_it_acts_again(loaded) -> None:
    loaded("sandbox", "do", "change_mailbox_owner", "mailbox=ana@send.acme.test", "owner=bo@acme.test")
    loaded("sandbox", "do", "set_ruleset", "ruleset=Default", "block_reenrollment=0 DAY")
    loaded("sandbox", "advance", "2h")
    loaded("sandbox", "do", "set_ruleset", "ruleset=Default", "block_reenrollment=75 DAY")
    said = loaded("explain", "--audience", "Everybody", "--sequence", "Outbound").out
    assert "in the ruleset 'Default' (75 days), acts again at 2026-11-02 1" in " ".join(said.split())
    assert "kept out by it from then on." in " ".join(said.split())
    assert "ruleset:Default" not in said


def test_the_csv_has_a_row_a_contact(loaded) -> None:
    loaded("explain", "--audience", "Everybody", "--sequence", "Outbound", "--csv-out", "why.csv")
    found = pd.read_csv("why.csv", keep_default_na=False).set_index("email").loc["raj@x.test"]
    assert ("Outbound", False, "excluded:Customers") == (found["sequence"], found["eligible"], found["reasons"])
    assert "exclusion:Customers:exclude_from_sequences" == found["smallest_fix"]


def test_a_sequence_that_is_not_the_plays_is_refused(loaded) -> None:
    document = loaded("sandbox", "do", "duplicate_sequence", "sequence=Outbound", "name=Other", "--json")
    assert 0 == document.code
    said = loaded("explain", "pia@x.test", "--play", "Play", "--sequence", "Other")
    assert (2, True) == (said.code, "'Play' enrolls into 'Outbound'" in said.err)
    assert 2 == loaded("explain", "pia@x.test").code
