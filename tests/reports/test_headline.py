"""The headline says in one sentence what became of the contacts."""

from typing import Any

import pytest

from reports.digest import digest
from reports.headline import headline
from tests.reports.reported import a_dry_run, a_report, a_wait


def counts(**numbers: int) -> dict[str, int]:
    return {"considered": sum(numbers.values()), **numbers}


def test_a_live_run_says_who_is_back() -> None:
    told = "431 of 500 contacts are back in their sequences; 64 may not be enrolled, 5 rows were refused."
    assert told == headline(a_report())


def test_a_dry_run_says_who_can_go_back() -> None:
    told = "431 of 500 contacts can go back to their sequences; 64 may not be enrolled, 5 rows were refused."
    assert told == headline(a_dry_run())


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"enrolled": 3, "blocked": 0}, "All 3 contacts are back in their sequences."),
        ({"enrolled": 1}, "1 of 1 contact is back in its sequence."),
        ({"enrolled": 1, "rejected": 1}, "1 of 2 contacts is back in its sequence; 1 row was refused."),
        (
            {"enrolled": 0, "blocked": 1200},
            "0 of 1,200 contacts are back in their sequences; 1,200 may not be enrolled.",
        ),
        (
            {"enrolled": 2, "manual": 1, "failed": 3, "unchanged": 1},
            "2 of 7 contacts are back in their sequences; 1 is left to do by hand, 3 failed, 1 needs nothing.",
        ),
        ({"enrolled": 0}, "No contact was found who fell out: there is nothing to put back."),
    ],
)
def test_numbers_agree_with_their_words(numbers: dict[str, int], told: str) -> None:
    assert told == headline(a_report(counts=counts(**numbers)))


def test_who_has_moved_on_is_not_work_for_anybody() -> None:
    for reasons, told in (
        ({"moved_on": 2}, "2 have moved on"),
        ({"moved_on": 1}, "1 is left to do by hand, 1 has moved on"),
    ):
        report = a_report(counts=counts(enrolled=1, manual=2), reasons=reasons)
        assert f"1 of 3 contacts is back in its sequence; {told}." == headline(report)


@pytest.mark.parametrize(
    ("procedure", "numbers", "told"),
    [
        (
            "task-reassignment",
            {"reassigned": 4, "blocked": 1},
            "4 of 5 tasks are handed over; 1 may not be handed over.",
        ),
        ("version-upgrade", {"upgraded": 4, "failed": 1}, "4 of 5 contacts are upgraded; 1 failed."),
        ("call-outcomes", {"unenrolled": 4, "unchanged": 2}, "4 of 6 contacts are unenrolled; 2 need nothing."),
        (
            "sequence-move",
            {"enrolled": 2, "unenrolled": 1},
            "2 of 3 contacts are moved; 1 is taken out and not let in.",
        ),
    ],
)
def test_every_procedure_has_its_own_verb(procedure: str, numbers: dict[str, int], told: str) -> None:
    assert told == headline(a_report(procedure=procedure, counts=counts(**numbers)))


def test_contacts_that_start_over_are_not_called_back() -> None:
    report = a_report(parameters={"restart": True}, counts=counts(enrolled=2, blocked=1))
    assert "2 of 3 contacts start over at step 1; 1 may not be enrolled." == headline(report)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": "failed"}, "Failed. 431 of 500"),
        ({"status": "failed", "counts": {"considered": 0}}, "Failed. No contact has an outcome."),
        ({"status": "cancelled"}, "Cancelled. 431 of 500"),
        ({"status": "running", "ended_at": None}, "Still running. So far: 431 of 500"),
        (
            {
                "status": "waiting",
                "ended_at": None,
                "waits": (a_wait(ended=None, proved_by=None),),
                "counts": {"considered": 0},
            },
            "Waiting for the re-enrollment settings. No contact has an outcome yet.",
        ),
    ],
)
def test_a_run_that_did_not_end_well_or_yet_says_so_first(changed: dict[str, Any], told: str) -> None:
    assert headline(a_report(**changed)).startswith(told)


def test_a_night_that_does_not_wait_for_what_it_started_is_told_by_what_it_found_and_that_once() -> None:
    found = "something to start at 1 mailbox"
    report = a_report(procedure="nightly-remediation", counts={"considered": 0}, reasons={}, found=found)
    assert "Something to start at 1 mailbox." == headline(report)
    assert "" == digest(report).found
    assert found == digest(a_report(procedure="nightly-remediation", found=found)).found
    assert "What was started, what is left to a person, and how last night's runs ended" == digest(report).plan_title
