"""Commands that carry procedures out: run, resume, cancel, restore."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import detached
from cli.backing_up import refuse_to_restore
from cli.broken_off import say_what_it_left
from cli.found import find_unfinished, open_journal, print_report_of
from cli.output import JsonFlag, WorkspaceName, confirm, console, print_json, say, show_sections
from cli.run_options import complete_procedure

if TYPE_CHECKING:  # a command loads what it needs
    from pandas import DataFrame

    from tasks.forms import Question
    from tasks.request import Request

Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter; repeat a key for a list.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Answer ordinary confirmations with yes.")]
ProcedureName = Annotated[
    str,
    typer.Argument(
        help="For example ownership-change; `handoff procedures` lists all.", autocompletion=complete_procedure
    ),
]
Params = Annotated[Path | None, typer.Option("--params", metavar="FILE.json", help="Parameters in a file.")]
Live = Annotated[bool, typer.Option("--live", help="Carry it out. Without this: a dry run that changes nothing.")]
Detach = Annotated[
    bool, typer.Option("--detach", help="Hand it to the workers of `handoff up`, and do not wait for it.")
]
OnTwin = Annotated[
    bool, typer.Option("--on-twin", help="Rehearse it, live, on a copy of the workspace's twin: see `twin pull`.")
]


def run(
    procedure: ProcedureName,
    settings: Set = None,
    params: Params = None,
    workspace: WorkspaceName = None,
    live: Live = False,
    yes: Yes = False,
    detach: Detach = False,
    on_twin: OnTwin = False,
    as_json: JsonFlag = False,
    *,
    options: dict[str, Any],
) -> None:
    """Carry out a procedure; without --live, say what it would do.

    `handoff run PROCEDURE --help` shows the procedure's own parameters.
    """
    from cli import procedures, rehearsing
    from models.settings import Settings

    request = procedures.request_of(procedure)
    name = workspace or Settings().workspace
    parameters = procedures.read_parameters(request, settings or [], params, options)
    if live:
        before_a_live_run(name, is_said=workspace is not None)
    if on_twin:
        name = rehearsing.begin_rehearsal(name, live=live, detach=detach)
    parameters |= {"workspace": name, "dry_run": not (live or on_twin)}
    carry_out(request, parameters, live=live, yes=yes or on_twin, detach=detach, as_json=as_json)


def carry_out(
    request: "type[Request]", parameters: dict[str, Any], *, live: bool, yes: bool, detach: bool, as_json: bool
) -> None:
    """Check the parameters of a procedure, and carry it out here or hand it to the workers."""
    from cli import prefect_settings, procedures

    if request.needs_server:
        prefect_settings.prepare_to_run()  # before Prefect is loaded: the check asks its server
    with console(stderr=True).status(f"checking it against {parameters['workspace']}"):
        platform = procedures.check(request, parameters)
    if detach:
        detached.detach(request.procedure, parameters, as_json=as_json)
        return
    if live:
        detached.refuse_long_waits(request, parameters, platform)
    flow = _load(request.procedure, without_server=_does_without_server(request, parameters))
    _carry_out(flow, parameters, yes=yes, as_json=as_json)


def before_a_live_run(workspace: str, *, is_said: bool) -> None:
    """Say which operations the journal does not know: it may not know of what is on loan. Raises InvalidInput where the
    workspace was not said aloud."""
    from journal.folders import unknown_operations
    from models.errors import InvalidInput
    from models.settings import Settings
    from models.unknown_operation import warning_of

    if workspace != "sandbox" and not is_said:
        problem = f"a live run on '{workspace}' needs it said aloud"
        raise InvalidInput("--workspace", problem, f"Add --workspace {workspace}")
    folder = Settings().operations_folder
    if folder.is_dir():
        for line in warning_of(unknown_operations(open_journal(), folder), folder):
            say(line)


def _load(procedure: str, *, without_server: bool) -> Any:
    from cli import prefect_settings, procedures

    if without_server:
        prefect_settings.prepare_without_server()
    else:
        prefect_settings.prepare_to_run()
    with console(stderr=True).status("loading Prefect"):
        return procedures.load(procedure)


def _does_without_server(request: "type[Request]", parameters: dict[str, Any]) -> bool:
    return bool(parameters["dry_run"]) and not request.needs_server


def carried_out(flow: Any, parameters: dict[str, Any], *, yes: bool, quiet: bool) -> Any:
    """The report of a flow run in this process, told and asked about at the terminal."""
    from cli.deciding import do_at_terminal
    from cli.narrating import Terminal
    from cli.prefect_settings import start_own_server
    from models.report import Report
    from tasks.approving import always_yes, ask_about_emails_with, ask_with
    from tasks.by_hand import ask_steps_with
    from tasks.exclusion_rerun.deciding import decide_with
    from tasks.narration import narrate_with

    narrate_with(Terminal(quiet=quiet))
    decide_with(_decide)
    ask_with(always_yes if yes else _ask)
    ask_about_emails_with(_ask)
    ask_steps_with(do_at_terminal if sys.stdin.isatty() else None)
    if _does_without_server(flow.request, parameters):
        return flow.plan_without_server(parameters)
    start_own_server()
    return Report.model_validate(flow(**parameters))


def _carry_out(flow: Any, parameters: dict[str, Any], *, yes: bool, as_json: bool) -> None:
    try:
        report = carried_out(flow, parameters, yes=yes, quiet=as_json and not sys.stderr.isatty())
    except Exception as error:
        say_what_it_left(error)
        raise
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        print_report_of(report)
    if report.status in ("needs_attention", "failed", "cancelled"):
        raise typer.Exit(1)


def _ask(question: "Question") -> bool:
    if not sys.stdin.isatty():
        say(f"{question.words} Nobody can be asked here: run it in a terminal, or with --yes. Nothing was changed.")
        return False
    show_sections(question.sections)
    return confirm(question.words)


def _decide(matches: "DataFrame", question: "Question") -> "DataFrame":
    from cli.deciding import decide_at_terminal

    if sys.stdin.isatty():
        show_sections(question.sections)
    return decide_at_terminal(matches, question.words)


def resume(
    operation_id: Annotated[str, typer.Argument(help="As `handoff status` shows it.")],
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Go on with an operation that was cut short: nothing that was done is done again.

    One that workers carry is handed to them, if a server runs.
    """
    from cli import procedures

    row = find_unfinished(operation_id, "resume")
    if row.deployed and detached.go_on(row, as_json=as_json):
        return
    parameters = dict((row.parameters or {}).items()) | {
        "workspace": row.workspace,
        "dry_run": row.mode == "dry_run",
        "operation": row.id,
    }
    without_server = _does_without_server(procedures.request_of(row.procedure), parameters)
    _carry_out(_load(row.procedure, without_server=without_server), parameters, yes=yes, as_json=as_json)


def cancel(operation_id: Annotated[str, typer.Argument()], as_json: JsonFlag = False) -> None:
    """End an operation: finish the pairs that it had begun, give back what it borrowed, change nothing else."""
    from cli import prefect_settings

    find_unfinished(operation_id, "cancel")
    prefect_settings.prepare()
    from models.setting_words import in_words
    from tasks.cancelling import cancel_operation

    ended = cancel_operation(operation_id)
    if as_json:
        print_json({"operation_id": operation_id, "status": "cancelled", "loans": ended.loans, "next": ended.next})
    else:
        by_hand = "has to be given back by a person: `handoff restore`"
        later = "open: another operation needs it, or its exclusion does not act again yet; `handoff restore`"
        words = {"returning": by_hand, "open": later}
        states = {setting: words.get(state, state) for setting, state in ended.loans.items()}
        lines = [*(f"{in_words(setting)}: {state}" for setting, state in states.items()), *ended.next]
        say(f"{operation_id} is cancelled", *(f"  {line}" for line in lines))
    if ended.next:
        raise typer.Exit(1)


def restore(
    file: Annotated[Path | None, typer.Argument(hidden=True)] = None,  # who means a backup is told what to do
    as_json: JsonFlag = False,
) -> None:
    """Give back every overdue or orphaned loan now."""
    if file is not None:
        refuse_to_restore(file)
    from cli import prefect_settings

    prefect_settings.prepare()
    from cli.deciding import do_at_terminal
    from models.setting_words import in_words
    from tasks.by_hand import ask_steps_with
    from tasks.restore_settings.restoring import have_given_back, sweep

    if sys.stdin.isatty():
        ask_steps_with(do_at_terminal)
        have_given_back()
    found = sweep()
    if as_json:
        print_json(found)
    else:
        lines = [f"{in_words(loan['setting'])}: {loan['state']}" for loan in found["loans"]]
        whose = {run["operation_id"]: f", operation {run['operation_id']}" for run in found["runs"]} | {None: ""}
        lines += [f"{run['procedure']}{whose[run['operation_id']]}: {run['told']}" for run in found["runs"]]
        say(*lines or ["nothing is overdue"])
    if any(loan["state"] not in ("returned", "open") for loan in found["loans"]):
        raise typer.Exit(1)
