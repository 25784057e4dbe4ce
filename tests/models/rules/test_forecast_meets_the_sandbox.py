"""What the rules expect of the platform is what the sandbox, in words of its own, then does."""

from collections import Counter
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from models.changes import RunPlay
from models.errors import Refused
from models.rules.eligibility import first_reason, reasons
from models.rules.entering import entry_reasons, in_cooldown
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.explaining import acting_settings
from tests.workspaces_strategy import workspaces

EXAMPLES = 300
CODES = {
    "opted_out", "do_not_email", "excluded", "already_enrolled", "already_sequenced", "never_again",
    "recently_enrolled", "mailbox_unavailable", "not_in_audience", "play_runs_once", "play_cooldown",
}  # fmt: skip
PAIRS = 35  # of the 55 there are; some cannot stand together, such as never_again and recently_enrolled


def predicted(sandbox: Sandbox, play: "pd.Series[object]") -> pd.DataFrame:
    """For each member of a play's audience: why it does not `enter`, and what stands `against` enrolling it."""
    now, entrants = sandbox.now(), sandbox.entrants(str(play["play"]))
    facts = sandbox.facts(entrants[["email"]].assign(sequence=play["sequence"]))
    usable = sandbox.mailboxes().set_index("mailbox")["paused"]
    mailboxes = next(p.mailboxes for p in sandbox.workspace_record().plays if p.name == play["play"])
    facts["mailbox_ok"] = any(not usable[email] for email in mailboxes)
    against = reasons(facts, acting_settings(sandbox), now)
    return pd.DataFrame({"email": entrants["email"], "enter": entry_reasons(entrants, play, now), "against": against})


def done(sandbox: Sandbox, play: str) -> dict[str, str | None]:
    """What the sandbox did with everybody who entered: the reason, or None for enrolled."""
    sandbox.apply(RunPlay(play=play))
    record = next(found for found in sandbox.workspace_record().plays if found.name == play)
    return {entry.person: entry.reason for entry in record.runs[-1].log}


@pytest.mark.rule("R12", "R13", "R15", "R20", "R26", "R28", "R29", "R30", "R43", "R55")
def test_the_sandbox_does_what_the_rules_expect_in_random_workspaces(tmp_path) -> None:
    seen: Counter[str] = Counter()
    pairs: set[frozenset[str]] = set()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(workspaces(pending=True))
    def check(workspace: Workspace) -> None:
        sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
        sandbox.load(workspace)
        for _, play in sandbox.plays().iterrows():
            if play["audience"] is None or pd.isna(play["audience"]):
                continue
            expected = predicted(sandbox, play)
            for enter, against in zip(expected["enter"], expected["against"], strict=True):
                codes = {code.split(":")[0] for code in f"{enter};{against}".split(";") if code}
                seen.update(codes)
                pairs.update(frozenset(pair) for pair in combinations(sorted(codes), 2))
            if in_cooldown(play, sandbox.now()):
                with pytest.raises(Refused, match="play_cooldown"):
                    sandbox.apply(RunPlay(play=str(play["play"])))
                continue
            entering = expected[expected["enter"] == ""]
            foretold = {
                email: first_reason(against)
                for email, against in zip(entering["email"], entering["against"], strict=True)
            }
            assert foretold == done(sandbox, str(play["play"]))

    check()
    assert CODES == set(seen), f"these reasons never occurred: {CODES - set(seen)}"
    assert PAIRS <= len(pairs), f"only {len(pairs)} pairs of reasons occurred"
