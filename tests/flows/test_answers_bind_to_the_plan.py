"""An answer binds to the plan that was shown: what changed while somebody thought is planned and asked about again."""

from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from journal import decisions, operations
from models.changes import OptOut, SetSetting
from models.report import Report
from tasks import approving
from tasks.exclusion_rerun import deciding
from tests.flows.house import House
from tests.flows.test_exclusion_rerun import GLOBAL, excluded_team, run
from tests.workspaces import ANAS_MAILBOX, BO, PIA, QUIN, running, workspace


@pytest.fixture(autouse=True)
def everybody_thinks_for_a_while(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approving, "AT_ONCE", 0.0)


@pytest.fixture
def decide() -> Iterator[Callable[[deciding.Decider], None]]:
    yield deciding.decide_with
    deciding.decide_with(deciding.nobody_to_ask)


def put_back(house: House, meanwhile: Callable[[], object]) -> Report:
    """Candidates of an owner's change, confirmed by a person during whose first thought something happens."""
    house.load_and_change_owner(
        workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN)]), ANAS_MAILBOX, BO
    )

    def answer(question: str) -> bool:
        if len(house.listener.questions) == 1:
            meanwhile()
        return True

    return house.carry_out("ownership-change", mailbox=ANAS_MAILBOX, answer=answer)


def test_where_nothing_changed_meanwhile_one_answer_is_enough(house: House) -> None:
    report = put_back(house, lambda: None)
    assert (1, 2, ()) == (len(house.listener.questions), report.counts["enrolled"], report.differences)


def test_as_time_goes_by_the_plan_stays_the_same_plan(house: House) -> None:
    report = put_back(house, lambda: house.sandbox.advance(house.sandbox.now().replace(hour=17)))
    assert (1, 2) == (len(house.listener.questions), report.counts["enrolled"])


def test_where_a_contact_changed_meanwhile_it_is_asked_again_about_the_others(house: House) -> None:
    report = put_back(house, lambda: house.do(OptOut(person=PIA)))
    assert ["2 contacts", "1 contact"] == [
        "2 contacts" if "2 contacts" in told else "1 contact" for told in house.listener.questions
    ]
    assert ("completed", 1, 1) == (report.status, report.counts["enrolled"], report.counts["blocked"])
    assert () == report.differences, "the forecast is the one of the plan that was agreed to"


def test_a_no_is_a_no_whatever_changed_meanwhile(house: House) -> None:
    house.load_and_change_owner(workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN)]))

    def answer(question: str) -> bool:
        house.do(OptOut(person=PIA))
        return False

    report = house.carry_out("ownership-change", mailbox=ANAS_MAILBOX, answer=answer)
    assert (1, "cancelled") == (len(house.listener.questions), report.status)


def test_where_a_setting_changed_meanwhile_it_is_asked_again(house: House) -> None:
    report = put_back(
        house, lambda: house.do(SetSetting(setting="ruleset:Default:allow_same_sequence_reenrollment", value=True))
    )
    assert 2 == len(house.listener.questions)
    assert ["ruleset:Default:block_reenrollment"] == [loan.setting for loan in report.loans]


def test_what_is_kept_names_the_plan_that_was_agreed_to(house: House) -> None:
    report = put_back(house, lambda: house.do(OptOut(person=PIA)))
    row = operations.get(house.journal, report.operation_id)
    assert row is not None
    assert row.plan_hash is not None
    given = decisions.find(house.journal, report.operation_id, approving.GO_ON, row.plan_hash)
    assert given is not None
    assert "yes" == given.answer


def everybody(matches: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"email": matches["email"], "decision": True, "why": ""})


@pytest.mark.rule("R39")
def test_matches_that_changed_while_somebody_judged_them_are_judged_again(
    house: House, decide: Callable[[deciding.Decider], None]
) -> None:
    house.load(excluded_team())
    shown = []

    def decider(matches: pd.DataFrame, question: str) -> pd.DataFrame:
        shown.append(dict(zip(matches["email"], matches["stands_in_the_way"], strict=True)))
        if len(shown) == 1:
            house.do(OptOut(person=PIA))
        return everybody(matches)

    decide(decider)
    report = run(house)
    assert ["excluded:Customers", "opted_out"] == [seen[PIA] for seen in shown]
    assert (2, 1) == (report.counts["enrolled"], report.counts["blocked"])


def test_an_exclusion_that_was_turned_off_while_somebody_judged_is_not_borrowed(
    house: House, decide: Callable[[deciding.Decider], None]
) -> None:
    house.load(excluded_team())
    shown = []

    def decider(matches: pd.DataFrame, question: str) -> pd.DataFrame:
        shown.append(question)
        if len(shown) == 1:
            house.do(SetSetting(setting=GLOBAL, value=False))
        return everybody(matches)

    decide(decider)
    report = run(house)
    assert 2 == len(shown)
    assert GLOBAL not in [loan.setting for loan in report.loans]
