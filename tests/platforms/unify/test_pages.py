"""Lists by cursor."""

import pytest

from models.errors import Unreadable
from tests.platforms.unify.conftest import Wires
from tests.platforms.unify.small_server import Says, Seen, SmallServer, in_turn

PAGES = {None: (["a", "b"], "c1"), "c1": (["c"], "c2"), "c2": ([], "c3"), "c3": (["d"], None)}


def paged(name: str) -> object:
    def answer(seen: Seen) -> Says:
        items, after = PAGES[seen.query.get("cursor")]
        return Says(200, {"status": "success", name: [{"id": item} for item in items], "next_cursor": after})

    return answer


@pytest.mark.parametrize("name", ["enrollments", "sequences", "steps", "jobs", "data"])
def test_every_item_of_every_page_comes_in_order_whatever_the_list_is_called(
    name: str, server: SmallServer, wires: Wires
) -> None:
    server.answering = paged(name)
    assert ["a", "b", "c", "d"] == [item["id"] for item in wires().pages("/tasks/v1/tasks", status=["READY"])]
    assert [{"limit": "100", "status": "READY"}] == [
        {name: value for name, value in seen.query.items() if name != "cursor"} for seen in server.seen[:1]
    ]


def test_a_page_that_was_interrupted_is_read_again_and_nothing_comes_twice(server: SmallServer, wires: Wires) -> None:
    whole, failing = paged("data"), iter([False, True, True, False, True, False, False, False])
    server.answering = lambda seen: Says(200, {"data": []}, cut=3) if next(failing) else whole(seen)
    assert ["a", "b", "c", "d"] == [item["id"] for item in wires().pages("/tasks/v1/tasks")]


def test_a_cursor_that_repeats_is_an_error_and_no_endless_loop(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(200, {"data": [{"id": "a"}], "next_cursor": "round"}))
    with pytest.raises(Unreadable, match="next_cursor came a second time"):
        list(wires().pages("/tasks/v1/tasks"))
    assert 2 == len(server.seen)


@pytest.mark.parametrize(
    ("page", "missing"),
    [
        ({"next_cursor": None}, "no list of items"),
        ({"data": [1], "next_cursor": None}, "no list"),
        ({"data": []}, "no next_cursor"),
    ],
)
def test_what_a_page_lacks_is_named(page: dict[str, object], missing: str, server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(200, page))
    with pytest.raises(Unreadable, match=f"GET /tasks/v1/tasks: the answer has {missing}"):
        list(wires().pages("/tasks/v1/tasks"))
