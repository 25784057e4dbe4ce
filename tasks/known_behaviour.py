"""What is known of how a workspace behaves where the sources leave it open: stated, seen by a calibration, or assumed.

Free of Prefect, since `handoff explain` asks it too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from journal import facts
from models.open_questions import RESTS_ON, Known, as_known
from platforms.port import Platform

if TYPE_CHECKING:  # it loads Prefect
    from journal.database import Journal
    from tasks.operation import Operation

Seen = Mapping[str, tuple[str, datetime]]
NOTHING_SEEN: Seen = {}


def seen_in(journal: "Journal", platform: Platform) -> Seen:
    """What calibrations saw of the workspace: the newest answer to each question, and when."""
    return facts.seen(journal, platform.workspace)


def answer(platform: Platform, question: str, seen: Seen = NOTHING_SEEN) -> str:
    """The answer to a question that counts in the workspace."""
    return as_known(question, platform.behaves(question), seen).answer


def known_of(operation: "Operation", question: str) -> Known:
    """What is known of one question in an operation's workspace."""
    stated = operation.platform.behaves(question)
    return as_known(question, stated, {} if stated else seen_in(operation.journal, operation.platform))


def rests_on(operation: "Operation") -> tuple[str, ...]:
    """What an operation's forecasts rest on and the platform does not tell, a line each: seen, or assumed."""
    known = [known_of(operation, question) for question in RESTS_ON.get(operation.row.procedure, ())]
    return tuple(str(one) for one in known if one.how != "told")


def with_every_end(platform: Platform, contacts: pd.DataFrame, seen: Seen = NOTHING_SEEN) -> pd.DataFrame:
    """Facts (`Platform.facts`) with the column `every_end_counts`: whether an enrollment that ended before its first
    step counts for re-enrollment (Q2)."""
    return contacts.assign(every_end_counts=answer(platform, "Q2", seen) == "counts")


def from_the_first_step(platform: Platform, contacts: pd.DataFrame, seen: Seen = NOTHING_SEEN) -> pd.DataFrame:
    """Facts of contacts that are enrolled by the API and not by a play: where it begins at step 1 (Q6), they do."""
    return contacts.assign(resumes_after=0) if answer(platform, "Q6", seen) == "first_step" else contacts
