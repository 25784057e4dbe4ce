"""The one place that knows every platform."""

import atexit
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pydantic import SecretStr

from models.databases import sqlite_file
from models.errors import InvalidInput, KeyRefused
from models.settings import Settings, UnifySettings
from models.surroundings import reach_this_machine_directly, refuse_wrong_network
from models.twins import original_of
from platforms.port import Platform
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.copying import Copying
from platforms.unify.wire import Wire

FROM_THE_ENVIRONMENT = ("sandbox", "unify")
"""Workspaces that need no Prefect: their settings are in the environment or `.env`."""


@dataclass(frozen=True)
class Access:
    """Where a workspace of Unify is, and the key to it."""

    base_url: str
    api_key: SecretStr


def nobody_kept(workspace: str) -> Access:
    """Of a process that looks into no store of keys. Raises InvalidInput."""
    raise InvalidInput(
        "workspace", f"there is no workspace '{workspace}'", f"There are: {', '.join(FROM_THE_ENVIRONMENT)}"
    )


def open_sandbox(settings: Settings) -> Sandbox:
    """The user's sandbox."""
    return Sandbox(settings.sandbox_database, user=settings.user, clock=settings.sandbox_clock)


def open_platform(
    workspace: str, settings: Settings | None = None, kept: Callable[[str], Access] = nobody_kept
) -> Platform:
    """The workspace of that name. `kept` finds the access to one that the environment does not name, and raises
    InvalidInput where it knows none either. Raises KeyRefused where `unify` has no key."""
    settings = settings or Settings()
    if workspace == "sandbox":
        return open_sandbox(settings)
    if (original := original_of(workspace)) is not None:
        return _open_rehearsal(settings, original, workspace)
    from platforms.unify.unify import Unify

    return Unify(wire_to(_access(workspace, kept)), workspace, settings.user)


def open_copying(workspace: str, kept: Callable[[str], Access] = nobody_kept) -> Copying:
    """The reads of a copy of a live workspace. Raises InvalidInput for what is none, and as `open_platform`."""
    if workspace == "sandbox" or original_of(workspace) is not None:
        raise InvalidInput(
            "--workspace", f"'{workspace}' is no live workspace, and needs no twin", "Name one: --workspace unify"
        )
    return Copying(wire_to(_access(workspace, kept)))


def _open_rehearsal(settings: Settings, original: str, workspace: str) -> Sandbox:
    """The copy of a twin on which a rehearsal works; its clock only moves by hand, whatever the sandbox's does."""
    file = settings.rehearsal_file(original)
    if not file.exists():
        remedy = f"`handoff run PROCEDURE --on-twin --workspace {original}` begins one"
        raise InvalidInput("workspace", f"there is no rehearsal on the {workspace}", remedy)
    return Sandbox(sqlite_file(file), user=settings.user, workspace=workspace)


def _access(workspace: str, kept: Callable[[str], Access]) -> Access:
    return _of_the_environment() if workspace == "unify" else kept(workspace)


def _of_the_environment() -> Access:
    settings = UnifySettings()
    if settings.api_key is None:
        raise KeyRefused(
            "UNIFY_API_KEY: the workspace 'unify' has no key here. Set it in the environment or in .env; "
            "an admin makes one in Unify's settings, and it has all rights of its user. "
            "A Prefect block needs another name than 'unify'"
        )
    return Access(settings.base_url, settings.api_key)


@lru_cache(maxsize=8)
def wire_to(access: Access) -> Wire:
    """The wire to a workspace, one a process: whoever opens the workspace counts within the same limits."""
    from platforms.unify.http_wire import HttpWire

    reach_this_machine_directly()  # the emulator
    refuse_wrong_network()
    wire = HttpWire(access.base_url, access.api_key)
    atexit.register(wire.close)
    return wire
