"""A night's summary: what was found, done and left, each told once and not at length."""

from reports.night_summary import MOST, night_message, night_title

CHANGE = "ownership-change for ana@send.acme.test: its owner was ana@acme.test and is bo@acme.test; 3 ran from it"
LEFT = "2 contacts of 'Outbound' from bo@send.acme.test left to a person: the policy leaves this mailbox out"


def test_a_night_that_found_nothing_says_so_and_leads_to_its_report() -> None:
    assert "nothing is left to a person" == night_title([])
    assert "nothing to start at any mailbox\nreport: https://prefect.test/run" == night_message(
        "nothing to start at any mailbox", {"considered": 0}, [], [], "https://prefect.test/run"
    )


def test_counts_what_it_did_and_what_it_left_are_told_once_each() -> None:
    left = [f"{LEFT}; run ownership-change for bo@send.acme.test yourself", "a run was cut short"]
    assert "2 things are left to a person" == night_title(left)
    assert [
        "something to start at 1 mailbox",
        "counts: considered 1,202, enrolled 1,200, manual 2",
        "what it did:",
        f"- {CHANGE}",
        "left to a person:",
        *(f"- {line}" for line in left),
        "report: here",
    ] == night_message(
        "something to start at 1 mailbox",
        {"considered": 1202, "enrolled": 1200, "manual": 2, "failed": 0},
        [CHANGE, LEFT],
        left,
        "here",
    ).splitlines()


def test_a_long_list_is_cut_and_says_how_much_more_there_is() -> None:
    lines = night_message("", {}, [], [f"line {number}" for number in range(MOST + 3)], "here").splitlines()
    assert ["left to a person:", "- line 0"] == lines[:2]
    assert ["- and 3 more", "report: here"] == lines[-2:]
    assert MOST + 3 == len(lines)


def test_a_name_begins_no_line_of_its_own() -> None:
    assert r"- a sequence\nleft to a person:" in night_message("", {}, ["a sequence\nleft to a person:"], [], "here")
