"""How a run fails: in the words of `models/failures.py`, in its state and in its log, with the shell's exit code."""

import logging
import os
import re
from typing import Any
from uuid import UUID

from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.runtime import flow_run
from prefect.states import Failed
from sqlalchemy.exc import DBAPIError

from journal.lent import lent
from models.errors import HandoffError
from models.failures import FAILED, failure_of
from models.settings import Settings
from tasks.suspending import is_deployed

EXIT_CODE = "handoff.exit_code"  # the label of a run that failed before its operation began, for a shell that waits
AT_THE_END = "Engine execution exited with unexpected exception"  # a second time, after the state that it ended in
OF_A_TASK = re.compile(r"Task run encountered an exception \w+: ")
LOGS = ("prefect.flow_runs", "prefect.task_runs")


def failed_with(error: Exception) -> State[Any]:
    """The state of a run that an error ended. Only a defect leaves a traceback in the run's log.

    Prefect's own state for an error that is raised names the error's class, and its log shows where it came from,
    which helps nobody who typed a wrong name.
    """
    failure = failure_of(error)
    if not failure.foreseen:
        get_run_logger().error("where it came from:", exc_info=error)
    if failure.exit_code != FAILED and is_deployed():
        with get_client(sync_client=True) as client:
            client.update_flow_run_labels(UUID(flow_run.id), {EXIT_CODE: failure.exit_code})
    return Failed(message=failure.sentence + _left_by(error), data=error)


def _left_by(error: Exception) -> str:
    """What a run leaves on loan whose database failed: nothing can be given back then, nor written down."""
    left = lent(Settings().journal_url) if isinstance(error, DBAPIError) else []
    if not left:
        return ""
    settings = "; ".join(map(str, left))
    return f". On loan: {settings}. Once it is there again, `handoff resume {left[0].operation_id}` goes on"


def error_of(run: FlowRun, why: str) -> HandoffError:
    """The error with which a run on Prefect's server failed: its message, and the exit code of its kind."""
    error = HandoffError(why)
    code = run.labels.get(EXIT_CODE, FAILED)
    error.exit_code = code if isinstance(code, int) else FAILED
    return error


class _Sentence(str):
    """A sentence that is the same however a log line shows its values."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class _Plainly(logging.Filter):
    """Has Prefect's log lines show an error in the sentence that people get; HANDOFF_TRACEBACK=1 shows all of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(record.args, tuple):
            record.args = tuple(_plain(value) for value in record.args)
        if OF_A_TASK.search(written := record.getMessage()):  # as the state in which a task ended
            record.msg, record.args = OF_A_TASK.sub("", written), ()
        if isinstance(error, Exception) and not os.environ.get("HANDOFF_TRACEBACK"):
            failure = failure_of(error)
            written = record.getMessage()
            line = written.replace(repr(error), failure.sentence)
            record.msg, record.args = line if failure.sentence in line else f"{line}: {failure.sentence}", ()
            if failure.foreseen:
                record.exc_info = record.exc_text = None
                return not written.startswith(AT_THE_END)
        return True


def _plain(value: object) -> object:
    return _Sentence(failure_of(value).sentence) if isinstance(value, Exception) else value


_plainly = _Plainly()


def log_plainly() -> None:
    """From now on the logs of runs in this process tell errors plainly. Repeated: nothing more."""
    for name in LOGS:
        logging.getLogger(name).addFilter(_plainly)
