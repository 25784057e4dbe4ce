"""`handoff calibrate`: the procedure of that name, with its options as a command of its own."""

from typing import Annotated

import typer

from cli.output import JsonFlag, WorkspaceName
from cli.running import Detach, Live, Set, Yes, run


def calibrate(
    person: Annotated[
        str,
        typer.Option("--person", metavar="EMAIL", help="A test person of your own team, never in another sequence."),
    ],
    sequence: Annotated[str, typer.Option("--sequence", help="A sequence made for this; it sends its first step.")],
    other_sequence: Annotated[
        str, typer.Option("--other-sequence", help="A second one made for this; it is paused meanwhile.")
    ],
    mailbox: Annotated[str, typer.Option("--mailbox", help="The mailbox to write to the test person from.")],
    other_mailbox: Annotated[
        str | None, typer.Option("--other-mailbox", help="Where the backlog is reassigned to.")
    ] = None,
    new_owner: Annotated[
        str | None,
        typer.Option("--new-owner", help="A user who gets the mailbox for a moment; else that is not tried."),
    ] = None,
    settings: Set = None,
    workspace: WorkspaceName = None,
    live: Live = False,
    yes: Yes = False,
    detach: Detach = False,
    as_json: JsonFlag = False,
) -> None:
    """Find out with a test person how a workspace behaves where the sources leave it open; without --live, the plan.

    Each experiment is agreed to. --yes agrees to those that send no email.
    """
    options = {
        "person": person,
        "sequence": sequence,
        "other_sequence": other_sequence,
        "mailbox": mailbox,
        "other_mailbox": other_mailbox,
        "new_owner": new_owner,
    }
    run("calibrate", settings, None, workspace, live, yes, detach, as_json=as_json, options=options)
