"""What became of people who ran at one look at the mailboxes and not at the next: by history and the journal."""

import pandas as pd

from journal import departed
from models.rules.departed import fates
from tasks.operation import Operation


def fates_of(operation: Operation, people: pd.DataFrame, cut_short: list[str]) -> pd.DataFrame:
    """A chunk of the departed (columns of `journal.departed.open_chunks`, each address once) with their fates (see
    `models.rules.departed.fates`); `cut_short` are operations that say nothing of them."""
    history = operation.platform.history(people[["email"]].assign(since=people["seen_at"]))
    first, last = int(people["id"].iloc[0]), int(people["id"].iloc[-1])
    treated = departed.treated(operation.journal, operation.row.workspace, first, last, cut_short)
    return fates(people, history, treated)
