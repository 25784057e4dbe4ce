"""`queued-backlog` with `via=direct`: each is cancelled and enrolled anew, which no API needs a person for."""

import pytest

from journal import operations
from models.changes import Enroll
from models.records import Mailbox
from platforms.sandbox.sandbox import Sandbox
from tests.flows.house import House, check_report, outcomes
from tests.flows.test_queued_backlog import MAILBOXES, THIRD, busy, run, senders
from tests.workspaces import ANA, ANAS_MAILBOX, BOS_MAILBOX, NOW, OUTBOUND, PIA, SUE, ended, excluding, running


@pytest.mark.rule("R73", "R75", "R98")
def test_the_same_contacts_reach_the_same_mailboxes_as_by_the_backlog(house: House) -> None:
    found = []
    for via in ("backlog", "direct"):
        house.load(busy())
        report = run(house, via=via)
        check_report(report)
        assert (10, 10) == (report.counts["reassigned"], report.counts["considered"])
        found.append((senders(house, OUTBOUND), senders(house, "Nurture")))
    assert found[0] == found[1]
    assert ANAS_MAILBOX == found[1][0][SUE]


def test_the_trade_offs_are_told_before_anybody_agrees(house: House) -> None:
    house.load(busy())
    told = "\n".join(run(house, dry_run=True, via="direct").plan)
    for words in ("end of the queue, under another id", "its tasks may go to somebody else", "via=backlog"):
        assert words in told


def test_nobody_is_cancelled_who_would_not_be_let_in_again(house: House) -> None:
    """An exclusion that came on and removes nobody keeps out whoever is enrolled anew."""
    house.load(busy(exclusions=[excluding("p0@x.test")], behaviour={"C18": "keeps"}))
    report = run(house, via="direct")
    check_report(report)
    assert (9, 1) == (report.counts["reassigned"], report.counts["blocked"])
    assert "excluded:Customers" == outcomes(report).loc["p0@x.test", "reasons"]
    assert ANAS_MAILBOX == senders(house, OUTBOUND)["p0@x.test"]


@pytest.mark.rule("R26")
def test_settings_are_borrowed_for_whom_the_cancellation_would_bar(house: House) -> None:
    enrollments = [ended(PIA, days=100), running(PIA, steps_done=0, started_at=NOW)]
    idle = Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=0)  # what is queued stays queued while it waits
    house.load(busy(people=[PIA], enrollments=enrollments, mailboxes=(idle, *MAILBOXES[1:])))
    before = house.settings()
    report = run(house, via="direct")
    assert ("completed", 1) == (report.status, report.counts["reassigned"]), report
    assert before == house.settings()
    assert [("returned", "returned")] == [tuple(loan.state for loan in report.loans)]


@pytest.mark.parametrize("after", ["unenroll", "enroll"])
def test_a_run_that_died_between_its_halves_goes_on_and_loses_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    house.load(busy())
    paused = house.sandbox.running(99).__next__().query("state == 'queued'")[["email", "sequence"]]
    house.sandbox.pause(paused)
    whole, times = getattr(Sandbox, after), iter(range(9))

    def dies(self: Sandbox, contacts: object) -> object:
        done = whole(self, contacts)
        if next(times) == 1:
            raise ConnectionError("the answer never came")
        return done

    with monkeypatch.context() as dying, pytest.raises(ConnectionError):
        dying.setattr(Sandbox, after, dies)
        run(house, via="direct")
    (row,) = operations.past(house.journal)
    report = house.carry_out(
        "queued-backlog", operation=row.id, from_mailbox=ANAS_MAILBOX, to_mailboxes=[BOS_MAILBOX, THIRD], via="direct"
    )
    assert 10 == report.counts["reassigned"], report
    assert {BOS_MAILBOX, THIRD} == set(senders(house, "Nurture").values())
    now = house.sandbox.running(99).__next__()
    assert set(paused["email"]) == set(now.loc[now["paused"], "email"])


def test_whoever_is_not_queued_any_more_is_left_alone(house: House) -> None:
    house.load(busy(queued=1))

    def away(question: str) -> bool:
        house.sandbox.unenroll(house.sandbox.running(9).__next__()[["email", "sequence"]].head(1))
        house.do(Enroll(person="p0@x.test", sequence="Nurture", mailbox=(BOS_MAILBOX,)))
        return True

    report = run(house, via="direct", answer=away)
    assert "p0@x.test" not in outcomes(report).index or "blocked" == outcomes(report).loc["p0@x.test", "outcome"]
    assert "p0@x.test" in senders(house, "Nurture")
