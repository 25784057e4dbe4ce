"""Within one look nothing is read twice; outside it, in another thread and after a failure all is read afresh."""

import threading
from itertools import count

import pytest

from platforms.unify.looks import Looks


def test_what_was_read_is_kept_until_the_look_ends() -> None:
    looks, number = Looks(), count()
    assert [0, 1] == [looks.once("all", lambda: next(number)) for _ in range(2)]
    with looks.one():
        assert [2, 2, 3] == [looks.once(key, lambda: next(number)) for key in ("all", "all", "other")]
        with looks.one():
            assert 2 == looks.once("all", lambda: next(number))
        assert 2 == looks.once("all", lambda: next(number))
    assert (False, 4) == (looks.lasts, looks.once("all", lambda: next(number)))


def test_another_thread_reads_afresh() -> None:
    looks, found = Looks(), list[str]()
    with looks.one():
        looks.once("all", lambda: "kept")
        other = threading.Thread(target=lambda: found.append(looks.once("all", lambda: "read")))
        other.start()
        other.join()
    assert ["read"] == found


def test_a_read_that_failed_is_tried_again_and_a_look_that_failed_keeps_nothing() -> None:
    looks = Looks()

    def fails() -> str:
        raise ConnectionError

    with looks.one():
        with pytest.raises(ConnectionError):
            looks.once("all", fails)
        assert "read" == looks.once("all", lambda: "read")
    with pytest.raises(ConnectionError), looks.one():
        fails()
    assert not looks.lasts
