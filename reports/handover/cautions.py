"""What to mind before a mailbox changes hands: settings, plays and people that would make it go wrong.

Each function looks at one thing and gives what there is to say of it; nothing where all is well.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from models import menus
from models.handover import FallingOut, HandedMailbox, Mind, NewTasks, Saving
from models.rules.handover.guards import is_guard
from models.rules.hold import ASSUMED_LIMIT
from models.wording import counted

UNSEEN = {
    "plays": f"plays: look under {menus.either(menus.PLAYS)} which published ones send from these mailboxes, and"
    " unpublish them until the change is done",
    "exclusions": f"exclusions: look under {menus.either(menus.EXCLUSIONS)} whether one like 'last sales activity' is"
    " on for sequences; whoever is put back would fall out again (R66)",
    "sequence_task_assignment": "the sequences' own 'Manually assign tasks' (R83): who gets tasks goes by their"
    " rulesets here",
    "daily_limits": f"what a mailbox may send: {ASSUMED_LIMIT} emails a day are assumed (D11)",
}


def what_is_hidden(hidden: Collection[str]) -> Iterator[Mind]:
    """What a platform that hides these topics does not tell, and where a person can look."""
    for topic, words in UNSEEN.items():
        if topic in hidden:
            yield Mind(text=f"this platform does not tell of {words}")


def activity_exclusions(
    exclusions: pd.DataFrame, toggles: pd.DataFrame, rulesets: Collection[str], matching: Mapping[str, int]
) -> Iterator[Mind]:
    """Rules like "last sales activity" that are on for these rulesets' sequences: the platform's own emails set them
    off, and whoever is put back falls out again (R66). `matching` counts contacts by exclusion.

    `exclusions` as `Platform.exclusions`, `toggles` as `Platform.exclusion_toggles`.
    """
    for row in exclusions[exclusions["last_activity_within_days"].notna()].to_dict("records"):
        where = _where(row, toggles, rulesets)
        if where:
            name, days = row["exclusion"], int(row["last_activity_within_days"])
            yield Mind(
                text=(
                    f"'{name}' (activity in the last {counted(days, 'day')}) is on at the sequence level, {where}: the"
                    " platform's own emails set it off, and whoever is put back would be thrown out after the next"
                    f" email. Of the contacts who run, {matching.get(name, 0)} match it now. Turn its sequence toggle"
                    f" off before the change, and wait until that acts"
                ),
                rules=("R62", "R66"),
            )


def guards_that_are_off(
    exclusions: pd.DataFrame, toggles: pd.DataFrame, rulesets: Collection[str], matching: Mapping[str, int]
) -> Iterator[Mind]:
    """Exclusions of customers, competitors or open opportunities that do not act on these rulesets' sequences (R65)."""
    for row in exclusions.to_dict("records"):
        if not is_guard(row):
            continue
        mine = toggles[(toggles["exclusion"] == row["exclusion"]) & toggles["ruleset"].isin(rulesets)]
        off = [] if row["exclude_from_sequences"] else mine.loc[~mine["here"], "ruleset"].tolist()
        if off:
            name = row["exclusion"]
            yield Mind(
                text=(
                    f"'{name}' is off for sequences under {_named('the ruleset', off)}: it keeps nobody from being put"
                    f" back. Of the contacts who run, {matching.get(name, 0)} match it. Usually it should be on;"
                    f" turned on, it removes them"
                ),
                rules=("R62", "R65"),
            )


def _where(row: Mapping[Any, Any], toggles: pd.DataFrame, rulesets: Collection[str]) -> str:
    """Where an exclusion is on at the sequence level, set or acting; "" where nowhere."""
    mine = toggles[(toggles["exclusion"] == row["exclusion"]) & toggles["ruleset"].isin(rulesets)]
    if row["exclude_from_sequences"] or mine["everywhere"].any():
        return "for all sequences" if rulesets else ""
    here = mine.loc[mine["here"], "ruleset"].tolist()
    return f"in {_named('the ruleset', here)}" if here else ""


def mailboxes(handed: Sequence[HandedMailbox], saving: Saving, new_owner: str) -> Iterator[Mind]:
    """Mailboxes that cannot send, and whether the new owner has one (R91)."""
    for box in handed:
        if box.paused:
            yield Mind(
                text=(
                    f"{box.mailbox} is paused: nobody can be put back from it (mailbox_unavailable) until it goes on,"
                    f" or unless ownership-change is given other mailboxes to send from (send_from)"
                )
            )
        elif box.daily_limit == 0:
            yield Mind(text=f"{box.mailbox} may send 0 emails a day: whoever is put back would wait for ever")
    for name, why in saving.unfit:
        yield Mind(text=f"{name} {why}: it is not offered for what is queued")
    if saving.groups and not saving.to:
        yield Mind(
            text=(
                f"neither {new_owner} nor the present owner has another mailbox that can take what is queued: it"
                f" falls out unless you name one of somebody else"
            ),
            rules=("R91", "R98"),
        )
    if saving.cancels and saving.possible:
        yield Mind(
            text=(
                "the platform may cancel what it moves instead of moving it (its help article says both):"
                " queued-backlog looks at each afterwards and enrolls again, at the end of the queue"
            ),
            rules=("R73",),
        )


def moved(saving: Saving, tasks: Sequence[NewTasks], present_owner: str | None) -> Iterator[Mind]:
    """Moved contacts keep the task assignment that was decided when they were enrolled (R84, R92)."""
    queued = {group.sequence for group in saving.groups if group.to}
    static = ("ASSIGN_TO_MAILBOX_OWNER", "ASSIGN_TO_ENROLLER")
    kept = sorted({row.sequence for row in tasks if row.sequence in queued and row.contacts and row.mode in static})
    if kept and present_owner:
        yield Mind(
            text=(
                f"who is moved to another mailbox keeps the task assignment of the day of enrollment: in"
                f" {_named('the sequence', kept)} tasks can still go to {present_owner}; hand them over as they come up"
            ),
            rules=("R84", "R92"),
        )


def plays(found: pd.DataFrame, handed: Collection[str]) -> Iterator[Mind]:
    """Published plays that send from these mailboxes, and pools in which they are one of several (R85, R86)."""
    sending = [play for play in found.to_dict("records") if set(play["mailboxes"]) & set(handed)]
    if published := [f"'{play['play']}' into '{play['sequence']}'" for play in sending if play["published"]]:
        them = "them" if len(published) > 1 else "it"
        yield Mind(
            text=(
                f"published, and sending from here: {', '.join(published)}. Whoever enrolls by {them} before the change"
                f" falls out with it; afterwards it goes on under the new owner. Unpublish {them} until the change is"
                " done"
            ),
            rules=("R1",),
        )
    if pools := [f"'{play['play']}' ({len(play['mailboxes'])})" for play in sending if len(play["mailboxes"]) > 1]:
        yield Mind(
            text=(
                f"one of several mailboxes in the pools of {', '.join(pools)}: assigned to the mailbox's owner, a"
                " pool's tasks all go to one person, whoever sends; 'Assign to Sender' keeps tasks and emails of a"
                f" contact together"
            ),
            rules=("R85", "R86"),
        )


OwnMailbox = Literal["shows", "none", "hidden"]
NO_MAILBOX: dict[OwnMailbox, str] = {
    "none": "has no mailbox yet: nothing that is queued can go there",
    "hidden": "has no mailbox that shows: one from which nothing runs is hidden here, so nothing that is queued is"
    " planned to go there",
}
"""What is said of who gets the mailbox and has none, or none that the platform shows."""


def people(
    new_owner: str, acting: str, roles: Mapping[str, str | None], tasks: Sequence[NewTasks], mailbox: OwnMailbox
) -> Iterator[Mind]:
    """What the people concerned may not do, and tasks that would go to whoever puts contacts back."""
    if mailbox != "shows":
        yield Mind(text=f"{new_owner} {NO_MAILBOX[mailbox]}", rules=("R91", "R98"))
    if (role := roles.get(new_owner)) != "admin":
        is_none = f"{new_owner} is no admin" if role else f"whether {new_owner} is an admin is not shown"
        yield Mind(
            text=(f"{is_none}: changing owners, borrowing settings and running plays has to be done by one"),
            rules=("R47", "R48"),
        )
    if (role := roles.get(acting)) != "admin":
        yield Mind(
            text=(
                f"you act as {acting}, who is no admin: the change itself and ownership-change --live will be refused"
                if role
                else f"whether {acting} is an admin is not shown: the change itself takes one"
            ),
            rules=("R47", "R48"),
        )
    if by_hand := [row for row in tasks if row.mode == "ASSIGN_TO_ENROLLER" and row.way == "manual" and row.contacts]:
        contacts = counted(sum(row.contacts for row in by_hand), "contact")
        yield Mind(
            text=(
                f"{contacts} enrolled by hand, whose tasks follow the enroller: put back, they follow whoever runs"
                f" ownership-change ({acting})"
            ),
            rules=("R87", "R93"),
        )


def sequences(falling: Sequence[FallingOut], settings_shared: Mapping[str, int]) -> Iterator[Mind]:
    """Paused sequences, and rulesets whose lifted settings concern other sequences too (C29).

    `settings_shared` is how many sequences each ruleset has from which a setting will be borrowed.
    """
    paused = sorted({group.sequence for group in falling if group.sequence_paused})
    if paused:
        goes = (
            "are paused: whoever is put back there queues until they go on"
            if len(paused) > 1
            else ("is paused: whoever is put back there queues until it goes on")
        )
        yield Mind(text=f"{_named('the sequence', paused)} {goes}")
    if shared := [f"'{ruleset}' ({number})" for ruleset, number in settings_shared.items() if number > 1]:
        yield Mind(
            text=(
                f"re-enrollment settings hold for all sequences of a ruleset: {', '.join(shared)}. While they are"
                f" borrowed, other contacts can be enrolled again there too"
            )
        )


def leaver(name: str | None, owned: int, tasks: Sequence[NewTasks]) -> Iterator[Mind]:
    """Contacts whose record owner leaves, where tasks follow the record owner (R88)."""
    theirs = sum(number for row in tasks for who, number in row.after if who == name)
    if name and owned:
        yield Mind(
            text=(
                f"{name} is the record owner of {owned} of the contacts who run"
                + (f"; the tasks to come of {theirs} would go to {name} even after the change" if theirs else "")
                + ": give the records another owner"
            ),
            rules=("R88",),
        )


def _named(noun: str, names: Sequence[str]) -> str:
    """`the ruleset 'A'`, `the rulesets 'A', 'B'`."""
    quoted = ", ".join(f"'{name}'" for name in names)
    return f"{noun}{'s' if len(names) > 1 else ''} {quoted}"
