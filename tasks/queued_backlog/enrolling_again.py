"""Enrolling contacts that the platform's backlog cancelled instead of moving (C6)."""

import pandas as pd

from models.backlog_plan import BacklogMove
from models.reasons import NO_STEP_LEFT
from tasks.operation import Operation
from tasks.paused_contacts import was_paused

NOT_LET_IN = "was cancelled, and not let in again"


def enroll_again(operation: Operation, move: BacklogMove, cancelled: pd.DataFrame) -> dict[str, str | None]:
    """Enroll these (columns `email, sequence, mailbox`) from the mailboxes planned for them, else by turns; give the
    refusal of each, or None.

    Whoever runs there already is refused with `already_enrolled`: nobody is enrolled twice. Nor is who has no step
    left, since they would begin at step 1 again. Who was paused goes on so.
    """
    if cancelled.empty:
        return {}
    by_turns = (move.mailboxes[at % len(move.mailboxes)] for at in range(len(cancelled)))
    planned = [
        mailbox if known else turn
        for mailbox, known, turn in zip(cancelled["mailbox"], cancelled["mailbox"].notna(), by_turns, strict=True)
    ]
    wanted = cancelled[["email", "sequence"]].assign(mailbox=planned).reset_index(drop=True)
    wanted["paused"] = was_paused(operation, wanted, move.sequence, operation.now())
    facts = operation.platform.facts(wanted[["email", "sequence"]])
    through = facts["no_step_left"].eq(True) & facts["running_in"].isna()
    answer = operation.platform.enroll(wanted[~through])
    refused: dict[str, str | None] = dict.fromkeys(wanted.loc[through, "email"], NO_STEP_LEFT)
    return refused | dict(zip(answer["email"], answer["reason"], strict=True))
