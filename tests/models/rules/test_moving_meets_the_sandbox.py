"""What is foretold of a move is what the sandbox does, in both ways, with the settings lifted that the rule names."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.changes import RunPlay
from models.records import Behaviour, Interval, Ruleset
from models.rules.moving import by_settings, settings_to_lift, unenrolling_first
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.settings_in_force import acting_settings
from tests.eased_workspaces import eased_workspaces
from tests.examples import often
from tests.models.rules.facts import first_reason
from tests.random_choices import MAILBOXES, Draws

OFTEN = 12  # how often at least each thing that matters occurs
AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Pair:
    """A workspace, and the two sequences between which people are to be moved."""

    workspace: Workspace
    source: str
    target: str

    def loaded(self, sandbox: Sandbox, lifted: Iterable[str] = (), **sections: Any) -> Sandbox:
        """The sandbox with the workspace in it, these settings lifted, and sections of it replaced."""
        keys = [SettingKey.parse(setting) for setting in lifted]
        rulesets = tuple(opened(ruleset, keys) for ruleset in self.workspace.rulesets)
        sandbox.load(self.workspace.model_copy(update={"rulesets": rulesets, **sections}))
        return sandbox

    def facts(self, sandbox: Sandbox, sequence: str) -> pd.DataFrame:
        emails = [person.email for person in self.workspace.people]
        return sandbox.facts(pd.DataFrame({"email": emails, "sequence": sequence}))


def opened(ruleset: Ruleset, lifted: list[SettingKey]) -> Ruleset:
    """The ruleset with what is lifted set as a loan would: the same sequence allowed, no bar at all."""
    values = {"allow_same_sequence_reenrollment": True, "block_reenrollment": Interval(value=0)}
    return ruleset.model_copy(update={key.part: values[key.part] for key in lifted if key.owner == ruleset.name})


def pair_in(workspace: Workspace, seed: int) -> Pair | None:
    names = [sequence.name for sequence in workspace.sequences]
    if len(names) < 2 or not workspace.rulesets:
        return None
    source, target = Draws(seed).shuffled(names)[:2]
    return Pair(workspace, source, target)


def run_over(pair: Pair, sandbox: Sandbox, emails: list[str], lifted: Iterable[str]) -> dict[str, str | None]:
    """Run the target's play over these people only; give the reason of each, None for enrolled."""
    audience = pair.workspace.audiences[0]
    audiences = (audience.model_copy(update={"people": tuple(emails)}), *pair.workspace.audiences[1:])
    pair.loaded(sandbox, lifted, audiences=audiences)
    log = sandbox.apply(RunPlay(play=f"Into {pair.target}"))["log"]
    return {entry["email"]: entry["reason"] for entry in log}


def enroll(sandbox: Sandbox, emails: list[str], sequence: str) -> dict[str, tuple[str | None, int]]:
    """Enroll these by hand; give the reason of each, None for enrolled, and the step."""
    asked = pd.DataFrame({"email": emails, "sequence": sequence, "mailbox": MAILBOXES[0]}).astype(object)
    answer = sandbox.enroll(asked)
    return {row.email: (row.reason, row.step) for row in answer.itertuples()}


def take_out(sandbox: Sandbox, emails: list[str], sequence: str) -> list[bool]:
    asked = pd.DataFrame({"email": emails, "sequence": sequence}).astype(object)
    return [bool(ended) for ended in sandbox.unenroll(asked)["ended"]]


def where(sandbox: Sandbox) -> dict[str, str]:
    return {row.email: row.sequence for chunk in sandbox.running(100) for row in chunk.itertuples()}


def named(frame: pd.DataFrame, which: "pd.Series[bool]") -> list[str]:
    return [str(email) for email in frame.loc[which, "email"]]


def workspaces_of(behaviour: str) -> "st.SearchStrategy[Workspace]":
    settled = Behaviour.model_validate({"C10": behaviour})
    return eased_workspaces(busy=True).map(lambda made: made.model_copy(update={"behaviour": settled}))


def check_many(check: Any, behaviour: str) -> None:
    """Check many random workspaces that settle C10 so."""
    often(60, thorough=400)(given(workspaces_of(behaviour), st.integers(0, 2**32))(check))()


@pytest.mark.slow
@pytest.mark.rule("R20", "R21", "R22", "R23", "R24")
def test_by_settings_a_plays_run_moves_whom_the_rule_expects_with_the_settings_it_names(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    seen: Counter[str] = Counter()

    def check(workspace: Workspace, seed: int) -> None:
        if (pair := pair_in(workspace, seed)) is None:
            return
        facts = pair.facts(pair.loaded(sandbox), pair.target)
        told = by_settings(facts, acting_settings(sandbox), pair.source, AT_ONCE, sandbox.now(), list(MAILBOXES))
        told["email"] = facts["email"]
        third = facts["running_in"].notna() & ~facts["running_in"].isin([pair.source, pair.target])
        assert {"already_enrolled"} >= set(told.loc[third, "forecast_reasons"].map(first_reason))
        needed = settings_to_lift(facts, told)
        # Whoever has no step left the platform would take, and send the first email again: a procedure does not.
        assert not told.loc[facts["no_step_left"], "forecast"].eq("enrolled").any()
        seen["through"] += int(facts["no_step_left"].sum())
        ours = told[~third & ~facts["no_step_left"]]
        expected = {
            row.email: None if row.forecast == "enrolled" else first_reason(row.forecast_reasons) or "already_enrolled"
            for row in ours.itertuples()
        }
        assert expected == run_over(pair, sandbox, list(ours["email"]), needed)
        leaving = named(told, told["leaves"])
        assert {pair.target} >= {where(sandbox)[email] for email in leaving}
        seen["moved"] += len(leaving)
        wanted = named(told, told["forecast"].eq("enrolled"))
        for setting in needed:  # without any one of them somebody is left behind
            found = run_over(pair, sandbox, wanted, set(needed) - {setting})
            assert needed[setting] == sum(reason is not None for reason in found.values())
            seen["setting " + SettingKey.parse(setting).part] += 1

    check_many(check, "settings")
    assert OFTEN <= min(seen["moved"], seen["setting block_reenrollment"]), seen
    assert seen["setting allow_same_sequence_reenrollment"] and seen["through"], seen


@pytest.mark.slow
@pytest.mark.rule("R20", "R26", "R12", "R43")
@pytest.mark.parametrize("behaviour", ["settings", "unenroll_first"])
def test_unenrolling_first_moves_whom_the_rule_expects_and_leads_back_where_it_says_so(
    tmp_path, behaviour: str
) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    seen: Counter[str] = Counter()

    def check(workspace: Workspace, seed: int) -> None:
        if (pair := pair_in(workspace, seed)) is None:
            return
        pair.loaded(sandbox)
        facts, back = pair.facts(sandbox, pair.target), pair.facts(sandbox, pair.source)
        told = unenrolling_first(
            facts, back, acting_settings(sandbox), pair.source, AT_ONCE, sandbox.now(), list(MAILBOXES)
        )
        told["email"], needed = facts["email"], settings_to_lift(facts, told)
        wanted, leaving = named(told, told["forecast"].eq("enrolled")), named(told, told["leaves"])
        steps = told.set_index("email")["step"]

        pair.loaded(sandbox, needed)
        assert [True] * len(leaving) == take_out(sandbox, leaving, pair.source)
        assert {email: (None, steps[email]) for email in wanted} == enroll(sandbox, wanted, pair.target)
        assert dict.fromkeys(leaving, pair.target).items() <= where(sandbox).items()

        pair.loaded(sandbox, needed)  # who stays: refused, were they taken out all the same
        staying = told[told["forecast"].eq("blocked") & ~facts["no_step_left"]]
        take_out(sandbox, list(staying["email"]), pair.source)
        assert {row.email: first_reason(row.forecast_reasons) for row in staying.itertuples()} == {
            email: reason for email, (reason, _) in enroll(sandbox, list(staying["email"]), pair.target).items()
        }

        pair.loaded(sandbox, needed)  # the way back
        take_out(sandbox, leaving, pair.source)
        home = {email for email, (reason, _) in enroll(sandbox, leaving, pair.source).items() if reason is None}
        assert set(named(told, told["way_back"])) == home
        seen["moved"] += len(leaving)
        seen["back"] += len(home)
        seen["barred"] += int(told["needs_block"].sum())

    check_many(check, behaviour)
    assert OFTEN <= min(seen["moved"], seen["back"], seen["barred"]), seen
