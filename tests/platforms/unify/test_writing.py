"""A write is sent once, unless it surely did not land."""

import socket
from collections import Counter

import pytest

from models.errors import KeyRefused, Unreachable, Unreadable
from platforms.unify.wire import Answer, Request, Unsure
from tests.platforms.unify.conftest import Wires
from tests.platforms.unify.small_server import Says, Seen, SmallServer, in_turn

ENROLL = Request(
    "POST", "/sequences/v1/enrollments", {"sequence_id": "s1", "person_id": "p1", "mailbox_emails": ["m@x.test"]}
)
DONE = Says(201, {"id": "e1"})
LOST = {
    "the answer came too late": Says(201, {"id": "e1"}, after=0.5),
    "the answer was cut": Says(201, {"id": "e1"}, cut=3),
    "the answer was no JSON": Says(201, text="<html>"),
    "the connection was closed without a word": Says(hangs_up=True),
    "the platform answered 500": Says(500, {"status": "error", "message": ""}),
    "the platform answered 503": Says(503),
}


def test_a_write_that_was_carried_out_is_answered(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(DONE)
    assert Answer(201, {"id": "e1"}) == wires().send(ENROLL)
    assert ENROLL.json == server.seen[0].body


def test_a_write_that_is_answered_with_nothing_is_done(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(204))
    assert wires().send(Request("POST", "/tasks/v1/tasks/t1/complete")).done


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_a_refusal_that_means_something_is_an_answer(status: int, server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(status, {"active_sequence_id": "s2"}))
    answer = wires().send(ENROLL)
    assert (status, {"active_sequence_id": "s2"}, False) == (answer.status, answer.body, answer.done)


@pytest.mark.parametrize("weather", LOST.values(), ids=LOST)
def test_a_write_is_never_sent_again_where(weather: Says, server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(weather, DONE)
    with pytest.raises(Unsure, match="Whether it was carried out is not known") as raised:
        wires().send(ENROLL)
    assert (ENROLL, 1) == (raised.value.request, len(server.seen))


def test_a_write_that_was_throttled_did_not_land_and_is_sent_again(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(*[Says(429, headers={"Retry-After": "0"})] * 6, DONE)  # more often than a read may fail
    assert 201 == wires().send(ENROLL).status
    assert 7 == len(server.seen)


def test_a_write_that_found_no_connection_surely_did_not_land(wires: Wires) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="POST /sequences/v1/enrollments: no connection"):
            wires(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}").send(ENROLL)


def test_a_wrong_key_is_no_answer(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(401, {"status": "unauthorized", "message": "no"}))
    with pytest.raises(KeyRefused, match=r"not taken \(401\): no"):
        wires().send(ENROLL)


def test_an_answer_that_the_contract_does_not_have_is_unreadable(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(302, {"message": "over there"}))
    with pytest.raises(Unreadable, match="answered 302: over there"):
        wires().send(ENROLL)


def test_one_refusal_that_the_contract_does_not_have_keeps_no_other_request_back(
    server: SmallServer, wires: Wires
) -> None:
    server.answering = by_number({3: Says(422, {"message": "not this one"})})
    answers = wires().send_each(numbered(40))
    assert {422: 1, 200: 39} == Counter(answer.status for answer in answers if isinstance(answer, Answer))


def numbered(many: int) -> list[Request]:
    return [Request("PATCH", f"/tasks/v1/tasks/{number}", {"assigned_user_id": "u1"}) for number in range(many)]


def by_number(answers: dict[int, Says]) -> object:
    def answer(seen: Seen) -> Says:
        number = int(seen.path.rsplit("/", 1)[-1])
        return answers.get(number, Says(200, {"number": number}))

    return answer


def test_what_became_of_each_of_many_comes_in_their_order(server: SmallServer, wires: Wires) -> None:
    slow = {number: Says(200, {"number": number}, after=0.05) for number in range(0, 40, 7)}
    server.answering = by_number(slow | {3: Says(409, {}), 5: Says(500)})
    outcomes = wires().send_each(numbered(40))
    assert [3] == [turn for turn, outcome in enumerate(outcomes) if isinstance(outcome, Answer) and not outcome.done]
    assert [5] == [turn for turn, outcome in enumerate(outcomes) if isinstance(outcome, Unsure)]
    assert [n for n in range(40) if n not in (3, 5)] == [
        outcome.body["number"] for outcome in outcomes if isinstance(outcome, Answer) and outcome.done
    ]
    assert 40 == len(server.seen) == len({seen.path for seen in server.seen})


def test_nothing_to_send_sends_nothing(server: SmallServer, wires: Wires) -> None:
    assert [] == wires().send_each([])
    assert [] == server.seen


def test_a_key_that_is_revoked_among_many_ends_them_and_loses_no_answer(server: SmallServer, wires: Wires) -> None:
    server.answering = by_number({number: Says(401, {}) for number in range(10, 100)})
    outcomes = wires().send_each(numbered(100))
    assert list(range(10)) == [turn for turn, outcome in enumerate(outcomes) if isinstance(outcome, Answer)]
    unsent = [outcome for outcome in outcomes if isinstance(outcome, Unsure)]
    assert {False} == {outcome.sent for outcome in unsent}
    assert "PATCH /tasks/v1/tasks/99: not sent, since before it: PATCH" in str(unsent[-1])
    assert len(server.seen) <= 14  # those that were under way


def test_a_key_that_is_wrong_from_the_start_raises(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(401, {}))
    with pytest.raises(KeyRefused):
        wires().send_each(numbered(100))
    assert len(server.seen) <= 4


def test_a_platform_that_has_stopped_answering_is_not_asked_a_hundred_times_more(
    server: SmallServer, wires: Wires
) -> None:
    server.answering = by_number({number: Says(hangs_up=True) for number in range(6, 200)})
    outcomes = wires().send_each(numbered(200))
    assert {True, False} == {outcome.sent for outcome in outcomes if isinstance(outcome, Unsure)}
    assert len(server.seen) < 30


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize("garbled", ["<html>", '{"message": "Person has al'])
def test_a_refusal_whose_words_were_lost_is_asked_for_again(
    status: int, garbled: str, server: SmallServer, wires: Wires
) -> None:
    """What it says decides: whoever is barred for now would count as refused for good."""
    told = Says(status, {"message": "Person has already been sequenced"})
    server.answering = in_turn(Says(status, text=garbled), told)
    answer = wires().send(ENROLL)
    assert (status, told.body) == (answer.status, answer.body)
