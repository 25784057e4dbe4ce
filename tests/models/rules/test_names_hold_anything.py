"""A name may hold anything: workspaces whose names are any characters get the verdicts that plain names get."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reasons import EXCLUDED
from models.rules.forecast import forecast
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.enrollment_diagnosis.enquiry import Enquiry, check_diagnosis
from tasks.settings_in_force import acting_settings
from tests.examples import often
from tests.matched_workspaces import matched_workspaces
from tests.random_choices import AUDIENCES, EXCLUSIONS, MAILBOXES, PLAYS, RULESETS, SEQUENCES
from tests.workspaces_strategy import workspaces

PLAIN = (*RULESETS, *EXCLUSIONS, *SEQUENCES, *AUDIENCES, *PLAYS)
PIECES = st.one_of(
    st.sampled_from([";", "\n", "%", ":", "\x1b[31m", "\r", "excluded:", "unknown", "unknown_contact", "; EU", "a"]),
    st.characters(codec="utf-8"),
)


@st.composite
def odd_names(draw: st.DrawFn) -> dict[str, str]:
    """Another name for each that a random workspace has; where names are sorted they stand in the same order."""
    pieces = draw(st.lists(st.lists(PIECES, max_size=4), min_size=len(PLAIN), max_size=len(PLAIN)))
    order = {name: f"{at:02}" for at, name in enumerate(sorted(PLAIN))}
    return {name: order[name] + "".join(some) + "." for name, some in zip(PLAIN, pieces, strict=True)}


def renamed(value: Any, other: dict[str, str]) -> Any:
    """A workspace as JSON, or any part of it, under other names; keys of settings and reasons with them."""
    if isinstance(value, dict):
        return {
            other.get(key, key): part if key == "now" or key.endswith("at") else renamed(part, other)
            for key, part in value.items()  # one of the audiences is called like an instant
        }
    if isinstance(value, list | tuple):
        return [renamed(part, other) for part in value]
    if not isinstance(value, str):
        return value
    if value.startswith(f"{EXCLUDED}:"):
        name = value.removeprefix(f"{EXCLUDED}:")
        return f"{EXCLUDED}:{other.get(name, name)}"
    head, _, setting = value.partition("change_under_way:")
    try:
        key = SettingKey.parse(setting or value)
    except ValueError:
        return other.get(value, value)
    again = SettingKey(key.kind, other.get(key.owner, key.owner), other.get(key.part, key.part))
    return ("change_under_way:" if setting and not head else "") + str(again)


def verdicts(sandbox: Sandbox) -> dict[str, Any]:
    """Everything that is said of everybody, through each play and without one."""
    enquiry, told = Enquiry(sandbox), dict[str, Any]()
    for play in sandbox.plays().dropna(subset="audience")["play"]:
        diagnosis = enquiry.diagnose(check_diagnosis(sandbox, None, None, play))
        others = enquiry.others_than(diagnosis)
        frame = diagnosis.frame()
        told[play] = {
            "reasons": [found.each for found in frame["reasons"]],
            "warnings": [sorted(found.each) for found in frame["warnings"]],
            "fixes": [sorted(found.each) for found in frame["smallest_fix"]],
            "explained": [
                [(blocker.code, blocker.fix and blocker.fix.setting) for blocker in one.blockers]
                for one in enquiry.explanations(diagnosis, others)
            ],
            "best": [(sorted(one.settings), one.frees, one.lets_in) for one in diagnosis.candidates(others)],
        }
    return told | {sequence: forecasts(sandbox, sequence) for sequence in sandbox.sequences()["sequence"]}


def forecasts(sandbox: Sandbox, sequence: str) -> list[Any]:
    """What becomes of everybody in an ownership-change, were they to go back into a sequence."""
    emails = [person.email for person in sandbox.workspace_record().people]
    facts = sandbox.facts(pd.DataFrame({"email": emails, "sequence": sequence}))
    fell = pd.DataFrame({"fell_at": pd.Series(pd.NaT, index=facts.index, dtype="datetime64[ns, UTC]")})
    told = forecast(fell, facts, acting_settings(sandbox), timedelta(0), sandbox.now(), list(MAILBOXES))
    told["forecast_reasons"] = told["forecast_reasons"].map(lambda found: found.each)
    return told.to_numpy().tolist()


@pytest.mark.slow
def test_random_names_of_any_characters_get_the_verdicts_of_plain_ones(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    seen: Counter[str] = Counter()

    @often(14, thorough=300)
    @given(st.one_of(workspaces(pending=True), matched_workspaces()), odd_names())
    def check(workspace: Workspace, odd: dict[str, str]) -> None:
        sandbox.load(workspace)
        plain = verdicts(sandbox)
        sandbox.load(Workspace.model_validate(renamed(workspace.model_dump(mode="json"), odd)))
        made_up = {"Default": odd["Default"]}  # by the sandbox, where the workspace has no ruleset
        assert renamed(plain, odd) == renamed(verdicts(sandbox), made_up)
        against = [one["reasons"] for one in plain.values() if "reasons" in one]
        seen.update(code.split(":")[0] for contacts in against for each in contacts for code in each)

    check()
    assert 40 <= seen["excluded"] and seen["recently_enrolled"], seen
