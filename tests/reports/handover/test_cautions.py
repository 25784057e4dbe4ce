"""What to mind before a mailbox changes hands; nothing is said where all is well."""

from typing import Any

import pandas as pd
import pytest

from models.handover import FallingOut, HandedMailbox, Mind, NewTasks, QueuedGroup, Room, Saving
from reports.handover import cautions
from tests.models.rules.facts import toggles
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, NURTURE, OUTBOUND

ADMINS = {ANA: "admin", BO: "admin"}


def exclusion(name: str, *, everywhere: bool = False, kinds: str = "person_email", days: int | None = None) -> Any:
    frame = pd.DataFrame(
        [(name, everywhere, kinds, days)],
        columns=["exclusion", "exclude_from_sequences", "kinds", "last_activity_within_days"],
    )
    return frame.astype({"last_activity_within_days": "Int64"})


def activity(*, everywhere: bool = False, acting: bool = False, here: bool = False) -> list[Mind]:
    there = exclusion("Recent", everywhere=everywhere, kinds="last_activity_within_days", days=14)
    rows = toggles(("Recent", "Default", acting, here), ("Recent", "Other", acting, True))
    return list(cautions.activity_exclusions(there, rows, ["Default"], {"Recent": 7}))


@pytest.mark.rule("R66")
def test_an_activity_rule_that_is_on_at_the_sequence_level_is_warned_of() -> None:
    [everywhere] = activity(everywhere=True)
    assert "'Recent' (activity in the last 14 days) is on at the sequence level, for all sequences" in str(everywhere)
    assert "Of the contacts who run, 7 match it now" in str(everywhere)
    [here] = activity(here=True)
    assert "in the ruleset 'Default':" in str(here)
    assert str(here).endswith("(R62, R66)")


@pytest.mark.rule("R66")
def test_an_activity_rule_that_still_acts_is_warned_of_and_one_that_is_off_here_is_not() -> None:
    assert 1 == len(activity(acting=True))
    assert [] == activity()  # on in another ruleset, whose sequences this mailbox does not feed


def guard(name: str = "List", **own: Any) -> list[Mind]:
    here = own.pop("here", False)
    rows = toggles((name, "Default", False, here), (name, "Other", False, True))
    return list(cautions.guards_that_are_off(exclusion(name, **own), rows, ["Default"], {name: 3}))


@pytest.mark.rule("R65")
@pytest.mark.parametrize("name", ["Customers", "our COMPETITORS", "Open opportunity", "Clients"])
def test_an_exclusion_of_customers_competitors_or_opportunities_that_is_off_is_warned_of(name: str) -> None:
    [told] = guard(name)
    assert f"'{name}' is off for sequences under the ruleset 'Default'" in told.text
    assert "Of the contacts who run, 3 match it" in told.text
    assert ("R62", "R65") == told.rules


@pytest.mark.rule("R65")
def test_an_exclusion_by_company_status_is_one_too_whatever_its_name() -> None:
    assert 1 == len(guard(kinds="company_domain\ncompany_status"))
    assert [] == guard()


@pytest.mark.rule("R65")
def test_such_an_exclusion_that_is_on_everywhere_or_here_is_fine() -> None:
    assert [] == guard("Customers", everywhere=True)
    assert [] == guard("Customers", here=True)


def box(**own: Any) -> HandedMailbox:
    return HandedMailbox(**({"mailbox": ANAS_MAILBOX, "owner": ANA, "paused": False, "daily_limit": 25} | own))


def queue(*, to: bool = True, unfit: tuple[tuple[str, str], ...] = (), cancels: bool = False) -> Saving:
    rooms = (Room(mailbox=BOS_MAILBOX, owner=BO, daily_limit=25, due=0),) if to else ()
    group = QueuedGroup(mailbox=ANAS_MAILBOX, sequence=OUTBOUND, queued=2, to=(), first_due=NOW)
    return Saving(groups=(group,), to=rooms, unfit=unfit, full=False, send_days=1, cancels=cancels)


def about_mailboxes(handed: HandedMailbox, saving: Saving) -> str:
    return "\n".join(map(str, cautions.mailboxes((handed,), saving, BO)))


def test_a_mailbox_that_cannot_send_and_those_that_cannot_take_over_are_warned_of() -> None:
    assert "" == about_mailboxes(box(), queue())
    assert "is paused: nobody can be put back from it" in about_mailboxes(box(paused=True), queue())
    assert "may send 0 emails a day" in about_mailboxes(box(daily_limit=0), queue())
    assert f"{BOS_MAILBOX} is paused: it is not offered" in about_mailboxes(
        box(), queue(unfit=((BOS_MAILBOX, "is paused"),))
    )


@pytest.mark.rule("R91", "R98")
def test_where_nothing_can_take_what_is_queued_that_is_said() -> None:
    assert f"neither {BO} nor the present owner has another mailbox" in about_mailboxes(box(), queue(to=False))


def test_a_platform_that_may_cancel_what_it_moves_is_warned_of() -> None:
    assert "may cancel what it moves" in about_mailboxes(box(), queue(cancels=True))


@pytest.mark.rule("R84", "R92")
def test_whoever_is_moved_keeps_the_assignment_of_the_enrollment_and_that_is_said() -> None:
    to_bo = queue()
    to_bo = to_bo.model_copy(update={"groups": (to_bo.groups[0].model_copy(update={"to": (BOS_MAILBOX,)}),)})
    [told] = cautions.moved(to_bo, [tasks("ASSIGN_TO_MAILBOX_OWNER")], ANA)
    assert f"in the sequence 'Outbound' tasks can still go to {ANA}" in told.text
    assert [] == list(cautions.moved(to_bo, [tasks("ASSIGN_TO_SENDER"), tasks(sequence=NURTURE)], ANA))
    assert [] == list(cautions.moved(queue(), [tasks()], ANA)), "nothing can be moved"


def plays(*rows: tuple[str, bool, tuple[str, ...]]) -> pd.DataFrame:
    told = [(name, OUTBOUND, published, mailboxes) for name, published, mailboxes in rows]
    return pd.DataFrame(told, columns=["play", "sequence", "published", "mailboxes"])


def test_published_plays_that_send_from_here_are_named_together() -> None:
    found = plays(
        ("A", True, (ANAS_MAILBOX,)),
        ("B", False, (ANAS_MAILBOX,)),
        ("C", True, (BOS_MAILBOX,)),
        ("D", True, (ANAS_MAILBOX,)),
    )
    [told] = cautions.plays(found, {ANAS_MAILBOX})
    assert "sending from here: 'A' into 'Outbound', 'D' into 'Outbound'. Whoever enrolls by them" in told.text


@pytest.mark.rule("R85", "R86")
def test_pools_in_which_the_mailbox_is_one_of_several_are_named() -> None:
    found = plays(("A", False, (BOS_MAILBOX, ANAS_MAILBOX)), ("B", False, (ANAS_MAILBOX,)))
    [told] = cautions.plays(found, {ANAS_MAILBOX})
    assert "in the pools of 'A' (2):" in told.text
    assert [] == list(cautions.plays(found, {"other@send.acme.test"}))


def tasks(mode: str = "ASSIGN_TO_ENROLLER", **own: Any) -> NewTasks:
    told = {
        "sequence": OUTBOUND,
        "way": "manual",
        "play": None,
        "decided_by": "",
        "mode": mode,
        "contacts": 4,
        "today": (),
        "after": (),
    }
    return NewTasks(**(told | own))


def about_people(
    *told: NewTasks, roles: dict[str, str | None] | None = None, mailbox: cautions.OwnMailbox = "shows"
) -> str:
    return "\n".join(map(str, cautions.people(BO, ANA, roles or ADMINS, told, mailbox)))


@pytest.mark.rule("R47", "R48")
def test_a_new_owner_or_an_acting_user_who_is_no_admin_is_warned_of() -> None:
    assert "" == about_people()
    assert f"{BO} is no admin" in about_people(roles=ADMINS | {BO: "rep"})
    assert f"you act as {ANA}, who is no admin" in about_people(roles=ADMINS | {ANA: "rep"})
    assert f"whether {BO} is an admin is not shown" in about_people(roles=ADMINS | {BO: None})
    assert f"whether {ANA} is an admin is not shown" in about_people(roles=ADMINS | {ANA: None})


@pytest.mark.rule("R91")
def test_a_new_owner_without_a_mailbox_is_warned_of() -> None:
    assert f"{BO} has no mailbox yet" in about_people(mailbox="none")
    assert f"{BO} has no mailbox that shows" in about_people(mailbox="hidden")


@pytest.mark.rule("R87", "R93")
def test_tasks_that_would_go_to_whoever_puts_contacts_back_are_warned_of() -> None:
    assert (
        f"4 contacts enrolled by hand, whose tasks follow the enroller: put back, they follow whoever runs"
        f" ownership-change ({ANA})" in about_people(tasks())
    )
    assert "" == about_people(tasks("ASSIGN_TO_USER"), tasks(contacts=0), tasks(way="automatic"))


def falling(*, paused: bool = False, sequence: str = OUTBOUND) -> FallingOut:
    return FallingOut(
        mailbox=ANAS_MAILBOX,
        sequence=sequence,
        ruleset="Default",
        sequence_paused=paused,
        active=1,
        queued=0,
        next_steps=(),
        emails_left=0,
        tasks_left=0,
    )


def test_paused_sequences_are_warned_of() -> None:
    assert [] == list(cautions.sequences([falling()], {}))
    assert "the sequence 'Outbound' is paused" in str(next(cautions.sequences([falling(paused=True)], {})))
    both = [falling(paused=True), falling(paused=True, sequence=NURTURE)]
    assert "the sequences 'Nurture', 'Outbound' are paused" in str(next(cautions.sequences(both, {})))


def test_rulesets_whose_borrowed_settings_concern_other_sequences_too_are_named() -> None:
    [told] = cautions.sequences([falling()], {"Default": 3, "Alone": 1})
    assert "hold for all sequences of a ruleset: 'Default' (3)" in told.text


@pytest.mark.rule("R88")
def test_contacts_whose_record_owner_leaves_are_counted() -> None:
    [told] = cautions.leaver(ANA, 5, [tasks("ASSIGN_TO_RECORD_OWNER", after=((ANA, 2), (BO, 1)))])
    assert (
        "record owner of 5 of the contacts who run; the tasks to come of 2 would go to ana@acme.test even" in told.text
    )
    assert [] == list(cautions.leaver(None, 5, []))
    assert [] == list(cautions.leaver(ANA, 0, []))
