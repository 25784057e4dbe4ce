"""What a handover foretells of each contact is what the sandbox does when the owner really changes."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given

from models.changes import ChangeMailboxOwner, SetSetting
from models.names import Names
from models.reasons import NO_STEP_LEFT
from models.records import Interval
from models.rules.handover.falling_out import as_if_fallen_out, judge_return
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.settings_in_force import acting_settings
from tests.examples import often
from tests.models.rules.facts import first_reason
from tests.platforms.sandbox.enforced import switched_off
from tests.workspaces_strategy import workspaces


def foretold(sandbox: Sandbox, mailbox: str) -> pd.DataFrame:
    """What is judged of everybody who runs from a mailbox, by address."""
    running = pd.concat([pd.DataFrame(columns=["email"]), *sandbox.running(100, mailbox=mailbox)], ignore_index=True)
    if running.empty:
        return running
    lengths = {str(name): int(steps) for name, steps in sandbox.sequences().set_index("sequence")["steps"].items()}
    facts = as_if_fallen_out(sandbox.facts(running[["email", "sequence"]]), running, lengths, sandbox.now())
    can_send = not sandbox.mailboxes().set_index("mailbox")["paused"][mailbox]
    return judge_return(running, facts, acting_settings(sandbox), sandbox.now(), can_send=can_send)


def load(sandbox: Sandbox, workspace: Workspace) -> None:
    """A second later, so that nothing ended at the very instant of the change."""
    sandbox.load(workspace)
    sandbox.advance(sandbox.now() + timedelta(seconds=1))


def lift_all(sandbox: Sandbox) -> None:
    """Both re-enrollment options open in every ruleset, at once: this sandbox does not enforce R42."""
    for name in sandbox.rulesets()["ruleset"]:
        sandbox.apply(
            SetSetting(setting=str(SettingKey("ruleset", name, "block_reenrollment")), value=Interval(value=0))
        )
        key = SettingKey("ruleset", name, "allow_same_sequence_reenrollment")
        sandbox.apply(SetSetting(setting=str(key), value=True))


@pytest.mark.slow
@pytest.mark.rule("R1", "R9", "R12", "R13", "R26", "R43")
def test_who_falls_out_and_who_can_go_back_at_which_step_comes_true_in_random_workspaces(tmp_path: Path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    seen: Counter[str] = Counter()

    @often(30, thorough=150)
    @given(workspaces(busy=True))
    def check(workspace: Workspace) -> None:
        load(sandbox, workspace)
        for mailbox, owner in sandbox.mailboxes()[["mailbox", "owner"]].itertuples(index=False):
            told = foretold(sandbox, mailbox)
            taker = next(user for user in sandbox.users()["user"] if user != owner)
            answer = sandbox.apply(ChangeMailboxOwner(mailbox=mailbox, owner=taker))
            assert len(told) == answer["unenrolled"]
            assert [] == list(sandbox.running(100, mailbox=mailbox))
            if told.empty:
                continue
            needed = told["back"] & (told["needs_same"] | told["needs_block"])
            seen.update(told["back"].map({True: "back", False: "not"}))
            seen.update(needed.map({True: "needs settings", False: "needs none"}))
            at_once = {email for email, back in zip(told["email"], told["back"] & ~needed, strict=True) if back}
            went_at_once = enroll(sandbox, told[told["email"].isin(at_once)])
            assert dict.fromkeys(at_once) == {email: reason for email, (reason, _) in went_at_once.items()}
            lift_all(sandbox)
            went = enroll(sandbox, told[~told["email"].isin(at_once)]) | went_at_once
            for row in told.to_dict("records"):
                reason, step = went[row["email"]]
                codes = [code for code in row["reasons"].each if code != NO_STEP_LEFT]
                assert (None if row["back"] else first_reason(Names(*codes))) == reason
                assert not row["back"] or row["step"] == step
                through = NO_STEP_LEFT in row["reasons"]
                assert not through or reason or step == 1  # what the platform would do, and a procedure does not
                seen["through"] += through
            load(sandbox, workspace)  # another mailbox, from the beginning

    with switched_off("R42"):  # one instant serves both
        check()
    assert 15 <= min(seen[name] for name in ("back", "not", "needs settings", "needs none")), seen
    assert seen["through"], seen


def enroll(sandbox: Sandbox, contacts: pd.DataFrame) -> dict[str, tuple[str | None, int]]:
    """The platform's verdict on each, and where it begins."""
    if contacts.empty:
        return {}
    answer = sandbox.enroll(contacts[["email", "sequence", "mailbox"]])
    return {
        email: (None if pd.isna(reason) else reason, int(step))
        for email, reason, step in answer[["email", "reason", "step"]].itertuples(index=False)
    }
