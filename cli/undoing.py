"""Taking back what an operation did: the procedure `undo`, by the id of that operation alone."""

from typing import Annotated

import typer

from cli.found import find
from cli.output import JsonFlag
from cli.running import Detach, Live, Yes, before_a_live_run, carry_out


def undo(
    operation_id: Annotated[str, typer.Argument(help="As `handoff history` shows it.")],
    live: Live = False,
    yes: Yes = False,
    detach: Detach = False,
    as_json: JsonFlag = False,
) -> None:
    """Take back what an operation did, as far as it can be; without --live, say what that is."""
    from cli import procedures

    row = find(operation_id)
    if live:
        before_a_live_run(row.workspace, is_said=True)  # by the operation
    parameters = {"undone": row.id, "workspace": row.workspace, "dry_run": not live}
    carry_out(procedures.request_of("undo"), parameters, live=live, yes=yes, detach=detach, as_json=as_json)
