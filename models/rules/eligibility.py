"""Why a contact may not be enrolled: here it is decided, by a table of named predicates over a frame of facts.

One row is one contact and the sequence meant for it, so that one contact and a million go through the same lines.
`facts` are those of `Platform.facts`. `settings` say what acts in each ruleset: index `ruleset`, columns
`allow_same` (bool) and `block` (timedelta; NaT is never). A column `mailbox_ok` may say whether a mailbox can send, and
`every_end_counts` whether an enrollment that ended before its first step counts (`tasks/known_behaviour.py`).
Pure: the time comes in as an argument. What is said about each reason stands in `models/reasons.py`; what proves it
and lifts it in `reason_proofs`; what keeps a contact from entering a play in `entering`; who gathers the facts for
`handoff explain` is `tasks/enrollment_diagnosis/enquiry.py`.

A reply or a bounce ends an enrollment; no source names it among the reasons for not enrolling somebody anew, and the
sandbox does not refuse for it. So `replied` and `bounced` stand beside a contact as warnings (`diagnosis`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from models.names import NONE, Names
from models.names_in_frames import each_once, holding, known_names, together, with_name
from models.reasons import EXCLUDED, NO_STEP_LEFT, excluded
from models.rules.found_reasons import FoundReasons, Instants, Mask
from models.rules.in_force import InForce
from models.rules.reason_proofs import Circumstances, with_proofs
from models.rules.sending import Senders
from models.rules.stated import ANSWERS

UNKNOWN = ("unknown_contact", "unknown_sequence")  # nothing else is known then: the one reason says it all

# When each reason holds, in the order in which a play's log looks for its one reason (docs/interface.md).
HOLDS: dict[str, Callable[[pd.DataFrame, datetime], "pd.Series[Any]"]] = {
    "unknown_contact": lambda facts, now: ~facts["known"],
    "unknown_sequence": lambda facts, now: facts["sequence"].isna(),
    "opted_out": lambda facts, now: facts["opted_out"],
    "do_not_email": lambda facts, now: facts["do_not_email"],
    EXCLUDED: lambda facts, now: facts["excluded_by"].ne(NONE),
    "already_enrolled": lambda facts, now: facts["running_in"].notna() & ~facts["taken_over"],
    "already_sequenced": lambda facts, now: _before(facts) & facts["been_here"] & ~facts["allow_same"],
    "never_again": lambda facts, now: _before(facts) & facts["block"].isna(),
    "recently_enrolled": lambda facts, now: _before(facts) & (facts["lapses_at"] > now),
    "mailbox_unavailable": lambda facts, now: ~facts["mailbox_ok"],
}


def _before(facts: pd.DataFrame) -> "pd.Series[Any]":
    """Only who completed a step in some sequence needs a re-enrollment setting (R43); where an enrollment that ended
    before its first step counts too, for everybody who had any (Q2)."""
    return facts["completed_a_step"] | (facts["every_end_counts"] & facts["last_ended"].notna())


def taken_over(facts: pd.DataFrame, settings: pd.DataFrame, now: datetime) -> "pd.Series[bool]":
    """Who runs in another sequence and goes over into this one when a play runs (R22 to R24, C10 as `settings`).

    The ruleset of the sequence they run in decides: its waiting period has to be over, counted from that enrollment's
    start.
    """
    free_at = facts["running_since"] + pd.to_timedelta(facts["running_ruleset"].map(settings["block"]))
    elsewhere = facts["running_in"].notna() & facts["running_in"].ne(facts["sequence"])
    return elsewhere & (free_at <= now)


def with_settings(facts: pd.DataFrame, settings: pd.DataFrame, now: datetime, *, moves: bool) -> pd.DataFrame:
    """The facts as the table's predicates take them: rulesets' settings beside them, no missing values but the times.

    `moves` as of `reasons`.
    """
    out = facts.drop(columns=["allow_same", "block"], errors="ignore")
    out = out.join(settings[["allow_same", "block"]], on="ruleset")
    for name in ("opted_out", "do_not_email", "completed_a_step", "been_here", "allow_same", "sequence_paused"):
        out[name] = out[name].eq(True)
    out["every_end_counts"] = facts["every_end_counts"].eq(True) if "every_end_counts" in facts else False
    out["mailbox_ok"] = facts["mailbox_ok"].eq(True) if "mailbox_ok" in facts else True
    out["excluded_by"] = known_names(out["excluded_by"])
    out["resumes_after"] = out["resumes_after"].fillna(0).astype("int64")
    # When the waiting period is over: so long after the last enrollment ended; NaT where never.
    out["lapses_at"] = out["last_ended"] + out["block"]
    out["taken_over"] = taken_over(out, settings, now) if moves else False
    return out


def holding_reasons(facts: pd.DataFrame, now: datetime, *, alone: Collection[str]) -> Iterator[tuple[str, Mask]]:
    """Each reason that holds against anybody, in the order of the table, with the contacts that it holds against.

    `facts` are those of `with_settings`. Nothing is looked at after one of the codes `alone` that holds.
    """
    left = np.ones(len(facts), dtype=bool)
    for code, predicate in HOLDS.items():
        holds = predicate(facts, now).fillna(False).to_numpy(dtype=bool) & left
        if holds.any():
            yield code, holds
        if code in alone:
            left &= ~holds


def reasons(facts: pd.DataFrame, settings: pd.DataFrame, now: datetime, *, moves: bool = False) -> "pd.Series[Any]":
    """Every reason against each contact: Names of codes in the order of the log; none where it may be enrolled.

    `moves` means a play's run in a workspace that decides C10 as `settings`: it takes over who runs elsewhere and may
    leave. Without it whoever runs anywhere is `already_enrolled`.
    """
    facts = with_settings(facts, settings, now, moves=moves)
    out = pd.Series(NONE, index=facts.index, dtype=object)
    for code, holds in holding_reasons(facts, now, alone=UNKNOWN):
        if code == EXCLUDED:
            out.loc[holds] = together(out[holds], each_once(facts.loc[holds, "excluded_by"], excluded_codes))
        else:
            out.loc[holds] = with_name(out[holds], code)
    return out


def contact_reasons(
    facts: pd.DataFrame,
    in_force: InForce,
    senders: Senders,
    now: datetime,
    lapses: Mapping[str, Instants] = MappingProxyType({}),
    *,
    moves: bool = False,
) -> FoundReasons:
    """What keeps each contact (a row of `facts`, as `Platform.facts`) out of its sequence, all of it, with its proof.

    `lapses` is when a match of an exclusion lapses by itself, for each contact, by exclusion. A column `free_at` may
    say when the enrollment that runs can end at the earliest. `moves` as of `reasons`.
    """
    whole = with_settings(facts.assign(mailbox_ok=bool(senders.able)), in_force.reenrollment, now, moves=moves)
    case = Circumstances(whole, in_force, senders, now, lapses, moves)
    found = FoundReasons(len(facts))
    for code, holds in holding_reasons(whole, now, alone=("unknown_contact",)):
        for reason in with_proofs(code, holds, case):
            found.add(reason)
    return found


def excluded_codes(exclusions: Names) -> Names:
    """The reason codes of exclusions that keep somebody out."""
    return Names(*map(excluded, exclusions.each))


def with_procedures_own(against: "pd.Series[Any]", facts: pd.DataFrame) -> "pd.Series[Any]":
    """The reasons against each contact, and those for which the platform enrolls somebody and a procedure does not.

    `no_step_left`: they would begin again at step 1, and get the first email again. `replied` and `bounced`: the
    user's file says so (`models/rules/stated.py`).
    """
    through = facts["no_step_left"].eq(True) & ~holding(against, *UNKNOWN)
    for code in ANSWERS:
        if (column := f"stated_{code}") in facts:
            against = with_name(against, code).where(facts[column], against)
    return with_name(against, NO_STEP_LEFT).where(through, against)
