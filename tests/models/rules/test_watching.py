"""What `handoff up` calls trouble: found at two looks in a row, in words that name what it is."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.watching import REPEATED, Seen, confirmed, errors_in, repeated_errors, wrong
from models.watch_file import Trouble

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
WELL = Seen({"nightly-remediation": LATER, "restore-settings": LATER}, NOW)
LOCKED = "03:31:02.118 | ERROR   | prefect.server.services - schedule_deployments failed for run 7: Can't evaluate"


def test_nothing_is_wrong_where_all_goes_well() -> None:
    assert {} == wrong(WELL, NOW)
    assert {} == wrong(Seen({}, NOW), NOW), "night and sweep are off"


@pytest.mark.parametrize(
    ("seen", "what", "words"),
    [
        (Seen({"nightly-remediation": None, "restore-settings": LATER}, NOW), "schedules", "nightly-remediation"),
        (Seen(WELL.next, None), "worker", "no worker has looked for work yet"),
        (Seen(WELL.next, NOW - timedelta(minutes=3)), "worker", "since 2026-11-02 08:57 UTC"),
        (Seen(WELL.next, NOW, late=("emea",)), "sweep", "no sweep of emea"),
        (Seen(unanswered="cut off"), "server", "does not answer (cut off)"),
        (Seen(WELL.next, NOW, errors=(errors_in(LOCKED),) * REPEATED), "server", "Can't evaluate"),
    ],
)
def test_what_is_wrong_is_named(seen: Seen, what: str, words: str) -> None:
    [(found, message)] = wrong(seen, NOW).items()
    assert what == found
    assert words in message


def test_trouble_is_what_is_found_twice_in_a_row_and_keeps_its_beginning() -> None:
    assert () == confirmed({}, {"worker": "none"}, (), NOW)
    first = confirmed({"worker": "none"}, {"worker": "none"}, (), NOW)
    assert (Trouble(what="worker", message="none", since=NOW),) == first
    assert (Trouble(what="worker", message="none yet", since=NOW),) == confirmed(
        {"worker": "none"}, {"worker": "none yet"}, first, LATER
    )
    assert () == confirmed({"worker": "none yet"}, {}, first, LATER)


def test_an_error_is_the_same_at_another_time_and_of_another_run() -> None:
    other = LOCKED.replace("03:31:02.118", "03:32:07.900").replace("run 7", "run 12")
    assert errors_in(LOCKED) == errors_in(f"{other}\nTraceback (most recent call last):\n  in ERROR_HANDLER\n")
    assert 1 == len(errors_in("ERROR:    Exception in ASGI application"))
    assert frozenset() == errors_in("03:31:02.118 | WARNING | prefect - no error here\nINFO: nothing\n")


def test_an_error_repeats_once_it_came_at_several_looks_not_several_times_at_one() -> None:
    once = errors_in("\n".join([LOCKED] * 50))
    assert [] == repeated_errors([once] * (REPEATED - 1))
    assert list(once) == repeated_errors([once, frozenset(), *[once] * (REPEATED - 1)])
