"""Why contacts are not enrolled: facts gathered, rules applied, and how many others each fix would let in.

Free of Prefect, so that `handoff explain` answers at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.errors import InvalidInput
from models.explanation import Explanation
from models.names import NONE
from models.nearest import known
from models.rules.diagnosis import Diagnosis
from models.rules.eligibility import contact_reasons
from models.rules.ending import earliest_ends
from models.rules.entering import PlayFacts, entry_reasons
from models.rules.found_reasons import FoundReasons, Instants, matched
from models.rules.in_force import InForce
from models.rules.letting_in import Others, PublishedPlay
from models.rules.sending import Senders
from models.setting_keys import SettingKey
from platforms.port import Platform
from tasks import checking, shown
from tasks.exclusion_ways import Matches
from tasks.known_behaviour import NOTHING_SEEN, Seen, answer, with_every_end
from tasks.settings_in_force import acting_settings

DECIDING = frozenset({"exclusions"})
"""What may keep a contact out although nothing else does, of what a platform may hide."""
AT_ONCE = 10_000  # contacts whose explanations are in memory together
OF_A_SEQUENCE = {
    "sequence": None,
    "ruleset": None,
    "completed_a_step": False,
    "been_here": False,
    "resumes_after": 0,
    "no_step_left": False,
    "sequence_paused": False,
    "excluded_by": NONE,
}
"""The facts of a contact that are unknown without a sequence."""


@dataclass(frozen=True)
class DiagnosisRequest:
    """Whom a diagnosis is about: columns `email, sequence` (the one meant for them; missing where none is known); and
    the play, if it is through one."""

    contacts: pd.DataFrame
    play: str | None = None


def check_diagnosis(
    platform: Platform, emails: list[str] | None, sequence: str | None, play: str | None
) -> DiagnosisRequest:
    """The contacts in question, names as the workspace spells them; without addresses everybody in the play's audience.

    Raises InvalidInput that names the field and the remedy; changes nothing.
    """
    if play is None and sequence is None:
        raise InvalidInput("sequence", "is not given", "Name a sequence, or a play")
    name = None if sequence is None else known("sequence", sequence, list(platform.sequences()["sequence"]), "sequence")
    if play is not None:
        play = checking.play(platform, "play", play)
        plays = {row["play"]: row for row in platform.plays().to_dict("records")}
        if name not in (None, plays[play]["sequence"]):
            raise InvalidInput("sequence", f"'{play}' enrolls into '{plays[play]['sequence']}'", "Leave it out")
        name, audience = str(plays[play]["sequence"]), plays[play]["audience"]
        if emails is None:
            emails = [] if pd.isna(audience) else platform.audience(str(audience))
    if emails is None:
        raise InvalidInput("contacts", "nobody is named", "Name contacts, an audience or a play")
    stripped = [email.strip().lower() for email in emails]
    return DiagnosisRequest(pd.DataFrame({"email": stripped, "sequence": name}, dtype="str"), play)


class Enquiry:
    """Looks at a workspace's settings once, gathers facts, and asks the rules why contacts are not enrolled."""

    def __init__(self, platform: Platform, seen: Seen = NOTHING_SEEN) -> None:
        """`seen` is what calibrations saw of the workspace."""
        self._platform, self._seen = platform, seen
        self._now = platform.now()
        self._pending = {change.key: change for change in platform.pending()}
        changes = self._pending.values()
        self._unknown = tuple(sorted(platform.hidden & DECIDING))
        toggles = shown.exclusion_toggles(platform)
        self._acting = InForce.acting(acting_settings(platform), toggles, changes)
        self._as_set = self._acting.after(changes)
        self._matches = Matches(platform)
        self._moves = answer(platform, "C10", seen) == "settings"
        self._mailboxes = platform.mailboxes()
        self._sequences = platform.sequences().set_index("sequence")
        self._members: dict[str, pd.DataFrame] = {}
        self._known = pd.DataFrame({"email": [], "sequence": []}, dtype="str")
        self._shows_plays = not platform.hidden & {"plays", "audiences"}
        plays = shown.plays(platform).to_dict("records")
        self._plays: dict[str, dict[Any, Any]] = {row["play"]: row for row in plays}

    def diagnose(self, request: DiagnosisRequest) -> Diagnosis:
        """The diagnosis of contacts, in their order.

        With a play, what keeps them from entering its next run is among the reasons, and its mailboxes count;
        without, all of the workspace's do.
        """
        facts = self._facts_of(request.contacts)
        self._known = facts
        facts["free_at"] = self._free_at(facts)
        names, through = set[str](matched(facts["excluded_by"])), None
        senders = Senders.of(self._mailboxes, self._mailboxes["mailbox"])
        if request.play is not None:
            through = self._through(request.play, facts["email"])
            senders = Senders.of(self._mailboxes, through.play["mailboxes"])
            names |= set(matched(through.contacts["kept_out_by"]))
        lapses = self._matches.lapses(facts["email"], names)
        acting = self._reasons(facts, self._acting, senders, through, lapses)
        as_set = self._reasons(facts, self._as_set, senders, through, lapses) if self._pending else acting
        return Diagnosis(facts, acting, as_set, self._pending, self._unknown)

    def others(self) -> Others | None:
        """Contacts that published plays would take in, to count who else a fix lets in; None where that is hidden."""
        if not self._shows_plays:
            return None
        published = [
            self._published(name)
            for name, play in self._plays.items()
            if play["published"] and pd.notna(play["audience"])
        ]
        return Others(published, enrolls_later=answer(self._platform, "C11", self._seen) == "enrolls_later")

    def others_than(self, diagnosis: Diagnosis) -> Others | None:
        """The same; not looked at where nothing has a fix, and so no price."""
        return self.others() if diagnosis.as_set.settings else Others([])

    def explanations(self, diagnosis: Diagnosis, others: Others | None) -> Iterator[Explanation]:
        """The explanations of everybody diagnosed, made one after another."""
        for start in range(0, len(diagnosis.facts), AT_ONCE):
            rows = range(start, min(start + AT_ONCE, len(diagnosis.facts)))
            emails = diagnosis.facts["email"].iloc[rows.start : rows.stop]
            ways = self._matches.words(emails, diagnosis.exclusions(rows))
            yield from diagnosis.explanations(rows, others, ways)

    def _published(self, name: str) -> PublishedPlay:
        entrants = self._entrants(name)
        facts = self._facts_of_members(entrants["email"], str(self._plays[name]["sequence"]))
        through = self._through(name, facts["email"])
        senders = Senders.of(self._mailboxes, through.play["mailboxes"])
        reasons = self._reasons(facts, self._as_set, senders, through, {})
        return PublishedPlay(
            facts["email"],
            reasons.without("play_cooldown").combinations(),
            entrants["never_enrolled"].to_numpy(dtype=bool),
        )

    def _through(self, name: str, emails: "pd.Series[Any]") -> PlayFacts:
        return PlayFacts.of(self._plays[name], self._entrants(name), emails)

    def _entrants(self, name: str) -> pd.DataFrame:
        """The members of a play's audience, those of exclusions that may come to keep them out included."""
        if name not in self._members:
            audience = self._plays[name]["audience"]
            found = self._platform.entrants(name)
            changing = [key.part for key in self._changing("audience_exclusion") if key.owner == audience]
            kept_out_by = self._matches.added(found["kept_out_by"], found["email"], changing)
            self._members[name] = found.assign(kept_out_by=kept_out_by)
        return self._members[name]

    def _facts_of_members(self, emails: "pd.Series[Any]", sequence: str) -> pd.DataFrame:
        """The facts of a play's members; of those who are diagnosed for the same sequence they are at hand."""
        known: pd.DataFrame = self._known[self._known["sequence"].eq(sequence)].drop_duplicates("email")
        places = pd.Index(known["email"]).get_indexer(pd.Index(emails))
        if len(places) and (places >= 0).all():
            at_hand: pd.DataFrame = known.iloc[places].reset_index(drop=True)
            return at_hand
        return self._facts_of(pd.DataFrame({"email": emails, "sequence": sequence}))

    def _changing(self, kind: str) -> list[SettingKey]:
        return [key for key in self._pending if key.kind == kind]

    def _reasons(
        self,
        facts: pd.DataFrame,
        in_force: InForce,
        senders: Senders,
        through: PlayFacts | None,
        lapses: Mapping[str, Instants],
    ) -> FoundReasons:
        moves = through is not None and self._moves
        against = contact_reasons(facts, in_force, senders, self._now, lapses, moves=moves)
        if through is None:
            return against
        entering = entry_reasons(through, in_force.audiences, self._now, lapses)
        return FoundReasons(len(facts), [*entering.found, *against.found])

    def _facts_of(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """The facts of contacts, in their order, those of exclusions that may come to act included."""
        astray = contacts["sequence"].isna()
        anywhere = str(self._sequences.index[0])
        facts: pd.DataFrame = self._platform.facts(contacts.assign(sequence=contacts["sequence"].fillna(anywhere)))
        facts = with_every_end(self._platform, facts, self._seen)
        for name, nothing in OF_A_SEQUENCE.items() if astray.any() else ():
            facts[name] = facts[name].astype(object).mask(astray.to_numpy(), nothing)
        changing = [key.owner for key in self._changing("exclusion")]
        changing += [key.part for key in self._changing("ruleset_exclusion")]
        names = self._matches.added(facts["excluded_by"], facts["email"], sorted(set(changing)))
        return facts.assign(excluded_by=names, resumes_after=facts["resumes_after"].fillna(0).astype("int64"))

    def _free_at(self, facts: pd.DataFrame) -> "pd.Series[Any]":
        """When each contact's enrollment that runs can end at the earliest; NaT where that is not known."""
        out = pd.Series(pd.NaT, index=facts.index, dtype="datetime64[ns, UTC]")
        paused = set(self._mailboxes.loc[self._mailboxes["paused"], "mailbox"])
        for name, group in facts["email"].groupby(facts["running_in"]):
            sequence: Any = self._sequences.loc[str(name)]
            if sequence["paused"]:
                continue
            places = self._platform.places(group.tolist(), str(name))
            places = places[~places["mailbox"].isin(paused)]
            ends = earliest_ends(places, self._platform.steps(str(name)), sequence["send_days"], self._now)
            by_email = pd.Series(ends, index=places["email"], dtype="datetime64[ns]").dt.tz_localize("UTC")
            out.loc[group.index] = by_email.reindex(group).to_numpy()
        return out
