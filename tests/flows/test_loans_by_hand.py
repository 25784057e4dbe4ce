"""Settings that a person changes for a run: what nobody can see is given back all the same, whatever was not said."""

import pytest

from journal import loans, operations
from models.changes import Change
from models.errors import InvalidInput, NeedsPerson, Unreadable
from models.setting_keys import SettingKey
from platforms.unify.unify import Unify
from tasks import by_hand
from tasks.restore_settings.restoring import have_given_back, sweep
from tests.flows.on_unify import MovedByHand, UnifyHouse, Working, unify, working
from tests.flows.test_steps_by_hand import EXCLUSION, HERE, excluded_from_everything, fallen_out, still_out
from tests.workspaces import ANAS_MAILBOX, OUTBOUND, PIA

__all__ = ["unify", "working"]  # fixtures


def let_in(unify: UnifyHouse, **how: str) -> None:
    unify.carry_out(
        "exclusion-rerun",
        exclusion="Customers",
        contacts=PIA,
        sequence=OUTBOUND,
        approve="all",
        send_from=[ANAS_MAILBOX],
        **how,
    )


def turns_a_toggle_and_is_cut_off(unify: UnifyHouse, working: Working) -> None:
    """A run in which a person acts, and the answer never comes."""

    def cut_off(change: Change) -> None:
        unify.do(change)
        raise ConnectionError("the terminal closed")

    working(instead={"turn off": cut_off})
    with pytest.raises(ConnectionError):
        let_in(unify)


def test_a_toggle_that_somebody_may_have_turned_is_chased_although_nobody_answered(
    unify: UnifyHouse, working: Working
) -> None:
    excluded_from_everything(unify)
    before = unify.settings()
    turns_a_toggle_and_is_cut_off(unify, working)
    assert before != unify.settings()
    assert EXCLUSION in [loan["setting"] for loan in still_out(sweep())]
    person = working()
    have_given_back()
    assert ["first look whether it was changed at all"] == [
        line[: len("first look whether it was changed at all")] for line in person.first_lines
    ]
    assert [] == still_out(sweep())
    assert before == unify.settings()


def test_a_toggle_of_which_somebody_says_that_it_cannot_be_turned_needs_nothing(
    unify: UnifyHouse, working: Working
) -> None:
    excluded_from_everything(unify)
    before = unify.settings()
    working(refuse=("turn off",))
    with pytest.raises(Exception, match="Olga says that this cannot be done"):
        let_in(unify)
    assert [] == still_out(sweep())
    assert before == unify.settings()
    assert HERE not in [loan.setting for loan in loans.open_loans(unify.journal)]


def test_a_loan_stays_out_while_the_workspace_cannot_be_read(
    unify: UnifyHouse, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    fallen_out(unify)
    before = unify.settings()

    def cannot_be_read(self: Unify, key: SettingKey) -> None:
        raise Unreadable("GET /sequences: rules is missing")

    working(refuse=("waiting period",))
    with monkeypatch.context() as garbled, pytest.raises(Unreadable):
        garbled.setattr(Unify, "setting", cannot_be_read)
        unify.run()
    with pytest.raises(Exception, match="this cannot be done"):
        unify.run()
    with monkeypatch.context() as garbled, pytest.raises(Unreadable):
        garbled.setattr(Unify, "setting", cannot_be_read)
        sweep()
    assert ["returning"] == [loan.state for loan in loans.open_loans(unify.journal)]
    working()
    have_given_back()
    assert before == unify.settings()


def test_nothing_is_borrowed_where_the_clock_stands_still_and_nobody_can_move_it(
    unify: UnifyHouse, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    fallen_out(unify)
    person = working()

    def stands_still(self: Unify, to: object) -> None:
        raise InvalidInput("HANDOFF_SANDBOX_CLOCK", "the clock of the emulator's sandbox stands still")

    monkeypatch.setattr(MovedByHand, "advance", stands_still)
    with pytest.raises(InvalidInput, match="stands still"):
        unify.run()
    assert ([], []) == (person.asked, loans.open_loans(unify.journal))


def test_who_goes_on_where_nobody_can_be_asked_is_not_told_that_nothing_was_changed(
    unify: UnifyHouse, working: Working
) -> None:
    fallen_out(unify)
    working(refuse=("waiting period",))
    with pytest.raises(NeedsPerson):
        unify.run()
    by_hand.ask_steps_with(None)
    [row] = [one for one in operations.past(unify.journal) if one.mode == "live"]
    with pytest.raises(NeedsPerson, match=r"`handoff answer`$"):
        unify.run(operation=row.id)


def test_who_is_asked_again_and_sees_what_they_did_before_does_not_leave_it_off(
    unify: UnifyHouse, working: Working
) -> None:
    excluded_from_everything(unify)
    before = unify.settings()
    turns_a_toggle_and_is_cut_off(unify, working)
    [row] = [one for one in operations.past(unify.journal) if one.mode == "live"]
    person = working()
    let_in(unify, operation=row.id)
    assert any("first look whether it was changed at all" in line for line in person.first_lines)
    assert before == unify.settings()


def test_a_loan_stays_out_where_the_name_of_its_ruleset_became_ambiguous(
    unify: UnifyHouse, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    fallen_out(unify)
    working(refuse=("waiting period",))

    def ambiguous(self: Unify, key: SettingKey) -> None:
        raise InvalidInput("ruleset", "there are two rulesets named 'Default'")

    with pytest.raises(NeedsPerson):
        unify.run()
    with monkeypatch.context() as renamed, pytest.raises(InvalidInput):
        renamed.setattr(Unify, "setting", ambiguous)
        sweep()
    assert ["returning"] == [loan.state for loan in loans.open_loans(unify.journal)]
