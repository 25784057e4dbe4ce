"""The plan of `exclusion-rerun`: the contacts to let in although an exclusion matches them, and what that costs."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from models.changes import Change, SetSetting
from models.enrollment_plan import EnrollmentPlan
from models.plan import SettingLoan
from models.setting_keys import SettingKey
from models.setting_words import in_words, value_in_words
from models.wording import counted, first_of

NOBODY = "Nobody."
UNSEEN = "Not known: this platform tells of no plays. Look which published plays have whom the exclusion matches."
BY_HAND = (
    "Whom nobody approves has to be kept out of plays by a person: they are asked for it, by name, before the exclusion"
    " comes off."
)
HoldUntil = Literal["sequence_completed", "enrolled"]


class RerunPlan(EnrollmentPlan):
    """As of every enrollment, and: what is lifted, for how long at least, and who else becomes reachable meanwhile.

    `others` counts contacts that no question is about and that published plays would let in while the exclusion is
    off, by play; `others_named` are a few of them. `shields` are audience toggles to turn on first, so that plays keep
    out those without approval, `shielded_plays` the plays that then do. `ways` are all plays through which somebody
    without approval could get in: the play, its audience, and how many; as long as nothing is `decided`, of everybody
    who is judged. `declined` are those whom a person has to keep out, where the platform shows no plays. `judged` is
    the fingerprint of the plan that was shown when the matches were decided on; empty before that.
    """

    exclusion: str
    sequence: str
    hold_until: HoldUntil
    shortest_hold: AwareDatetime | None = None
    hold: str = ""
    max_hold_days: int = 0
    too_long: bool = False
    fits_nobody: bool = False
    """Whether it would be too long for each contact alone, so that nothing anybody approves could be carried out."""
    others: tuple[tuple[str, int], ...] = ()
    others_named: tuple[tuple[str, tuple[str, ...]], ...] = ()
    others_digest: str = ""
    ways: tuple[tuple[str, str, int], ...] = ()
    decided: bool = True
    declined: tuple[str, ...] = ()
    shields: tuple[SettingLoan, ...] = ()
    shielded_plays: tuple[str, ...] = ()
    reach_known: bool = True
    matches_digest: str = ""
    judged: str = ""
    ADDED: ClassVar[frozenset[str]] = EnrollmentPlan.ADDED | frozenset(
        {"others_named", "others_digest", "ways", "decided", "declined", "fits_nobody"}
    )
    NOT_BOUND: ClassVar[frozenset[str]] = EnrollmentPlan.NOT_BOUND | {"shortest_hold", "hold", "judged"}

    @property
    def blast_radius(self) -> int:
        """How many contacts besides the approved ones the platform would let in meanwhile."""
        return sum(number for _, number in self.others)

    def lines(self) -> tuple[str, ...]:
        """As of every plan; shields go up first and come down last."""
        up = [f"mind: {notice}" for notice in self.if_declined()]
        up += [
            f"turn on the toggle of the audience '{shield.setting.owner}', so that its plays keep the others out"
            for shield in self.shields
        ]
        if self.declined:
            out = f"{counted(len(self.declined), 'contact')} whom nobody approved"
            up.append(f"have a person keep {out} out of every play: {first_of(self.declined, most=len(self.declined))}")
        waits = ["wait until a probe proves that they act"] if self.shields else []
        back = "once the exclusion acts again"
        down = [
            f"give it back: {in_words(shield.setting)}: {value_in_words(shield.was)} again, {back}"
            for shield in self.shields
        ]
        return (*up, *waits, *super().lines(), *down)

    def changes(self) -> tuple[type[Change], ...]:
        """As of every plan; a shield is a setting too."""
        return (*([SetSetting] if self.shields and not self.loans else []), *super().changes())

    def if_declined(self) -> tuple[str, ...]:
        """What is done besides for declined contacts, as long as nothing is decided."""
        if self.decided:
            return ()
        if not self.reach_known:
            return (BY_HAND,)
        up, first = {shield.setting for shield in self.shields}, ", by turning on the toggle of the audience '{}' first"
        return tuple(
            f"'{play}' could let in {counted(number, 'contact')} of those who are judged: whoever you do not approve is"
            f" kept out of it{'' if self.shield_of(audience) in up else first.format(audience)}"
            for play, audience, number in self.ways
        )

    def shield_of(self, audience: str) -> SettingKey:
        """The key of the toggle that keeps contacts matched by the exclusion out of an audience."""
        return SettingKey.in_audience(audience, self.exclusion)

    def to_make(self) -> tuple[Change, ...]:
        """As of every plan; shields go up before the exclusion comes off."""
        return (*(shield.change for shield in self.shields), *super().to_make())

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """As of every plan, and what it costs: who else becomes reachable, and for how long."""
        named = dict(self.others_named)
        others = tuple(
            f"{counted(number, 'contact')} through the published play '{play}'"
            + (f": {first_of(named[play], number)}" if named.get(play) else "")
            for play, number in self.others
        )
        kept = tuple(
            f"'{play}' keeps out whom '{self.exclusion}' matches, by its audience's own toggle"
            for play in self.shielded_plays
        )
        reached = (*others, *kept) or (NOBODY if self.reach_known else UNSEEN,)
        held = "until they are enrolled" if self.hold_until == "enrolled" else self.hold
        return (
            *super().sections(),
            ("Who else becomes reachable meanwhile", reached),
            ("What becomes of those whom you do not approve", self.if_declined()),
            ("How long the exclusion stays off", (held, f"The budget is {counted(self.max_hold_days, 'day')}.")),
        )

    def question(self) -> str:
        """What somebody agrees to."""
        radius = (
            f"; {counted(self.blast_radius, 'other becomes', 'others become')} reachable meanwhile"
            if self.blast_radius
            else ""
        )
        radius = radius if self.reach_known else "; who else becomes reachable meanwhile is not known"
        return super().question() + radius
