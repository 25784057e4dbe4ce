"""What a machine says about the network: no proxy for what runs on it, and certificates and proxies that can be."""

import os
from pathlib import Path

import pytest

from models.errors import InvalidInput
from models.surroundings import LOOPBACK, direct_to_this_machine, reach_this_machine_directly, refuse_wrong_network

ALL = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ALL, *map(str.lower, ALL), "SSL_CERT_FILE", "PREFECT_API_SSL_CERT_FILE"):
        monkeypatch.setenv(name, "")  # so that it is put back at the end, whatever the test makes of it
        monkeypatch.delenv(name)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(("before", "kept"), [({}, []), ({"no_proxy": "intern.test"}, ["intern.test"])])
def test_with_a_proxy_this_machine_is_reached_without_it(name: str, before: dict[str, str], kept: list[str]) -> None:
    found = direct_to_this_machine({name: "http://proxy.test:3128", **before})
    both = ",".join([*kept, *LOOPBACK])
    assert {"NO_PROXY": both, "no_proxy": both} == found


def test_where_it_is_named_already_it_is_not_named_twice() -> None:
    named = ",".join(LOOPBACK)
    assert named == direct_to_this_machine({"HTTP_PROXY": "http://proxy.test", "NO_PROXY": named})["NO_PROXY"]


def test_without_a_proxy_nothing_is_set() -> None:
    reach_this_machine_directly()
    assert "NO_PROXY" not in os.environ


@pytest.mark.parametrize(
    "address", ["socks4://h:1", "ftp://h", "://", "http://", "http://h:port", "http://h:99999", "http://[::1"]
)
@pytest.mark.parametrize("name", ["HTTP_PROXY", "all_proxy"])
def test_what_is_no_address_of_a_proxy_is_named(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    monkeypatch.setenv(name, address)
    with pytest.raises(InvalidInput, match=f"{name}: is no address of a proxy. Write one such as"):
        refuse_wrong_network()


@pytest.mark.parametrize("address", ["http://h:3128", "https://ana:pass@h", "socks5://h:1080", "socks5h://h", "h:3128"])
def test_what_is_one_is_taken_by_the_client_too(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    import httpx

    monkeypatch.setenv("ALL_PROXY", address)
    refuse_wrong_network()
    httpx.Client(verify=False).close()


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "PREFECT_API_SSL_CERT_FILE"])
def test_certificates_that_cannot_be_read_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "gone.pem"))
    with pytest.raises(InvalidInput, match=f"{variable}: .*gone.pem cannot be read"):
        refuse_wrong_network()
    (tmp_path / "gone.pem").write_text("no certificate", encoding="utf-8")
    with pytest.raises(InvalidInput, match=f"{variable}: .*gone.pem holds no certificates"):
        refuse_wrong_network()
