"""Names on Unify need not be unique: where two things have one name nobody guesses which was meant."""

import pytest

from models.errors import InvalidInput
from platforms.unify.directory import ruleset_of, sequence_named
from platforms.unify.observing import rulesets_shown
from platforms.unify.sequence_documents import SequenceShown, sequence
from tests.platforms.unify import documents
from tests.platforms.unify.documents import uuid


def shown(number: int, name: str, **own: object) -> SequenceShown:
    return sequence(documents.sequence(id=uuid(number), name=name, **own))


def test_a_sequence_is_found_by_its_name_in_any_case() -> None:
    found = [shown(1, "Outbound"), shown(2, "Nurture")]
    assert found[1] == sequence_named(found, "nurture")
    with pytest.raises(InvalidInput, match="Did you mean 'Nurture'"):
        sequence_named(found, "Nuture")


def test_of_two_sequences_with_one_name_both_ids_are_told() -> None:
    with pytest.raises(InvalidInput, match=f"there are 2 sequences named 'Outbound': {uuid(1)} and {uuid(3)}"):
        sequence_named([shown(1, "Outbound"), shown(2, "Nurture"), shown(3, "Outbound")], "Outbound")


def test_of_two_rulesets_with_one_name_both_ids_are_told() -> None:
    other = documents.ruleset(id=uuid(80))
    with pytest.raises(InvalidInput, match=f"two rulesets named 'Default': {uuid(8)} and {uuid(80)}"):
        rulesets_shown([shown(1, "Outbound"), shown(2, "Nurture", sequence_ruleset=other)])
    assert ["Default"] == list(rulesets_shown([shown(1, "Outbound"), shown(2, "Nurture")]))


def test_a_sequence_without_a_ruleset_goes_by_the_default_one_where_it_shows() -> None:
    bare, own = shown(1, "Outbound", sequence_ruleset=None), shown(2, "Nurture")
    strict = shown(3, "Strict", sequence_ruleset=documents.ruleset(id=uuid(81), name="Strict", is_default=False))
    assert own.ruleset == ruleset_of([bare, strict, own], bare)
    assert strict.ruleset == ruleset_of([bare, strict, own], strict)
    assert ruleset_of([bare, strict], bare) is None
