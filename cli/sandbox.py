"""`handoff sandbox …`: the workspace that comes with Handoff. None of these commands loads Prefect."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import JsonFlag, console, print_json, say
from cli.serving import serve
from models.wording import counted, in_utc, one_line

if TYPE_CHECKING:  # a command loads what it needs
    from platforms.sandbox.sandbox import Sandbox

app = typer.Typer(
    help="The embedded workspace: make one, look at it, do in it what people do, move its clock.", no_args_is_help=True
)
app.command()(serve)
LONGEST = timedelta(days=3650)
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _sandbox(acting: str | None = None) -> "Sandbox":
    from models.settings import Settings
    from platforms.opening import open_sandbox

    settings = Settings()
    return open_sandbox(settings.model_copy(update={"user": acting}) if acting else settings)


def _ask_before_replacing(sandbox: "Sandbox", yes: bool) -> None:
    if yes or sandbox.is_empty() or not sys.stdin.isatty():
        return
    typer.confirm("This replaces the sandbox's workspace. Go on?", abort=True, err=True)


@app.command()
def reset(
    contacts: Annotated[int, typer.Option(min=1, max=5_000_000, help="How many people.")] = 200,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed makes the same workspace.")] = 1,
    lively: Annotated[bool, typer.Option("--lively", help="Contacts reply, bounce, opt out and are away.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing one.")] = False,
) -> None:
    """A workspace made up from a seed: a sales team with its mailboxes, sequences, plays and history."""
    from platforms.sandbox.made_up_team.team import LIVELY, NOTHING_COMES, MadeUpTeam

    sandbox = _sandbox()
    _ask_before_replacing(sandbox, yes)
    team = MadeUpTeam(contacts, seed, life=LIVELY if lively else NOTHING_COMES)
    sandbox.load(team.few, many=team)
    people = counted(contacts, "person", "people")
    say(f"the sandbox has a made-up {'lively ' if lively else ''}team with {people} (seed {seed})")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing one.")] = False,
) -> None:
    """A workspace described in a file; replaces what was there."""
    from platforms.sandbox.workspace_file.yaml_file import read_workspace

    workspace, raw = read_workspace(file)
    sandbox = _sandbox()
    _ask_before_replacing(sandbox, yes)
    sandbox.load(workspace, raw)
    say(f"the sandbox holds the workspace of {file}")


@app.command()
def dump(file: Annotated[Path, typer.Argument(metavar="FILE.yaml")]) -> None:
    """The reverse of load: the same file, with what runs left behind."""
    from platforms.sandbox.workspace_file.yaml_file import write_workspace

    with _sandbox().dumping() as sections:
        write_workspace(sections, file, "FILE.yaml")
    say(f"written to {file}")


@app.command()
def do(
    action: Annotated[str, typer.Argument(help="For example change_mailbox_owner.")],
    values: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE …")] = None,
    acting: Annotated[str | None, typer.Option("--as", metavar="USER_EMAIL", help="Who does it.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """What a person would do in the platform's interface."""
    from cli.actions import changes

    sandbox = _sandbox(acting)
    results = [sandbox.apply(change) for change in changes(action, values or [])]
    result = results[0] if len(results) == 1 else {"changes": results}
    if as_json:
        print_json(result)
    else:
        for line in (line for one in results for line in _in_lines(one)):
            console().print(one_line(line), markup=False)


def _in_lines(result: dict[str, Any]) -> Iterator[str]:
    """What an action did, for people; of a setting in the words that are used everywhere."""
    if "setting" in result:
        from models.setting_words import in_words, value_in_words
        from platforms.sandbox.clock import moment

        at = result.get("takes_effect_at")
        acts = f", acts at {in_utc(moment(at))}" if at is not None else ""
        yield f"{in_words(result['setting'])}: {value_in_words(result['value'])}{acts}"
        return
    yield from (f"{key}: {value}" for key, value in result.items() if key != "log")


@app.command()
def advance(duration: Annotated[str, typer.Argument(help="45m, 2h, 3d")]) -> None:
    """Move the simulated clock; sequences advance with it."""
    sandbox = _sandbox()
    now = sandbox.now()
    sandbox.advance(now + _duration(duration))
    say(f"it is {in_utc(sandbox.now())}")


def _duration(text: str) -> timedelta:
    from models.errors import InvalidInput

    number, unit = text[:-1], text[-1:]
    if unit not in UNITS or not (number.isascii() and number.isdigit()) or len(number) > 6:
        raise InvalidInput("DURATION", f"'{text}' is no duration", "Write 45m, 2h or 3d")
    found = timedelta(**{UNITS[unit]: int(number)})
    if found > LONGEST:
        raise InvalidInput("DURATION", f"'{text}' is more than ten years", "Move the clock in smaller steps")
    return found


@app.command()
def state(as_json: JsonFlag = False) -> None:
    """Clock, settings, and counts of everything."""
    found = _sandbox().state()
    if as_json:
        print_json(found)
        return
    from reports.listing import print_state

    print_state(found, console())
