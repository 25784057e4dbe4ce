"""How the made-up team sells: its rulesets, exclusions, sequences and plays."""

from dataclasses import dataclass
from itertools import cycle

from models.records import (
    Company,
    Exclusion,
    ExclusionMatch,
    Interval,
    Play,
    Ruleset,
    Sequence,
    SequenceStep,
    SequenceTaskAssignment,
    StepType,
    TaskAssignment,
    WeekDay,
)

OWN_DOMAIN = "acme.test"
CUSTOMERS, COMPETITORS, INTERNAL = "Customers", "Competitors", "Internal"
RECENT, DO_NOT_CONTACT = "Recent sales activity", "Do not contact list"
MIDWEEK: tuple[WeekDay, ...] = ("TUE", "WED", "THU")
WEEK: tuple[WeekDay, ...] = ("MON", "TUE", "WED", "THU", "FRI")
LETTERS: dict[str, StepType] = {
    "e": "AUTOMATIC_EMAIL",
    "m": "MANUAL_EMAIL",
    "c": "PHONE_CALL",
    "a": "ACTION_ITEM",
    "v": "MANUAL_LINKEDIN_PROFILE_VIEW",
    "l": "MANUAL_LINKEDIN_CONNECTION",
    "w": "MANUAL_LINKEDIN_MESSAGE",
}

RULESETS = (
    Ruleset(
        name="Default",
        default=True,
        allow_same_sequence_reenrollment=False,
        block_reenrollment=Interval(value=75),
        exclusions={CUSTOMERS: True, COMPETITORS: True, RECENT: False},
    ),
    Ruleset(
        name="Re-engage",
        allow_same_sequence_reenrollment=True,
        block_reenrollment=Interval(value=14),
        task_assignment=TaskAssignment(automatic="ASSIGN_TO_SENDER"),
        exclusions={CUSTOMERS: True, RECENT: False},
    ),
    Ruleset(
        name="One approach only",
        block_reenrollment=None,
        task_assignment=TaskAssignment(automatic="ASSIGN_TO_RECORD_OWNER"),
        exclusions={CUSTOMERS: True},
    ),
)


def _sequence(name: str, ruleset: str, steps: str, send_days: tuple[WeekDay, ...] = WEEK) -> Sequence:
    """A sequence of steps written as `e c2 e3`: a letter of LETTERS and the days to wait before the step."""
    parsed = tuple(SequenceStep(type=LETTERS[word[0]], wait_days=int(word[1:] or 0)) for word in steps.split())
    return Sequence(name=name, ruleset=ruleset, steps=parsed, send_days=send_days)


SEQUENCES = (
    _sequence("Cold outbound", "Default", "e c2 e3 l3 e5 c4 e7"),
    _sequence("Website visitors", "Default", "e l1 e3 c3 e6"),
    _sequence("Event follow-up", "Default", "m e3 c2 e6").model_copy(
        update={"task_assignment": SequenceTaskAssignment(mode="ASSIGN_TO_SENDER")}
    ),
    _sequence("Dormant leads", "Re-engage", "e e5 c3 e7 w4", MIDWEEK),
    _sequence("Closed lost", "Re-engage", "e v3 e6 c4 e9 e9", MIDWEEK),
    _sequence("Trial sign-ups", "Default", "e e2 c2 e4 a3"),
    _sequence("Strategic accounts", "One approach only", "v l2 e3 c4 m5 w6").model_copy(
        update={"task_assignment": SequenceTaskAssignment(mode="ASSIGN_TO_RECORD_OWNER")}
    ),
    _sequence("Webinar invitations", "Default", "e e4 c2 e5").model_copy(update={"paused": True}),
)
STEADY: dict[str, bool] = {CUSTOMERS: True, COMPETITORS: True, INTERNAL: True}
CAUTIOUS: dict[str, bool] = {CUSTOMERS: True, RECENT: True}
OPEN: dict[str, bool] = {CUSTOMERS: False}


@dataclass(frozen=True)
class Plan:
    """A play to be: its pool is the busy mailbox where `busy`, with so many `others`. It enrolls its `share`."""

    name: str
    sequence: str
    busy: bool
    others: int
    share: int
    published: bool = True
    allow_reruns: bool = True
    cooldown: int = 1
    audience: str = ""
    toggles: dict[str, bool] | None = None


PLANS = (
    Plan("Manufacturing outbound", "Cold outbound", True, 2, 10, audience="Manufacturing, 200+", toggles=STEADY),
    Plan("Website visitors", "Website visitors", True, 2, 8, allow_reruns=False, audience="Pricing page visitors"),
    Plan(
        "Trade fair follow-up",
        "Event follow-up",
        True,
        0,
        4,
        allow_reruns=False,
        audience="Trade fair badges",
        toggles=OPEN,
    ),
    Plan("Wake the dormant", "Dormant leads", True, 2, 6, cooldown=14, audience="Quiet since spring", toggles=CAUTIOUS),
    Plan("Logistics outbound", "Cold outbound", False, 3, 10, cooldown=7, audience="Logistics, EMEA", toggles=STEADY),
    Plan("Second chance", "Closed lost", False, 3, 6, cooldown=30, audience="Lost six months ago", toggles=CAUTIOUS),
    Plan("Trial sign-ups", "Trial sign-ups", False, 2, 6, audience="Trials, last 90 days", toggles=OPEN),
    Plan(
        "Strategic accounts",
        "Strategic accounts",
        False,
        2,
        2,
        published=False,
        allow_reruns=False,
        audience="Target accounts",
    ),
    Plan(
        "Autumn webinar", "Webinar invitations", False, 1, 1, published=False, audience="Webinar list", toggles=STEADY
    ),
)
DRAFT = Plan(
    "Year-end campaign", "Cold outbound", False, 3, 0, published=False, audience="Year-end list", toggles=STEADY
)
REGIONS = ("DACH", "Nordics", "Benelux", "Iberia", "UK and Ireland", "France", "Italy", "Poland", "Balkans", "Baltics")


def exclusions(companies: list[Company], do_not_contact: list[str]) -> tuple[Exclusion, ...]:
    """The exclusions; that of recent activity is not for sequences, whose own emails are such activity (R66)."""
    rivals = tuple(company.domain for company in companies if company.status == "competitor")
    return (
        Exclusion(name=CUSTOMERS, match=ExclusionMatch(company_status=("customer",))),
        Exclusion(name=COMPETITORS, match=ExclusionMatch(company_domain=rivals)),
        Exclusion(name=INTERNAL, match=ExclusionMatch(company_domain=(OWN_DOMAIN,))),
        Exclusion(name=RECENT, match=ExclusionMatch(last_activity_within_days=14), exclude_from_sequences=False),
        Exclusion(name=DO_NOT_CONTACT, match=ExclusionMatch(person_email=tuple(do_not_contact))),
    )


def plans(mailboxes: int) -> list[Plan]:
    """The plays to make: the usual ones, and regional outbound until each of so many mailboxes has its place."""
    found = [*PLANS, DRAFT]
    places = sum(plan.others for plan in found)
    for number, region in enumerate(cycle(REGIONS)):
        if places >= mailboxes - 1:
            return found
        again = f" {number // len(REGIONS) + 1}" if number >= len(REGIONS) else ""
        name = f"Outbound {region}{again}"
        found.append(Plan(name, "Cold outbound", False, 3, 8, cooldown=7, audience=f"{region}{again}", toggles=STEADY))
        places += 3
    return found


def plays(mailboxes: list[str]) -> list[tuple[Plan, Play]]:
    """The plays, each with its pool; the first mailbox is the busy one, the others take places by turns."""
    turn = cycle(mailboxes[1:])
    made = []
    for plan in plans(len(mailboxes)):
        pool = dict.fromkeys([*mailboxes[: plan.busy], *(next(turn) for _ in range(plan.others))])
        play = Play(
            name=plan.name,
            audience=plan.audience,
            sequence=plan.sequence,
            mailboxes=tuple(pool),
            published=plan.published,
            allow_reruns=plan.allow_reruns,
            rerun_cooldown_days=plan.cooldown,
        )
        made.append((plan, play))
    return made
