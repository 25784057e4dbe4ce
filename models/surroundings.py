"""What a machine's environment says about the network, before anything uses it."""

import os
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from models.errors import InvalidInput

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
SCHEMES = ("http", "https", "socks5", "socks5h")  # those that HTTP is sent through here
CERTIFICATES = ("SSL_CERT_FILE", "PREFECT_API_SSL_CERT_FILE")


def reach_this_machine_directly() -> None:
    """From now on, in this process and in those that it starts, no proxy stands before what runs on this machine.

    Only where there is one: Prefect's own server, and the emulator, listen here.
    """
    os.environ.update(direct_to_this_machine(os.environ))


def direct_to_this_machine(environment: Mapping[str, str]) -> dict[str, str]:
    """NO_PROXY and no_proxy as they are to be, where the environment names a proxy: what they say, and this machine."""
    names = {name.upper() for name, value in environment.items() if value}
    if names.isdisjoint(PROXIES):
        return {}
    named = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    missing = [host for host in LOOPBACK if host not in named.split(",")]
    both = ",".join(filter(None, [named, *missing]))
    return {"NO_PROXY": both, "no_proxy": both}


def refuse_wrong_network() -> None:
    """Raise InvalidInput that names the variable, where the environment names certificates or a proxy that cannot be.

    Every request would fail, in words that name neither.
    """
    for variable in CERTIFICATES:
        if file := os.environ.get(variable):
            _refuse_wrong_certificates(variable, file)
    for variable in PROXIES:
        for spelled in (variable, variable.lower()):
            if address := os.environ.get(spelled):
                _refuse_wrong_proxy(spelled, address)


def _refuse_wrong_certificates(variable: str, file: str) -> None:
    try:
        ssl.create_default_context(cafile=file)
    except ssl.SSLError:
        raise InvalidInput(variable, f"{file} holds no certificates", "Name a file in PEM, or unset it") from None
    except OSError as error:
        raise InvalidInput(
            variable, f"{file} cannot be read ({error.strerror})", "Name the file of certificates, or unset it"
        ) from error


def _refuse_wrong_proxy(variable: str, address: str) -> None:
    """The message leaves out the address: it may hold a password."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        known = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known:
        raise InvalidInput(
            variable,
            "is no address of a proxy",
            f"Write one such as {SCHEMES[0]}://host:3128 or {SCHEMES[2]}://host:1080",
        )
