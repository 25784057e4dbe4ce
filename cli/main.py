"""`handoff`: the front door for the shell. Loads only what a command needs: Prefect takes its time."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

import typer

from cli import backing_up, detached, looking, running, sandbox, twin, up

app = typer.Typer(
    name="handoff", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
    help="Keeps outbound sequences running when a mailbox changes hands.",
)  # fmt: skip
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(twin.app, name="twin")
COMMANDS: tuple[Callable[..., None], ...] = (
    up.up, running.demo, running.run, detached.answer, running.resume, running.cancel, running.restore,
    looking.explain, looking.status, looking.history, looking.show, backing_up.backup,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)


INTERRUPTED = 130  # what typer makes of Ctrl-C


def main() -> NoReturn:
    """Run a command; errors become a message for people and an exit code (interface.md)."""
    from models.errors import HandoffError
    from models.privacy import owner_only

    code = 0
    try:
        with owner_only():  # and so all that it starts: servers, workers, their runs
            code = app(standalone_mode=False) or 0  # what `typer.Exit` carried, when not standalone
        if code == INTERRUPTED:
            code = running.interrupted()
    except (typer.Abort, KeyboardInterrupt):
        _leave(running.interrupted())
    except HandoffError as error:
        _say(f"handoff: {error}")
        _leave(error.exit_code)
    except Exception as error:
        _leave(_other(error))
    _leave(code)


def _other(error: Exception) -> int:
    """The exit code for an error that is none of ours, after saying what it was; what nobody foresaw is raised."""
    from sqlalchemy.exc import ArgumentError, DBAPIError

    if hasattr(error, "format_message"):  # the command line itself was wrong: typer's own words, after its help
        if words := error.format_message():
            _say(f"handoff: {words} See --help")
        return 2
    if isinstance(error, ArgumentError):
        _say("handoff: HANDOFF_DATABASE_URL or HANDOFF_SANDBOX_URL: is no address of a database. Write sqlite:///FILE")
        return 2
    if isinstance(error, DBAPIError):
        _say(
            f"handoff: a database cannot be reached or refused: {error.orig}. Check HANDOFF_HOME, HANDOFF_DATABASE_URL"
        )
        return 3
    if "Failed to reach API" in str(error):  # Prefect's words
        _say(f"handoff: {error} Start the server that PREFECT_API_URL names, or unset it")
        return 3
    if os.environ.get("HANDOFF_TRACEBACK"):
        raise error
    _say(
        f"handoff: {type(error).__name__}: {error}. HANDOFF_TRACEBACK=1 shows where; `handoff status` shows open loans"
    )
    return 1


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    raise SystemExit(code)
