"""`handoff twin …`: copies of live workspaces, to rehearse on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import JsonFlag, print_json, say
from models.wording import counted, in_utc

if TYPE_CHECKING:  # a command loads what it needs
    from tasks.twin.pulling import Pulled

app = typer.Typer(
    help="A copy of a live workspace, on which a procedure is rehearsed before it is run.", no_args_is_help=True
)
WORDS = {
    "exclusions": "exclusions",
    "plays": "settings of plays",
    "audiences": "audiences",
    "sequence_task_assignment": "sequences' own task assignment",
    "daily_limits": "daily limits of mailboxes",
    "roles": "roles of users",
    "pending_settings": "settings that do not act yet",
    "idle_mailboxes": "mailboxes without enrollments",
}


@app.callback()
def twin() -> None:
    """Keeps the command's name in front of its only subcommand."""


@app.command()
def pull(
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FILE", help="Another file than the one that --on-twin takes.")
    ] = None,
    workspace: Annotated[str | None, typer.Option("--workspace", help="Which one; default HANDOFF_WORKSPACE.")] = None,
    settings: Annotated[
        Path | None,
        typer.Option("--settings", metavar="FILE.yaml", help="A workspace file that tells what the API does not show."),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Copy everything anew: only so is whoever was deleted gone.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Copy a live workspace, or bring its copy up to date; goes on where it was cut short."""
    import sys

    from cli import prefect_settings
    from models.settings import Settings
    from platforms.opening import open_copying

    name = workspace or Settings().workspace
    prefect_settings.prepare()
    from cli.narrating import Terminal
    from tasks.narration import narrate_with
    from tasks.twin.pulling import pull as pull_twin
    from tasks.workspaces import kept_by_prefect

    narrate_with(Terminal(quiet=as_json and not sys.stderr.isatty()))
    source = open_copying(name, kept_by_prefect)
    file = into or Settings().twin_file(name)
    with _saying_how_to_go_on("--into" if into else "HANDOFF_HOME", file):
        pulled = pull_twin(source, name, file.absolute(), settings_file=settings, whole=whole)
    if as_json:
        print_json(_document(pulled))
    else:
        _tell(pulled)


@contextmanager
def _saying_how_to_go_on(field: str, file: Path) -> Iterator[None]:
    from sqlalchemy.exc import OperationalError

    from models.errors import InvalidInput, Unreachable

    try:
        yield
    except (Unreachable, KeyboardInterrupt):
        say("the twin is not complete: the same command goes on where it was")
        raise
    except OperationalError as error:  # a full disk: each part that was taken is there, whole
        remedy = "Make room, and the same command goes on where it was; or choose another place"
        raise InvalidInput(field, f"{file} cannot be written ({error.orig})", remedy) from error


def _document(pulled: Any) -> dict[str, Any]:
    return asdict(pulled) | {"now": pulled.now.isoformat(), "missing": list(pulled.missing)}


def _tell(pulled: "Pulled") -> None:
    read = ", ".join(f"{number} {name}" for name, number in pulled.read.items() if number)
    there = ", ".join(f"{number} {name}" for name, number in pulled.counts.items())
    say(f"the twin of {pulled.workspace} is as of {in_utc(pulled.now)}, in {pulled.file}")
    say(f"it has {there}")
    say(
        f"read: {read or 'nothing'}; {counted(pulled.requests, 'request')},"
        f" {counted(pulled.query_jobs, 'query job')}, {pulled.seconds} s"
    )
    if pulled.overtaken:
        moved = counted(pulled.overtaken, "person was", "people were")
        say(f"{moved} moved while it was read: pull again to see where they are")
    say(f"missing: {', '.join(WORDS[name] for name in pulled.missing)}")
    say("if the key is a rep's, of tasks it has that rep's own alone")
    if "exclusions" in pulled.missing:
        say("it has no exclusions: nobody is kept out by one. A workspace file adds them: --settings FILE.yaml")
    if not pulled.whole:
        say("whoever was deleted since the first pull is still in it: --whole copies everything anew")
