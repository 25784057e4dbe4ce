"""What the rules expect of the platform is what the sandbox, in words of its own, then does."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given

from models.changes import RunPlay
from models.errors import Refused
from models.names import Names
from models.rules.entering import in_cooldown
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.enrollment_diagnosis.enquiry import Enquiry, check_diagnosis
from tests.eased_workspaces import eased_workspaces
from tests.examples import often
from tests.models.rules.facts import first_reason
from tests.workspaces_strategy import workspaces

ENTERING = {"play_cooldown", "not_in_audience", "play_runs_once"}
CODES = ENTERING | {
    "opted_out",
    "do_not_email",
    "excluded",
    "already_enrolled",
    "already_sequenced",
    "never_again",
    "recently_enrolled",
    "mailbox_unavailable",
}
MOVES = 40  # how many people at least are taken over from another sequence, and how many are not
PAIRS = 35  # of the 55 there are; some cannot stand together, such as never_again and recently_enrolled


def predicted(sandbox: Sandbox, play: str) -> dict[str, list[str]]:
    """For each member of a play's audience every reason, in the order of the log."""
    told = Enquiry(sandbox).diagnose(check_diagnosis(sandbox, None, None, play)).frame()
    return {email: list(found.each) for email, found in told[["email", "reasons"]].to_numpy()}


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
        for row in sandbox.plays().dropna(subset="audience").to_dict("records"):
            play, running = row["play"], running_in(sandbox)
            expected = predicted(sandbox, play)
            self._note(expected, running)
            if in_cooldown(row, sandbox.now()):
                assert all("play_cooldown" in reasons for reasons in expected.values())
                with pytest.raises(Refused, match="play_cooldown"):
                    sandbox.apply(RunPlay(play=play))
                continue
            entering = {email: reasons for email, reasons in expected.items() if not ENTERING & set(reasons)}
            foretold = {email: first_reason(Names(*reasons)) for email, reasons in entering.items()}
            assert foretold == done(sandbox, play)

    def _note(self, expected: dict[str, list[str]], running: set[str]) -> None:
        for email, reasons in expected.items():
            codes = {code.split(":")[0] for code in reasons}
            self.reasons.update(codes)
            self.pairs.update(frozenset(pair) for pair in combinations(sorted(codes), 2))
            self.moves["taken over"] += email in running and not codes
            self.moves["left where they run"] += codes == {"already_enrolled"}


def running_in(sandbox: Sandbox) -> set[str]:
    return {email for chunk in sandbox.running(1000) for email in chunk["email"]}


@pytest.mark.slow
@pytest.mark.rule("R12", "R13", "R15", "R20", "R26", "R28", "R29", "R30", "R43", "R55")
def test_the_sandbox_does_what_the_rules_expect_in_random_workspaces(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    compared = Compared()

    @often(50, thorough=300)
    @given(workspaces(pending=True))
    def check(workspace: Workspace) -> None:
        sandbox.load(workspace)
        compared.run_every_play(sandbox)

    check()
    assert CODES == set(compared.reasons), f"these reasons never occurred: {CODES - set(compared.reasons)}"
    assert PAIRS <= len(compared.pairs), f"only {len(compared.pairs)} pairs of reasons occurred"


@pytest.mark.slow
@pytest.mark.rule("R20", "R21", "R22", "R23", "R24", "R53")
def test_the_sandbox_takes_those_over_from_other_sequences_whom_the_rules_expect_to_move(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    compared = Compared()

    @often(50, thorough=300)
    @given(eased_workspaces(busy=True))
    def check(workspace: Workspace) -> None:
        sandbox.load(workspace)
        compared.run_every_play(sandbox)

    check()
    assert MOVES <= min(compared.moves["taken over"], compared.moves["left where they run"]), compared.moves


@pytest.mark.slow
@pytest.mark.rule("R12", "R13", "R20", "R26", "R29", "R30", "R41", "R43")
def test_who_is_enrolled_by_hand_is_whom_the_rules_expect_in_random_workspaces(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")

    @often(14, thorough=100)
    @given(workspaces(pending=True))
    def check(workspace: Workspace) -> None:
        sandbox.load(workspace)
        mailboxes = sandbox.mailboxes().sort_values("paused", kind="stable")["mailbox"]
        everybody = [person.email for person in workspace.people]
        sequence = workspace.sequences[0].name
        told = Enquiry(sandbox).diagnose(check_diagnosis(sandbox, everybody, sequence, None)).frame()
        answers = sandbox.enroll(told[["email", "sequence"]].assign(mailbox=mailboxes.iloc[0]))
        assert [first_reason(found) for found in told["reasons"]] == answers["reason"].tolist()

    check()
