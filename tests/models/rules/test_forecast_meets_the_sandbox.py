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
from tests.eased_workspaces import eased_workspaces
from tests.workspaces_strategy import workspaces

EXAMPLES = 300
CODES = {
    "opted_out", "do_not_email", "excluded", "already_enrolled", "already_sequenced", "never_again",
    "recently_enrolled", "mailbox_unavailable", "not_in_audience", "play_runs_once", "play_cooldown",
}  # fmt: skip
MOVES = 100  # how many people at least are taken over from another sequence, and how many are not
PAIRS = 35  # of the 55 there are; some cannot stand together, such as never_again and recently_enrolled


def predicted(sandbox: Sandbox, play: "pd.Series[object]") -> pd.DataFrame:
    """For each member of a play's audience: why it does not `enter`, what stands `against` enrolling it, and whether
    it is `taken_over` from a sequence that it runs in."""
    now, entrants, moves = sandbox.now(), sandbox.entrants(str(play["play"])), by_settings(sandbox)
    facts = sandbox.facts(entrants[["email"]].assign(sequence=play["sequence"]))
    usable = sandbox.mailboxes().set_index("mailbox")["paused"]
    mailboxes = next(p.mailboxes for p in sandbox.workspace_record().plays if p.name == play["play"])
    facts["mailbox_ok"] = any(not usable[email] for email in mailboxes)
    against = reasons(facts, acting_settings(sandbox), now, moves=moves)
    enter = entry_reasons(entrants, play, now)
    taken_over = enter.eq("") & against.eq("") & facts["running_in"].notna()
    return pd.DataFrame({"email": entrants["email"], "enter": enter, "against": against, "taken_over": taken_over})


def by_settings(sandbox: Sandbox) -> bool:
    """Whether the workspace lets settings move people out of the sequences they run in (C10)."""
    return sandbox.workspace_record().behaviour.C10 == "settings"


def done(sandbox: Sandbox, play: str) -> dict[str, str | None]:
    """What the sandbox did with everybody who entered: the reason, or None for enrolled."""
    sandbox.apply(RunPlay(play=play))
    record = next(found for found in sandbox.workspace_record().plays if found.name == play)
    return {entry.person: entry.reason for entry in record.runs[-1].log}


class Compared:
    """What was foretold and what was done, over many workspaces."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self.pairs: set[frozenset[str]] = set()
        self.moves: Counter[str] = Counter()

    def run_every_play(self, sandbox: Sandbox) -> None:
        """Run each play and hold what became of everybody against what the rules expect."""
        for _, play in sandbox.plays().iterrows():
            if play["audience"] is None or pd.isna(play["audience"]):
                continue
            expected = predicted(sandbox, play)
            self._note(expected)
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

    def _note(self, expected: pd.DataFrame) -> None:
        for enter, against in zip(expected["enter"], expected["against"], strict=True):
            codes = {code.split(":")[0] for code in f"{enter};{against}".split(";") if code}
            self.reasons.update(codes)
            self.pairs.update(frozenset(pair) for pair in combinations(sorted(codes), 2))
        self.moves["taken over"] += int(expected["taken_over"].sum())
        self.moves["left where they run"] += int((expected["against"] == "already_enrolled").sum())


@pytest.mark.rule("R12", "R13", "R15", "R20", "R26", "R28", "R29", "R30", "R43", "R55")
def test_the_sandbox_does_what_the_rules_expect_in_random_workspaces(tmp_path) -> None:
    compared = Compared()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(workspaces(pending=True))
    def check(workspace: Workspace) -> None:
        sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
        sandbox.load(workspace)
        compared.run_every_play(sandbox)

    check()
    assert CODES == set(compared.reasons), f"these reasons never occurred: {CODES - set(compared.reasons)}"
    assert PAIRS <= len(compared.pairs), f"only {len(compared.pairs)} pairs of reasons occurred"


@pytest.mark.rule("R20", "R21", "R22", "R23", "R24", "R53")
def test_the_sandbox_takes_those_over_from_other_sequences_whom_the_rules_expect_to_move(tmp_path) -> None:
    compared = Compared()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(eased_workspaces())
    def check(workspace: Workspace) -> None:
        sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
        sandbox.load(workspace)
        compared.run_every_play(sandbox)

    check()
    assert MOVES <= min(compared.moves["taken over"], compared.moves["left where they run"]), compared.moves
