"""A deployed handover on Unify: approved on a form, each step by hand on another, waits in between, under one id."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from journal import loans, operations, questions
from journal.overview import overview
from models.changes import ChangeMailboxOwner, SetSetting
from models.records import Interval
from models.setting_keys import SettingKey
from tests.end_to_end.conftest import ENDED, Site
from tests.end_to_end.test_answers_and_sweeps import handoff
from tests.end_to_end.test_unify_by_forms import BLOCK, unify
from tests.processes import wait_until
from tests.workspaces import (
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NOW,
    OUTBOUND,
    PIA,
    QUIN,
    RAJ,
    SUE,
    ruleset,
    running,
    workspace,
)

__all__ = ["unify"]  # a fixture
CLOCK = "x600"
FAR = NOW + timedelta(days=30)  # in which nothing leaves, however slow the machine is
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
OWNER = ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO)


@pytest.mark.rule("R1", "R9", "R98")
def test_it_asks_on_forms_waits_without_a_process_and_is_one_operation(unify: Site) -> None:
    queued = running(SUE, steps_done=0, next_step_at=FAR)
    theirs = running(RAJ, mailbox=BOS_MAILBOX, next_step_at=FAR)  # by it Bo's mailbox shows
    team = [running(PIA, next_step_at=FAR), running(QUIN, next_step_at=FAR), queued, theirs]
    unify.sandbox.load(workspace(people=[PIA, QUIN, RAJ, SUE], enrollments=team, rulesets=[ruleset(allow_same=True)]))
    how = {"mailbox": ANAS_MAILBOX, "new_owner": BO, "carry_out": True, "workspace": "unify", "dry_run": False}
    run = unify.run("handover-plan", **how)
    asked = answer_all(unify, run)
    assert "hand ana@send.acme.test over to bo@acme.test" in asked[0]
    assert 1 == sum("give the mailbox" in question for question in asked)
    whole = unify.operation_of(run)
    assert "Completed" == unify.ended(run)
    report = handoff(unify, "show", whole.id)
    assert (1, 2, 0) == tuple(report["counts"][name] for name in ("reassigned", "enrolled", "failed"))
    places = unify.sandbox.places([PIA, QUIN, SUE], OUTBOUND).set_index("email")["mailbox"]
    assert {PIA: ANAS_MAILBOX, QUIN: ANAS_MAILBOX, SUE: BOS_MAILBOX} == dict(places)
    assert [] == [*loans.open_loans(unify.journal), *operations.in_flight(unify.journal, with_parts=True)]


def answer_all(site: Site, run: UUID) -> list[str]:
    """Answer every form of a run from the shell, by its operation's id, until it ends; give what was asked."""
    asked: list[str] = []
    while site.wait_for(run, "Suspended", *ENDED).name == "Suspended":
        site.form(run)
        whole = site.operation_of(run).id
        question = questions.open_question(site.journal, whole)
        assert question is not None, "it is asked under the whole"
        assert [whole] == [
            one["operation_id"] for one in overview(site.journal, site.settings, lambda _: None)["operations"]
        ]
        asked.append(question.told)
        do(site, question.told)
        handoff(site, "answer", whole, "--set", "go_on=true" if len(asked) == 1 else "outcome=done")
        wait_until(partial(is_closed, site, whole, question.id), 60, "the answer was not taken")
    return asked


def do(site: Site, told: str) -> None:
    """Do what is asked; the waiting period is set to nothing and back by turns."""
    if "give the mailbox" in told:
        site.sandbox.apply(OWNER)
    elif "waiting period" in told:
        lent = site.sandbox.setting(SettingKey.parse(BLOCK)) == {"value": 0, "unit": "DAY"}
        site.sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=75 if lent else 0)))


def is_closed(site: Site, whole: str, number: int | None) -> bool:
    found = questions.open_question(site.journal, whole)
    return found is None or found.id != number
