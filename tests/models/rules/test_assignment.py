"""Who gets the tasks of new enrollments, predicted and then made by the sandbox."""

from collections import Counter
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.changes import Change, ChangeMailboxOwner, Enroll, ReassignQueued, RunPlay, SetSetting, SetTaskAssignment
from models.errors import Refused
from models.records import Behaviour, Company, Interval, SequenceStep, SequenceTaskAssignment, TaskAssignment
from models.rules.assignment import FACTS, assignees, mode_of, routes_of_new
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.eased_workspaces import eased_workspaces
from tests.examples import often
from tests.random_choices import DOMAINS, MAILBOXES, MODES, USERS

ANA, BO, CY = USERS
SEEN = {
    *(
        f"{mode} {way} by the {source}"
        for mode in MODES
        for way in ("of a play", "by hand")
        for source in ("sequence", "ruleset")
    ),
    "the first of the pool is not the sender's",
    "nobody's",
    "settings changed meanwhile would give another",
    "the sender changed meanwhile",
    "by the company's owner",
}


def route(**own: Any) -> dict[str, Any]:
    """An enrollment by a play of Ana's mailbox first, sent from Bo's, of a contact of Cy's."""
    return dict.fromkeys(FACTS) | {
        "play": "Play",
        "mailbox": "bo@send.test",
        "mailbox_owner": BO,
        "first_mailbox": "ana@send.test",
        "first_mailbox_owner": ANA,
        "record_owner": CY,
        "ruleset_mode": "ASSIGN_TO_MAILBOX_OWNER",
        **own,
    }


@pytest.mark.rule("R83", "R84", "R85", "R86", "R87", "R88", "R93")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ANA),
        ({"first_mailbox_owner": None}, None),
        ({"ruleset_mode": "ASSIGN_TO_SENDER"}, BO),
        ({"ruleset_mode": "ASSIGN_TO_RECORD_OWNER"}, CY),
        ({"ruleset_mode": "ASSIGN_TO_RECORD_OWNER", "record_owner": None, "company_owner": BO}, BO),
        ({"ruleset_mode": "ASSIGN_TO_RECORD_OWNER", "record_owner": None}, None),
        ({"ruleset_mode": "ASSIGN_TO_ENROLLER"}, ANA),
        ({"ruleset_mode": "ASSIGN_TO_ENROLLER", "play": None, "enroller": CY}, CY),
        ({"ruleset_mode": "ASSIGN_TO_ENROLLER", "play": None}, ANA),
        ({"ruleset_mode": "ASSIGN_TO_USER", "ruleset_user": CY}, CY),
        ({"own_mode": "ASSIGN_TO_USER", "own_user": BO, "ruleset_user": CY}, BO),
        ({"own_mode": "ASSIGN_TO_SENDER", "ruleset_mode": "ASSIGN_TO_USER", "ruleset_user": CY}, BO),
        ({"ruleset_mode": None}, None),
    ],
)
def test_each_mode_gives_tasks_to_whom_it_says(facts: dict[str, Any], expected: str | None) -> None:
    assert [expected] == assignees(pd.DataFrame([route(**facts)])).tolist()


@pytest.mark.slow
@pytest.mark.rule("R83", "R84", "R85", "R86", "R87", "R88", "R92", "R93")
def test_the_sandbox_gives_tasks_to_whom_the_rules_expect_in_random_workspaces(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'random.db'}"
    sandbox, as_user = Sandbox(url), {user: Sandbox(url, user=user) for user in USERS}
    seen: Counter[str] = Counter()

    @often(110, thorough=400)
    @given(eased_workspaces(), st.integers(0, 2**32))
    def check(drawn: Workspace, seed: int) -> None:
        dice = Random(seed)
        workspace = lively(drawn, dice)
        enroller = dice.choice(USERS)
        sandbox.load(workspace)
        started = sandbox.now()
        by_hand = enrolled_by_hand(as_user[enroller], workspace, dice)
        for play in dice.sample(workspace.plays, len(workspace.plays)):
            attempt(sandbox, RunPlay(play=play.name))
        routes = new_routes(sandbox, by_hand, enroller)
        change_settings(sandbox, workspace, dice)
        now = new_routes(sandbox, by_hand, enroller).set_index("email").reindex(routes["email"]).reset_index()
        routes["expected"] = assignees(routes.assign(mailbox_owner=now["mailbox_owner"]))
        sandbox.advance(started + pd.Timedelta(days=9))
        made = sandbox.tasks()
        made = made[made["enrolled_at"].eq(started) & made["due_at"].gt(started) & made["email"].isin(routes["email"])]
        told = made.merge(routes.assign(now=assignees(now), sender_now=now["mailbox_owner"]), on=["email", "sequence"])
        assert len(told) == len(made)
        assert plain(told["expected"]).tolist() == plain(told["assignee"]).tolist()
        count(seen, told)

    check()
    assert min(seen[what] for what in SEEN) >= 3, sorted((seen[what], what) for what in SEEN)


def lively(workspace: Workspace, dice: Random) -> Workspace:
    """The workspace with calls to make from the first day on, by settings of every kind, and owners of every kind."""

    def own() -> SequenceTaskAssignment | None:
        mode: Any = dice.choice(MODES)
        return SequenceTaskAssignment(mode=mode, user=dice.choice(USERS)) if dice.random() < 0.5 else None

    def of_ruleset() -> TaskAssignment:
        automatic: Any = dice.choice(MODES)
        manual: Any = dice.choice(MODES)
        return TaskAssignment(automatic=automatic, manual=manual, user=dice.choice(USERS))

    call = SequenceStep(type="PHONE_CALL")
    companies = tuple(Company(domain=domain, owner=dice.choice(USERS)) for domain in DOMAINS)
    return workspace.model_copy(
        update={
            "rulesets": tuple(
                one.model_copy(
                    update={
                        "task_assignment": of_ruleset(),
                        "block_reenrollment": Interval(value=0),
                        "allow_same_sequence_reenrollment": True,
                    }
                )
                for one in workspace.rulesets
            ),
            "companies": companies,
            "behaviour": Behaviour(C10=workspace.behaviour.C10),
            "people": tuple(one.model_copy(update={"owner": dice.choice((None, *USERS))}) for one in workspace.people),
            "plays": tuple(
                one.model_copy(update={"mailboxes": tuple(dice.sample(MAILBOXES, 3))}) for one in workspace.plays
            ),
            "sequences": tuple(
                one.model_copy(
                    update={
                        "paused": False,
                        "steps": (call, *one.steps),
                        "task_assignment": own(),
                    }
                )
                for one in workspace.sequences
            ),
        }
    )


def enrolled_by_hand(sandbox: Sandbox, workspace: Workspace, dice: Random) -> dict[str, str]:
    """Enroll some by hand, one by one from several mailboxes or together from one; the mailbox named first for each."""
    first: dict[str, str] = {}
    for person in workspace.people:
        mailboxes = dice.sample(MAILBOXES, 2)
        sequence = dice.choice(workspace.sequences).name
        if dice.random() < 0.3:
            if attempt(sandbox, Enroll(person=person.email, sequence=sequence, mailbox=tuple(mailboxes))):
                first[person.email] = mailboxes[0]
        elif dice.random() < 0.4:
            asked = pd.DataFrame([(person.email, sequence, mailboxes[0])], columns=["email", "sequence", "mailbox"])
            if sandbox.enroll(asked)["reason"].item() is None:
                first[person.email] = mailboxes[0]
    return first


def plain(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """The column with None for what is missing."""
    return column.astype(object).where(column.notna(), None)


def differ(one: "pd.Series[Any]", other: "pd.Series[Any]") -> "pd.Series[bool]":
    return plain(one).ne(plain(other)) & (one.notna() | other.notna())


def attempt(sandbox: Sandbox, change: Change) -> bool:
    try:
        sandbox.apply(change)
    except Refused:
        return False
    return True


def new_routes(sandbox: Sandbox, by_hand: dict[str, str], enroller: str) -> pd.DataFrame:
    """The facts of those who were enrolled just now, as the port tells them."""
    started = sandbox.now()
    running = pd.concat(
        [
            pd.DataFrame(columns=["email", "sequence", "mailbox", "play", "started_at", "steps_done"]),
            *sandbox.running(100),
        ],
        ignore_index=True,
    )
    hand = running["email"].isin(by_hand)
    known = hand | running["play"].astype(str).str.startswith("Into ")  # no enrollment of the file is of such a play
    new = running[known & running["started_at"].eq(started)].reset_index(drop=True)
    new["enroller"] = plain(new["email"].isin(by_hand).map({True: enroller, False: None}))
    new["first_mailbox"] = [by_hand.get(email, mailbox) for email, mailbox in new[["email", "mailbox"]].to_numpy()]
    people = sandbox.people(new["email"].tolist())
    return routes_of_new(new, sandbox.assignment(), sandbox.mailboxes(), sandbox.plays(), people)


def change_settings(sandbox: Sandbox, workspace: Workspace, dice: Random) -> None:
    """Change what decides of new enrollments, the owner of a mailbox, and where queued ones send from."""
    for sequence in workspace.sequences:
        if dice.random() < 0.5:
            mode: Any = dice.choice((None, *MODES))
            sandbox.apply(SetTaskAssignment(sequence=sequence.name, mode=mode, user=dice.choice(USERS)))
    for ruleset in workspace.rulesets:
        automatic, manual, user = dice.choice(MODES), dice.choice(MODES), dice.choice(USERS)
        value = TaskAssignment(automatic=automatic, manual=manual, user=user)  # type: ignore[arg-type]
        sandbox.apply(SetSetting(setting=str(SettingKey("ruleset", ruleset.name, "task_assignment")), value=value))
    if dice.random() < 0.7:
        sandbox.apply(ChangeMailboxOwner(mailbox=dice.choice(MAILBOXES), owner=dice.choice(USERS)))
    if dice.random() < 0.5:
        source, *targets = dice.sample(MAILBOXES, len(MAILBOXES))
        for sequence in workspace.sequences:
            sandbox.apply(ReassignQueued(sequence=sequence.name, from_mailbox=source, to_mailboxes=tuple(targets)))


def count(seen: Counter[str], told: pd.DataFrame) -> None:
    mode, by_hand = mode_of(told), told["play"].isna()
    source = told["own_mode"].notna().map({True: "sequence", False: "ruleset"})
    way = by_hand.map({True: "by hand", False: "of a play"})
    seen.update(mode + " " + way + " by the " + source)
    first, sender = told["first_mailbox_owner"], told["sender_now"]
    on_first = mode.eq("ASSIGN_TO_MAILBOX_OWNER") & first.notna() & sender.notna()
    seen["the first of the pool is not the sender's"] += int((on_first & first.ne(sender)).sum())
    seen["nobody's"] += int(told["expected"].isna().sum())
    seen["settings changed meanwhile would give another"] += int(differ(told["now"], told["expected"]).sum())
    moved = mode.eq("ASSIGN_TO_SENDER") & differ(told["mailbox_owner"], sender)
    seen["the sender changed meanwhile"] += int(moved.sum())
    company = mode.eq("ASSIGN_TO_RECORD_OWNER") & told["record_owner"].isna() & told["company_owner"].notna()
    seen["by the company's owner"] += int(company.sum())
