"""What lifting an exclusion costs: how long it stays off at least, and what has to be said before anybody agrees."""

from datetime import timedelta

import pandas as pd

from models.enrollment_plan import Group
from models.rules.hold import Hold, shortest_hold
from models.wording import counted, first_of
from tasks.exclusion_rerun.radius import Reach
from tasks.exclusion_rerun.request import ExclusionRerun
from tasks.operation import Operation

FIRST_ACTS = timedelta(minutes=15)  # R51: the soonest that a changed exclusion acts


def hold_for(operation: Operation, request: ExclusionRerun, let_in: pd.DataFrame) -> Hold:
    """The shortest time that the exclusion has to stay off for these contacts (columns `mailbox, step`)."""
    platform = operation.platform
    contacts = pd.DataFrame({"mailbox": let_in["mailbox"], "resumes_after": let_in["step"].astype("int64") - 1})
    limits = platform.mailboxes().set_index("mailbox")["daily_limit"].dropna()
    sequence = platform.sequences().set_index("sequence").loc[request.target]
    hold = shortest_hold(
        contacts,
        platform.steps(request.target),
        {str(name): int(limit) for name, limit in limits.items()},
        sequence["send_days"],
        operation.now() + FIRST_ACTS,
    )
    return hold.of_paused(request.target) if sequence["paused"] else hold


def is_too_long(operation: Operation, request: ExclusionRerun, hold: Hold) -> bool:
    """Whether the shortest hold is longer than the budget; only enrolling takes no hold at all."""
    if request.hold_until == "enrolled":
        return False
    return hold.until is None or hold.until > operation.now() + timedelta(days=request.max_hold_days)


def fits_nobody(operation: Operation, request: ExclusionRerun, let_in: pd.DataFrame) -> bool:
    """Whether the hold would be too long for each of these contacts, even if nobody else were approved."""
    alike = let_in.drop_duplicates(["mailbox", "step"])
    alone = (alike.iloc[[at]] for at in range(len(alike)))
    return len(alike) > 0 and all(is_too_long(operation, request, hold_for(operation, request, one)) for one in alone)


def steps(request: ExclusionRerun, group: Group, hold: Hold) -> tuple[str, ...]:
    """What is done while the exclusion is off, in words."""
    if request.hold_until == "enrolled":
        return (str(group),)
    return (str(group), f"hold until everybody has finished '{request.target}' (R37, R38): {hold}")


def warnings(request: ExclusionRerun, reach: Reach, hold: Hold, too_long: bool) -> tuple[str, ...]:
    """What to mind before agreeing."""
    told = [] if reach.known else ["who else becomes reachable is not known: this platform tells of no plays"]
    if total := len(reach.others):
        through = "; ".join(
            f"'{play}' ({len(people)}): {first_of(people.tolist())}"
            for play, people in reach.others.groupby("play", sort=False)["email"]
        )
        radius = f"{counted(total, 'other')} {'becomes' if total == 1 else 'become'} reachable"
        told.append(f"{radius} while '{request.exclusion}' is off, by published plays: {through}")
    told.append(f"every sequence under the toggles that are turned off is open to whom '{request.exclusion}' matches")
    if request.hold_until == "enrolled":
        told.append(
            "the exclusion comes back as soon as they are enrolled: whoever still runs when it acts again is removed"
            " (R62); hold_until=sequence_completed keeps them"
        )
    if too_long:
        told.append(f"{hold}: longer than max_hold_days ({request.max_hold_days}); a live run is refused")
    return tuple(told)
