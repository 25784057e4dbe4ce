"""Who else becomes reachable while an exclusion is off, and which audiences have to keep people out meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from journal import loans
from models.plan import SettingLoan
from models.rules.blast_radius import let_in
from models.setting_keys import SettingKey
from platforms.port import Platform
from tasks.exclusions.asked import AskedRerun
from tasks.explaining import acting_settings
from tasks.operation import Operation


@dataclass(frozen=True)
class Reach:
    """`others`: whom published plays will let in, by play; `shields`: the audience toggles that keep out whom they must
    not let in, and the plays that these shield."""

    others: tuple[tuple[str, int], ...] = ()
    shields: tuple[SettingLoan, ...] = ()
    shielded_plays: tuple[str, ...] = ()
    known: bool = True
    """False where the platform tells of no plays: then nobody can say whom they will let in."""


def reach_of(operation: Operation, asked: AskedRerun, lifted: Sequence[str], contacts: pd.DataFrame) -> Reach:
    """The reach of lifting these settings, for contacts (columns `email, forecast`) of whom some are let in."""
    approved = set(contacts.loc[contacts["forecast"] == "enrolled", "email"])
    platform = operation.platform
    if platform.hidden & {"plays", "audiences", "exclusions"}:
        return Reach(known=False)
    members = members_of_published_plays(platform)
    if not lifted or not approved or members.empty or platform.settles("C11") == "no_retry":
        return Reach()
    found = let_in(members, acting_settings(platform), platform.exclusion_toggles(), lifted, operation.now())
    # Where an approved contact is a member of several plays, any of those may take it in: into the wrong sequence.
    astray = found["email"].isin(approved) & found["sequence"].ne(asked.sequence)
    declined = found["email"].isin(set(contacts["email"]) - approved)
    unasked = ~found["email"].isin(set(contacts["email"]))
    audiences = set(found.loc[astray | declined | (unasked & asked.shield_others), "audience"])
    shielded = found["audience"].isin(audiences)
    others = found.loc[unasked & ~shielded, "play"].value_counts(sort=False)
    return Reach(
        tuple((str(play), int(number)) for play, number in others.items()),
        tuple(_shields(operation, asked.exclusion, audiences, found)),
        tuple(sorted(set(found.loc[shielded, "play"]))),
    )


def _shields(operation: Operation, exclusion: str, audiences: set[str], found: pd.DataFrame) -> list[SettingLoan]:
    """The toggles to turn on; one that another operation has on has to be held too."""
    out = {loan.setting: loan.was for loan in loans.open_loans(operation.journal, operation.row.workspace)}
    shields = []
    for audience in sorted(audiences):
        key = SettingKey("audience_exclusion", audience, exclusion)
        if not out.get(str(key), operation.platform.setting(key)):
            number = int(found["audience"].eq(audience).sum())
            shields.append(SettingLoan(setting=str(key), was=False, set_to=True, contacts=number))
    return shields


def members_of_published_plays(platform: Platform) -> pd.DataFrame:
    """`Platform.facts` of each member of a published play for its sequence, with the play's side beside it."""
    paused = platform.mailboxes().set_index("mailbox")["paused"]
    plays = platform.plays()
    parts = []
    for play in plays[plays["published"] & plays["audience"].notna()].to_dict("records"):
        entrants = platform.entrants(play["play"])
        facts = platform.facts(entrants[["email"]].assign(sequence=play["sequence"]))
        parts.append(facts.assign(
            play=play["play"], audience=play["audience"], kept_out_by=entrants["kept_out_by"],
            never_enrolled=entrants["never_enrolled"],
            mailbox_ok=any(not paused[mailbox] for mailbox in play["mailboxes"]),
        ))  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["email"])
