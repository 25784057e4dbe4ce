"""What a call's disposition means for the contact's enrollment, by a policy that people write (R49, R50)."""

from collections.abc import Mapping

import pandas as pd

from models.names import NONE

ACTIONS = ("unenroll", "keep")


def folded(disposition: str) -> str:
    """A disposition as it is compared: without case and surrounding space, nothing else is guessed."""
    return " ".join(disposition.split()).casefold()


def contradictions(rows: pd.DataFrame, policy: Mapping[str, str]) -> list[tuple[str, list[int]]]:
    """Contacts whose dispositions lead to different actions, with the rows; `rows` has `row, email, disposition`."""
    actions = rows.assign(action=rows["disposition"].map(lambda disposition: policy[folded(disposition)]))
    torn = actions.groupby("email", sort=False)["action"].nunique()
    return [(str(email), actions.loc[actions["email"] == email, "row"].tolist()) for email in torn[torn > 1].index]


def decided(rows: pd.DataFrame, running: pd.DataFrame, policy: Mapping[str, str]) -> pd.DataFrame:
    """What becomes of each contact (`email, disposition`), given where it runs (`email, sequence, mailbox, step`).

    Columns `email, sequence, mailbox, step, forecast, forecast_reasons, detail`: `unenrolled` where the policy says so
    and the contact runs, else `unchanged`.
    """
    there = rows[["email", "disposition"]].merge(running, on="email", how="left")
    action = there["disposition"].map(lambda disposition: policy[folded(disposition)])
    ends = action.eq("unenroll") & there["sequence"].notna()
    idle = action.map({"keep": ": the policy keeps the enrollment", "unenroll": ": runs in no sequence"})
    detail = "'" + there["disposition"] + "'" + idle.where(~ends, ": unenrolled by policy")
    return there[["email", "sequence", "mailbox", "step"]].assign(
        forecast=ends.map({True: "unenrolled", False: "unchanged"}), forecast_reasons=NONE, detail=detail
    )
