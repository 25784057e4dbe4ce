"""A frame of outcomes, summed up: who is at which step, who is held by a reason, and what to show of a million rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.names import NONE, Names
from models.names_in_frames import each_once, known_names
from models.outcomes import NOT_DONE
from models.reasons import reason_of
from models.wording import capitalized
from reports.phrases import clean

COLUMNS = ("email", "outcome", "reasons", "sequence", "mailbox", "step", "detail")
EXAMPLES = 3
ROWS_SHOWN = 1_000


@dataclass(frozen=True)
class SequenceGroup:
    """The contacts that are in a sequence: how many at each step (0: unknown), and from which mailboxes."""

    sequence: str
    contacts: int
    steps: tuple[tuple[int, int], ...]
    mailboxes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ReasonGroup:
    """The contacts that a reason holds. `code` is empty where none was given, and `why` then is what is known."""

    code: str
    contacts: int
    label: str
    why: str
    lift: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class TableOfContacts:
    """Rows to show, and the reasons of each, of so many; those not done come first where not all are shown."""

    rows: tuple[tuple[str, ...], ...]
    reasons: tuple[Names, ...]
    of: int


def tidy(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The columns of outcomes.csv and no others; missing ones and missing texts are empty, `step` is a whole number
    and `reasons` are Names."""
    frame = outcomes.reindex(columns=list(COLUMNS)).reset_index(drop=True)
    steps = pd.to_numeric(frame["step"], errors="coerce").astype("Float64").fillna(0).astype("int64")
    texts = {
        name: frame[name].astype(object).where(frame[name].notna(), "")
        for name in COLUMNS
        if name not in ("step", "reasons")
    }
    return frame.assign(step=steps, reasons=known_names(frame["reasons"]), **texts)


def by_sequence(frame: pd.DataFrame, outcome: str) -> tuple[SequenceGroup, ...]:
    """The contacts with an outcome, by sequence: the largest first."""
    done = frame[frame["outcome"] == outcome]
    groups = [
        SequenceGroup(
            sequence=clean(name) or "no sequence",
            contacts=len(contacts),
            steps=tuple(sorted(Counter(contacts["step"].tolist()).items())),
            mailboxes=tuple((clean(box), number) for box, number in Counter(contacts["mailbox"]).most_common() if box),
        )
        for name, contacts in done.groupby("sequence")[["step", "mailbox"]]
    ]
    return tuple(sorted(groups, key=lambda group: (-group.contacts, group.sequence)))


def by_reason(frame: pd.DataFrame, reported: Mapping[str, int]) -> tuple[ReasonGroup, ...]:
    """The contacts that were not done, by reason: the most frequent first, those without any reason last.

    A contact with several reasons counts under each. Numbers are the report's where it has them.
    """
    held = frame[frame["outcome"].isin(NOT_DONE)]
    found: Counter[str] = Counter()
    counts: dict[Any, int] = held["reasons"].value_counts(sort=False).to_dict()
    for names, number in counts.items():
        found.update(dict.fromkeys(names.each, int(number)))
    examples: dict[str, list[str]] = {}
    for _, row in held.groupby("reasons", sort=False).head(EXAMPLES).iterrows():
        for code in row["reasons"].each:
            examples.setdefault(code, []).append(clean(row["email"]))
    numbers = dict(found) | dict(reported)
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    groups = [_group(code, number, tuple(examples.get(code, ())[:EXAMPLES])) for code, number in ordered]
    return (*groups, *_unexplained(held[held["reasons"].eq(NONE)]))


def _group(code: str, number: int, examples: tuple[str, ...]) -> ReasonGroup:
    reason = reason_of(clean(code))
    return ReasonGroup(clean(code), number, reason.label, reason.why, reason.lift, examples)


def _unexplained(held: pd.DataFrame) -> list[ReasonGroup]:
    """Whoever was not done and has no reason, by what the details say; rare details under one."""
    held = held.reset_index(drop=True)
    by_hand = held["outcome"].eq("manual")
    details = held["detail"].astype(str)
    common = details.value_counts().head(5)
    details = details.where(details.isin(common.index), "")
    groups = []
    for detail, places in held.groupby(details, sort=True).groups.items():
        emails = tuple(clean(email) for email in held.loc[places[:EXAMPLES], "email"])
        known = clean(detail)
        why = f"{capitalized(known)}." if known else "No reason is known: outcomes.csv has the details."
        label = known or "no reason known"
        lift = "worklist.csv says how." if by_hand[places].all() else "Look at these contacts, and run again."
        groups.append(ReasonGroup("", len(places), label, why, lift, emails))
    return sorted(groups, key=lambda group: -group.contacts)


def table_of(frame: pd.DataFrame) -> TableOfContacts:
    """At most ROWS_SHOWN rows, as text in the order of COLUMNS."""
    shown = frame
    if len(frame) > ROWS_SHOWN:
        rank = frame["outcome"].map({name: at for at, name in enumerate(NOT_DONE)}).fillna(len(NOT_DONE))
        shown = frame.loc[rank.sort_values(kind="stable").index[:ROWS_SHOWN]]
    cells = shown.assign(
        step=shown["step"].astype(object).where(shown["step"] > 0, ""),
        reasons=each_once(shown["reasons"], lambda names: ", ".join(names.each)),
    )
    rows = tuple(tuple(map(clean, row)) for row in cells.itertuples(index=False))
    return TableOfContacts(rows, tuple(shown["reasons"]), len(frame))
