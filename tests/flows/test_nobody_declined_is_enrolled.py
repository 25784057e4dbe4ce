"""In random workspaces of many plays on few audiences: whatever happens while an exclusion is off, nobody declined is
enrolled in a sequence that it bars, from the lift until everything is given back and acts."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given

from journal.database import Journal
from models.changes import RunPlay, SetSetting
from models.errors import HandoffError, InvalidInput
from models.setting_keys import SettingKey
from models.tables.journal import OperationRow
from platforms.sandbox.sandbox import Sandbox
from tasks.exclusion_rerun.radius import reach_of
from tasks.exclusion_rerun.request import ExclusionRerun, ExclusionRerunRequest
from tasks.operation import Operation
from tests.declining_workspaces import Declining, declining
from tests.examples import often
from tests.flows.house import House
from tests.workspaces import NOW

MOMENT, ACTS = timedelta(minutes=20), timedelta(minutes=46)  # R51


def let_in_against_their_no(sandbox: Sandbox, case: Declining) -> set[tuple[str, str]]:
    """Who of the declined got into a sequence that the exclusion bars, since the workspace was loaded."""
    begun = sandbox.workspace_record().enrollments[len(case.workspace.enrollments) :]
    declined = case.matched - case.approved
    return {(one.person, one.sequence) for one in begun if one.person in declined and one.sequence in case.barred}


def some_plays_run(sandbox: Sandbox, case: Declining) -> None:
    """A person runs some of the plays, published or not; a cool-down refuses some of them."""
    for play in case.workspace.plays:
        if play.audience and case.of.often(0.3):
            try:
                sandbox.apply(RunPlay(play=play.name))
            except HandoffError:
                continue


def toggles(case: Declining) -> list[SettingKey]:
    """The toggles that lifting the exclusion for the sequence turns off: those of them that are on."""
    ruleset = case.ruleset_of(case.sequence)
    [exclusion] = [one for one in case.workspace.exclusions if one.name == case.exclusion]
    everywhere = [SettingKey("exclusion", case.exclusion, "exclude_from_sequences")]
    here = [SettingKey("ruleset_exclusion", ruleset.name, case.exclusion)]
    return [
        *(everywhere if exclusion.exclude_from_sequences else []),
        *(here if ruleset.exclusions.get(case.exclusion) else []),
    ]


def shields_of(operation: Operation, case: Declining, lifted: list[SettingKey]) -> list[SettingKey]:
    """The audience toggles that the rules would have turned on."""
    request = ExclusionRerunRequest(exclusion=case.exclusion, sequence=case.sequence, hold_until="enrolled")
    meant = request.checked_as(ExclusionRerun, target=case.sequence, named=None, senders=(), answers=None)
    contacts = pd.DataFrame({"email": sorted(case.matched)})
    contacts["forecast"] = contacts["email"].map(lambda one: "enrolled" if one in case.approved else "blocked")
    reach = reach_of(operation, meant, lifted, contacts, set(case.approved))
    return [shield.setting for shield in reach.shields]


def off_and_on_again(
    sandbox: Sandbox, case: Declining, lifted: list[SettingKey], shields: list[SettingKey]
) -> set[tuple[str, str]]:
    """Shields up, exclusion off, on, shields down, each acting before the next, and plays run by people all along."""
    for settings, value in ((shields, True), (lifted, False), (lifted, True), (shields, False)):
        for setting in settings:
            sandbox.apply(SetSetting(setting=setting, value=value))
        for _ in range(3):
            sandbox.advance(sandbox.now() + MOMENT)
            some_plays_run(sandbox, case)
    sandbox.advance(sandbox.now() + timedelta(days=2))
    some_plays_run(sandbox, case)
    return let_in_against_their_no(sandbox, case)


@pytest.mark.rule("R33", "R44", "R55", "R64", "R68")
def test_the_shields_keep_out_whoever_was_declined_in_random_workspaces(tmp_path: Path) -> None:
    sandbox, journal = Sandbox(f"sqlite:///{tmp_path / 'random.db'}"), Journal(f"sqlite:///{tmp_path / 'journal.db'}")
    row = OperationRow(
        id="ours",
        procedure="exclusion-rerun",
        workspace="sandbox",
        subject="",
        mode="live",
        folder="",
        started_at=NOW,
        recorded_at=NOW,
    )
    seen: Counter[str] = Counter()

    @often(25, thorough=200)
    @given(declining())
    def check(case: Declining) -> None:
        lifted = toggles(case)
        if not lifted:
            return
        sandbox.load(case.workspace)
        shields = shields_of(Operation(row, journal, sandbox), case, lifted)
        assert set() == off_and_on_again(sandbox, case, lifted, shields)
        sandbox.load(case.workspace)
        unshielded = off_and_on_again(sandbox, case, lifted, [])
        seen["would have been let in"] += len(unshielded)
        seen["through two sequences"] += len({sequence for _, sequence in unshielded}) > 1
        seen["shields"] += len(shields)

    check()
    assert seen["would have been let in"] > 15 and seen["through two sequences"] and seen["shields"] > 15, seen


@pytest.mark.slow
@pytest.mark.rule("R33", "R39", "R44")
def test_a_whole_run_lets_in_nobody_who_was_declined_in_random_workspaces(house: House) -> None:
    seen: Counter[str] = Counter()

    @often(4, thorough=60)
    @given(declining())
    def check(case: Declining) -> None:
        house.load(case.workspace)
        for words in (
            "waiting for audience",
            "waiting for exclusion settings",
            "the wait for exclusion settings ended",
            "waiting for everybody",
            "waiting for exclusion settings to act again",
        ):
            house.listener.once(words, lambda: some_plays_run(house.sandbox, case))
        answers = "\n".join(f"{email},{'yes' if email in case.approved else 'no'}" for email in sorted(case.matched))
        whom = "\n".join(sorted(case.matched))
        try:
            report = house.carry_out(
                "exclusion-rerun",
                exclusion=case.exclusion,
                contacts=whom,
                sequence=case.sequence,
                max_hold_days=365,
                approve=f"email,decision\n{answers}",
                send_from=[case.workspace.mailboxes[0].email],
            )
        except InvalidInput as refused:
            seen[f"refused: {refused.field}"] += 1
            return
        house.sandbox.advance(house.sandbox.now() + ACTS)
        some_plays_run(house.sandbox, case)
        assert set() == let_in_against_their_no(house.sandbox, case), report
        assert {"returned"} >= {loan.state for loan in report.loans}
        seen["shields"] += sum(loan.setting.startswith("audience:") for loan in report.loans)
        seen["enrolled"] += report.counts["enrolled"]

    check()
    assert seen["shields"] and seen["enrolled"], seen
