"""`handoff`: the front door for the shell. Loads only what a command needs: Prefect takes its time."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

import typer

from cli.own_packages import in_the_way, refusal

INTERRUPTED = 130  # what typer makes of Ctrl-C


def commands() -> typer.Typer:
    """All commands. Imported here: before that, nothing may load a package of ours that could be another's."""
    from cli import backing_up, demonstration, detached, looking, running, sandbox, twin, up

    app = typer.Typer(
        name="handoff",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        help="Keeps outbound sequences running when a mailbox changes hands.",
    )
    app.add_typer(sandbox.app, name="sandbox")
    app.add_typer(twin.app, name="twin")
    every: tuple[Callable[..., None], ...] = (
        up.up,
        demonstration.demo,
        running.run,
        detached.answer,
        running.resume,
        running.cancel,
        running.restore,
        looking.explain,
        looking.status,
        looking.history,
        looking.show,
        backing_up.backup,
    )
    for command in every:
        app.command()(command)
    return app


def main() -> NoReturn:
    """Run a command; errors become a message for people and an exit code (docs/interface.md)."""
    if (file := in_the_way()) is not None:
        sys.stderr.write(f"handoff: {refusal(file)}\n")
        _leave(2)
    from cli import broken_off
    from models.garbage import look_seldom_for_garbage
    from models.privacy import owner_only
    from models.surroundings import reach_this_machine_directly

    look_seldom_for_garbage()
    reach_this_machine_directly()
    code = 0
    try:
        with owner_only():  # and so all that it starts: servers, workers, their runs
            code = commands()(standalone_mode=False) or 0  # what `typer.Exit` carried, when not standalone
        if code == INTERRUPTED:
            code = broken_off.interrupted()
    except (typer.Abort, KeyboardInterrupt):
        _leave(broken_off.interrupted())
    except Exception as error:
        _leave(_explain(error))
    _leave(code)


def _explain(error: Exception) -> int:
    """The exit code for an error, after saying what went wrong."""
    import traceback

    from models.failures import failure_of

    if os.environ.get("HANDOFF_TRACEBACK"):
        traceback.print_exception(error)
    failure = failure_of(error)
    if failure.sentence:
        _say(f"handoff: {failure.sentence}")
    return failure.exit_code


def _say(message: str) -> None:
    from models.wording import one_line

    sys.stderr.write(one_line(message) + "\n")


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    raise SystemExit(code)
