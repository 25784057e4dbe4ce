"""A run of Handoff in a forked process: it ends, hands its process back at a wait, or is killed at one of its writes.

Form (a) calls the flows as a shell does, in a process that has loaded Prefect once and forks for each run. A wait that
reaches beyond the next thing that happens ends the process, as a deployed run's does; whoever keeps the month takes
the run up again when it is due, by its operation, as `handoff resume` does.

Writes are counted where they land: a commit that changed something, in the sandbox or in the journal.
"""

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NoReturn

from platforms.sandbox.sandbox import Sandbox

Answer = Literal["yes", "no", "walks away"]
PROMISED = timedelta(days=30)  # of our time: a run that handed its process back is no lost one
HANDED_BACK, WALKED_AWAY, REFUSED = 75, 76, 77


@dataclass(frozen=True)
class Kill:
    """Which write of a run it is killed at, and on which side of it."""

    number: int
    when: Literal["before", "after"]


@dataclass(frozen=True)
class Run:
    """What is to be run: a procedure, or `sweep` or `cancel` as the shell has them."""

    what: str
    parameters: dict[str, Any] = field(default_factory=dict)
    answer: Answer = "yes"
    kill: Kill | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class Ended:
    """How a run ended. `operations` are those that its process carried, the outermost first; `until` is when one that
    handed its process back is due, of the workspace's time."""

    how: Literal["ended", "handed back", "killed", "walked away", "refused"]
    operations: tuple[str, ...] = ()
    until: str | None = None
    why: str = ""


def carry(run: Run, horizon: datetime, folder: Path, number: int) -> Ended:
    """Fork a process for a run and wait for its end. Waits up to `horizon`, of the workspace's time, move the clock."""
    answer, log = folder / f"{number}.json", folder / f"{number}.log"
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    child = os.fork()
    if not child:
        _be(run, horizon, answer, log)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == -signal.SIGKILL:
        return Ended("killed", why=str(run.kill))
    if not answer.exists():
        raise RuntimeError(f"{run.what} ended with {code} and said nothing: see {log}")
    return Ended(**json.loads(answer.read_text(encoding="utf-8")))


def _be(run: Run, horizon: datetime, answer: Path, log: Path) -> NoReturn:
    """Be the run: nothing returns from here."""
    opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(opened, 1)
    os.dup2(opened, 2)

    def end(how: Any, **more: Any) -> NoReturn:
        said = Ended(how, operations=more.pop("operations", None) or _carried(), **more)
        answer.write_text(json.dumps(asdict(said)), encoding="utf-8")
        os._exit(0)

    try:
        _hand_back_beyond(horizon, end)
        _answer_with(run.answer, end)
        if run.kill:
            _die_at(run.kill)
        end("ended", operations=_carry_out(run))
    except Exception as error:
        traceback.print_exc()
        end("refused", why=f"{type(error).__name__}: {error}"[:2000])
    finally:
        os._exit(1)


def _carry_out(run: Run) -> tuple[str, ...]:
    if run.what == "sweep":
        from tasks.restore_settings.restoring import sweep

        sweep()
        return ()
    if run.what == "cancel":
        from tasks.cancelling import cancel_operation

        cancel_operation(run.parameters["operation"])
        return (run.parameters["operation"],)
    from cli.procedures import load
    from models.report import Report

    report = Report.model_validate(load(run.what)(dry_run=run.dry_run, **run.parameters))
    return (report.operation_id,) if report.operation_id else ()


def _carried() -> tuple[str, ...]:
    from tasks import heartbeat

    return tuple(heartbeat._beating)


def _hand_back_beyond(horizon: datetime, end: Callable[..., NoReturn]) -> None:
    """End the process at a wait for later than the horizon, with a promise for when the run is taken up again."""
    move = Sandbox.advance

    def advance(self: Sandbox, to: datetime) -> None:
        if to <= horizon or to <= self.now():
            move(self, to)
            return
        from journal import operations
        from journal.database import Journal
        from models.settings import Settings
        from tasks.carrying import put_down

        carried, journal = _carried(), Journal(Settings().journal_url)
        for operation in carried:
            operations.promise_life(journal, operation, datetime.now(UTC) + PROMISED)
            put_down(journal, operation)
        end("handed back", operations=carried, until=to.isoformat())

    Sandbox.advance = advance  # type: ignore[method-assign]  # this process ends with the run


def _answer_with(answer: Answer, end: Callable[..., NoReturn]) -> None:
    """Whoever sits at the terminal: says yes, says no, or goes home while the question stands."""
    import pandas as pd

    from tasks.approving import ask_with
    from tasks.exclusion_rerun.deciding import decide_with
    from tasks.forms import Question

    def asked(question: Question) -> bool:
        if answer == "walks away":
            end("walked away", why=question.words)
        return answer == "yes"

    def decided(matches: pd.DataFrame, question: Question) -> pd.DataFrame:
        asked(question)
        every_other = [at % 2 == 0 and answer == "yes" for at in range(len(matches))]
        return pd.DataFrame({"email": matches["email"], "decision": every_other, "why": "the soak"})

    ask_with(asked)
    decide_with(decided)


def _die_at(kill: Kill) -> None:
    """Have this process killed around the commit of that number, of those that change something."""
    from sqlalchemy.engine.default import DefaultDialect

    commit, made, changed = DefaultDialect.do_commit, 0, dict[int, int]()

    def dying(self: DefaultDialect, connection: Any) -> None:
        nonlocal made
        raw = getattr(connection, "driver_connection", connection)
        total = raw.total_changes
        writes = total != changed.get(id(raw), 0) and threading.current_thread() is threading.main_thread()
        changed[id(raw)] = total
        made += writes
        at_it = writes and made == kill.number
        if at_it and kill.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self, connection)  # type: ignore[no-untyped-call]  # SQLAlchemy's own
        if at_it:
            os.kill(os.getpid(), signal.SIGKILL)

    DefaultDialect.do_commit = dying  # type: ignore[method-assign]  # this process ends with the run
