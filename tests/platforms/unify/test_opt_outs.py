"""What keeps people from being written to is never lifted: such a write does not leave the client."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InvalidInput
from platforms.unify.opt_outs import OPT_OUTS, refuse_to_lift
from platforms.unify.wire import Request
from tests.platforms.unify.conftest import Wires
from tests.platforms.unify.small_server import SmallServer

RECORDS = "/data/v1/objects/person/records"
names = st.sampled_from(sorted(OPT_OUTS)).flatmap(lambda name: st.sampled_from([name, name.upper(), f" {name}"]))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
harmless = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
)
lifting = st.none() | st.just(False) | st.integers() | st.text(max_size=5) | st.lists(st.booleans(), max_size=2)
wrappers = st.sampled_from(
    ["create", "update", "update_if_empty", "create_or_update", "attributes", "company", "match"]
)


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Some value at whatever depth, among others."""
    return st.recursive(
        inner,
        lambda deeper: (
            st.builds(
                lambda key, value, rest: rest | {key: value},
                wrappers,
                deeper,
                st.dictionaries(st.text(max_size=5), harmless, max_size=2),
            )
            | st.builds(lambda value, rest: [*rest, value], deeper, st.lists(harmless, max_size=2))
        ),
        max_leaves=3,
    )


def writes(body: Any) -> list[Request]:
    return [
        Request("POST", RECORDS, {"attributes": body}),
        Request("PATCH", f"{RECORDS}/r1", {"attributes": body}),
        Request("POST", f"{RECORDS}/upsert", {"match": {"email": "a@b.test"}, "create_or_update": body}),
    ]


@pytest.mark.rule("R29")
@settings(max_examples=30)
@given(body=nested(st.builds(lambda name, value: {name: value}, names, lifting)))
def test_no_write_that_gives_an_opt_out_another_value_than_true_is_let_through(body: Any) -> None:
    for request in writes(body):
        with pytest.raises(InvalidInput, match="lifts an opt-out"):
            refuse_to_lift(request)


@settings(max_examples=30)
@given(body=nested(st.builds(lambda name, value: {"attribute": name, "value": value}, names, lifting)))
def test_nor_one_that_names_it_beside_its_value(body: Any) -> None:
    for request in writes(body):
        with pytest.raises(InvalidInput, match="lifts an opt-out"):
            refuse_to_lift(request)


@settings(max_examples=30)
@given(body=nested(st.builds(lambda name: {name: True}, names) | harmless))
def test_setting_one_and_all_else_is_let_through(body: Any) -> None:
    for request in writes(body):
        refuse_to_lift(request)


@pytest.mark.parametrize("field", sorted(OPT_OUTS))
@pytest.mark.parametrize("how", ["PATCH", "DELETE", "POST"])
def test_the_definition_of_such_a_field_is_not_touched(field: str, how: str) -> None:
    with pytest.raises(InvalidInput, match=field):
        refuse_to_lift(Request(how, f"/data/v1/objects/person/attributes/{field}", {}))


def test_looking_people_up_by_an_opt_out_is_no_write() -> None:
    refuse_to_lift(Request("POST", f"{RECORDS}/find-unique", {"match": {"do_not_email": False}}))
    refuse_to_lift(Request("GET", "/data/v1/objects/person/attributes/do_not_email"))


def test_nothing_is_sent_not_even_what_stood_before_it(server: SmallServer, wires: Wires) -> None:
    fine, bad = Request("PATCH", f"{RECORDS}/r1", {"first_name": "Pia"}), writes({"do_not_email": False})
    for sent in (lambda: wires().send(bad[0]), lambda: wires().send_each([fine, *bad])):
        with pytest.raises(InvalidInput):
            sent()
    assert [] == server.seen
