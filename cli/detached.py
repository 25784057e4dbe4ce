"""Runs that workers carry: begun with --detach, answered, gone on with, and ended, from the shell."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import JsonFlag, confirm, print_json, say, show_sections

if TYPE_CHECKING:  # a command loads what it needs
    from models.tables.journal import OperationRow, QuestionRow
    from platforms.port import Platform
    from tasks.request import Request

TAKEN_UP_WITHIN = 60.0  # seconds that a worker may take to begin a run before the shell stops looking
AN_HOUR = 60  # minutes that a shell may be kept waiting by a real clock (docs/interface.md)
Answers = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A field of the form; without any: it is asked.")
]


def detach(procedure: str, parameters: dict[str, Any], *, as_json: bool) -> None:
    """Hand a run to the workers, and say what operation it became."""
    from cli.prefect_settings import prepare_to_run, running_server
    from models.errors import Unreachable

    if running_server() is None:
        raise Unreachable("no Prefect server runs here: keep `handoff up` running, or leave out --detach")
    prepare_to_run()  # before Prefect is loaded: else it starts a server of its own
    from models.person import login_and_host
    from models.starting import shell_key
    from tasks.runs import begin_run, url_of

    run = begin_run(procedure, parameters, shell_key(login_and_host()))
    operation_id, state, why = _taken_up(str(run.id))
    if why is not None:
        raise why
    found = {
        "operation_id": operation_id,
        "flow_run_id": str(run.id),
        "procedure": procedure,
        "state": state,
        "url": url_of(str(run.id)),
    }
    if as_json:
        print_json(found)
    else:
        say(*_summary(found))


def refuse_long_waits(request: "type[Request]", parameters: dict[str, Any], platform: "Platform") -> None:
    """Raise InvalidInput where a live run would keep a shell waiting for more than an hour of real time.

    The sandbox's other clocks are moved, or run faster; workers hold no process while they wait.
    """
    from models.errors import InvalidInput

    if platform.clock_rate() != 1.0:
        return
    values = {name: field.default for name, field in request.model_fields.items()} | parameters
    if not values.get("carry_out", True):  # a plan that is only reported waits for nothing
        return
    longest = max((values[name] for name in values if name.endswith("_wait_max")), default=0)
    holds = values.get("hold_until") == "sequence_completed"
    if holds or longest > AN_HOUR:
        wait = "until everybody has finished the sequence" if holds else f"for up to {longest} minutes"
        raise InvalidInput(
            "--detach", f"this run waits {wait}, by a real clock", "Hand it to the workers of `handoff up`: --detach"
        )


def _taken_up(flow_run_id: str) -> tuple[str | None, str, Exception | None]:
    """The operation that a run began, the run's state, and the error that ended it if that was before it began one."""
    from journal import operations
    from journal.database import Journal
    from models.settings import Settings
    from tasks.failing import error_of
    from tasks.runs import find_run

    journal, end = Journal(Settings().journal_url), time.monotonic() + TAKEN_UP_WITHIN
    while True:
        row, run = operations.of_flow_run(journal, flow_run_id), find_run(flow_run_id)
        state = run.state if run else None
        name = state.name if state and state.name else "unknown"
        if row is not None:
            return row.id, name, None
        if run is not None and state is not None and state.is_final():
            words = state.message or "its run ended before it began"
            return None, name, None if state.is_completed() else error_of(run, words)
        if time.monotonic() > end:
            return None, name, None
        time.sleep(0.5)


def _summary(found: dict[str, Any]) -> list[str]:
    """What became of it, and the address of its page, a line each."""
    where = [f"  {found['url']}"] if found["url"] else []
    if found["operation_id"] is None:
        began = "has nothing to do" if found["state"] == "Completed" else "is not taken up by a worker yet"
        return [f"{found['procedure']} {began} ({found['state']})", *where]
    return [f"{found['procedure']} is under way: operation {found['operation_id']}, see `handoff status`", *where]


def answer(operation_id: Annotated[str, typer.Argument()], settings: Answers = None, as_json: JsonFlag = False) -> None:
    """Answer what an operation asks: an approval, from the shell instead of the form in the browser."""
    from cli import found, prefect_settings
    from journal import questions
    from models.errors import InvalidInput

    row = found.find_unfinished(operation_id, "answer")
    question = questions.open_question(found.open_journal(), row.id)
    if question is None or not row.flow_run_id:
        raise InvalidInput("OPERATION_ID", f"{row.id} asks nothing", "See what it waits for: `handoff status`")
    if question.state == "given":
        raise InvalidInput(
            "OPERATION_ID", f"{row.id} was answered already: a worker takes its run up again", "See `handoff status`"
        )
    prefect_settings.prepare_to_run()
    from cli.procedures import pairs
    from tasks.answered_forms import name_in
    from tasks.answering import answer_of
    from tasks.runs import answer_run

    given = pairs(settings or [])
    said = answer_of(row.id, question, given) if given else _ask_here(row.id, question)
    answer_run(row.flow_run_id, said)
    questions.note_given(found.open_journal(), row.id, name_in(said))
    if as_json:
        print_json({"operation_id": row.id, "question": question.question, "answer": said})
    else:
        say(f"answered: {question.told}", "its run goes on as soon as a worker takes it up; see `handoff status`")


def _ask_here(operation_id: str, question: Any) -> dict[str, Any]:
    """The same question at the terminal. Refuses where there is none."""
    import sys

    from cli.deciding import decide_at_terminal
    from models.errors import InvalidInput
    from tasks.answering import answer_of, matches_of
    from tasks.by_hand import BY_HAND

    matches = matches_of(operation_id, question)
    if not sys.stdin.isatty():
        plain = "go_on=true" if matches is None else "decision=none"
        example = "outcome=done" if question.question == BY_HAND else plain
        raise InvalidInput("--set", "is missing, and nobody can be asked here", f"Say for example --set {example}")
    for problem in _problems(operation_id, question)[-1:]:
        say(f"the last answer could not be taken: {problem}")
    show_sections(question.sections or [])
    if question.question == BY_HAND:
        return answer_of(operation_id, question, _what_came_of_it(question.told))
    if matches is None:
        return answer_of(operation_id, question, {"go_on": confirm(question.told)})
    decided = decide_at_terminal(matches, question.told)
    return answer_of(operation_id, question, {"decision": "some", "approved": decided.to_csv(index=False)})


def _problems(operation_id: str, question: "QuestionRow") -> list[str]:
    """Why earlier answers to this question could not be taken: its key ends with how many they are."""
    from cli import found
    from journal import questions

    return questions.problems(found.open_journal(), operation_id, question.key.rpartition("-")[0] + "-")


def _what_came_of_it(message: str) -> dict[str, Any]:
    from tasks.by_hand import CANNOT

    outcome = "done" if confirm(f"{message}. Done?", default=True) else CANNOT
    was = typer.prompt("What a toggle showed before (on, off)?", default="", show_default=False, err=True)
    remark = typer.prompt("Remark", default="", show_default=False, err=True)
    return {"outcome": outcome, "it_was": was.strip().lower(), "remark": remark}


def go_on(row: "OperationRow", *, as_json: bool) -> bool:
    """Have a worker go on with an operation; False where no server runs, so that the shell may do it itself."""
    from cli.prefect_settings import running_server
    from journal import questions
    from models.errors import InvalidInput

    if running_server() is None:
        return False
    from cli import found, prefect_settings

    prefect_settings.prepare_to_run()  # before Prefect is loaded: else it asks another server
    from journal import operations
    from tasks.carrying import is_lost
    from tasks.runs import find_run, start_again

    run = find_run(row.flow_run_id)
    if run is None:
        return False
    if questions.open_question(found.open_journal(), row.id) is not None and run.state and run.state.is_paused():
        raise InvalidInput("OPERATION_ID", f"{row.id} waits for an answer", f"`handoff answer {row.id}`")
    if run.state is not None and (run.state.is_running() or run.state.is_scheduled()) and not is_lost(row):
        raise InvalidInput(
            "OPERATION_ID", f"{row.id} goes on by itself: its run is {run.state.name}", "See `handoff status`"
        )
    if not operations.count_wake(found.open_journal(), row.id, row.woken):
        raise InvalidInput("OPERATION_ID", f"{row.id} was started again a moment ago", "See `handoff status`")
    start_again(str(run.id))
    if as_json:
        print_json({"operation_id": row.id, "flow_run_id": str(run.id), "state": "Scheduled"})
    else:
        say(f"{row.id} goes on: a worker starts its run again; see `handoff status`")
    return True
