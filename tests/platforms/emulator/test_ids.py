"""Ids hold what they stand for, look like the vendor's, and are never taken for one another."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from platforms.emulator.ids import KINDS, Kind, key_of, uuid_of

KEYS = st.integers(min_value=1, max_value=2**48 - 1)


@given(st.sampled_from(KINDS), KEYS)
def test_an_id_tells_its_row(kind: Kind, key: int) -> None:
    text = uuid_of(kind, key)
    assert key == key_of(kind, text)
    assert key == key_of(kind, text.upper())
    assert (4, "specified in RFC 4122") == (UUID(text).version, UUID(text).variant)


@given(st.sampled_from(KINDS), st.sampled_from(KINDS), KEYS)
def test_an_id_of_one_kind_is_none_of_another(kind: Kind, other: Kind, key: int) -> None:
    assert (key if kind == other else None) == key_of(other, uuid_of(kind, key))


@given(st.uuids(version=4) | st.text())
def test_what_was_not_made_here_stands_for_nothing(text: object) -> None:
    assert [] == [kind for kind in KINDS if key_of(kind, str(text)) is not None]


def test_no_two_rows_have_the_same_id() -> None:
    ids = [uuid_of(kind, key) for kind in KINDS for key in (1, 2, 3)]
    assert len(ids) == len(set(ids))
