"""Why a contact may not be enrolled: each reason alone, all together, and in which order."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.names import NONE, Names, names
from models.rules.eligibility import reasons
from tests.models.rules.facts import NOW, fact, facts, first_reason, settings


def only(row: dict[str, Any], acting: pd.DataFrame | None = None) -> str:
    return str(reasons(facts(row), settings() if acting is None else acting, NOW).iloc[0])


def test_nothing_stands_against_somebody_who_was_never_enrolled() -> None:
    assert "" == only(fact())


@pytest.mark.parametrize(
    ("own", "code"),
    [
        pytest.param({"known": False}, "unknown_contact", marks=pytest.mark.rule("R3")),
        pytest.param({"sequence": None, "ruleset": None}, "unknown_sequence", marks=pytest.mark.rule("R5")),
        pytest.param({"opted_out": True}, "opted_out", marks=pytest.mark.rule("R29")),
        pytest.param({"do_not_email": True}, "do_not_email", marks=pytest.mark.rule("R29")),
        pytest.param({"excluded_by": names("Customers")}, "excluded:Customers", marks=pytest.mark.rule("R30")),
        pytest.param({"running_in": "Nurture"}, "already_enrolled", marks=pytest.mark.rule("R20", "R28")),
        pytest.param({"mailbox_ok": False}, "mailbox_unavailable", marks=pytest.mark.rule("R89")),
    ],
)
def test_each_reason_holds_alone(own: dict[str, Any], code: str) -> None:
    assert code == only(fact(**own))


@pytest.mark.rule("R12", "R45", "R46")
def test_the_same_sequence_is_barred_while_its_option_is_off() -> None:
    assert "already_sequenced" == only(fact(ended=100))
    assert "" == only(fact(ended=100), settings(allow_same=True))


@pytest.mark.rule("R46")
def test_another_sequence_does_not_need_that_option() -> None:
    assert "" == only(fact(ended=100, been_here=False))


@pytest.mark.rule("R13")
def test_re_enrollment_that_is_off_bars_for_ever() -> None:
    assert "never_again" == only(fact(ended=10_000), settings(allow_same=True, days=None))


@pytest.mark.rule("R26", "R14")
@pytest.mark.parametrize(("days", "ended", "barred"), [(75, 74.9, True), (75, 75, False), (0, 0.001, False)])
def test_the_bar_lapses_when_its_days_have_passed_since_the_last_end(days: int, ended: float, barred: bool) -> None:
    expected = "recently_enrolled" if barred else ""
    assert expected == only(fact(ended=ended), settings(allow_same=True, days=days))


@pytest.mark.rule("R43")
@pytest.mark.parametrize("days", [0, 75, None])
def test_who_never_completed_a_step_needs_no_setting(days: int | None) -> None:
    assert "" == only(fact(ended=1, completed_a_step=False), settings(days=days))


@pytest.mark.rule("R25", "R28")
def test_all_reasons_are_given_in_the_order_of_the_log() -> None:
    row = fact(
        ended=1,
        opted_out=True,
        do_not_email=True,
        excluded_by=names("Customers", "Rivals"),
        running_in="Nurture",
        mailbox_ok=False,
    )
    expected = (
        "opted_out;do_not_email;excluded:Customers;excluded:Rivals;already_enrolled;already_sequenced;"
        "recently_enrolled;mailbox_unavailable"
    )
    assert expected == only(row)
    assert "opted_out" == first_reason(Names("opted_out", "do_not_email"))
    assert first_reason(NONE) is None


@pytest.mark.rule("R3")
def test_of_somebody_unknown_nothing_else_is_said() -> None:
    missing = dict.fromkeys(("opted_out", "do_not_email", "completed_a_step", "been_here", "excluded_by", "ruleset"))
    assert "unknown_contact" == only(fact(known=False, mailbox_ok=False) | missing)


def test_each_contact_is_judged_by_its_own_ruleset_at_the_time_given() -> None:
    both = facts(fact("a@x.test", ended=5), fact("b@x.test", ended=5, ruleset="Open"))
    acting = settings(Open=(True, 10))
    assert ["already_sequenced;recently_enrolled", "recently_enrolled"] == list(map(str, reasons(both, acting, NOW)))
    assert ["already_sequenced;recently_enrolled", ""] == list(map(str, reasons(both, acting, NOW + timedelta(days=5))))


def test_nobody_at_all_is_fine_too() -> None:
    assert [] == reasons(facts(fact()).iloc[:0], settings(), NOW).tolist()
