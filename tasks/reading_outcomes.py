"""What became of contacts after they were enrolled: the platform's verdict, and where they are now, read back."""

from datetime import datetime
from typing import Any

import pandas as pd

from models.names import NONE
from models.names_in_frames import each_once, known_names, one_each
from models.reasons import REENROLLMENT
from models.rules.eligibility import excluded_codes
from tasks.made_before import came_of, ours_is
from tasks.operation import Operation
from tasks.paused_contacts import pause_who_is_not, with_pauses

WORDS = "the platform said: Prospect is already sequenced"


def record_outcomes(
    operation: Operation,
    contacts: pd.DataFrame,
    target: str,
    since: datetime,
    play: str | None = None,
    answers: "pd.Series[Any] | None" = None,
) -> None:
    """Write the outcomes of contacts (as `chunks` of the journal gives them, with `id`) down.

    `answers` are the platform's reasons where each was enrolled by hand (None: accepted); of a run of `play` its log
    is read. Whoever runs in the target is enrolled, whatever was answered: the workspace itself is the proof. So is
    whoever ran there by our doing, which began `since` it was written down (by the copy `play`, or directly), and has
    ended by now.
    """
    found = operation.platform.read_back(play, target, contacts["email"].tolist()).set_index("email")
    now = found.reindex(contacts["email"]).set_axis(contacts.index)
    reasons = now["reason"] if answers is None else answers
    answered = now["logged"].eq(True) if answers is None else pd.Series(True, index=contacts.index)
    now = pause_who_is_not(operation, contacts, target, now)
    there = now["step"].notna()
    out = _enrolled(contacts, now, there)
    refused = ~there & reasons.notna()
    if refused.any():
        out.loc[refused, "outcome"] = "blocked"
        out.loc[refused, "reasons"] = one_each(reasons[refused])
        out.loc[refused, "detail"] = reasons[refused].map(lambda code: WORDS if code in REENROLLMENT else "")
    missing = ~there & reasons.isna()
    if missing.any():
        missing &= ~_note_ended(operation, out, contacts[missing], target, since, play).reindex(out.index).eq(True)
    if (unlogged := missing & ~answered).any():
        _explain_unlogged(operation, out, contacts[unlogged], target)
    lost = missing & answered
    out.loc[lost, "outcome"] = "failed"
    out.loc[lost, "detail"] = "accepted, but not found in the sequence afterwards"
    operation.outcomes.record(with_pauses(operation, contacts, out, now["paused"]))


def _enrolled(contacts: pd.DataFrame, now: pd.DataFrame, there: "pd.Series[bool]") -> pd.DataFrame:
    """The outcomes of contacts as if each were enrolled where they are `now`."""
    steps = now["step"].astype("Int64").astype(object)
    resumes = {step: f"resumes at step {step}" for step in steps.unique()}
    return pd.DataFrame(
        {
            "email": contacts["email"],
            "id": contacts["id"],
            "outcome": "enrolled",
            "reasons": NONE,
            "step": steps,
            "mailbox": now["mailbox"].where(there, contacts["mailbox"]),
            "detail": [resumes[step] for step in steps],
        },
        dtype=object,
    )


def _note_ended(
    operation: Operation, out: pd.DataFrame, missing: pd.DataFrame, target: str, since: datetime, play: str | None
) -> "pd.Series[bool]":
    """Tell of those who are not there any more how their enrollment, which was ours, ended; give whose was."""
    came = came_of(operation, missing, since, sequence=target, play=play)
    ours = came["came"].eq("ours")
    for at, enrollment in came[ours].iterrows():
        out.loc[at, ["mailbox", "detail"]] = [enrollment["mailbox"], ours_is(enrollment)]
    return ours


def _explain_unlogged(operation: Operation, out: pd.DataFrame, silent: pd.DataFrame, target: str) -> None:
    """A run-once play logs no exclusions (R54): what keeps these out is looked up, where the platform shows it."""
    if "exclusions" in operation.platform.hidden:
        out.loc[silent.index, "outcome"] = "blocked"
        out.loc[silent.index, "detail"] = "not in the sequence after the run; see why under Metrics > Enrollments (R59)"
        return
    pairs = silent[["email"]].assign(sequence=target).reset_index(drop=True)
    facts = operation.platform.facts(pairs)
    codes = each_once(known_names(facts["excluded_by"]), excluded_codes).set_axis(silent.index)
    out.loc[silent.index, "outcome"] = "blocked"
    out.loc[silent.index, "reasons"] = codes
    out.loc[silent.index, "detail"] = "not in the play's log, which shows no exclusions for a play that runs once (R54)"
