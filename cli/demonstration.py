"""`handoff demo`: the main job from end to end, on a made-up workspace, in a home of its own. Nothing is staged."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import JsonFlag, console, print_json, say
from models.privacy import make_folder
from models.wording import counted, in_utc

if TYPE_CHECKING:
    from platforms.sandbox.sandbox import Sandbox

OPT_OUTS = 3
CHANGE_AT_MINUTES = 45  # into the working day: some of the day's emails have left by then


def demo(
    contacts: Annotated[int, typer.Option(min=20, max=1_000_000, help="How many people.")] = 400,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed makes the same workspace.")] = 7,
    as_json: JsonFlag = False,
) -> None:
    """The main job from end to end on a made-up workspace, in simulated time, in a home of its own."""
    demonstrate(contacts, seed, as_json=as_json)


def demonstrate(contacts: int, seed: int, *, as_json: bool) -> None:
    """Make a workspace, change the owner of its busiest mailbox, remediate live, and show the report."""
    _make_home()
    from datetime import timedelta

    from cli import prefect_settings
    from models.changes import ChangeMailboxOwner, OptOut
    from models.settings import Settings
    from platforms.opening import open_sandbox
    from platforms.sandbox.made_up_team.team import made_up_team

    prefect_settings.prepare()
    sandbox = open_sandbox(Settings())
    say(f"1. A sales team with {counted(contacts, 'person', 'people')}, made up from the seed {seed}.")
    sandbox.load(made_up_team(contacts, seed))
    sandbox.advance(sandbox.now() + timedelta(minutes=CHANGE_AT_MINUTES))
    before = sandbox.state()
    mailbox, owner = _busiest(before), _next_owner(before)
    say(f"2. {mailbox['email']} sends for {mailbox['owner']}, who leaves. {owner} takes the mailbox over.")
    fell_out = sandbox.apply(ChangeMailboxOwner(mailbox=mailbox["email"], owner=owner))["unenrolled"]
    say(f"   At that moment {counted(fell_out, 'contact falls', 'contacts fall')} silently out of their sequences.")
    for email in next(sandbox.cancelled(mailbox["email"], OPT_OUTS))["email"]:
        sandbox.apply(OptOut(person=email))
    say(f"   {OPT_OUTS} of them opt out of email the same hour.")
    if not as_json:
        _show_fallen(sandbox, mailbox["email"])
    say("3. handoff run ownership-change --live: the same flow as in production, on the sandbox, in simulated time.")
    report = _remediate(mailbox["email"], as_json=as_json)
    after = sandbox.state()
    same = [before[part] == after[part] for part in ("rulesets", "exclusions")]
    say("4. Every setting is " + ("as it was before." if all(same) else "NOT as it was before: see the report."))
    if as_json:
        print_json(report)


def _make_home() -> None:
    """A home of its own: the user's sandbox and journal are not touched."""
    from models.settings import Settings

    home = make_folder(Settings().make_home() / "demo")
    fresh = Path(tempfile.mkdtemp(prefix="run-", dir=home))
    os.environ["HANDOFF_HOME"] = str(fresh)
    os.environ["HANDOFF_SANDBOX_CLOCK"] = "simulated"
    os.environ.setdefault("PREFECT_HOME", str(home / "prefect"))  # kept: a server starts quicker the second time
    for name in ("HANDOFF_DATABASE_URL", "HANDOFF_SANDBOX_URL", "HANDOFF_USER", "HANDOFF_WORKSPACE"):
        os.environ[name] = {"HANDOFF_WORKSPACE": "sandbox"}.get(name, "")


def _busiest(state: dict[str, Any]) -> dict[str, Any]:
    busiest: dict[str, Any] = max(state["mailboxes"], key=lambda m: m["active_enrollments"] + m["queued_enrollments"])
    return busiest


def _next_owner(state: dict[str, Any]) -> str:
    """The user with the fewest mailboxes, by name."""
    owners = [mailbox["owner"] for mailbox in state["mailboxes"]]
    return min((str(user["email"]) for user in state["users"]), key=lambda email: (owners.count(email), email))


def _show_fallen(sandbox: "Sandbox", mailbox: str) -> None:
    from rich.table import Table

    ends = sandbox.ends(mailbox)
    table = Table(title=f"Enrollments from {mailbox} that were cancelled, by time", title_justify="left")
    table.add_column("at")
    table.add_column("enrollments", justify="right")
    for at, number in ends.tail(5).itertuples(index=False):
        table.add_row(in_utc(at), str(number))
    console(stderr=True).print(table)


def _remediate(mailbox: str, *, as_json: bool) -> dict[str, Any]:
    from cli.found import print_report_of
    from cli.procedures import load
    from cli.running import carried_out

    flow = load("ownership-change")
    report = carried_out(flow, {"mailbox": mailbox, "dry_run": False}, yes=True, quiet=False)
    if not as_json:
        print_report_of(report, goes_on=False)  # the demo has a home of its own
    found: dict[str, Any] = report.model_dump(mode="json")
    return found
