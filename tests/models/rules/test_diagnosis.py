"""The diagnosis of many: a row a contact, counts, and the fix that frees the most for the least."""

import pandas as pd
import pytest

from models.names import names
from models.rules.found_reasons import FoundReasons
from models.rules.letting_in import Others, PublishedPlay
from models.rules.smallest_fix import Candidate
from models.setting_keys import SettingKey
from tests.models.rules.facts import NOW, diagnosis, fact, settings, toggles

COLUMNS = (
    "email",
    "sequence",
    "eligible",
    "reasons",
    "lapses_at",
    "smallest_fix",
    "resumes_at_step",
    "warnings",
    "unknown",
)
SAME = SettingKey.parse("ruleset:Default:allow_same_sequence_reenrollment")
BLOCK = SettingKey.parse("ruleset:Default:block_reenrollment")
GLOBAL = SettingKey.parse("exclusion:Customers:exclude_from_sequences")
ON = toggles(("Customers", "Default", True, False))
MANY = (
    fact("free@x.test", resumes_after=2),
    fact("same@x.test", ended=100),
    fact("both@x.test", ended=12),
    fact("customer@x.test", excluded_by=names("Customers")),
    fact("client@x.test", excluded_by=names("Customers")),
    fact("out@x.test", ended=12, opted_out=True, sequence_paused=True),
)


def waiting(*rows: dict[str, object]) -> Others:
    """A published play whose members have these facts, all never enrolled."""
    found = diagnosis(*rows, on=ON)
    never = pd.Series([row["last_ended"] is pd.NaT for row in rows], dtype=bool).to_numpy()
    return Others([PublishedPlay(found.facts["email"], found.as_set.combinations(), never)])


def test_a_frame_tells_of_each_contact_in_a_row() -> None:
    told = diagnosis(*MANY, on=ON).frame()
    assert COLUMNS == tuple(told.columns)
    assert [True, False, False, False, False, False] == told["eligible"].tolist()
    assert [
        "",
        "already_sequenced",
        "already_sequenced;recently_enrolled",
        "excluded:Customers",
        "excluded:Customers",
        "opted_out;already_sequenced;recently_enrolled",
    ] == told["reasons"].map(str).tolist()
    assert [(), (SAME,), (SAME, BLOCK), (GLOBAL,), (GLOBAL,), ()] == [found.each for found in told["smallest_fix"]]
    assert [3, 1, 1, 1, 1, 1] == told["resumes_at_step"].tolist()
    assert ["", "", "", "", "", "sequence_paused"] == told["warnings"].map(str).tolist()


def test_a_contact_is_free_when_the_last_of_its_reasons_has_lapsed() -> None:
    open_same = settings(allow_same=True)
    told = diagnosis(fact("soon@x.test", ended=12), fact("never@x.test", ended=12, opted_out=True), acting=open_same)
    soon, never = told.frame()["lapses_at"]
    assert NOW + pd.Timedelta(days=63) == soon
    assert pd.isna(never)


def test_reasons_are_counted_and_how_often_each_stands_alone() -> None:
    counts = {count.code: (count.contacts, count.alone) for count in diagnosis(*MANY, on=ON).reason_counts()}
    expected = {
        "already_sequenced": (3, 1),
        "recently_enrolled": (2, 0),
        "excluded:Customers": (2, 2),
        "opted_out": (1, 0),
    }
    assert expected == counts


def test_the_best_fix_frees_the_most_contacts_for_each_other_that_it_lets_in() -> None:
    others = waiting(
        *(fact(f"c{at}@x.test", excluded_by=names("Customers")) for at in range(4)), fact("o@x.test", ended=100)
    )
    found = diagnosis(*MANY, on=ON).candidates(others)
    assert [Candidate((SAME, BLOCK), 2, 1), Candidate((SAME,), 1, 1), Candidate((GLOBAL,), 2, 4)] == found
    assert Candidate((GLOBAL,), 2, 0) == diagnosis(*MANY, on=ON).candidates(Others([]))[0]


def test_contacts_who_are_asked_about_are_no_others() -> None:
    others = waiting(
        fact("client@x.test", excluded_by=names("Customers")), fact("c1@x.test", excluded_by=names("Customers"))
    )
    [price] = [one.lets_in for one in diagnosis(*MANY, on=ON).candidates(others) if one.settings == (GLOBAL,)]
    assert 1 == price
    assert [1, 2] == others.each(GLOBAL, pd.Series(["client@x.test", "stranger@x.test"])).tolist()


@pytest.mark.rule("R68")
def test_two_toggles_let_in_together_whom_neither_does_alone() -> None:
    both = toggles(("Customers", "Default", True, True))
    found = diagnosis(fact("c@x.test", excluded_by=names("Customers")), on=both)
    play = PublishedPlay(found.facts["email"], found.as_set.combinations(), pd.Series([True]).to_numpy())
    own = SettingKey.parse("ruleset:Default:exclusion:Customers")
    others = Others([play])
    assert [0, 0, 1] == [len(others.let_in(lifted)) for lifted in ((GLOBAL,), (own,), (GLOBAL, own))]


def test_nobody_at_all_is_fine_too() -> None:
    empty = diagnosis(fact()).facts.iloc[:0]
    assert 0 == len(FoundReasons(0).combinations().reasons)
    assert [] == FoundReasons(len(empty)).combinations().each(len).tolist()


def test_many_more_bars_than_fit_into_one_number_are_told_apart() -> None:
    exclusions = [f"X{at}" for at in range(130)]
    on = toggles(*((name, "Default", True, False) for name in exclusions))
    rows = [fact(f"p{at}@x.test", excluded_by=names(*exclusions[at : at + 3])) for at in range(128)]
    told = diagnosis(*rows, on=on).frame()["reasons"].map(str).tolist()
    assert ["excluded:X0;excluded:X1;excluded:X2", "excluded:X127;excluded:X128;excluded:X129"] == [told[0], told[-1]]
    assert 128 == len(set(told))
