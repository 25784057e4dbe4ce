"""A read is repeated until it is whole, or there is nothing left to hope for."""

import socket
from datetime import UTC, datetime

import pytest

from models.errors import InvalidInput, KeyRefused, Unreachable, Unreadable
from platforms.unify.directory import Directory
from platforms.unify.wire import Missing, Request
from tests.platforms.unify.conftest import KEY, Wires
from tests.platforms.unify.documents import uuid
from tests.platforms.unify.small_server import Says, SmallServer, in_turn

PATH = "/sequences/v1/sequences/s1"
WHOLE = Says(200, {"id": "s1", "unknown_to_us": {"is": "left alone"}})
BAD_WEATHER = {
    "a 500": Says(500, {"status": "error", "message": "oh"}),
    "a 503 of something in between": Says(503, text="<html>", headers={"Content-Type": "text/html"}),
    "a cut body": Says(200, {"id": "s1"}, cut=4),
    "a body that is no JSON": Says(200, text='{"id": '),
    "a list where an object is due": Says(200, ["s1"]),
    "a connection closed without a word": Says(hangs_up=True),
    "no answer in time": Says(200, {"id": "s1"}, after=0.5),
    "a 429": Says(429, {"status": "rate_limited", "message": "slow"}, {"Retry-After": "0"}),
}


@pytest.mark.parametrize("weather", BAD_WEATHER.values(), ids=BAD_WEATHER)
def test_a_read_is_repeated_after(weather: Says, server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(weather, weather, WHOLE)
    assert WHOLE.body == wires().get(PATH)
    assert 3 == len(server.seen)


def test_a_look_up_by_post_is_repeated_too(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(BAD_WEATHER["a 500"], Says(200, {"status": "success", "data": {}}))
    found = wires().send(
        Request("POST", "/data/v1/objects/person/records/find-unique", {"match": {"email": "a@b.test"}})
    )
    assert (200, 2) == (found.status, len(server.seen))


def test_a_read_is_given_up_with_words_that_name_it_and_say_what_to_do(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(502))
    with pytest.raises(Unreachable) as raised:
        wires().get("/tasks/v1/tasks", person_email="pia@private.test")
    assert 4 == len(server.seen)
    assert "GET /tasks/v1/tasks: the platform answered 502. Check the network and UNIFY_BASE_URL" in str(raised.value)
    assert "pia@private.test" not in str(raised.value)


def test_a_platform_that_nobody_listens_at_is_unreachable(wires: Wires) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listening
        with pytest.raises(Unreachable, match="no connection"):
            wires(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}").get(PATH)


def test_the_key_goes_with_every_request_and_nothing_is_asked_that_is_none(server: SmallServer, wires: Wires) -> None:
    since = datetime(2026, 11, 2, 9, tzinfo=UTC)
    wires().get("/tasks/v1/tasks", status="READY", assigned_user_id=None, updated_after=since)
    assert KEY == server.seen[0].headers["x-api-key"]
    assert {"status": "READY", "updated_after": "2026-11-02T09:00:00+00:00"} == server.seen[0].query


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, KeyRefused, "the API key is not taken"),
        (403, KeyRefused, "may not do this"),
        (404, Missing, "there is no such thing"),
        (301, Unreadable, "answered 301"),
        (501, Unreadable, "answered 501"),
    ],
)
def test_a_refused_read_is_an_error_at_once(
    status: int, error: type[Exception], words: str, server: SmallServer, wires: Wires
) -> None:
    server.answering = in_turn(Says(status, {"status": "x", "message": "the vendor's words"}))
    with pytest.raises(error, match=words) as raised:
        wires().get(PATH)
    assert 1 == len(server.seen)
    assert "the vendor's words" in str(raised.value)
    assert KEY not in str(raised.value)


def test_a_wrong_key_leaves_the_shell_with_3() -> None:
    assert 3 == KeyRefused("").exit_code == Unreadable("").exit_code == Unreachable("").exit_code


def test_a_400_names_the_fields(server: SmallServer, wires: Wires) -> None:
    errors = [{"code": "invalid", "path": ["filter", 0, "id"]}, {"code": "required"}, "odd"]
    server.answering = in_turn(Says(400, {"status": "bad_request", "errors": errors}))
    with pytest.raises(InvalidInput, match=r"\(filter\.0\.id invalid; required\)"):
        wires().get(PATH)


@pytest.mark.parametrize(("status", "known"), [(404, []), (400, []), (200, ["pia@x.test"])])
def test_who_is_not_there_or_could_not_be_is_not_known(
    status: int, known: list[str], server: SmallServer, wires: Wires
) -> None:
    found = {"data": {"id": uuid(1), "email": "pia@x.test", "attributes": {"email": "pia@x.test"}}}
    server.answering = in_turn(Says(status, found if known else {"status": "x", "message": "no"}))
    assert known == list(Directory(wires()).person_ids(["pia@x.test"]))


def test_who_may_not_be_seen_is_not_taken_for_missing(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(403, {"status": "forbidden", "message": "not yours"}))
    with pytest.raises(KeyRefused, match=r"may not do this \(403\): not yours"):
        Directory(wires()).person_ids(["pia@x.test"])
