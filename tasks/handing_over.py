"""Handing tasks over in bulk, each read back (R70, R71): for those who give them, and those who give them back."""

import pandas as pd

from models.names import NONE
from models.names_in_frames import one_each
from models.task_keys import task_key
from tasks.operation import Operation


def hand_over(operation: Operation, rows: pd.DataFrame, user: str) -> None:
    """Hand tasks over to a user, and write each outcome down (`rows` as `outcomes.chunks` gives them).

    The platform looks at each task's status again as it does it; afterwards everyone's assignee is read back.
    """
    numbers = rows["item"].map(task_key)
    answer = operation.platform.reassign_tasks(pd.DataFrame({"task": numbers}), user).set_index("task")["reason"]
    now = operation.platform.tasks(numbers=numbers.tolist()).set_index("task")["assignee"]
    theirs = numbers.map(now).eq(user)
    reasons = one_each(numbers.map(answer))
    operation.outcomes.record(
        rows[["email", "item", "detail"]].assign(
            outcome=theirs.map({True: "reassigned", False: "failed"}).mask(~theirs & reasons.ne(NONE), "blocked"),
            reasons=reasons.mask(theirs, NONE),
        )
    )
