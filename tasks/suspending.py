"""How a deployed run waits without holding a process."""

from datetime import datetime
from functools import lru_cache
from typing import NoReturn
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import Abort, Pause
from prefect.runtime import deployment, flow_run
from prefect.states import Scheduled
from prefect.utilities.engine import propose_state_sync

WAITING = "AwaitingPropagation"


def is_deployed() -> bool:
    """Whether a worker started this run, so that one will start it again after `hand_back_process`.

    A flow called from the shell has a run but no deployment, and no worker would ever start it again.
    """
    return _has_deployment(flow_run.id)


@lru_cache(maxsize=128)
def _has_deployment(_run_id: str | None) -> bool:
    # Asked once a run: Prefect asks its server each time, with a new client.
    return deployment.id is not None


def hand_back_process(until: datetime, reason: str) -> NoReturn:
    """End this process and have a worker start the run again at `until`, real time, from the top.

    The state is of type Scheduled, which workers pick up whatever its name; the name and the reason are
    for people. It lives in Prefect's database, so worker and server may be killed meanwhile. `Pause` makes
    the engine exit with code 0 and run no hook; any other exception would fail the run.

    What follows for the caller (Prefect 3.8.8 and 3.9.1, tried where not said otherwise):

    - Tasks with `persist_result` load their result when the run starts again; all others run again. The due
      time must come from such a task or from the journal, else each start moves it.
    - The server rounds what is left to whole seconds, so a start may come half a second early (read in its source,
      not seen): look at the clock again.
    - `Pause` travels as an exception, so no `with` and no `try` may stand between here and the flow's body.
    - Call it from the flow, not from a task (not tried there).
    """
    state: State[None] = Scheduled(scheduled_time=until, name=WAITING, message=reason)
    with get_client(sync_client=True) as client:
        answer = propose_state_sync(client, state, flow_run_id=UUID(flow_run.id))
    if not answer.is_scheduled():  # someone cancelled the run while it was getting here
        raise Abort(f"The run cannot wait: it is {answer.name}")
    raise Pause(reason, state=answer)
