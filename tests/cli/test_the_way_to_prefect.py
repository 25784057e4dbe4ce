"""Between a command and Prefect's server: proxies, certificates, and a server that asks who is there."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Handoff
from tests.cli.test_running import Shell, on_its_own, shell
from tests.processes import PrefectServer

__all__ = ["shell"]
pytestmark = pytest.mark.slow
MAILBOX = "mailbox=ana@send.acme.test"
PLAN = ("run", "ownership-change", "--set", MAILBOX)
LIVE = (*PLAN, "--live", "--yes")
NOBODY = "127.0.0.1:1"  # nobody listens there


@pytest.mark.timeout(300)
def test_a_run_reaches_its_own_server_past_the_proxies(loaded: Handoff) -> None:
    proxies = {"HTTP_PROXY": f"http://{NOBODY}", "HTTPS_PROXY": f"http://{NOBODY}", "ALL_PROXY": f"socks5://{NOBODY}"}
    done = on_its_own(*LIVE, "--json", **proxies)
    assert 0 == done.returncode, done.stderr
    assert "starting a Prefect server" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("SSL_CERT_FILE", "/nowhere/ca.pem"), ("ALL_PROXY", "socks4://h:1"), ("http_proxy", "://")]
)
def test_what_cannot_be_is_named_before_a_server_is_started(loaded: Handoff, name: str, value: str) -> None:
    done = on_its_own(*PLAN, **{name: value})
    assert (2, True) == (done.returncode, f"handoff: {name}: " in done.stderr), done.stderr
    assert "starting a Prefect server" not in done.stderr


class Asking(PrefectServer):
    """A server that asks who is there."""

    @property
    def env(self) -> dict[str, str]:
        return super().env | {"PREFECT_SERVER_API_AUTH_STRING": "olga:secret"}


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Asking(tmp_path_factory.mktemp("asking"))
    try:
        yield server.start().api_url
    finally:
        server.kill()


@pytest.mark.parametrize("more", [("--detach",), ("--live", "--yes")])
@pytest.mark.parametrize("known", [{}, {"PREFECT_API_AUTH_STRING": "olga:wrong"}])
def test_a_server_that_does_not_let_in_is_out_of_reach(
    loaded: Handoff, shell: Shell, asking: str, more: tuple[str, ...], known: dict[str, str]
) -> None:
    done = shell(*PLAN, *more, PREFECT_API_URL=asking, **known)
    assert (3, "") == (done.returncode, done.stdout), done.stderr
    assert f"handoff: PREFECT_API_AUTH_STRING: the Prefect server at {asking}" in done.stderr
    assert "PREFECT_SERVER_API_AUTH_STRING" in done.stderr
    assert [] == loaded("history", "--json").document


def test_a_dry_run_asks_no_server_whatever_is_wrong_with_it(loaded: Handoff, shell: Shell, asking: str) -> None:
    for wrong in (asking, f"http://{NOBODY}/api"):
        done = shell(*PLAN, PREFECT_API_URL=wrong)
        assert (0, False) == (done.returncode, "Prefect server" in done.stderr), done.stderr


def test_a_server_that_is_not_there_is_named(loaded: Handoff) -> None:
    done = on_its_own(*LIVE, PREFECT_API_URL=f"http://{NOBODY}/api", PREFECT_CLIENT_MAX_RETRIES="0")
    assert 3 == done.returncode, done.stderr
    assert f"PREFECT_API_URL: no Prefect server answers at http://{NOBODY}/api. Start it" in done.stderr


def test_a_setting_of_prefect_that_cannot_be_is_wrong_input(loaded: Handoff) -> None:
    done = on_its_own(*PLAN, PREFECT_API_REQUEST_TIMEOUT="soon")
    assert 2 == done.returncode, done.stderr
    assert "REQUEST_TIMEOUT: " in done.stderr.splitlines()[-1]
