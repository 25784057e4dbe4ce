"""What Prefect shows of a run that failed: the sentence as its state's message, and no traceback for wrong input."""

import logging
from typing import Any

import pytest

from flows.ownership_change import ownership_change
from flows.procedure import procedure
from models.errors import InvalidInput, Unreachable
from tasks.request import Request
from tests.flows.house import House
from tests.workspaces import ANAS_MAILBOX, workspace

CLASSES = ("InvalidInput", "ValidationError", "ParameterTypeError", "KeyError", "NoSuchName", "Traceback")


@pytest.fixture
def logged(house: House, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What goes to the logs of runs."""
    house.load(workspace())
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        logger.addHandler(caplog.handler)
    yield caplog
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).removeHandler(caplog.handler)


def text_of(caplog: pytest.LogCaptureFixture) -> str:
    formatter = logging.Formatter("%(message)s")  # as Prefect's, with what a traceback there is
    return "\n".join(formatter.format(record) for record in caplog.records)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mailbox": "nobody@x.test"}, "mailbox: there is no mailbox 'nobody@x.test'. "),
        ({"mailbox": ANAS_MAILBOX, "waiting_days": "many"}, "waiting_days: 'many' does not fit: "),
        ({"mailbox": 7}, "mailbox: 7 does not fit: "),
        ({"mailbox": ANAS_MAILBOX, "changed_at": "at noon"}, "changed_at: 'at noon' is no time. "),
        ({"mailbox": ANAS_MAILBOX, "workspace": "nowhere"}, "workspace: there is no workspace 'nowhere'. "),
        ({"mailbox": ANAS_MAILBOX, "operation": "none"}, "operation: there is no operation 'none'. "),
    ],
)
def test_wrong_input_ends_it_failed_with_the_sentence(
    logged: pytest.LogCaptureFixture, given: dict[str, Any], message: str
) -> None:
    state = ownership_change(**given, return_state=True)
    assert ("FAILED", "Failed") == (state.type.value, state.name)
    assert str(state.message).startswith(message), state.message
    assert message in text_of(logged)
    assert [] == [name for name in CLASSES if name in text_of(logged) + str(state.message)]


def test_who_calls_it_gets_the_error_itself(logged: pytest.LogCaptureFixture) -> None:
    with pytest.raises(InvalidInput, match=r"there is no mailbox 'nobody@x.test'") as refused:
        ownership_change(mailbox="nobody@x.test")
    assert ("mailbox", 2) == (refused.value.field, refused.value.exit_code)


class AnyRequest(Request):
    """Of a procedure that is asked for nothing of its own."""

    procedure = "any"


def test_an_error_of_a_task_is_told_plainly_too(logged: pytest.LogCaptureFixture) -> None:
    from prefect import task

    @task(retries=1)
    def look() -> None:
        raise Unreachable("the platform does not answer")

    @procedure
    def looks(request: AnyRequest) -> Any:
        """Look."""
        return look()

    state = looks(return_state=True)
    assert "the platform does not answer" == state.message
    assert "Unreachable" not in text_of(logged)
    assert "Traceback" not in text_of(logged)


def test_a_defect_leaves_its_traceback_in_the_log_alone(logged: pytest.LogCaptureFixture) -> None:
    @procedure
    def breaks(request: AnyRequest) -> Any:
        """Break."""
        return {}["spam"]

    state = breaks(return_state=True)
    assert "KeyError" not in str(state.message)
    assert "HANDOFF_TRACEBACK=1" in str(state.message)
    assert "Traceback" in text_of(logged)
    assert 'in breaks\n    return {}["spam"]' in text_of(logged)
