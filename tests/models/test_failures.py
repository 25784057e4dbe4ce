"""Each kind of failure comes to an exit code and a sentence that names no class of Python's."""

import errno
import sqlite3
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from models.errors import HandoffError, InvalidInput, KeyRefused, NeedsPerson, NotAllowed, Refused, Unreachable
from models.failures import failure_of


def of_sqlite(name: str) -> OperationalError:
    error = sqlite3.OperationalError("it says something")
    error.sqlite_errorname = name
    found = OperationalError("SELECT 1", {}, error)
    found.add_detail("HANDOFF_DATABASE_URL: the journal, here,")
    return found


def of_http() -> httpx.ConnectError:
    return httpx.ConnectError("refused", request=httpx.Request("GET", "http://h:1/x"))


def of_prefect(status: int) -> Exception:
    from prefect.exceptions import PrefectHTTPStatusError

    request = httpx.Request("GET", "http://127.0.0.1:4200/api")
    return PrefectHTTPStatusError("no", request=request, response=httpx.Response(status, request=request))


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InvalidInput("mailbox", "is missing", "Say which"), 2, "mailbox: is missing. Say which"),
        (NotAllowed("bo@acme.test", "set it"), 2, "needs_admin: bo@acme.test may not set it"),
        (Refused("cancelled", "it was cancelled"), 2, "cancelled: it was cancelled"),
        (KeyRefused("the key is wrong"), 3, "the key is wrong"),
        (Unreachable("nobody answers"), 3, "nobody answers"),
        (NeedsPerson("do it"), 1, "do it"),
        (HandoffError("no"), 1, "no"),
        (of_sqlite("SQLITE_FULL"), 1, "the journal, here, has no room left: its disk is full. Make room"),
        (of_sqlite("SQLITE_BUSY_SNAPSHOT"), 3, "the journal, here, is kept busy"),
        (of_sqlite("SQLITE_IOERR_WRITE"), 3, "the journal, here, cannot be reached or refused (it says something)"),
        (of_prefect(401), 3, "PREFECT_API_AUTH_STRING: "),
        (of_prefect(503), 3, "the Prefect server answered 503"),
        (of_prefect(409), 1, "the Prefect server answered 409"),
        (RuntimeError("Failed to reach API at http://h/api/"), 3, "no Prefect server answers at http://h/api."),
        (of_http(), 3, "http://h:1 cannot be reached (refused)"),
        (OSError(errno.ENOSPC, "No space left on device", "report.json"), 1, "report.json: the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "report.json"), 1, "report.json: cannot be used ("),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset"), 3, "a server does not answer (Connection reset)"),
    ],
)
def test_what_can_be_foreseen_has_a_sentence_of_its_own(error: Exception, code: int, words: str) -> None:
    failure = failure_of(error)
    assert (code, True) == (failure.exit_code, failure.foreseen)
    assert words in failure.sentence
    assert type(error).__name__ not in failure.sentence


@pytest.mark.parametrize(
    "error",
    [
        KeyError("spam"),
        AttributeError("no"),
        RuntimeError(),
        AssertionError(),
        OSError("odd"),
        of_sqlite("SQLITE_ERROR"),
        IntegrityError("INSERT", {}, sqlite3.IntegrityError("twice")),
    ],
)
def test_what_nobody_foresaw_says_how_to_see_more(error: Exception) -> None:
    failure = failure_of(error)
    assert (1, False) == (failure.exit_code, failure.foreseen)
    assert "HANDOFF_TRACEBACK=1 shows where" in failure.sentence
    assert type(error).__name__ not in failure.sentence


def test_a_command_line_that_is_wrong_is_told_in_its_own_words() -> None:
    import typer

    wrong: Any = typer.BadParameter("no such thing")
    assert (2, True) == (failure_of(wrong).exit_code, "no such thing" in failure_of(wrong).sentence)
