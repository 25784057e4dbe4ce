"""The smallest fix is the smallest of all sets of settings with which the sandbox lets a contact in."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.changes import RunPlay, SetSetting
from models.errors import Refused
from models.records import Interval
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.behaviour.actions import act
from platforms.sandbox.behaviour.direct import enroll_directly
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.store import Work
from tasks.enrollment_diagnosis.enquiry import DiagnosisRequest, Enquiry, check_diagnosis
from tests.examples import often
from tests.matched_workspaces import matched_workspaces
from tests.models.rules.lifting import (
    lifted_value,
    reenrollment_settings,
    toggles_of_audiences,
    toggles_of_sequences,
)
from tests.platforms.sandbox.enforced import switched_off
from tests.workspaces_strategy import workspaces

AT_MOST = 5  # settings that keep people out: 32 subsets
DRAWN = st.one_of(workspaces(), matched_workspaces())  # of the latter more need two of them lifted

Enrolling = Callable[[Work], set[str]]


class Undone(Exception):
    """Takes back whatever a transaction did."""


@contextmanager
def undone(sandbox: Sandbox) -> Iterator[Work]:
    """A transaction of the sandbox that leaves nothing behind."""
    try:
        with sandbox.work() as work:
            yield work
            raise Undone
    except Undone:
        pass


def barring(workspace: Workspace) -> list[SettingKey]:
    return sorted(
        [*toggles_of_sequences(workspace), *toggles_of_audiences(workspace), *reenrollment_settings(workspace)]
    )


def is_small(workspace: Workspace) -> bool:
    return 2 <= len(barring(workspace)) <= AT_MOST


def milder(workspace: Workspace) -> Workspace:
    """The workspace with few settings that keep people out, and no play that takes in anybody by itself."""

    def kept(own: dict[str, bool], at: int) -> dict[str, bool]:
        return own if at == 0 else {}

    return workspace.model_copy(
        update={
            "plays": tuple(play.model_copy(update={"published": False}) for play in workspace.plays),
            "rulesets": tuple(
                ruleset
                if at == 0
                else ruleset.model_copy(
                    update={
                        "exclusions": {},
                        "allow_same_sequence_reenrollment": True,
                        "block_reenrollment": Interval(value=0),
                    }
                )
                for at, ruleset in enumerate(workspace.rulesets)
            ),
            "audiences": tuple(
                audience.model_copy(update={"exclusions": kept(audience.exclusions, at)})
                for at, audience in enumerate(workspace.audiences)
            ),
        }
    )


def let_in(sandbox: Sandbox, found: list[SettingKey], enroll: Enrolling) -> dict[str, list[frozenset[str]]]:
    """For each person who can be let in, the smallest sets of settings that do."""
    smallest: dict[str, list[frozenset[str]]] = {}
    for size in range(len(found) + 1):
        for subset in combinations(found, size):
            with undone(sandbox) as work:
                for setting in subset:
                    act(work, SetSetting(setting=setting, value=lifted_value(setting)))
                for person in enroll(work):
                    best = smallest.setdefault(person, [])
                    if not best or len(best[0]) == size:
                        best.append(frozenset(subset))
    return smallest


def through(play: str) -> Enrolling:
    """Whom the play's next run enrolls; nobody within its cool-down."""

    def enroll(work: Work) -> set[str]:
        try:
            act(work, RunPlay(play=play))
        except Refused:
            return set()
        rows = work.rows(
            "SELECT p.email FROM play_log l JOIN person p ON p.id = l.person_id WHERE l.reason IS NULL"
            " AND l.run_id = (SELECT MAX(id) FROM play_run)"
        )
        return {row["email"] for row in rows}

    return enroll


def by_hand(contacts: pd.DataFrame) -> Enrolling:
    """Whom the platform lets somebody enroll directly."""

    def enroll(work: Work) -> set[str]:
        answers = enroll_directly(work, contacts)
        return set(answers.loc[answers["reason"].isna(), "email"])

    return enroll


def told(sandbox: Sandbox, asked: DiagnosisRequest) -> dict[str, list[frozenset[str]]]:
    """The same, as the rules tell it: one set for each person who can be let in."""
    enquiry = Enquiry(sandbox)
    diagnosis = enquiry.diagnose(asked)
    explained = enquiry.explanations(diagnosis, enquiry.others_than(diagnosis))
    return {one.email: [frozenset(one.smallest_fix)] for one in explained if one.smallest_fix is not None}


@pytest.mark.rule("R12", "R13", "R26", "R33", "R34", "R35", "R46", "R68")
@pytest.mark.slow
def test_no_smaller_set_and_no_other_of_its_size_lets_a_contact_in(tmp_path) -> None:
    sizes: Counter[int] = Counter()
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'subsets.db'}")

    @often(26, thorough=120)
    @given(DRAWN.filter(lambda workspace: workspace.rulesets).map(milder).filter(is_small))
    def check(workspace: Workspace) -> None:
        sandbox.load(workspace)
        found = barring(workspace)
        everybody = [person.email for person in workspace.people]
        usable = sandbox.mailboxes().sort_values("paused", kind="stable")["mailbox"].iloc[0]
        by_name = check_diagnosis(sandbox, everybody, workspace.sequences[0].name, None)
        expected = let_in(sandbox, found, by_hand(by_name.contacts.assign(mailbox=usable)))
        assert expected == told(sandbox, by_name)
        for play in sandbox.plays().dropna(subset="audience")["play"].head(1):
            expected = let_in(sandbox, found, through(play))
            assert expected == told(sandbox, check_diagnosis(sandbox, None, None, play))
            sizes.update(len(best[0]) for best in expected.values())

    with switched_off("R42", "R51"):  # settings act at once, so that one instant serves every subset
        check()
    assert {0, 1} <= set(sizes) and max(sizes) > 1, f"fixes of these sizes only: {sorted(sizes)}"
