"""Every reason code is explained in plain words."""

import re

import pytest

from models.rules.eligibility import EXCLUDED, REASONS
from reports.explanations import MEANINGS, Meaning, meaning_of

# The list in interface.md, "Reason codes", and the one warning; excluded:NAME is below.
LISTED = """
opted_out do_not_email already_enrolled already_sequenced recently_enrolled never_again play_cooldown
play_runs_once mailbox_unavailable not_in_audience past_step_one not_queued missing_variable replied bounced
task_closed unknown_sequence unknown_contact duplicate_row invalid_email needs_admin superseded not_approved
timed_out moved_on no_step_left sequence_paused
"""


def test_every_reason_code_has_an_explanation_and_there_are_no_others() -> None:
    assert sorted(LISTED.split()) == sorted(MEANINGS)


def test_every_reason_that_the_rules_give_has_an_explanation() -> None:
    assert set() == {reason.code for reason in REASONS} - {EXCLUDED} - set(MEANINGS)


@pytest.mark.parametrize("meaning", [*MEANINGS.values(), meaning_of("excluded:Customers"), meaning_of("new_code")])
def test_an_explanation_is_a_sentence_with_what_lifts_it(meaning: Meaning) -> None:
    assert re.fullmatch(r"[A-Z][^\n]{10,120}\.", meaning.why)
    assert re.fullmatch(r"[A-Z][^\n]{10,120}\.", meaning.lift)
    assert 0 < len(meaning.label) <= 45


def test_an_exclusion_is_explained_by_its_name() -> None:
    assert "the exclusion 'Open: deals'" in meaning_of("excluded:Open: deals").why


def test_a_code_that_is_not_known_is_shown_as_it_is() -> None:
    assert "'moon_phase'" in meaning_of("moon_phase").why
