"""Why somebody was not enrolled: the platform's words and flags as reason codes, and never a guess (Q7)."""

import pytest

from platforms.unify import enrollment_documents
from platforms.unify.not_enrolled import code_of, flagged, is_already_sequenced, refused_by
from platforms.unify.sequence_documents import RulesetShown, sequence
from tests.platforms.unify import documents


def ruleset(*, allow_same: bool = True, days: int | None = 75) -> RulesetShown:
    shown = documents.ruleset(allow_same_sequence_reenrollment=allow_same, block_reenrollment_value=days)
    found = sequence(documents.sequence(sequence_ruleset=shown)).ruleset
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Person has opted out of email", "opted_out"),
        ("person is marked do not email.", "do_not_email"),
        ("Mailbox is paused", "mailbox_unavailable"),
        ("Person is excluded by 'Acme: rivals'", "excluded:Acme: rivals"),
        ("Person is excluded by 'it's complicated'", "excluded:it's complicated"),
        ("The moon is in the wrong house", None),
        ("Person has opted out of email and left", None),
    ],
)
def test_words_that_are_known_have_a_code_and_others_have_none(words: str, code: str | None) -> None:
    assert code == code_of(words)


@pytest.mark.rule("R45", "R46", "R12", "R13", "R26")
def test_the_ruleset_tells_apart_what_the_platform_calls_by_one_name() -> None:
    assert is_already_sequenced("Prospect is already sequenced")
    assert "already_sequenced" == refused_by(ruleset(allow_same=False), been_here=True)
    assert "recently_enrolled" == refused_by(ruleset(allow_same=False), been_here=False)
    assert "never_again" == refused_by(ruleset(days=None), been_here=True)
    assert "recently_enrolled" == refused_by(ruleset(), been_here=True)


@pytest.mark.rule("R42")
def test_where_the_settings_bar_nobody_any_more_the_words_stand_as_they_are() -> None:
    assert "already_sequenced" == refused_by(ruleset(days=0), been_here=True)
    assert "already_sequenced" == refused_by(None, been_here=True)


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        ("is_excluded", "excluded"),
        ("is_opted_out", "opted_out"),
        ("is_blocked", "missing_variable"),
        ("is_paused", None),
    ],
)
def test_an_enrollment_that_was_made_and_does_not_run_is_not_called_enrolled(flag: str, code: str | None) -> None:
    assert code == flagged(enrollment_documents.listed(documents.listed_enrollment(**{flag: True})))
