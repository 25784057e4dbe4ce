"""The policy of `nightly-remediation`: a variable in Prefect says what may be done without a person."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from prefect.variables import Variable

from models.changes import ChangeMailboxOwner
from models.errors import InvalidInput
from models.night_policy import NightPolicy
from models.report import Report
from tasks.nightly_remediation.policy import VARIABLE, read_policy
from tasks.nightly_remediation.request import NightlyRemediationRequest
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import ANAS_MAILBOX, BO, BOS_MAILBOX, NURTURE, OUTBOUND, PIA, PLAY, QUIN, RAJ, running, workspace

SetPolicy = Callable[[Any], object]


@pytest.fixture
def policy(house: House) -> Iterator[SetPolicy]:
    """Sets the variable, as its page in Prefect does; it is gone afterwards."""
    yield lambda value: Variable.set(VARIABLE, value, overwrite=True)
    Variable.unset(VARIABLE)


def night(house: House, **parameters: Any) -> Report:
    return house.carry_out("nightly-remediation", **parameters)


def changed_owner(house: House) -> None:
    """Pia fell out of one sequence, Quin and Raj out of another; a night took the record before."""
    enrollments = [running(PIA, play=PLAY), running(QUIN, sequence=NURTURE), running(RAJ, sequence=NURTURE)]
    house.load(workspace(people=[PIA, QUIN, RAJ], enrollments=enrollments))
    assert 0 == night(house).counts["considered"]
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))


def now_running(house: House) -> set[str]:
    return {e.person for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")}


def told(report: Report) -> dict[str, int]:
    return {name: number for name, number in report.counts.items() if number and name != "considered"}


def test_only_sequences_of_the_policy_are_remediated_and_the_others_are_left_to_a_person_each_night(
    house: House, policy: SetPolicy
) -> None:
    policy({"sequences": [OUTBOUND.lower()]})
    changed_owner(house)
    for enrolled in ({"enrolled": 1}, {}):  # the second night starts nothing again
        report = night(house)
        check_report(report)
        assert {"manual": 2} | enrolled == told(report)
        assert {PIA} == now_running(house)
        assert "needs_attention" == report.status
        assert any(f"2 contacts of '{NURTURE}' from {ANAS_MAILBOX} left to a person" in line for line in report.next)
        work = pd.read_csv(report.files["worklist"])
        assert {QUIN, RAJ} == set(work["email"])
        assert work["what_to_do"].str.contains(f"with sequences ['{NURTURE}']", regex=False).all()
    house.run(sequences=[NURTURE])
    assert {PIA, QUIN, RAJ} == now_running(house)
    assert ("completed", {}) == ((last := night(house)).status, told(last))


def test_a_person_who_puts_one_of_them_back_by_hand_has_one_less_left(house: House, policy: SetPolicy) -> None:
    policy({"sequences": [OUTBOUND]})
    changed_owner(house)
    house.run(contacts=QUIN)
    report = night(house)
    assert {"manual": 1, "enrolled": 1} == told(report)
    assert "manual" == outcomes(report).loc[RAJ, "outcome"]


def test_a_policy_that_allows_more_later_starts_only_what_is_still_out(house: House, policy: SetPolicy) -> None:
    policy({"sequences": [OUTBOUND]})
    changed_owner(house)
    night(house)
    policy({"sequences": [OUTBOUND, NURTURE]})
    report = night(house)
    assert {"enrolled": 2} == told(report)
    assert any(f"only '{NURTURE}'" in line for line in report.plan)
    assert {PIA, QUIN, RAJ} == now_running(house)
    policy({})
    assert {} == told(night(house))


def test_a_mailbox_that_the_policy_leaves_out_is_left_to_a_person(house: House, policy: SetPolicy) -> None:
    changed_owner(house)
    for value, what in (({"mailboxes": [BOS_MAILBOX]}, "mailbox"), ({"sequences": []}, "sequence")):
        policy(value)
        report = night(house)
        assert ({"manual": 3}, set()) == (told(report), now_running(house))
        assert any(f"the policy leaves this {what} out" in line for line in report.next)


def test_a_job_that_may_not_go_live_is_only_planned(house: House, policy: SetPolicy) -> None:
    policy({"unattended": ["retry-lapsed"]})
    changed_owner(house)
    report = night(house)
    assert ({"manual": 3}, set()) == (told(report), now_running(house))
    assert any("the policy does not let ownership-change go live" in line for line in report.next)


def test_a_parameter_wins_over_the_policy(house: House, policy: SetPolicy) -> None:
    policy({"at_most": 0, "sequences": [OUTBOUND]})
    changed_owner(house)
    report = night(house, at_most=3, sequences=[NURTURE])
    assert {"manual": 1, "enrolled": 2} == told(report)
    assert {QUIN, RAJ} == now_running(house)


MALFORMED: list[tuple[Any, str]] = [
    ({"at_most": "many"}, "handoff_nightly_policy.at_most"),
    ({"at_most": -1}, "handoff_nightly_policy.at_most"),
    ({"unattended": ["everything"]}, "handoff_nightly_policy.unattended.0"),
    ({"sequences": OUTBOUND}, "handoff_nightly_policy.sequences"),
    ({"sequences": ["Outbond"]}, r"handoff_nightly_policy.sequences: .*Did you mean 'Outbound'"),
    ({"mailboxes": ["anna@send.acme.test"]}, r"handoff_nightly_policy.mailboxes: .*Did you mean"),
    ({"sequence": [OUTBOUND]}, "handoff_nightly_policy: there is no field 'sequence'. Did you mean 'sequences'"),
    ("{'at_most': 3}", "handoff_nightly_policy: its value is no JSON"),
    ([OUTBOUND], r"handoff_nightly_policy: its value is \[\"Outbound\"\], not an object"),
]


def test_a_malformed_policy_is_refused_with_variable_field_and_remedy(house: House, policy: SetPolicy) -> None:
    platform = house.load(workspace())
    for value, told_of in MALFORMED:
        policy(value)
        with pytest.raises(InvalidInput, match=told_of) as refused:
            NightlyRemediationRequest().check(platform)
        assert refused.value.remedy
    with pytest.raises(InvalidInput, match=MALFORMED[-1][1]):
        night(house)
    assert not (house.home / "operations").exists()


def test_a_policy_that_was_kept_as_text_is_read_like_an_object(house: House, policy: SetPolicy) -> None:
    policy('{"at_most": 7, "sequences": ["Outbound"]}')
    assert NightPolicy(at_most=7, sequences=(OUTBOUND,)) == read_policy()


def test_sequences_limit_whom_an_ownership_change_puts_back(house: House) -> None:
    changed_owner(house)
    report = house.run(sequences=[NURTURE, OUTBOUND.upper()])
    assert {"enrolled": 3} == told(report)
    with pytest.raises(InvalidInput, match="sequences: there is no sequence"):
        house.run(sequences=["Outbond"])


@pytest.mark.parametrize("also", [{"sequence": OUTBOUND}, {"contacts": PIA}])
def test_sequences_are_refused_beside_a_sequence_or_named_contacts(house: House, also: dict[str, str]) -> None:
    changed_owner(house)
    with pytest.raises(InvalidInput, match=r"sequences: .* leave one of the two out"):
        house.run(sequences=[OUTBOUND], **also)
