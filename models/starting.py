"""Who started an operation, and from where. What Handoff itself hands to Prefect's workers is known again by the run's
idempotency key, since Prefect knows no users."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from models.operation_id import is_operation_id
from models.story import StartedFrom

_FROM_SHELL = "handoff run --detach by "
_MISSED_NIGHT = "missed night on "
_CREATORS: dict[str | None, StartedFrom] = {"SCHEDULE": "schedule", "AUTOMATION": "automation"}
MAKES_UP = "handoff up, for a night that was missed"


@dataclass(frozen=True)
class Start:
    """Who started an operation: a person at a shell, a night by its operation, or what Prefect names; None where nobody
    tells. From where, and by which deployment where a worker carries it."""

    by: str | None
    started_from: StartedFrom
    deployment: str | None = None


def shell_key(who: str) -> str:
    """The idempotency key, a new one, of a run that somebody at a shell hands to the workers."""
    return f"{_FROM_SHELL}{who}, {uuid4()}"


def night_key(operation_id: str, job: str) -> str:
    """The idempotency key of a run that a night starts for a job: repeated, the same."""
    return f"{operation_id}:{job}"


def chunk_key(operation_id: str, chunk: int, start: int) -> str:
    """The idempotency key of the run that is begun for a chunk for the so manieth time: repeated, the same."""
    return f"{operation_id}:chunk {chunk}, start {start}"


def missed_night_key(workspace: str, due: datetime) -> str:
    """The idempotency key of the run that makes up for the night that was due then (UTC): repeated, the same."""
    return f"{_MISSED_NIGHT}{workspace}, due {due:%FT%RZ}"


def start_of(
    key: str | None, creator: str | None, creator_name: str | None, deployment: str | None, *, auto_scheduled: bool
) -> Start:
    """Who started a run of a deployment: by its idempotency key, else by what Prefect says created it, of which kind
    (`SCHEDULE`, `AUTOMATION`) and name. A form and Prefect's API tell neither."""
    key = key or ""
    if is_operation_id(night := key.partition(":")[0]):
        return Start(night, "night", deployment)
    if key.startswith(_FROM_SHELL):
        return Start(key.removeprefix(_FROM_SHELL).rpartition(",")[0], "shell", deployment)
    if key.startswith(_MISSED_NIGHT):
        return Start(MAKES_UP, "schedule", deployment)
    return Start(creator_name, _CREATORS.get(creator, "schedule" if auto_scheduled else "deployment"), deployment)
