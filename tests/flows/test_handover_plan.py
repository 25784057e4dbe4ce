"""`handover-plan`: what a change of owner would bring about is told beforehand, and comes true."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cli.procedures import read_parameters, request_of
from journal import operations, snapshots
from models.changes import ChangeMailboxOwner
from models.errors import InvalidInput
from models.records import Mailbox, User
from models.report import Report
from tests.flows.handover_workspaces import (
    BY_HAND,
    CARL,
    CARLS,
    ELSEWHERE,
    EMAILS,
    EXCLUDED,
    GOES_ON,
    NURTURED,
    OF_ANAS_MAILBOX,
    OPTED_OUT,
    QUEUED,
    QUEUED_BEFORE,
    SECOND,
    SEEN_BEFORE,
    STRICT,
    team,
)
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, NURTURE, OUTBOUND, PIA, USERS, workspace


def plan(house: House, *, dry_run: bool = True, **parameters: Any) -> Report:
    return house.carry_out("handover-plan", dry_run=dry_run, **({"new_owner": BO} | parameters))


def document(report: Report) -> str:
    return Path(report.files["document"]).read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    """The commands of a document, as words."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def contacts(report: Report) -> pd.DataFrame:
    return pd.read_csv(report.files["contacts"], keep_default_na=False, dtype=str).set_index("email")


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry", "live"])
def test_nothing_is_changed_dry_or_live(house: House, dry_run: bool) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    plan(house, mailbox=ANAS_MAILBOX, dry_run=dry_run)
    assert before == sandbox.dump()


def test_a_dry_run_ends_planned_and_counts_what_would_become_of_each_contact(house: House) -> None:
    house.load(team())
    report = plan(house, mailbox=ANAS_MAILBOX)
    check_report(report)
    assert ("planned", ()) == (report.status, report.differences)
    assert {"considered": 8, "blocked": 2, "manual": 2, "unchanged": 4} == report.counts
    told = outcomes(report)
    assert {QUEUED, QUEUED_BEFORE} == set(told.index[told["outcome"] == "manual"])
    assert {"do_not_email": 1, "excluded:List": 1} == report.reasons
    assert OF_ANAS_MAILBOX == set(told.index)


def test_a_live_run_records_who_runs_so_that_they_are_known_for_certain_afterwards(house: House) -> None:
    house.load(team())
    plan(house, mailbox=ANAS_MAILBOX)
    assert snapshots.last_change(house.journal, "sandbox", ANAS_MAILBOX, BO, house.sandbox.now()) is None
    report = plan(house, mailbox=ANAS_MAILBOX, dry_run=False)
    check_report(report)
    assert ("completed", ()) == (report.status, report.differences)
    assert "This run has done so" in document(report)
    found = snapshots.last_change(house.journal, "sandbox", ANAS_MAILBOX, BO, house.sandbox.now())
    assert found is not None
    assert OF_ANAS_MAILBOX == snapshots.recorded(house.journal, found[0].id or 0)
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    changed = house.plan()
    assert (0, 6) == (house.plan_of(changed)["candidates"], house.plan_of(changed)["certain"])


def test_a_live_run_in_which_nobody_is_left_to_save_is_completed(house: House) -> None:
    house.load(workspace(people=[PIA]))
    report = plan(house, mailbox=ANAS_MAILBOX, dry_run=False)
    assert ("completed", 0) == (report.status, report.counts["considered"])


@pytest.mark.rule("R1", "R2", "R9", "R26", "R29", "R30", "R43")
def test_the_forecast_is_true_who_falls_out_and_who_is_back(house: House) -> None:
    house.load(team())
    told = contacts(plan(house, mailbox=ANAS_MAILBOX, dry_run=False))
    answer = house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    assert len(told) == answer["unenrolled"]
    fell_out = {
        e.person for e in house.sandbox.workspace_record().enrollments if e.end_reason == "mailbox_owner_changed"
    }
    assert set(told.index) == fell_out
    report = house.run()
    check_report(report)
    back = outcomes(report)
    assert dict(told["can_go_back"].map({"yes": "enrolled", "no": "blocked"})) == dict(back["outcome"])
    blocked = told[told["can_go_back"] == "no"]
    assert dict(blocked["reasons"]) == dict(back.loc[blocked.index, "reasons"])
    went = told[told["can_go_back"] == "yes"]
    assert dict(went["resumes_at_step"]) == dict(back.loc[went.index, "step"])
    assert {setting for joined in told["borrows"] for setting in joined.split(";") if setting} == {
        loan.setting for loan in report.loans
    }


@pytest.mark.rule("R84", "R87", "R88", "R92")
def test_the_forecast_is_true_who_gets_the_tasks_of_those_who_are_back(house: House) -> None:
    house.load(team())
    told = contacts(plan(house, mailbox=ANAS_MAILBOX))["tasks_go_to"]
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    house.run(probe=False)  # a contact that proves a setting is enrolled by hand, and its tasks follow that
    known = set(house.sandbox.tasks()["task"])
    house.sandbox.advance(NOW + pd.Timedelta(days=12))
    made = house.sandbox.tasks()
    made = made[~made["task"].isin(known) & made["email"].isin(told.index)].drop_duplicates("email").set_index("email")
    assert {SEEN_BEFORE, QUEUED, BY_HAND, NURTURED} == set(made.index)
    assert {SEEN_BEFORE: BO, QUEUED: BO, BY_HAND: ANA, NURTURED: CARL} == dict(made["assignee"])
    assert dict(told[made.index]) == dict(made["assignee"])


@pytest.mark.rule("R73", "R84", "R92", "R98")
def test_whoever_is_moved_first_does_not_fall_out(house: House) -> None:
    house.load(team())
    report = plan(house, mailbox=ANAS_MAILBOX)
    worklist = pd.read_csv(report.files["worklist"])
    assert [QUEUED, QUEUED_BEFORE] == worklist["email"].tolist()
    moves = [words for words in commands(document(report)) if "queued-backlog" in words]
    for words in moves:
        parameters = read_parameters(request_of("queued-backlog"), settings(words), None)
        house.carry_out("queued-backlog", **parameters)
    assert 2 == len(moves)
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    running = pd.concat(house.sandbox.running(100)).set_index("email")
    assert {QUEUED, QUEUED_BEFORE, ELSEWHERE} == set(running.index)
    assert {BOS_MAILBOX, SECOND} == set(running.loc[[QUEUED, QUEUED_BEFORE], "mailbox"])
    assert f"in the sequence '{OUTBOUND}' tasks can still go to {ANA}" in document(report)
    house.sandbox.advance(NOW + pd.Timedelta(days=5))
    tasks = house.sandbox.tasks()
    assert [ANA] == tasks.loc[tasks["email"] == QUEUED, "assignee"].tolist()


def settings(words: list[str]) -> list[str]:
    return [words[at + 1] for at, word in enumerate(words) if word == "--set"]


@pytest.mark.parametrize("about", [{"mailbox": ANAS_MAILBOX}, {"user": ANA}], ids=["mailbox", "user"])
def test_every_command_of_the_document_is_one_that_handoff_takes(house: House, about: dict[str, str]) -> None:
    from cli.actions import changes

    house.load(team())
    found = commands(document(plan(house, **about)))
    procedures = {words[2] for words in found if words[1] == "run"}
    assert {
        "handover-plan",
        "queued-backlog",
        "task-assignment-audit",
        "task-reassignment",
        "ownership-change",
    } == procedures
    for words in found:
        assert "handoff" == words[0]
        if words[1] == "run":
            read_parameters(request_of(words[2]), settings(words), None)
        elif words[1] == "sandbox":
            assert 1 == len(changes(words[3], words[4:]))
        else:
            assert ["status"] == words[1:]


@pytest.mark.rule("R70", "R83", "R94")
@pytest.mark.parametrize("about", [{"mailbox": ANAS_MAILBOX}, {"user": ANA}], ids=["mailbox", "user"])
def test_the_commands_about_tasks_do_what_the_document_says(house: House, about: dict[str, str]) -> None:
    house.load(team())
    report = plan(house, **about)
    ours = pd.read_csv(report.files["tasks"])["task"].tolist()
    for words in commands(document(report)):
        if words[2:3] == ["task-reassignment"]:
            house.carry_out("task-reassignment", **read_parameters(request_of(words[2]), settings(words), None))
        elif words[2:3] == ["task-assignment-audit"] and any("critical" in word for word in words):
            house.carry_out("task-assignment-audit", **read_parameters(request_of(words[2]), settings(words), None))
    tasks = house.sandbox.tasks().set_index("task")["assignee"]
    assert {BO} == set(tasks[ours])
    chosen = house.sandbox.assignment().set_index("sequence")["own_mode"]
    assert "ASSIGN_TO_SENDER" == chosen[OUTBOUND]


@pytest.mark.rule("R65", "R66", "R85", "R87", "R94")
def test_the_document_has_all_that_there_is_to_mind(house: House) -> None:
    house.load(
        team(
            exclusions=[
                *(one.model_copy(update={"exclude_from_sequences": one.name == "Recent"}) for one in team().exclusions),
            ]
        )
    )
    text = document(plan(house, mailbox=ANAS_MAILBOX))
    for words in [
        "'Recent' (activity in the last 14 days) is on at the sequence level, for all sequences",
        "'Customers' is off for sequences under the rulesets 'Default', 'Strict'",
        "published, and sending from here: 'Play' into 'Outbound'",
        "in the pools of 'Play' (2)",
        f"{BO} is no admin",
        f"1 contact enrolled by hand, whose tasks follow the enroller: put back, they follow whoever runs"
        f" ownership-change ({ANA})",
        f"| {OUTBOUND} | tasks of automatic enrollments follow the mailbox's owner",
    ]:
        assert words in text


def test_the_document_is_kept_as_markdown_and_as_a_page_that_the_report_links(house: House) -> None:
    house.load(team())
    report = plan(house, mailbox=ANAS_MAILBOX)
    assert document(report).startswith(f"# Handover of {ANAS_MAILBOX} to {BO}\n")
    assert f"Handover of {ANAS_MAILBOX} to {BO}</h1>" in Path(report.files["page"]).read_text(encoding="utf-8")
    assert 'href="document.html"' in Path(report.files["report"]).read_text(encoding="utf-8")
    assert json.loads(Path(report.files["report"]).with_name("report.json").read_text())["counts"] == report.counts


def test_what_is_said_of_each_contact_is_in_its_own_file(house: House) -> None:
    house.load(team())
    told = contacts(plan(house, mailbox=ANAS_MAILBOX))
    assert ("active", "3", "unchanged", "yes", "3") == tuple(
        told.loc[GOES_ON, ["state", "next_step", "outcome", "can_go_back", "resumes_at_step"]]
    )
    assert (
        "ruleset:Default:allow_same_sequence_reenrollment;ruleset:Default:block_reenrollment"
        == told.at[GOES_ON, "borrows"]
    )
    assert ("queued", "manual", "yes", "") == tuple(told.loc[QUEUED, ["state", "outcome", "can_go_back", "borrows"]])
    assert ("no", "excluded:List") == tuple(told.loc[EXCLUDED, ["can_go_back", "reasons"]])
    assert ("no", "do_not_email") == tuple(told.loc[OPTED_OUT, ["can_go_back", "reasons"]])


@pytest.mark.rule("R70", "R72")
def test_a_mailboxs_open_tasks_are_those_of_its_owner_and_a_leavers_are_all(house: House) -> None:
    house.load(team())
    of_mailbox, of_user = plan(house, mailbox=ANAS_MAILBOX), plan(house, user=ANA)
    assert [1] == pd.read_csv(of_mailbox.files["tasks"])["task"].tolist()
    assert "1 other open task have nothing to do with the mailbox" in document(of_mailbox)
    assert [1, 4] == pd.read_csv(of_user.files["tasks"])["task"].tolist()


@pytest.mark.rule("R94", "R96")
def test_when_a_user_leaves_all_mailboxes_change_hands_and_sequences_that_name_the_user_are_settled(
    house: House,
) -> None:
    house.load(team())
    report = plan(house, user=ANA, new_owner=CARL)
    assert OF_ANAS_MAILBOX | {ELSEWHERE} == set(outcomes(report).index)
    text = document(report)
    assert f"# Handover of {ANA} to {CARL}" in text
    assert f"{ANA} is named as assignee by the ruleset '{STRICT}'" in text
    moves = [words for words in commands(text) if "queued-backlog" in words]
    assert all(f"to_mailboxes={CARLS}" in words for words in moves), "not to the leaver's other mailbox"
    assert 2 == len([words for words in commands(text) if "change_mailbox_owner" in words])


def test_a_user_with_tasks_alone_gets_a_plan_for_the_tasks(house: House) -> None:
    house.load(team())
    report = plan(house, user=BO, new_owner=CARL, dry_run=True)
    assert 0 == report.counts["considered"]
    without = team(mailboxes=[box for box in team().mailboxes if box.owner != BO])
    house.load(without)
    text = document(plan(house, user=BO, new_owner=CARL))
    assert "hands over 0 mailboxes and 1 open task" in text
    assert "Change the owner, in the platform" not in text and "### 1. Hand over 1 open task" in text


def test_a_queue_that_nothing_can_take_falls_out_and_is_told(house: House) -> None:
    boxes = [box.model_copy(update={"paused": box.email != ANAS_MAILBOX}) for box in team().mailboxes]
    house.load(team(mailboxes=boxes))
    report = plan(house, mailbox=ANAS_MAILBOX)
    assert (0, 6) == (report.counts["manual"], report.counts["unchanged"])
    assert "worklist" not in report.files
    text = document(report)
    assert f"Not offered: {BOS_MAILBOX} is paused." in text
    assert "No mailbox can take them" in text


def test_a_paused_mailbox_puts_nobody_back_and_the_plan_says_so(house: House) -> None:
    boxes = [box.model_copy(update={"paused": box.email == ANAS_MAILBOX}) for box in team().mailboxes]
    house.load(team(mailboxes=boxes))
    report = plan(house, mailbox=ANAS_MAILBOX)
    assert 0 == report.counts["unchanged"]
    assert 6 == report.reasons["mailbox_unavailable"]
    assert f"{ANAS_MAILBOX} is paused: nobody can be put back" in document(report)


def test_a_mailbox_that_nobody_owns_can_be_handed_over(house: House) -> None:
    house.load(
        team(
            mailboxes=[
                box.model_copy(update={"owner": None}) if box.email == ANAS_MAILBOX else box for box in team().mailboxes
            ]
        )
    )
    assert "nobody hands over 1 mailbox and 0 open tasks" in document(plan(house, mailbox=ANAS_MAILBOX))


def test_a_second_plan_says_the_same(house: House) -> None:
    house.load(team())
    first, second = (plan(house, mailbox=ANAS_MAILBOX, dry_run=False) for _ in range(2))
    assert first.counts == second.counts
    assert 2 == len({first.operation_id, second.operation_id})


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "mailbox: is missing. Name a mailbox, or say which user leaves"),
        ({"mailbox": ANAS_MAILBOX, "user": ANA}, "user: is given beside a mailbox"),
        ({"mailbox": "anna@send.acme.test"}, "mailbox: there is no mailbox .*Did you mean 'ana@send.acme.test'"),
        ({"user": "anna@acme.test"}, "user: there is no user .*Did you mean 'ana@acme.test'"),
        ({"mailbox": ANAS_MAILBOX, "new_owner": "boo@acme.test"}, "new_owner: .*Did you mean 'bo@acme.test'"),
        ({"mailbox": ANAS_MAILBOX, "new_owner": ANA}, "new_owner: ana@acme.test owns ana@send.acme.test already"),
        ({"user": ANA, "new_owner": ANA}, "new_owner: ana@acme.test is the user who leaves"),
        ({"user": "dora@acme.test"}, "user: dora@acme.test has no mailbox and no open task.* There is nothing to hand"),
    ],
)
def test_wrong_parameters_are_refused_with_the_remedy_and_begin_nothing(
    house: House, parameters: dict[str, str], message: str
) -> None:
    house.load(workspace(people=[PIA], users=(*USERS, User(email="dora@acme.test"))))
    with pytest.raises(InvalidInput, match=message):
        plan(house, **parameters)
    assert not (house.home / "operations").exists()


def test_a_rep_may_plan_and_is_told_what_has_to_be_done_by_an_admin(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.load(team())
    monkeypatch.setenv("HANDOFF_USER", BO)
    assert f"you act as {BO}, who is no admin" in document(plan(house, mailbox=ANAS_MAILBOX))


def test_a_plan_that_was_cut_short_is_made_anew_and_its_files_hold_everybody_once(house: House) -> None:
    house.load(team())
    report = plan(house, mailbox=ANAS_MAILBOX, dry_run=False)
    operations.update(house.journal, report.operation_id, plan=None, ended_at=None)
    again = plan(house, mailbox=ANAS_MAILBOX, dry_run=False, operation=report.operation_id)
    check_report(again)
    assert report.counts == again.counts
    assert [8, 2] == [len(pd.read_csv(again.files[name])) for name in ("contacts", "worklist")]


def test_an_operation_that_was_cut_short_goes_on_with_its_plan(house: House) -> None:
    house.load(team())
    report = plan(house, mailbox=ANAS_MAILBOX, dry_run=False)
    Path(report.files["document"]).unlink()
    house.load(workspace(people=[PIA], mailboxes=[Mailbox(email=ANAS_MAILBOX, owner=ANA)]))
    again = plan(house, mailbox=ANAS_MAILBOX, dry_run=False, operation=report.operation_id)
    assert report.counts == again.counts
    assert EMAILS in document(again) and NURTURE in document(again)
