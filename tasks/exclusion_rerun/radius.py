"""Who else becomes reachable while an exclusion is off, and which audiences have to keep people out meanwhile."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from models.plan import SettingLoan
from models.rules.blast_radius import LET_IN, by_first_play, let_in
from models.rules.keeping_out import WAYS, opened, ways_in
from models.rules.toggles import turned
from models.setting_keys import SettingKey
from platforms.port import Platform
from reports.csv_out import readable, write_csv
from tasks.exclusion_rerun.declined import declined_by_others
from tasks.exclusion_rerun.request import ExclusionRerun
from tasks.known_behaviour import answer
from tasks.operation import Operation
from tasks.settings_in_force import acting_settings

NAMED = 5  # of whom a play lets in, so many are named in the plan; reached.csv has all


@dataclass(frozen=True)
class Reach:
    """Whom lifting an exclusion reaches besides those who are to be enrolled.

    `others` are those about whom nobody was asked and whom published plays will let in: columns `email, play, sequence,
    audience`, each person once. `ways` are the ways by which plays could let in somebody judged, or kept out by
    `shield_others`: the same columns, a row a person and play. `shields` are the audience toggles to turn on, so that
    plays do not let in whom they must not; `shielded_plays` the plays that then keep them out.
    """

    others: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LET_IN))
    ways: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=WAYS))
    shields: tuple[SettingLoan, ...] = ()
    shielded_plays: tuple[str, ...] = ()
    known: bool = True
    """False where the platform tells of no plays: then nobody can say whom they will let in."""

    def as_fields(self) -> dict[str, Any]:
        """What a plan keeps of it: numbers and a few names, and a hash over everybody who is reached."""
        by_play = {str(play): people.tolist() for play, people in self.others.groupby("play", sort=False)["email"]}
        ways = self.ways.groupby(["play", "audience"], sort=False)["email"].nunique().reset_index()
        everybody = "\n".join(sorted(self.others["email"]))
        return {
            "others": tuple((play, len(emails)) for play, emails in by_play.items()),
            "others_named": tuple((play, tuple(emails[:NAMED])) for play, emails in by_play.items()),
            "others_digest": hashlib.sha256(everybody.encode()).hexdigest() if everybody else "",
            "ways": tuple((str(play), str(audience), int(number)) for play, audience, number in ways.itertuples(False)),
            "shields": self.shields,
            "shielded_plays": self.shielded_plays,
            "reach_known": self.known,
        }


def reach_of(
    operation: Operation,
    request: ExclusionRerun,
    lifted: Sequence[SettingKey],
    contacts: pd.DataFrame,
    approved: set[str] | None,
) -> Reach:
    """The reach of lifting these settings, for contacts (columns `email, forecast`) of whom some are let in.

    `approved` is whom somebody approved; None: nobody has decided yet, and `ways` is of everybody who is judged.
    """
    platform = operation.platform
    if platform.hidden & {"plays", "audiences", "exclusions"}:
        return Reach(known=False)
    if not lifted or not contacts["forecast"].eq("enrolled").any():
        return Reach()
    judged = set(contacts.loc[contacts["forecast"] != "unchanged", "email"])
    welcome = judged if approved is None else judged & approved
    elsewhere = declined_by_others(operation, request.exclusion) - welcome
    opens = opened_rulesets(operation, lifted)
    ways = _ways(platform, request, opens, judged, elsewhere)
    unwelcome = ways[~ways["email"].isin(welcome)]
    found = _let_in(platform, lifted)
    # Where an approved contact is a member of several plays, any of those may take it in: into the wrong sequence.
    astray = found[found["email"].isin(welcome) & found["sequence"].ne(request.target)]
    shielded = pd.concat([unwelcome, astray])
    audiences = set(shielded["audience"])
    unasked = ~found["email"].isin(judged | elsewhere)
    return Reach(
        by_first_play(found[unasked & ~found["audience"].isin(audiences)]),
        (ways if approved is None else unwelcome).reset_index(drop=True),
        tuple(_shields(operation, request.exclusion, shielded)),
        tuple(sorted(set(shielded["play"]))),
    )


def write_reached(operation: Operation, reach: Reach) -> None:
    """`reached.csv`: everybody about whom nobody was asked and who becomes reachable, and through which play."""
    path = operation.folder / "reached.csv"
    path.unlink(missing_ok=True)
    if len(reach.others):
        write_csv(readable(reach.others[["email", "play", "sequence", "audience"]]), path)


def opened_rulesets(operation: Operation, lifted: Iterable[SettingKey]) -> frozenset[str]:
    """The rulesets whose sequences are open once these toggles are off, and closed otherwise."""
    platform = operation.platform
    is_set = {p.key: p.value for p in platform.pending() if p.key.kind != "ruleset"}
    out = operation.on_loan()
    toggles = platform.exclusion_toggles()
    return opened(turned(toggles, is_set | out), turned(toggles, is_set), list(lifted))


def _ways(
    platform: Platform, request: ExclusionRerun, opens: frozenset[str], judged: set[str], elsewhere: set[str]
) -> pd.DataFrame:
    """The ways in of those who are judged, of whom other operations keep out, and with `shield_others` of all."""
    found = ways_of(platform, opens)
    if not request.shield_others:
        return found[found["email"].isin(judged | elsewhere)]
    matched = platform.matches(request.exclusion, found["email"].drop_duplicates().tolist())["email"]
    return found[found["email"].isin(set(matched))]


def ways_of(platform: Platform, opens: Iterable[str]) -> pd.DataFrame:
    """Every way by which members of audiences could get into the sequences of rulesets (`ways_in`)."""
    rulesets = platform.sequences().set_index("sequence")["ruleset"]
    plays = platform.plays()
    plays = plays.assign(ruleset=plays["sequence"].map(rulesets))
    audiences = plays.loc[plays["ruleset"].isin(list(opens)), "audience"].dropna().drop_duplicates()
    members = [pd.DataFrame({"email": platform.audience(name), "audience": name}) for name in audiences]
    return ways_in(plays, pd.concat(members) if members else pd.DataFrame(columns=["email", "audience"]), list(opens))


def _let_in(platform: Platform, lifted: Sequence[SettingKey]) -> pd.DataFrame:
    """Whom published plays take in by themselves at the instant at which the toggles come off."""
    members = members_of_published_plays(platform)
    if members.empty or answer(platform, "C11") == "no_retry":
        return pd.DataFrame(columns=LET_IN)
    return let_in(members, acting_settings(platform), platform.exclusion_toggles(), lifted, platform.now())


def _shields(operation: Operation, exclusion: str, unwelcome: pd.DataFrame) -> list[SettingLoan]:
    """The toggles to turn on; one that another operation has on has to be held too."""
    out = operation.on_loan()
    shields = []
    for audience, people in unwelcome.groupby("audience")["email"]:
        key = SettingKey.in_audience(str(audience), exclusion)
        if not out.get(key, operation.platform.setting(key)):
            shields.append(SettingLoan(setting=key, was=False, set_to=True, contacts=people.nunique()))
    return shields


def members_of_published_plays(platform: Platform) -> pd.DataFrame:
    """`Platform.facts` of each member of a published play for its sequence, with the play's side beside it."""
    paused = platform.mailboxes().set_index("mailbox")["paused"]
    plays = platform.plays()
    parts = []
    for play in plays[plays["published"] & plays["audience"].notna()].to_dict("records"):
        entrants = platform.entrants(play["play"])
        facts = platform.facts(entrants[["email"]].assign(sequence=play["sequence"]))
        parts.append(
            facts.assign(
                play=play["play"],
                audience=play["audience"],
                kept_out_by=entrants["kept_out_by"],
                never_enrolled=entrants["never_enrolled"],
                mailbox_ok=any(not paused[mailbox] for mailbox in play["mailboxes"]),
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["email"])
