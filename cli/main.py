"""`handoff`: the front door for the shell. Loads only what a command needs: Prefect takes its time."""

import os
import sys
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from cli.own_packages import in_the_way, refusal

INTERRUPTED = 130  # what typer makes of Ctrl-C


def commands() -> typer.Typer:
    """All commands. Imported here: before that, nothing may load a package of ours that could be another's."""
    from cli import running, sandbox, twin
    from cli.run_options import named_on_the_command_line, with_options

    app = typer.Typer(
        name="handoff",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Keeps outbound sequences running when a mailbox changes hands.",
    )
    app.callback()(_handoff)
    named = named_on_the_command_line()
    app.add_typer(sandbox.app, name="sandbox")
    app.add_typer(twin.app, name="twin")
    # What stands behind the name of a procedure that there is not, is not the mistake to speak of.
    loose = {} if named else {"ignore_unknown_options": True, "allow_extra_args": True}
    for command in _every():
        if command is running.run:
            app.command(context_settings=loose)(with_options(command, named))
        else:
            app.command()(command)
    return app


def _every() -> tuple[Callable[..., None], ...]:
    """The commands that are no group, in the order in which help shows them."""
    from cli import (
        backing_up,
        calibrating,
        demonstration,
        detached,
        doctor,
        listing_procedures,
        looking,
        notify,
        running,
        undoing,
        up,
    )

    return (
        up.up,
        demonstration.demo,
        listing_procedures.procedures,
        running.run,
        detached.answer,
        running.resume,
        running.cancel,
        running.restore,
        undoing.undo,
        looking.explain,
        looking.status,
        looking.history,
        looking.show,
        doctor.doctor,
        calibrating.calibrate,
        backing_up.backup,
        notify.notify,
    )


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"handoff {version('handoff')}\n")
        raise typer.Exit


def _handoff(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and leave.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """What stands before any command."""


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
            # What `typer.Exit` carried, when not standalone.
            code = commands()(prog_name="handoff", standalone_mode=False) or 0
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
    if "--json" in sys.argv and failure.sentence:
        from cli.output import print_json

        print_json(failure.document())
    if failure.sentence:
        _say(f"handoff: {failure.sentence}")
    return failure.exit_code


def _say(message: str) -> None:
    from models.wording import one_line

    sys.stderr.write(one_line(message) + "\n")


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    raise SystemExit(code)
