"""The workspace's time on Unify: the server's, and that of its sandbox for an emulator on this machine."""

from datetime import timedelta

import httpx
import pytest

from models.errors import InvalidInput
from platforms.unify.server_clock import ServerClock
from tests.conftest import Sandboxes
from tests.platforms.in_process import InProcess, emulator, unify_over
from tests.workspaces import NOW, workspace


class Tells(InProcess):
    """An emulator that tells how fast its sandbox's clock goes."""

    rate = "600"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        response.headers["X-Sandbox-Clock-Rate"] = self.rate
        return response


def test_a_clock_that_runs_is_not_moved(sandboxes: Sandboxes) -> None:
    app = emulator(sandboxes(workspace()))
    unify = unify_over(sandboxes(), Tells(app))
    assert 600 == unify.clock_rate()
    assert abs(unify.now() - NOW) < timedelta(seconds=2)
    with pytest.raises(InvalidInput, match="runs by itself"):
        unify.advance(NOW + timedelta(days=1))


def test_a_clock_that_stands_still_is_said_to(sandboxes: Sandboxes) -> None:
    transport = Tells(emulator(sandboxes(workspace())))
    transport.rate = "0"
    unify = unify_over(sandboxes(), transport)
    assert 0 == unify.clock_rate()
    with pytest.raises(InvalidInput, match="stands still"):
        unify.advance(NOW + timedelta(days=1))


def test_the_vendor_cannot_tell_how_fast_time_goes(sandboxes: Sandboxes) -> None:
    transport = Tells(emulator(sandboxes(workspace())))
    assert 1 == unify_over(sandboxes(), transport, "https://api.unifygtm.test").clock_rate()


@pytest.mark.parametrize("odd", [None, "", "fast", "-1", "inf", "nan"])
def test_what_is_no_rate_is_left_alone(odd: str | None) -> None:
    clock = ServerClock()
    clock.hear_rate(odd)
    assert 1 == clock.rate
