"""A whole handover for tests, with one of everything; each part can be given."""

from typing import Any

from models.document import Step
from models.handover import (
    CriticalSequence,
    FallingOut,
    GoingBack,
    HandedMailbox,
    Handover,
    Mind,
    NewTasks,
    OpenTasks,
    QueuedGroup,
    Room,
    Saving,
)
from models.plan import SettingLoan
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, NURTURE, OUTBOUND

QUEUED = QueuedGroup(mailbox=ANAS_MAILBOX, sequence=OUTBOUND, queued=3, to=(BOS_MAILBOX,), first_due=NOW)
ROOM = Room(mailbox=BOS_MAILBOX, owner=BO, daily_limit=25, due=4)


def saving(**own: Any) -> Saving:
    told = {"groups": (QUEUED,), "to": (ROOM,), "unfit": (), "full": False, "send_days": 1, "cancels": False}
    return Saving(**(told | own))


def a_handover(**own: Any) -> Handover:
    """Ana's mailbox goes to Bo: 7 active and 3 queued contacts, 2 open tasks, a sequence to settle."""
    told: dict[str, Any] = {
        "about": ANAS_MAILBOX,
        "leaver": None,
        "present_owner": ANA,
        "new_owner": BO,
        "workspace": "sandbox",
        "at": NOW,
        "recorded": False,
        "mailboxes": (HandedMailbox(mailbox=ANAS_MAILBOX, owner=ANA, paused=False, daily_limit=25),),
        "falling": (
            FallingOut(
                mailbox=ANAS_MAILBOX,
                sequence=OUTBOUND,
                ruleset="Default",
                sequence_paused=False,
                active=7,
                queued=3,
                next_steps=((1, 3), (2, 7)),
                emails_left=60,
                tasks_left=10,
            ),
        ),
        "saving": saving(),
        "back": (GoingBack(ruleset="Default", at_once=3, with_settings=5, cannot=2, reasons=(("opted_out", 2),)),),
        "loans": (
            SettingLoan(setting="ruleset:Default:allow_same_sequence_reenrollment", was=False, set_to=True, contacts=5),
        ),
        "open_tasks": (OpenTasks(type="PHONE_CALL", sequence=OUTBOUND, tasks=2),),
        "other_tasks": 4,
        "new_tasks": (
            NewTasks(
                sequence=OUTBOUND,
                way="automatic",
                play=None,
                decided_by="the ruleset 'Default'",
                mode="ASSIGN_TO_MAILBOX_OWNER",
                contacts=10,
                today=((ANA, 10),),
                after=((BO, 10),),
            ),
        ),
        "critical": (
            CriticalSequence(
                sequence=OUTBOUND,
                why="it follows the owner",
                pooled=False,
                mode="ASSIGN_TO_USER",
                user=BO,
                holders=((ANA, 2),),
            ),
        ),
        "minds": (Mind(text="mind this", rules=("R66",)),),
        "times": ("it takes a while",),
        "steps": (Step(title="Do this", said=("since that",), commands=("handoff status",)),),
    }
    return Handover(**(told | own))


def of_a_leaver(**own: Any) -> Handover:
    return a_handover(about=ANA, leaver=ANA, other_tasks=0, **own)


def nothing_runs(**own: Any) -> Handover:
    """A mailbox from which nobody runs, and nothing is to be settled."""
    none: dict[str, Any] = dict.fromkeys(
        ("falling", "back", "loans", "open_tasks", "new_tasks", "critical", "minds"), ()
    )
    return a_handover(**(none | {"saving": saving(groups=(), send_days=0), "other_tasks": 0} | own))


__all__ = ["NURTURE", "QUEUED", "ROOM", "a_handover", "nothing_runs", "of_a_leaver", "saving"]
