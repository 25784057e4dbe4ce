"""In which order to act: every step once, with the commands that do it."""

import pytest

from models.document import Step
from models.handover import CriticalSequence, HandedMailbox, Handover
from reports.handover.steps import steps_of
from tests.reports.handover.handovers import QUEUED, a_handover, nothing_runs, of_a_leaver, saving
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NURTURE, OUTBOUND

TASKS = "/ops/tasks.csv"


def steps(handover: Handover, *, tasks_csv: str | None = TASKS, on_sandbox: bool = True) -> list[Step]:
    return list(steps_of(handover, tasks_csv, on_sandbox=on_sandbox))


def step(words: str, handover: Handover, **own: bool) -> Step:
    [found] = [one for one in steps(handover, **own) if words in one.title]
    return found


@pytest.mark.rule("R94", "R98")
def test_what_is_queued_is_moved_and_tasks_are_settled_before_the_owner_changes() -> None:
    assert [
        "Write down who runs",
        "Move what is queued first: 3 contacts",
        "Settle who gets the tasks of 1 sequence",
        "Hand over 2 open tasks",
        "Change the owner, in the platform",
        "See who fell out: a dry run of ownership-change",
        "Put them back",
        "Look whether all is well",
    ] == [one.title for one in steps(a_handover())]


def test_what_there_is_nothing_to_do_of_is_left_out() -> None:
    titles = [one.title for one in steps(nothing_runs())]
    assert ["Change the owner, in the platform", "Look whether all is well"] == titles
    only_tasks = of_a_leaver(mailboxes=(), falling=(), back=(), saving=saving(groups=()), critical=(), new_tasks=())
    assert ["Hand over 2 open tasks", "Look whether all is well"] == [one.title for one in steps(only_tasks)]


def test_the_snapshot_is_taken_by_a_live_run_of_the_plan_which_says_whether_it_did() -> None:
    [command] = step("Write down", a_handover()).commands
    assert (
        f"handoff run handover-plan --set mailbox={ANAS_MAILBOX} --set new_owner={BO} --workspace sandbox --live"
        == command
    )
    assert "A dry run does not do so." in step("Write down", a_handover()).said[1]
    assert "This run has done so, as of 2026-11-02 09:00 UTC." in step("Write down", a_handover(recorded=True)).said[1]
    assert f"--set user={ANA} " in step("Write down", of_a_leaver()).commands[0]


@pytest.mark.rule("R73", "R75", "R77", "R82", "R89", "R98")
def test_each_sequences_queue_has_its_command_and_the_window_is_said_to_be_short() -> None:
    nurture = QUEUED.model_copy(update={"sequence": NURTURE})
    found = step("Move", a_handover(saving=saving(groups=(nurture, QUEUED))))
    assert [
        f"handoff run queued-backlog --set sequence={name} --set from_mailbox={ANAS_MAILBOX}"
        f" --set to_mailboxes={BOS_MAILBOX} --workspace sandbox"
        for name in (NURTURE, OUTBOUND)
    ] == list(found.commands)
    assert (
        "The window is short (R77): the first of them turns active at 2026-11-02 09:00 UTC or soon after"
        in found.said[0]
    )
    assert "past step one, 7 contacts, cannot be moved any more (R75, R82)" in found.said[0]
    assert "Dashboard > Leading > Email Backlog, or Insights > Email backlog" in found.said[1]


def test_where_nothing_can_take_the_queue_there_is_no_command_to_do_it() -> None:
    found = step("Move", a_handover(saving=saving(to=(), groups=(QUEUED.model_copy(update={"to": ()}),))))
    assert () == found.commands
    assert "No mailbox can take them" in found.said[-1]


@pytest.mark.rule("R83", "R86", "R94", "R95")
def test_sequences_with_the_same_recommendation_are_settled_by_one_command() -> None:
    def critical(sequence: str, mode: str, user: str | None) -> CriticalSequence:
        return CriticalSequence(sequence=sequence, why="", pooled=user is None, mode=mode, user=user, holders=())

    found = step(
        "Settle",
        a_handover(
            critical=(
                critical("A", "ASSIGN_TO_USER", BO),
                critical("B", "ASSIGN_TO_SENDER", None),
                critical("C", "ASSIGN_TO_USER", BO),
            )
        ),
    )
    assert [
        "handoff run task-assignment-audit --set critical_sequences=A --set critical_sequences=C"
        f" --set assign_mode=ASSIGN_TO_USER --set assign_user={BO} --workspace sandbox",
        "handoff run task-assignment-audit --set critical_sequences=B --set assign_mode=ASSIGN_TO_SENDER"
        " --workspace sandbox",
    ] == list(found.commands)
    assert "Advanced Settings > Manually assign tasks (R83)" in found.said[1]


@pytest.mark.rule("R70", "R71", "R72")
def test_a_mailboxs_tasks_are_handed_over_by_their_file_and_a_leavers_all_at_once() -> None:
    [by_file] = step("Hand over", a_handover()).commands
    assert f"handoff run task-reassignment --set to_user={BO} --set tasks_csv={TASKS} --workspace sandbox" == by_file
    [all_of_them] = steps(of_a_leaver(), tasks_csv=None)[3].commands
    assert f"handoff run task-reassignment --set to_user={BO} --set from_user={ANA} --workspace sandbox" == all_of_them


@pytest.mark.rule("R1", "R2")
def test_the_owner_is_changed_in_the_platform_by_either_menu_and_on_the_sandbox_by_a_command() -> None:
    found = step("Change the owner", a_handover())
    assert "Settings > Deliverability > Mailboxes, or Mailboxes in newer menus" in found.said[0]
    assert "10 contacts as of now, falls out at once, and nobody is told (R1, R2)" in found.said[1]
    assert (f"handoff sandbox do change_mailbox_owner mailbox={ANAS_MAILBOX} owner={BO}",) == found.commands
    assert () == step("Change the owner", a_handover(), on_sandbox=False).commands


def test_each_mailbox_of_a_leaver_is_changed_and_its_contacts_put_back() -> None:
    whole = of_a_leaver()
    other = whole.falling[0].model_copy(update={"mailbox": BOS_MAILBOX})
    box = HandedMailbox(mailbox=BOS_MAILBOX, owner=ANA, paused=False, daily_limit=25)
    both = whole.model_copy(update={"falling": (*whole.falling, other), "mailboxes": (*whole.mailboxes, box)})
    assert 2 == len(step("Change the owner", both).commands)
    expected = [
        f"handoff run ownership-change --set mailbox={name} --workspace sandbox" for name in (ANAS_MAILBOX, BOS_MAILBOX)
    ]
    assert expected == list(step("See who fell out", both).commands)
    assert [f"{command} --live" for command in expected] == list(step("Put them back", both).commands)


@pytest.mark.rule("R96", "R97")
def test_at_the_end_it_is_looked_whether_all_are_back_and_who_gets_the_tasks() -> None:
    found = step("Look", a_handover())
    assert (
        f"handoff run ownership-change --set mailbox={ANAS_MAILBOX} --workspace sandbox",
        "handoff status",
        f"handoff run task-assignment-audit --set sequence={OUTBOUND} --workspace sandbox",
    ) == found.commands
    assert "(R96), and keep this document with what you decided (R97)" in found.said[-1]
