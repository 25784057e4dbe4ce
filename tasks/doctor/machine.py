"""This machine: versions of what is installed, and what the environment says of the network."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata

from packaging.requirements import Requirement

from models.errors import InvalidInput
from models.finding import Finding, failed, fine, note, trouble
from models.surroundings import CERTIFICATES, PROXIES, refuse_wrong_network

SHOWN = ("handoff", "prefect", "sqlalchemy", "httpx", "pydantic", "pandas")
INSTALL = "Install what `requirements.lock` names: pip install --constraint requirements.lock handoff"


def machine() -> Iterator[Finding]:
    """Versions and network."""
    yield from versions(metadata.requires("handoff") or (), _installed)
    yield from network(os.environ)


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def versions(requirements: Iterable[str], installed: Callable[[str], str | None]) -> Iterator[Finding]:
    """What of the requirements is missing, or has a version with which nothing was tried; else the versions.

    `installed` gives the version of a package, None where it is not there.
    """
    wrong = False
    for one in map(Requirement, requirements):
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        there = installed(one.name)
        if there is None or not one.specifier.contains(there, prereleases=True):
            wrong = True
            is_there = "is not installed" if there is None else f"is {there}"
            yield trouble("machine.versions", f"{one.name} {is_there}; Handoff needs {one.specifier}", INSTALL)
    if not wrong:
        shown = [f"{name} {there}" for name in SHOWN if (there := installed(name)) is not None]
        python = ".".join(map(str, sys.version_info[:3]))
        said = f"{', '.join(shown)}; Python {python}, SQLite {sqlite3.sqlite_version}"
        yield fine("machine.versions", said)


def network(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Proxies and certificates: which variables name them. No value is shown, since it may hold a password."""
    try:
        refuse_wrong_network()
    except InvalidInput as error:
        yield failed("machine.network", error)
        return
    named = [name for name in environment if name.upper() in PROXIES and environment[name]]
    if named:
        said = f"requests go through the proxy of {', '.join(sorted(named))}, but for those to this machine"
        yield note("machine.proxies", said, "Unset it where Unify can be reached directly")
    else:
        yield fine("machine.proxies", "no proxy is set")
    certificates = [name for name in CERTIFICATES if environment.get(name)]
    whose = f"those of {' and '.join(certificates)}" if certificates else "the usual ones"
    yield fine("machine.certificates", f"servers are known by certificates: {whose}")
