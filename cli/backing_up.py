"""`handoff backup FILE`: journal and sandbox in one file. Loads neither Prefect nor pandas."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import say

if TYPE_CHECKING:  # a command loads what it needs
    from pydantic import SecretStr

    from models.settings import Settings


def backup(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """One consistent file of journal and sandbox, also while runs are under way. Only its owner may read it."""
    import sqlite3
    from contextlib import suppress
    from datetime import UTC, datetime
    from importlib.metadata import version

    from journal.backup import ABOUT, copies, pack
    from models.errors import InvalidInput
    from models.last_backup import note_backup
    from models.privacy import make_folder
    from models.settings import Settings
    from models.written_file import named_private_file, refuse_unwritable

    settings = Settings()
    home = settings.home_folder
    journal, sandbox = _files(settings, file)
    refuse_unwritable("FILE", file)  # before so much is copied
    try:
        make_folder(home)  # where both databases are elsewhere there may be none
        with copies(journal, sandbox, home) as found, named_private_file("FILE", file) as out:
            pack(found, {"home": str(home), "release": version("handoff")}, out)
    except (sqlite3.Error, OSError) as error:
        remedy = "Nothing was written. A backup takes as much room there as journal and sandbox, for a while"
        raise InvalidInput("HANDOFF_HOME", f"what is in {home} cannot be copied ({error})", remedy) from error
    with suppress(OSError):  # the backup is made all the same
        note_backup(home, datetime.now(UTC), file)
    say(f"{' and '.join(found)} of {home} are in {file}, with {ABOUT}")


def refuse_to_restore(file: Path) -> None:
    """`restore` gives back loans. Raises InvalidInput that says how a backup is put back."""
    from models.errors import InvalidInput
    from models.settings import Settings

    home, backup = shlex.quote(str(Settings().home_folder)), shlex.quote(str(file))
    databases = f"{home}/journal.db* {home}/sandbox.db*"
    raise InvalidInput(
        "FILE",
        f"`handoff restore` gives back loans, and takes no file such as {file}",
        f"A backup is put back by hand, while nothing runs: mkdir -m 700 {home}.before; mv {databases} {home}.before; "
        f"{shlex.quote(sys.executable)} -m zipfile -e {backup} {home}; handoff status (docs/backups.md)",
    )


def _files(settings: "Settings", file: Path) -> tuple[Path, Path | None]:
    """The files of journal and sandbox; None for a sandbox that nobody made.

    Raises InvalidInput where there is neither, and where one of them is on PostgreSQL.
    """
    from cli.found import open_journal
    from models.errors import InvalidInput

    journal = _file(settings, "journal", "HANDOFF_DATABASE_URL", settings.database_url)
    sandbox = _file(settings, "sandbox", "HANDOFF_SANDBOX_URL", settings.sandbox_url)
    if isinstance(journal, Path) and isinstance(sandbox, Path):
        if not journal.exists() and not sandbox.exists():
            raise InvalidInput(
                "HANDOFF_HOME", f"there is neither {journal} nor {sandbox}", "Name the home that is meant"
            )
        if not journal.exists():
            open_journal()  # nothing was run on this sandbox yet: its journal is empty
        return journal, sandbox if sandbox.exists() else None
    field = "HANDOFF_DATABASE_URL" if isinstance(journal, str) else "HANDOFF_SANDBOX_URL"
    first = journal if isinstance(journal, str) else f"HANDOFF_SANDBOX_URL= handoff backup {shlex.quote(str(file))}"
    then = [sandbox] if isinstance(sandbox, str) else ["handoff sandbox dump sandbox.yaml"] if sandbox.exists() else []
    raise InvalidInput(
        field,
        "is on PostgreSQL, which is backed up by a tool of its own",
        f"While nothing runs, in this order: {'; '.join([first, *then])}",
    )


def _file(settings: "Settings", name: str, setting: str, url: "SecretStr | None") -> Path | str:
    """Where that database is; the command that copies it, where it is on PostgreSQL."""
    if url is None or not url.get_secret_value():
        return Path(settings.home_folder / f"{name}.db")
    from sqlalchemy.engine import URL

    from models.databases import read_address

    at = read_address(url.get_secret_value(), setting)
    if at.get_backend_name() == "sqlite":
        return Path(at.database or ":memory:")
    # No password, and nothing else that might be one: pg_dump asks, or finds it where it is kept.
    plain = URL.create("postgresql", at.username, None, at.host, at.port, at.database)
    return f"pg_dump --format=custom --file={name}.dump {shlex.quote(plain.render_as_string())}"
