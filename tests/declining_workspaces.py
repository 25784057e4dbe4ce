"""Hypothesis: random workspaces of many plays on few audiences, in which an exclusion keeps out several people."""

from dataclasses import dataclass

from hypothesis import strategies as st

from models.records import Exclusion, Play, Ruleset
from models.workspace import Workspace, problems
from tests.matched_workspaces import matched_workspaces
from tests.random_choices import MAILBOXES, PEOPLE, Draws

MORE_PLAYS = tuple(f"Play {number}" for number in range(8))
WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@dataclass(frozen=True)
class Declining:
    """A workspace, the exclusion to lift for a sequence, whom somebody approves, and the dice for what happens then."""

    workspace: Workspace
    exclusion: str
    sequence: str
    approved: frozenset[str]
    of: Draws

    @property
    def matched(self) -> set[str]:
        """Whom the exclusion names."""
        [found] = [one for one in self.workspace.exclusions if one.name == self.exclusion]
        return set(found.match.person_email)

    @property
    def barred(self) -> set[str]:
        """The sequences that the exclusion bars, by its global toggle or their ruleset's own (R68)."""
        [found] = [one for one in self.workspace.exclusions if one.name == self.exclusion]
        return {
            one.name
            for one in self.workspace.sequences
            if found.exclude_from_sequences or self.ruleset_of(one.name).exclusions.get(self.exclusion)
        }

    def ruleset_of(self, sequence: str) -> Ruleset:
        """The ruleset that a sequence follows."""
        [name] = [one.ruleset for one in self.workspace.sequences if one.name == sequence]
        ordered = sorted(self.workspace.rulesets, key=lambda one: not one.default)
        return next(one for one in ordered if name in (None, one.name))


@st.composite
def declining(draw: st.DrawFn) -> Declining:
    """Everybody has several audiences, most audiences several plays, some of them drafts; about half are approved."""
    made = draw(matched_workspaces())
    of = Draws(draw(st.integers(0, 2**32), label="declining"))
    name = of.one(made.exclusions or (Exclusion(name="Customers"),)).name
    more = tuple(
        Play(
            name=play,
            audience=of.one(made.audiences).name,
            sequence=of.one(made.sequences).name,
            mailboxes=MAILBOXES[:1],
            published=of.often(0.6),
            allow_reruns=of.often(0.7),
        )
        for play in MORE_PLAYS
    )
    workspace = made.model_copy(
        update={
            "exclusions": (*(_naming(of, one) for one in made.exclusions if one.name != name), _lifted(of, name)),
            "rulesets": tuple(
                _barring(of, one, name) for one in made.rulesets or (Ruleset(name="Default", default=True),)
            ),
            "audiences": tuple(one.model_copy(update={"people": of.some(PEOPLE, least=4)}) for one in made.audiences),
            "plays": (*made.plays, *more),
            "sequences": tuple(one.model_copy(update={"paused": False, "send_days": WEEK}) for one in made.sequences),
            "mailboxes": tuple(one.model_copy(update={"paused": False, "daily_limit": 25}) for one in made.mailboxes),
        }
    )
    assert [] == problems(workspace)
    approved = frozenset(email for email in PEOPLE if of.often(0.5))
    return Declining(workspace, name, of.one(workspace.sequences).name, approved, of)


def _barring(of: Draws, ruleset: Ruleset, name: str) -> Ruleset:
    """A ruleset that bars whom the exclusion matches by a toggle of its own, or does not."""
    return ruleset.model_copy(update={"exclusions": ruleset.exclusions | {name: of.often()}})


def _naming(of: Draws, exclusion: Exclusion) -> Exclusion:
    """Another exclusion, that names fewer: else it would keep out whom this one lets go."""
    match = exclusion.match.model_copy(update={"person_email": of.some(PEOPLE[:2])})
    return exclusion.model_copy(update={"match": match})


def _lifted(of: Draws, name: str) -> Exclusion:
    """The exclusion to lift. It names people: whom it matches does not change while it is off."""
    return Exclusion.model_validate(
        {
            "name": name,
            "exclude_from_sequences": of.often(0.8),
            "match": {"person_email": of.some(PEOPLE, least=5)},
        }
    )
