"""The digest holds every number and word that is shown, and each of them is the report's."""

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reports.digest import digest
from reports.outcome_groups import COLUMNS, ROWS_SHOWN
from tests.reports.reported import a_dry_run, a_loan, a_report, a_wait, an_empty_report, rows, the_outcomes


def test_the_figures_are_the_counts_and_add_up_to_all() -> None:
    told = digest(a_report(), the_outcomes())
    assert a_report().counts == {"considered": told.considered} | {one.name: one.number for one in told.figures}
    assert told.considered == sum(one.number for one in told.figures)
    assert pytest.approx(100) == sum(one.share for one in told.figures)


def test_the_steps_of_the_sequences_add_up_to_who_is_back() -> None:
    groups = digest(a_report(), the_outcomes()).sequences
    assert [("A", 300, ((2, 200), (3, 100))), ("B", 131, ((5, 131),))] == [
        (group.sequence, group.contacts, group.steps) for group in groups
    ]
    assert (("ana@send.test", 200), ("bo@send.test", 100)) == groups[0].mailboxes
    assert a_report().counts["enrolled"] == sum(group.contacts for group in groups)


def test_the_reasons_are_those_of_the_report_with_three_examples_each() -> None:
    groups = digest(a_report(), the_outcomes()).reasons
    assert [("recently_enrolled", 40), ("excluded:Customers", 12), ("opted_out", 12)] == [
        (group.code, group.contacts) for group in groups
    ]
    assert all(3 == len(group.examples) for group in groups)
    assert "blockedopted_outA0@x.test" == groups[2].examples[0]


def test_a_contact_with_several_reasons_counts_under_each() -> None:
    frame = pd.concat([rows(2, "blocked", "opted_out;replied"), rows(1, "blocked", "replied")])
    groups = digest(a_report(reasons={"replied": 3, "opted_out": 2}), frame).reasons
    assert [("replied", 3, 3), ("opted_out", 2, 2)] == [(one.code, one.contacts, len(one.examples)) for one in groups]


def test_who_failed_without_a_reason_is_told_by_the_details() -> None:
    frame = pd.concat([rows(4, "failed", detail="not reached"), rows(2, "failed")])
    groups = digest(a_report(reasons={}), frame).reasons
    assert [("", "Not reached.", 4), ("", "No reason is known: outcomes.csv has the details.", 2)] == [
        (one.code, one.why, one.contacts) for one in groups
    ]


def test_refused_rows_in_the_outcomes_are_explained_though_the_report_does_not_count_them() -> None:
    groups = digest(a_report(reasons={}), rows(5, "rejected", "duplicate_row")).reasons
    assert [("duplicate_row", 5)] == [(one.code, one.contacts) for one in groups]


@pytest.mark.parametrize(
    "steps", [[2, 2, None], [2.0, 2.0, float("nan")], ["2", "2", ""], pd.array([2, 2, None], dtype="Int64")]
)
def test_steps_are_read_in_any_type_that_a_frame_may_hold_them(steps: Any) -> None:
    frame = rows(3, "enrolled").assign(step=steps)
    told = digest(a_report(), frame)
    assert ((0, 1), (2, 2)) == told.sequences[0].steps
    assert ["2", "2", ""] == [row[COLUMNS.index("step")] for row in told.contacts.rows]


def test_missing_cells_are_empty() -> None:
    frame = rows(1, "blocked").assign(reasons=None, sequence=np.nan, detail=pd.Series([pd.NA], dtype=object))
    told = digest(a_report(reasons={}), frame)
    assert [("blockedA0@x.test", "blocked", "", "", "ana@send.test", "2", "")] == list(told.contacts.rows)


def test_only_a_thousand_contacts_are_shown_and_those_not_done_come_first() -> None:
    frame = pd.concat([rows(1500, "enrolled"), rows(3, "blocked", "opted_out"), rows(2, "failed")], ignore_index=True)
    shown = digest(a_report(), frame).contacts
    assert (ROWS_SHOWN, 1505) == (len(shown.rows), shown.of)
    assert ["failed"] * 2 + ["blocked"] * 3 + ["enrolled"] == [row[1] for row in shown.rows[:6]]
    assert "enrolledA0@x.test" == shown.rows[5][0]


def test_a_setting_is_told_in_plain_words() -> None:
    loan = digest(a_report()).loans[0]
    assert "How long contacts wait before they may be enrolled again, in the ruleset 'Default'" == loan.about
    assert ("75 days", "0 days", "given back") == (loan.was, loan.set_to, loan.state)


@pytest.mark.parametrize(
    ("setting", "about"),
    [
        ("ruleset:A%3AB:allow_same_sequence_reenrollment", "go back into the same sequence, in the ruleset 'A:B'"),
        ("exclusion:Customers:exclude_from_sequences", "the exclusion 'Customers' keeps contacts out of all sequences"),
        ("ruleset:Default:exclusion:Customers", "the exclusion 'Customers' acts in the ruleset 'Default'"),
        ("audience:Q4:exclusion:Customers", "the exclusion 'Customers' acts in the audience 'Q4'"),
        ("ruleset:Default:opt_out_message", "The opt out message, in the ruleset 'Default'"),
        ("what is this", "what is this"),
    ],
)
def test_every_kind_of_setting_says_what_it_decides(setting: str, about: str) -> None:
    assert about in digest(a_report(loans=(a_loan(setting=setting),))).loans[0].about


@pytest.mark.parametrize(
    ("value", "told"), [("1 DAY", "1 day"), ("never", "never again"), ("true", "on"), ("false", "off"), ("x", "x")]
)
def test_every_value_is_told_in_plain_words(value: str, told: str) -> None:
    assert told == digest(a_report(loans=(a_loan(was=value),))).loans[0].was


@pytest.mark.parametrize("state", ["open", "superseded", "unknown", "overdue"])
def test_a_loan_that_is_not_returned_says_what_to_do(state: str) -> None:
    missing = digest(a_report(loans=(a_loan(), a_loan(state=state)))).missing_loans
    assert 1 == len(missing)
    assert missing[0].remedy


@pytest.mark.parametrize(
    ("ended", "proved_by", "told"),
    [
        ("done", "probe", "a probe proved"),
        ("done", "clock", "by the clock"),
        ("timed_out", None, "timed out"),
        ("refused", None, "refused"),
        (None, None, "goes on"),
    ],
)
def test_a_wait_says_how_it_ended(ended: str | None, proved_by: str | None, told: str) -> None:
    wait = digest(a_report(waits=(a_wait(ended=ended, proved_by=proved_by),))).waits[0]
    assert told in wait.ended
    assert ("45 min", ended == "done") == (wait.length, wait.done)


def test_differences_that_are_alike_are_told_together() -> None:
    told = digest(a_report())
    assert (7, [(7, "enrolled", "blocked", 3)]) == (
        told.differing,
        [(one.contacts, one.forecast, one.outcome, len(one.examples)) for one in told.differences],
    )


def test_a_pasted_file_is_cut_and_a_missing_value_is_called_so() -> None:
    told = dict(
        digest(a_report(parameters={"contacts": "a@x.test\n" * 1000, "a": None, "b": True, "c": [1]})).parameters
    )
    assert told["contacts"].endswith("… (9,000 characters)")
    assert ("not set", "yes", "[1]") == (told["a"], told["b"], told["c"])


def test_a_dry_run_says_that_nothing_was_changed_and_how_to_carry_it_out() -> None:
    told = digest(a_dry_run())
    assert ("Dry run", "nothing was changed", True) == (told.mode, told.mode_note, "--live" in told.nothing_next)


def test_an_operation_without_contacts_has_a_digest() -> None:
    told = digest(an_empty_report(), pd.DataFrame(columns=list(COLUMNS)))
    assert ((), (), 0, 0) == (told.sequences, told.reasons, told.contacts.of, told.considered)
    assert told == digest(an_empty_report(), pd.DataFrame()) == digest(an_empty_report())


def test_a_hundred_thousand_contacts_take_a_moment() -> None:
    frame = pd.concat(
        [rows(50_000, "enrolled"), rows(50_000, "blocked", "recently_enrolled;opted_out")], ignore_index=True
    )
    begun = time.perf_counter()
    told = digest(a_report(reasons={}), frame)
    assert 5 > time.perf_counter() - begun
    assert [50_000, 50_000] == [one.contacts for one in told.reasons]
    assert 50_000 == told.sequences[0].contacts
