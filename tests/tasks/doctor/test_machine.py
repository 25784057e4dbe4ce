"""Versions and network of this machine."""

from importlib import metadata

import pytest

from tasks.doctor.machine import network, versions

THERE = {"handoff": "0.1.0", "prefect": "3.9.1", "pandas": "3.0.1"}
NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "SSL_CERT_FILE")


def test_what_is_installed_here_is_what_is_needed() -> None:
    [found] = versions(metadata.requires("handoff") or (), metadata.version)
    assert ("ok", True) == (found.state, f"prefect {metadata.version('prefect')}" in found.message)


@pytest.mark.parametrize(
    ("needed", "message"),
    [
        ("prefect<3.9,>=3.8", "prefect is 3.9.1; Handoff needs <3.9,>=3.8"),
        ("httpx<1", "httpx is not installed; Handoff needs <1"),
    ],
)
def test_a_package_that_is_missing_or_of_another_version_would_stop_a_run(needed: str, message: str) -> None:
    found = list(versions([needed, "pandas>=2"], THERE.get))
    assert [("trouble", message)] == [(one.state, one.message) for one in found]


def test_what_only_an_extra_needs_is_no_matter() -> None:
    [found] = versions(['pytest>=8; extra == "dev"'], THERE.get)
    assert "ok" == found.state


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*NETWORK, "PREFECT_API_SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_proxy_is_named_and_its_password_is_not_told(plain: pytest.MonkeyPatch) -> None:
    found = list(network({"https_proxy": "http://ana:secret@proxy.test:3128"}))
    assert ["note", "ok"] == [one.state for one in found]
    assert "https_proxy" in found[0].message
    assert "secret" not in str(found)


@pytest.mark.parametrize(("name", "value"), [("SSL_CERT_FILE", "/nowhere/ca.pem"), ("ALL_PROXY", "socks4://h:1")])
def test_a_network_that_cannot_be_is_trouble(plain: pytest.MonkeyPatch, name: str, value: str) -> None:
    plain.setenv(name, value)
    [found] = network({name: value})
    assert ("trouble", True) == (found.state, found.message.startswith(f"{name}: "))
