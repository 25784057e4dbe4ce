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
