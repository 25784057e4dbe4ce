"""Every frame of every platform has the columns that the port names, in that order."""

import pandas as pd

from models.records import RepTask
from platforms.port import Platform
from platforms.port.enrollments import (
    CANCELLED_COLUMNS,
    END_COLUMNS,
    ENROLLMENT_COLUMNS,
    PLACE_COLUMNS,
    READ_BACK_COLUMNS,
    RUNNING_COLUMNS,
)
from platforms.port.people import FACT_COLUMNS, HISTORY_COLUMNS, PEOPLE_COLUMNS
from platforms.port.plays import ENTRANT_COLUMNS, PLAY_COLUMNS, PLAY_LOG_COLUMNS
from platforms.port.settings import EXCLUSION_COLUMNS, MATCH_COLUMNS, RULESET_COLUMNS, TOGGLE_COLUMNS
from platforms.port.tasks import ASSIGNMENT_COLUMNS, TASK_COLUMNS, TASK_ROUTE_COLUMNS
from platforms.port.team import MAILBOX_COLUMNS, SEQUENCE_COLUMNS, STEP_COLUMNS, USER_COLUMNS
from tests.platforms.conftest import Open
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    EVERYBODY,
    NOW,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    ended,
    excluding,
    running,
    workspace,
)

Frames = dict[str, tuple[list[str], pd.DataFrame]]


def shown_everywhere(platform: Platform, contacts: pd.DataFrame) -> Frames:
    [ran], [cancelled] = platform.running(10), platform.cancelled(ANAS_MAILBOX, 10)
    since = pd.DataFrame({"email": [PIA, QUIN], "since": pd.to_datetime([None, NOW], utc=True)})
    return {
        "users": (USER_COLUMNS, platform.users()),
        "mailboxes": (MAILBOX_COLUMNS, platform.mailboxes()),
        "sequences": (SEQUENCE_COLUMNS, platform.sequences()),
        "steps": (STEP_COLUMNS, platform.steps(OUTBOUND)),
        "rulesets": (RULESET_COLUMNS, platform.rulesets()),
        "people": (PEOPLE_COLUMNS, platform.people([PIA])),
        "facts": (FACT_COLUMNS, platform.facts(contacts)),
        "facts of nobody": (FACT_COLUMNS, platform.facts(contacts.head(0))),
        "history": (HISTORY_COLUMNS, platform.history(since)),
        "ends": (END_COLUMNS, platform.ends(ANAS_MAILBOX)),
        "cancelled": (CANCELLED_COLUMNS, cancelled),
        "last enrollments": (ENROLLMENT_COLUMNS, platform.last_enrollments([PIA], None)),
        "last enrollments of nobody": (ENROLLMENT_COLUMNS, platform.last_enrollments([], None)),
        "running": (RUNNING_COLUMNS, ran),
        "read back": (READ_BACK_COLUMNS, platform.read_back(None, OUTBOUND, [PIA])),
        "read back of nobody": (READ_BACK_COLUMNS, platform.read_back(None, OUTBOUND, [])),
        "places": (PLACE_COLUMNS, platform.places([PIA], OUTBOUND)),
        "tasks": (TASK_COLUMNS, platform.tasks()),
        "no tasks": (TASK_COLUMNS, platform.tasks(statuses=[])),
        "assignment": (ASSIGNMENT_COLUMNS, platform.assignment()),
        "task routes": (TASK_ROUTE_COLUMNS, platform.task_routes()),
    }


def hidden_on_unify(platform: Platform) -> Frames:
    return {
        "plays": (PLAY_COLUMNS, platform.plays()),
        "history of an audience": (HISTORY_COLUMNS, platform.history_of_audience(EVERYBODY, NOW)),
        "entrants": (ENTRANT_COLUMNS, platform.entrants(PLAY)),
        "play log": (PLAY_LOG_COLUMNS, platform.play_log(PLAY)),
        "exclusions": (EXCLUSION_COLUMNS, platform.exclusions()),
        "exclusion toggles": (TOGGLE_COLUMNS, platform.exclusion_toggles()),
        "matches": (MATCH_COLUMNS, platform.matches(EXCLUSION, [PIA])),
    }


EXCLUSION = excluding(PIA).name


def test_frames_have_the_columns_of_the_port(opened: Open) -> None:
    made = workspace(
        people=[PIA, QUIN],
        enrollments=[running(PIA), ended(QUIN)],
        exclusions=(excluding(PIA),),
        tasks=(RepTask(person=PIA, type="PHONE_CALL", assignee=ANA),),
    )
    opening = opened(made)
    frames = shown_everywhere(opening.platform, pd.DataFrame({"email": [PIA], "sequence": [OUTBOUND]}))
    if not opening.is_unify:
        frames |= hidden_on_unify(opening.platform)
    assert {} == {
        name: list(frame.columns) for name, (columns, frame) in frames.items() if columns != list(frame.columns)
    }
