"""What went wrong, as people read it: a sentence that names what is to be mended, and the shell's exit code.

The one place that knows every kind of failure. Libraries that take their time to load are looked at only where
they are loaded: an error of theirs cannot have come otherwise.
"""

import errno
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from models.errors import HandoffError

WRONG, UNREACHABLE, FAILED = 2, 3, 1
MAKE_ROOM = "Make room there, then go on: `handoff status` shows with what"
START_IT = "Start it, or unset PREFECT_API_URL"
AUTH = "PREFECT_API_AUTH_STRING"
# How the names begin that SQLite gives (https://sqlite.org/rescode.html), and the numbers of PostgreSQL
# (https://www.postgresql.org/docs/current/errcodes-appendix.html).
FULL = ("SQLITE_FULL", "53100")
BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03")
AWAY = (
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
    "SQLITE_IOERR",
    "SQLITE_NOTADB",
    "SQLITE_CORRUPT",
    "SQLITE_PERM",
    "SQLITE_AUTH",
    "08",
    "25006",
    "28",
    "3D",
    "53",
    "57",
    "58",
)


@dataclass(frozen=True)
class Failure:
    """A sentence and an exit code (docs/interface.md); not `foreseen`: a defect, of which a traceback tells more."""

    exit_code: int
    sentence: str
    foreseen: bool = True
    field: str | None = None
    message: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        return self.sentence

    def document(self) -> dict[str, Any]:
        """The same as JSON (docs/interface.md): a parameter by its name alone, however it was given."""
        field = self.field.split()[-1].removeprefix("--").replace("-", "_") if self.field else None
        message = self.message or self.sentence
        return {
            "error": {"exit_code": self.exit_code, "field": field, "message": message, "remedy": self.remedy or None}
        }


def failure_of(error: BaseException) -> Failure:
    """What an error comes to for the person who sees it. No name of a class is in it."""
    for kind in (_ours, _command_line, _database, _prefect, _http, _machine):
        if (found := kind(error)) is not None:
            return found
    words = _first_line(getattr(error, "orig", None) or error)  # of a database, without the statement
    sentence = f"something went wrong that nobody foresaw{f' ({words})' if words else ''}"
    return Failure(
        FAILED, f"{sentence}. HANDOFF_TRACEBACK=1 shows where; `handoff status` shows open loans", foreseen=False
    )


def _ours(error: BaseException) -> Failure | None:
    if not isinstance(error, HandoffError):
        return None
    parts = {name: str(getattr(error, name, "") or "") for name in ("field", "problem", "remedy")}
    return Failure(
        error.exit_code, str(error), field=parts["field"] or None, message=parts["problem"], remedy=parts["remedy"]
    )


def _command_line(error: BaseException) -> Failure | None:
    """What typer says of a command line; empty where it has shown its help."""
    words: Callable[[], str] | None = getattr(error, "format_message", None)
    if words is None:
        return None
    return Failure(WRONG, f"{words()} See --help" if words() else "")


def _database(error: BaseException) -> Failure | None:
    """A database that was there when it was opened (`models/databases.py`), or one that never answered. A statement
    that is wrong, or that breaks a rule of the tables, is a defect."""
    if not isinstance(error, DBAPIError):
        return None
    named = error.detail[-1] if error.detail else "HANDOFF_DATABASE_URL: a database"
    kind = _kind_of(error.orig)
    if kind.startswith(FULL):
        return Failure(FAILED, f"{named} has no room left: its disk is full. {MAKE_ROOM}")
    if kind.startswith(BUSY):
        return Failure(UNREACHABLE, f"{named} is kept busy by another command. Wait for that one, then try again")
    away = kind.startswith(AWAY) if kind else isinstance(error, OperationalError | InterfaceError)
    if not away:
        return None
    words = _first_line(error.orig)
    return Failure(UNREACHABLE, f"{named} cannot be reached or refused ({words}). See to it, or name another")


def _kind_of(error: BaseException | None) -> str:
    """SQLite's name of what went wrong, or PostgreSQL's number; empty where there was nobody to say."""
    return str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")


def _prefect(error: BaseException) -> Failure | None:
    if (words := _first_line(error)).startswith("Failed to reach API at "):  # of a plain RuntimeError
        where = words.removeprefix("Failed to reach API at ").partition(" ")[0].rstrip("./")
        return Failure(UNREACHABLE, f"PREFECT_API_URL: no Prefect server answers at {where}. {START_IT}")
    if isinstance(error, ValidationError) and error.title.endswith("Settings"):  # ours are reported where they are read
        wrong = error.errors(include_input=False, include_url=False)[0]
        setting = f"PREFECT_…_{wrong['loc'][-1]}".upper()
        return Failure(WRONG, f"{setting}: {wrong['msg']}. Correct it in the environment, .env or Prefect's profile")
    if _is_of("prefect.exceptions", "PrefectHTTPStatusError", error):
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status in (401, 403):
            return Failure(UNREACHABLE, f"{AUTH}: the Prefect server does not take what is set, or asks for one")
        code = UNREACHABLE if status is None or status >= 500 else FAILED
        return Failure(code, f"the Prefect server answered {status}. See its log, then try again")
    return None


def _http(error: BaseException) -> Failure | None:
    if _is_of("httpx", "TransportError", error):
        request: Any = getattr(error, "_request", None)
        where = f"{request.url.scheme}://{request.url.netloc.decode()}" if request is not None else "a server"
        return Failure(UNREACHABLE, f"{where} cannot be reached ({_first_line(error)}). Start it, or try again later")
    return None


def _machine(error: BaseException) -> Failure | None:
    if not isinstance(error, OSError) or error.strerror is None:
        return None
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(FAILED, f"{where}the disk is full. {MAKE_ROOM}")
    if isinstance(error, ConnectionError | TimeoutError):
        return Failure(UNREACHABLE, f"a server does not answer ({error.strerror}). Try again later")
    if where:
        return Failure(FAILED, f"{where}cannot be used ({error.strerror}). See to it, then try again")
    return None


def _is_of(module: str, name: str, error: BaseException) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(error, kind)


def _first_line(error: BaseException | None) -> str:
    return next((line.strip().rstrip(".") for line in str(error or "").splitlines() if line.strip()), "")
