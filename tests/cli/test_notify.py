"""`handoff notify` on the command line: what does not go together is refused before a server is asked."""

import pytest

from tests.cli.conftest import Handoff


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--test", "--remove"), "--test"),
        (("--from", "SLACK"), "--from"),
        (("--to", "slack", "--remove", "--from", "SLACK"), "--from"),
        (("--to", "slack", "--sender", "handoff@acme.test"), "--sender"),
        (("--recipient", "ops@acme.test"), "--recipient"),
        (("--to", "email", "--sender", "handoff@acme.test"), "--recipient"),
        (("--to", "email", "--from", "SENDGRID"), "--sender"),
        (("--to", "pigeon"), "--to"),
    ],
)
def test_what_does_not_go_together_is_refused_and_named(handoff: Handoff, words: tuple[str, ...], field: str) -> None:
    said = handoff("notify", *words)
    assert (2, "") == (said.code, said.out)
    assert field in said.err


@pytest.mark.parametrize("words", [(), ("--test",), ("--to", "slack"), ("--remove",)])
def test_without_a_server_nobody_can_be_told(handoff: Handoff, words: tuple[str, ...]) -> None:
    said = handoff("notify", *words)
    assert (3, "") == (said.code, said.out)
    assert "no Prefect server" in said.err and "handoff up" in said.err
