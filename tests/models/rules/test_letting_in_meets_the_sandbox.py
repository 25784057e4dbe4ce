"""Whom a lifted setting is said to let in is whom published plays then take in, and nobody else."""

from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.changes import RunPlay
from models.rules.blast_radius import let_in
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.enrollment_diagnosis.enquiry import Enquiry
from tasks.exclusion_rerun.radius import members_of_published_plays
from tasks.settings_in_force import acting_settings
from tests.examples import often
from tests.matched_workspaces import matched_workspaces
from tests.models.rules.lifting import lift, reenrollment_settings, toggles_of_audiences, toggles_of_sequences
from tests.platforms.sandbox.enforced import switched_off
from tests.workspaces_strategy import workspaces

ACTS_BY = timedelta(minutes=45)  # R51; emails leave an hour after the workspaces' time at the earliest
KINDS = ("exclusion", "ruleset_exclusion", "ruleset", "audience_exclusion")


def busier(workspace: Workspace, *, kind: str) -> Workspace:
    """Every play published, toggles of one kind all on and the others off, no opt-outs: lifting one frees many."""
    names = [exclusion.name for exclusion in workspace.exclusions]

    def all_of(section: str, **update: Any) -> dict[str, Any]:
        return {section: tuple(one.model_copy(update=update) for one in getattr(workspace, section))}

    return workspace.model_copy(
        update={
            **all_of("plays", published=True),
            **all_of("mailboxes", paused=False),
            **all_of("people", email_opt_out=False, do_not_email=False),
            **all_of("exclusions", exclude_from_sequences=kind == "exclusion"),
            **all_of("rulesets", exclusions=dict.fromkeys(names, kind == "ruleset_exclusion")),
            **all_of("audiences", exclusions=dict.fromkeys(names, kind == "audience_exclusion")),
        }
    )


def enrolled(sandbox: Sandbox, workspace: Workspace, lifted: Iterable[SettingKey], *, runs: bool) -> set[str]:
    """Who is newly enrolled once the settings act; with `runs`, every published play has run then."""
    sandbox.load(workspace)
    lift(sandbox, lifted)
    if runs:
        for play in sandbox.plays().query("published").dropna(subset="audience")["play"]:
            sandbox.apply(RunPlay(play=play))
    else:
        sandbox.advance(sandbox.now() + ACTS_BY)
    return {enrollment.person for enrollment in sandbox.workspace_record().enrollments[len(workspace.enrollments) :]}


def by_the_plan_of_a_rerun(sandbox: Sandbox, lifted: Iterable[SettingKey]) -> set[str]:
    """Whom `exclusion-rerun` would name as its blast radius: the same people."""
    members = members_of_published_plays(sandbox)
    if members.empty:
        return set()
    found = let_in(members, acting_settings(sandbox), sandbox.exclusion_toggles(), list(lifted), sandbox.now())
    return set(found["email"])


def some(found: list[SettingKey]) -> list[tuple[SettingKey, ...]]:
    """Each alone, and a few pairs."""
    return [*((one,) for one in found), *list(combinations(found, 2))[:3]]


@pytest.mark.rule("R33", "R44", "R55", "R68")
@pytest.mark.slow
def test_a_lifted_setting_lets_in_whom_it_is_said_to_in_random_workspaces(tmp_path) -> None:
    seen: Counter[str] = Counter()
    late = Sandbox(f"sqlite:///{tmp_path / 'late.db'}")
    at_once = Sandbox(f"sqlite:///{tmp_path / 'at_once.db'}")

    def check_sets(workspace: Workspace, found: list[SettingKey], *, runs: bool) -> None:
        with switched_off("R15", "R42", "R51") if runs else nullcontext():
            check_in_force(workspace, found, runs=runs)

    def check_in_force(workspace: Workspace, found: list[SettingKey], *, runs: bool) -> None:
        sandbox = at_once if runs else late
        anyway = enrolled(sandbox, workspace, (), runs=runs)
        sandbox.load(workspace)
        told = Enquiry(sandbox).others()
        expected = {lifted: set(told.let_in(lifted)) for lifted in some(found)}
        if not runs:
            assert expected == {lifted: by_the_plan_of_a_rerun(sandbox, lifted) for lifted in expected}
        for lifted, people in expected.items():
            assert people == enrolled(sandbox, workspace, lifted, runs=runs) - anyway, lifted
            seen.update({f"{len(lifted)} {lifted[0].kind}": bool(people)})

    @often(30, thorough=120)
    @given(st.one_of(workspaces(), matched_workspaces()), st.sampled_from(("everything", *KINDS)))
    def check(workspace: Workspace, kind: str) -> None:
        if kind != "everything":
            workspace = busier(workspace, kind=kind)
        toggles = toggles_of_sequences(workspace) + toggles_of_audiences(workspace)
        check_sets(workspace, toggles, runs=workspace.behaviour.C11 == "no_retry")
        check_sets(workspace, reenrollment_settings(workspace), runs=True)

    check()
    expected = {f"{number} {kind}" for kind in KINDS for number in (1, 2)}
    assert set() == expected - {kind for kind, number in seen.items() if number}, "nobody was ever let in by these"
