"""Query jobs, in all weathers."""

import gc
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from models.errors import HandoffError, InvalidInput, Unreachable, Unreadable
from platforms.unify.limits import Limits
from tests.platforms.unify.conftest import Wires
from tests.platforms.unify.small_server import Answering, Says, Seen, SmallServer, by_path, in_turn, lines

JOBS = "/sequences/v1/enrollments/query-jobs"
BODY = {"filter": {"status": {"in": ["IN_PROGRESS"]}}}
MADE = Says(201, {"job_id": "j1", "status": "IN_PROGRESS", "expires_at": "2026-11-03T09:00:00Z"})
RUNS = Says(200, {"job_id": "j1", "status": "IN_PROGRESS"})
FINISHED = Says(200, {"job_id": "j1", "status": "FINISHED", "total_rows": 1})
CONFLICT = "Response for an operation that results in a conflict"


def jobs(results: Answering, made: Answering | None = None, looked_at: Answering | None = None) -> Answering:
    return by_path(post_query_jobs=made or in_turn(MADE), get_job=looked_at or in_turn(FINISHED), get_results=results)


def status(of_the_job: str) -> Says:
    return Says(200, {"job_id": "j1", "status": of_the_job, "error_code": None})


def rows(wire: Any) -> list[Any]:
    return list(wire.query(JOBS, BODY))


def pages_of(total: int, too_large: int = 10_001) -> Answering:
    """Rows numbered from 0, by page; a page of `too_large` rows or more is refused."""

    def answer(seen: Seen) -> Says:
        page, size = int(seen.query["page"]), int(seen.query["page_size"])
        if size >= too_large:
            return Says(413, {"status": "results_page_too_large", "message": "smaller"})
        return lines(({"n": n} for n in range((page - 1) * size, min(page * size, total))), total)

    return answer


def test_a_job_is_made_awaited_and_read(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(pages_of(3), looked_at=in_turn(RUNS, RUNS, FINISHED))
    assert [{"n": 0}, {"n": 1}, {"n": 2}] == rows(wires())
    assert [f"POST {JOBS}", *[f"GET {JOBS}/j1"] * 3, f"GET {JOBS}/j1/results"] == server.asked
    assert (BODY, "application/x-ndjson") == (server.seen[0].body, server.seen[-1].headers["accept"])


def test_pages_that_were_read_are_let_go_of_without_a_look_for_garbage(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(pages_of(40, too_large=6))
    gc.collect()

    def responses() -> int:
        return sum(isinstance(one, httpx.Response) for one in gc.get_objects())

    before = responses()  # that others hold
    gc.disable()
    try:
        assert 40 == len(rows(wires(limits=Limits(pages_a_second=1000))))
        assert before >= responses()
    finally:
        gc.enable()


def test_a_job_without_rows_gives_none(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(pages_of(0))
    assert [] == rows(wires())


@pytest.mark.parametrize(
    ("total", "too_large"), [(25_000, 10_001), (12_345, 5_001), (26, 10), (7, 2), (10_000, 10_001)]
)
def test_every_row_comes_once_whatever_the_size_of_a_page_may_be(
    total: int, too_large: int, server: SmallServer, wires: Wires
) -> None:
    server.answering = jobs(pages_of(total, too_large))
    assert list(range(total)) == [row["n"] for row in rows(wires(limits=Limits(pages_a_second=1000)))]


def test_pages_may_become_too_large_on_the_way(server: SmallServer, wires: Wires) -> None:
    whole = pages_of(30_000)

    def answer(seen: Seen) -> Says:
        first = (int(seen.query["page"]) - 1) * int(seen.query["page_size"])
        return Says(413, {}) if first >= 10_000 and int(seen.query["page_size"]) > 5_000 else whole(seen)

    server.answering = jobs(answer)
    assert list(range(30_000)) == [row["n"] for row in rows(wires(limits=Limits(pages_a_second=1000)))]


def test_a_row_that_is_too_large_by_itself_is_an_error(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(in_turn(Says(413, {})))
    with pytest.raises(Unreadable, match="a single row is too large"):
        rows(wires(limits=Limits(pages_a_second=1000)))


def test_without_a_total_the_last_page_is_the_one_that_is_not_full(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(in_turn(lines({"n": n} for n in range(10_000)), lines([{"n": 10_000}])))
    assert 10_001 == len(rows(wires()))


@pytest.mark.parametrize(
    "weather",
    [
        lines([{"n": 0}], 2),
        Says(200, text='{"n": 0}\n{"n": ', headers={"Content-Type": "application/x-ndjson"}),
        Says(500),
        Says(hangs_up=True),
        Says(200, {"n": 0}, cut=2),
        Says(429, headers={"Retry-After": "0"}),
    ],
    ids=["cut between rows", "cut in a row", "a 500", "hung up", "cut short", "throttled"],
)
def test_a_page_of_results_that_was_interrupted_is_read_again(weather: Says, server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(in_turn(weather, weather, lines([{"n": 0}, {"n": 1}], 2)))
    assert [{"n": 0}, {"n": 1}] == rows(wires())
    assert 1 == server.asked.count(f"POST {JOBS}")


def test_results_that_are_not_ready_yet_are_waited_for(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(
        in_turn(Says(409, {"status": "results_not_ready", "message": CONFLICT}), lines([{"n": 0}], 1))
    )
    assert [{"n": 0}] == rows(wires())


def gone(when: str) -> dict[str, Answering]:
    expired, whole = Says(410, {"status": "results_expired", "message": ""}), lines([{"n": 0}], 1)
    return {
        "results": {"results": in_turn(expired, whole)},
        "the job's status": {"results": in_turn(whole), "looked_at": in_turn(status("EXPIRED"), FINISHED)},
        "the job itself": {"results": in_turn(whole), "looked_at": in_turn(Says(404, {}), FINISHED)},
    }[when]


@pytest.mark.parametrize("when", ["results", "the job's status", "the job itself"])
def test_a_job_that_is_gone_is_made_anew(when: str, server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(**gone(when))
    assert [{"n": 0}] == rows(wires())
    assert 2 == server.asked.count(f"POST {JOBS}")


def test_a_job_is_made_anew_once_only(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(in_turn(Says(410, {})))
    with pytest.raises(Unreachable, match="were gone before all were read"):
        rows(wires())
    assert 2 == server.asked.count(f"POST {JOBS}")


def test_results_that_expire_while_they_are_read_never_come_twice(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(in_turn(lines(({"n": n} for n in range(10_000)), 10_001), Says(410, {})))
    came: list[Any] = []
    with pytest.raises(Unreachable, match="Read again"):
        came.extend(iterated(wires().query(JOBS, BODY), came))
    assert (10_000, 1) == (len(came), server.asked.count(f"POST {JOBS}"))


def iterated(source: Iterator[Any], into: list[Any]) -> list[Any]:
    for row in source:
        into.append(row)
    return []


@pytest.mark.parametrize(
    ("how", "answers"),
    [
        ("failed", {"looked_at": in_turn(status("FAILED")), "results": in_turn(Says(500))}),
        ("canceled", {"looked_at": in_turn(status("CANCELED")), "results": in_turn(Says(500))}),
        ("failed", {"results": in_turn(Says(409, {"status": "results_failed", "message": ""}))}),
        ("canceled", {"results": in_turn(Says(409, {"status": "results_canceled", "message": ""}))}),
    ],
)
def test_a_job_that_ended_badly_is_an_error(
    how: str, answers: dict[str, Answering], server: SmallServer, wires: Wires
) -> None:
    server.answering = jobs(**answers)
    with pytest.raises(HandoffError, match=f"query job was {how}"):
        rows(wires())


def test_a_job_whose_making_was_not_answered_is_made_again(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(pages_of(2), made=in_turn(Says(201, MADE.body, after=0.5), Says(500), MADE))
    assert 2 == len(rows(wires()))
    assert 3 == server.asked.count(f"POST {JOBS}")


def test_no_day_is_used_up_on_jobs_whose_making_is_never_answered(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(pages_of(2), made=in_turn(Says(500)))
    with pytest.raises(Unreachable, match="3 times"):
        rows(wires())
    assert 3 == len(server.seen)


def test_jobs_beyond_a_days_are_refused_before_the_platform_does(server: SmallServer, wires: Wires) -> None:
    server.answering, wire = jobs(pages_of(1)), wires(limits=Limits(jobs_made=1))
    rows(wire)
    with pytest.raises(Unreachable, match="1 allowed in 86400 s are used up"):
        rows(wire)
    assert 1 == server.asked.count(f"POST {JOBS}")


def test_a_job_that_never_finishes_is_given_up(server: SmallServer, wires: Wires) -> None:
    server.answering = jobs(pages_of(1), looked_at=in_turn(RUNS))
    with pytest.raises(Unreachable, match=r"not finished after 0\.2 s"):
        rows(wires(longest_job=0.2))


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        ({"made": in_turn(Says(201, {}))}, Unreadable, "no job_id"),
        ({"made": in_turn(Says(400, {"message": "odd filter"}))}, InvalidInput, "odd filter"),
        ({"looked_at": in_turn(Says(200, {"job_id": "j1"}))}, Unreadable, "no status"),
        ({"looked_at": in_turn(Says(400, {}))}, InvalidInput, "calls it wrong"),
        ({"results": in_turn(Says(400, {}))}, InvalidInput, "calls it wrong"),
    ],
)
def test_what_a_job_lacks_is_named(
    answers: dict[str, Answering], error: type[Exception], words: str, server: SmallServer, wires: Wires
) -> None:
    server.answering = jobs(**({"results": pages_of(1)} | answers))
    with pytest.raises(error, match=words):
        rows(wires())


def test_only_query_jobs_are_made_by_a_query(wires: Wires) -> None:
    with pytest.raises(InvalidInput, match="no address of query jobs"):
        rows_of = wires().query("/sequences/v1/enrollments", {})
        list(rows_of)


def test_what_is_read_is_said_and_how_far_it_has_come(
    server: SmallServer, wires: Wires, caplog: pytest.LogCaptureFixture
) -> None:
    server.answering = jobs(pages_of(25_000))
    with caplog.at_level("INFO", logger="platforms.unify.reading"):
        rows(wires(limits=Limits(pages_a_second=1000)))
    expected = ["reading enrollments", *(f"reading enrollments: {done} of 25000" for done in (10_000, 20_000, 25_000))]
    assert expected == [record.getMessage() for record in caplog.records]
