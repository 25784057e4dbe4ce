"""The plan of `exclusion-rerun`: whom to let in although an exclusion matches them, and what that costs."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from models.changes import Change
from models.enrollment_plan import EnrollmentPlan
from models.plan import SettingLoan
from models.setting_keys import shown
from models.wording import counted

NOBODY = "Nobody."
UNSEEN = "Not known: this platform tells of no plays. Look which published plays have whom the exclusion matches."
HoldUntil = Literal["sequence_completed", "enrolled"]


class RerunPlan(EnrollmentPlan):
    """As of every enrollment, and: what is lifted, for how long at least, and who else becomes reachable meanwhile.

    `others` counts contacts whom published plays would let in while the exclusion is off, by play; `shields` are
    audience toggles to turn on first, so that plays keep out whom nobody approved. `judged` is the fingerprint of the
    plan that was shown when the matches were decided on; empty before that.
    """

    exclusion: str
    sequence: str
    hold_until: HoldUntil
    shortest_hold: AwareDatetime | None = None
    hold: str = ""
    max_hold_days: int = 0
    too_long: bool = False
    others: tuple[tuple[str, int], ...] = ()
    shields: tuple[SettingLoan, ...] = ()
    shielded_plays: tuple[str, ...] = ()
    reach_known: bool = True
    matches_digest: str = ""
    judged: str = ""
    NOT_BOUND: ClassVar[frozenset[str]] = EnrollmentPlan.NOT_BOUND | {"shortest_hold", "hold", "judged"}

    @property
    def blast_radius(self) -> int:
        """How many contacts besides the approved ones the platform would let in meanwhile."""
        return sum(number for _, number in self.others)

    def lines(self) -> tuple[str, ...]:
        """As of every plan; shields go up first and come down last."""
        up = [f"turn on {shield.setting}, so that its plays keep the others out" for shield in self.shields]
        waits = ["wait until a probe proves that they act"] if self.shields else []
        back = "once the exclusion acts again"
        down = [f"give back {shield.setting}: {shown(shield.was)}, {back}" for shield in self.shields]
        return (*up, *waits, *super().lines(), *down)

    def to_make(self) -> tuple[Change, ...]:
        """As of every plan; shields go up before the exclusion comes off."""
        return (*(shield.change for shield in self.shields), *super().to_make())

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """As of every plan, and what it costs: who else becomes reachable, and for how long."""
        others = tuple(
            f"{counted(number, 'contact')} through the published play '{play}'" for play, number in self.others
        )
        kept = tuple(
            f"'{play}' keeps out whom nobody approves, by its audience's own toggle" for play in self.shielded_plays
        )
        held = "until they are enrolled" if self.hold_until == "enrolled" else self.hold
        return (
            *super().sections(),
            ("Who else becomes reachable meanwhile", (*others, *kept) or (NOBODY if self.reach_known else UNSEEN,)),
            ("How long the exclusion stays off", (held, f"The budget is {counted(self.max_hold_days, 'day')}.")),
        )  # fmt: skip

    def question(self) -> str:
        """What somebody agrees to."""
        radius = f"; {self.blast_radius} others become reachable meanwhile" if self.blast_radius else ""
        radius = radius if self.reach_known else "; who else becomes reachable meanwhile is not known"
        return super().question() + radius
