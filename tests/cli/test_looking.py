"""explain, status, history and show."""

from pathlib import Path

import pandas as pd
import pytest


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
        "Of 4 contacts 0 may be enrolled.", "matches the exclusion 'Customers' (the address is named in the exclusion)",
        "The best: lift exclusion:Customers:exclude_from_sequences. It frees 1 of these contacts",
    )  # fmt: skip
    assert [] == [words for words in expected if words not in said], said


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
