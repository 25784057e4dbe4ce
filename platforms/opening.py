"""The one place that knows every platform."""

import atexit
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr

from models.databases import sqlite_file
from models.errors import InvalidInput, KeyRefused
from models.requests_made import Made, note_made
from models.settings import Settings, UnifySettings
from models.surroundings import reach_this_machine_directly, refuse_wrong_network
from models.twins import original_of
from platforms.port import Platform
from platforms.port.examination import Examination
from platforms.sandbox.examining import SandboxExamining
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.allowance import Allowance, Grant
from platforms.unify.copying import Copying
from platforms.unify.wire import Wire

FROM_THE_ENVIRONMENT = ("sandbox", "unify")
"""Workspaces that need no Prefect: their settings are in the environment or `.env`."""


@dataclass(frozen=True)
class Share:
    """What a process has of the vendor's rate, which it shares with others: it asks before it sends. So many `workers`
    share it at most."""

    grant: Grant
    workers: int


@dataclass(frozen=True)
class Access:
    """Where a workspace of Unify is, and the key to it; with a share where other processes use the key too."""

    base_url: str
    api_key: SecretStr
    share: Share | None = None


def nobody_kept(workspace: str) -> Access:
    """Of a process that looks into no store of keys. Raises InvalidInput."""
    raise InvalidInput(
        "workspace", f"there is no workspace '{workspace}'", f"There are: {', '.join(FROM_THE_ENVIRONMENT)}"
    )


def open_sandbox(settings: Settings) -> Sandbox:
    """The user's sandbox."""
    return Sandbox(settings.sandbox_database, user=settings.user, clock=settings.sandbox_clock)


def open_platform(
    workspace: str,
    settings: Settings | None = None,
    kept: Callable[[str], Access] = nobody_kept,
    share: Share | None = None,
) -> Platform:
    """The workspace of that name. `kept` finds the access to one that the environment does not name, and raises
    InvalidInput where it knows none either. `share` is this process's of the rate that a live workspace allows. Raises
    KeyRefused where `unify` has no key."""
    settings = settings or Settings()
    if workspace == "sandbox":
        return open_sandbox(settings)
    if (original := original_of(workspace)) is not None:
        return _open_rehearsal(settings, original, workspace)
    from platforms.unify.unify import Unify

    access = replace(_access(workspace, kept), share=share)
    return Unify(_counted(access, workspace, settings), workspace, settings.user)


def open_copying(workspace: str, kept: Callable[[str], Access] = nobody_kept) -> Copying:
    """The reads of a copy of a live workspace. Raises InvalidInput for what is none, and as `open_platform`."""
    if workspace == "sandbox" or original_of(workspace) is not None:
        raise InvalidInput(
            "--workspace", f"'{workspace}' is no live workspace, and needs no twin", "Name one: --workspace unify"
        )
    return Copying(_counted(_access(workspace, kept), workspace, Settings()))


def open_examination(
    workspace: str, settings: Settings | None = None, kept: Callable[[str], Access] = nobody_kept
) -> Examination:
    """The look of `handoff doctor` at a workspace. Raises as `open_platform`, and InvalidInput for a sandbox that
    nobody made: to look makes none."""
    settings = settings or Settings()
    if workspace != "sandbox" and original_of(workspace) is None:
        from platforms.unify.examination.examining import Examining

        return Examining(wire_to(_access(workspace, kept), impatient=True))
    if (original := original_of(workspace)) is not None:
        return SandboxExamining(_open_rehearsal(settings, original, workspace))
    database = settings.sandbox_database
    if database.get_backend_name() == "sqlite" and not Path(database.database or "").exists():
        raise InvalidInput("sandbox", "there is none yet", "Run `handoff sandbox reset` or `handoff sandbox load FILE`")
    return SandboxExamining(open_sandbox(settings))


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


def _counted(access: Access, workspace: str, settings: Settings) -> Wire:
    """The wire to a workspace, whose requests are noted in the home once this process ends."""
    _note_at_the_end(access, workspace, settings.home_folder)
    return wire_to(access)


@lru_cache(maxsize=8)  # once, however often the workspace is opened
def _note_at_the_end(access: Access, workspace: str, home: Path) -> None:
    wire = wire_to(access)

    def note() -> None:
        spent = wire.spent()
        if spent.requests:
            now = datetime.now(UTC)
            note_made(home, Made(at=now, workspace=workspace, requests=spent.requests, query_jobs=spent.jobs))

    atexit.register(note)


@lru_cache(maxsize=8)
def wire_to(access: Access, *, impatient: bool = False) -> Wire:
    """The wire to a workspace, one a process: everything that opens the workspace counts within the same limits. One
    that is `impatient` gives up after seconds or minutes, for who would rather know soon."""
    from platforms.unify.http_wire import HttpWire
    from platforms.unify.limits import Limits
    from platforms.unify.retrying import Patience

    reach_this_machine_directly()  # the emulator
    refuse_wrong_network()
    patience = Patience(attempts=3, longest_quiet=10, longest_job=300) if impatient else None
    shared = access.share
    limits = Limits(allowance=Allowance(shared.grant), workers=shared.workers) if shared is not None else None
    wire = HttpWire(access.base_url, access.api_key, patience=patience, limits=limits)
    atexit.register(wire.close)
    return wire
