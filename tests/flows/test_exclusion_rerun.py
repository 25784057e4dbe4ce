"""`exclusion-rerun`: each match decided on, the exclusion off as long as it takes, everything as before at the end."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.changes import RunPlay, SetSetting
from models.errors import InvalidInput, NotAllowed
from models.records import Audience, Company, Interval, Sequence, SequenceStep
from models.report import Report
from models.workspace import Workspace
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANAS_MAILBOX,
    BO,
    EVERYBODY,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    ended,
    excluding,
    person,
    play,
    ruleset,
    workspace,
)

BIG = "bigcorp.test"
GLOBAL, LOCAL = "exclusion:Customers:exclude_from_sequences", "ruleset:Default:exclusion:Customers"


def two_steps(name: str = OUTBOUND) -> Sequence:
    return Sequence(name=name, steps=(SequenceStep(), SequenceStep(wait_days=2)))


def excluded_team(*, published: bool = False, **own: Any) -> Workspace:
    """Pia, Quin and Raj work for a customer; Sue does not."""
    people = [person(email, company_domain=BIG) for email in (PIA, QUIN, RAJ)] + [person(SUE)]
    exclusion = excluding(company_domain=(BIG,))
    return workspace(
        **{
            "people": people,
            "companies": (Company(domain=BIG, status="customer"),),
            "exclusions": (exclusion,),
            "rulesets": (ruleset(exclusions={"Customers": True}),),
            "sequences": (two_steps(), two_steps(NURTURE)),
            "plays": (play(published=published),),
            **own,
        }
    )


def run(house: House, **parameters: Any) -> Report:
    return house.carry_out("exclusion-rerun", **{"exclusion": "Customers", "play": PLAY, **parameters})


def enrolled(house: House) -> set[str]:
    """Who has or had an enrollment."""
    return {entry.person for entry in house.sandbox.workspace_record().enrollments}


def answers(path: Path, **decisions: str) -> str:
    names = {"pia": PIA, "quin": QUIN, "raj": RAJ, "sue": SUE}
    rows = [f"{names[name]},{word},because" for name, word in decisions.items()]
    path.write_text("\n".join(["email,decision,why", *rows]))
    return str(path)


@pytest.mark.rule("R30", "R31", "R32", "R39", "R57")
def test_a_dry_run_lists_each_match_with_what_speaks_for_and_against_and_changes_nothing(house: House) -> None:
    sandbox = house.load(excluded_team())
    before = sandbox.dump()
    report = run(house, dry_run=True)
    assert before == sandbox.dump()
    assert ("planned", 3) == (report.status, report.counts["enrolled"])
    matches = pd.read_csv(report.files["matches"], keep_default_na=False).set_index("email")
    assert {PIA, QUIN, RAJ} == set(matches.index)
    assert f"the company's domain is {BIG}" == matches.at[PIA, "matched_by"]
    assert "its company is a customer" == matches.at[PIA, "speaks_against"]
    assert "was never written to" == matches.at[PIA, "speaks_for"]
    assert "excluded:Customers" == matches.at[PIA, "stands_in_the_way"]


def test_an_exclusion_that_matches_nobody_leaves_nothing_to_do(house: House) -> None:
    sandbox = house.load(excluded_team(companies=(Company(domain=BIG),), exclusions=(excluding(),)))
    before = sandbox.dump()
    for dry_run in (True, False):
        report = run(house, dry_run=dry_run, approve="all")
        assert ("planned" if dry_run else "completed", 0) == (report.status, report.counts["considered"])
    assert (before, ()) == (sandbox.dump(), report.loans)


@pytest.mark.rule("R37")
def test_into_a_paused_sequence_the_exclusion_is_not_lifted_since_nobody_would_finish(house: House) -> None:
    paused = two_steps().model_copy(update={"paused": True})
    sandbox = house.load(excluded_team(sequences=(paused, two_steps(NURTURE))))
    before = sandbox.dump()
    planned = run(house, dry_run=True)
    assert "which is paused" in house.plan_of(planned)["hold"]
    with pytest.raises(InvalidInput, match=f"'{OUTBOUND}', which is paused") as refused:
        run(house, approve="all")
    assert "sequence" == refused.value.field
    assert before == sandbox.dump()


@pytest.mark.rule("R34", "R35", "R36", "R37", "R38", "R51", "R67", "R68", "R69")
def test_whom_somebody_approves_goes_through_the_whole_sequence_and_the_exclusion_comes_back(house: House) -> None:
    house.load(excluded_team())
    settings, started = house.settings(), house.sandbox.now()
    report = run(house, approve="all")
    check_report(report)
    assert ("completed", 3, ()) == (report.status, report.counts["enrolled"], report.differences)
    assert settings == house.settings()
    assert [(GLOBAL, "returned"), (LOCAL, "returned")] == [(loan.setting, loan.state) for loan in report.loans]
    ends = {e.person: (e.state, e.end_reason) for e in house.sandbox.workspace_record().enrollments}
    assert dict.fromkeys((PIA, QUIN, RAJ), ("finished", "completed")) == ends
    [effect, hold] = report.waits
    assert ("exclusion settings", "done", "probe") == (effect.waits_for, effect.ended, effect.proved_by)
    assert ("everybody to finish the sequence", "done", "probe") == (hold.waits_for, hold.ended, hold.proved_by)
    assert "finished" in outcomes(report).at[PIA, "detail"]
    assert house.sandbox.now() - started >= timedelta(days=2)


@pytest.mark.rule("R37")
def test_the_shortest_hold_that_the_plan_states_is_what_it_takes(house: House) -> None:
    house.load(excluded_team())
    report = run(house, approve="all")
    plan = house.plan_of(report)
    assert pd.Timestamp(plan["shortest_hold"]) <= report.waits[1].until
    last_step = max(step.at for e in house.sandbox.workspace_record().enrollments for step in e.steps)
    assert timedelta(0) <= last_step - pd.Timestamp(plan["shortest_hold"]) <= timedelta(hours=1)


@pytest.mark.rule("R39")
def test_whom_nobody_approves_is_not_written_to(house: House, tmp_path: Path) -> None:
    house.load(excluded_team())
    report = run(house, approve=answers(tmp_path / "answers.csv", pia="yes", quin="no"))
    check_report(report)
    assert {PIA} == enrolled(house)
    assert {"not_approved": 2} == report.reasons
    assert ("completed", ()) == (report.status, report.differences)


def test_approving_nobody_changes_nothing(house: House) -> None:
    sandbox = house.load(excluded_team())
    before = sandbox.dump()
    report = run(house, approve="none")
    assert before == sandbox.dump()
    assert ({"not_approved": 3}, ()) == (report.reasons, report.loans)


def test_where_somebody_is_asked_and_approves_nobody_the_run_ends_as_not_approved(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = house.load(excluded_team())
    before = sandbox.dump()
    nobody = pd.DataFrame({"email": [PIA], "decision": [False], "why": [""]})
    monkeypatch.setattr("tasks.exclusion_rerun.deciding._decider", lambda matches, question: nobody)
    report = run(house)
    assert ("cancelled", {"not_approved": 3}, ()) == (report.status, report.reasons, report.loans)
    assert before == sandbox.dump()


@pytest.mark.rule("R33", "R44")
def test_a_published_play_does_not_let_in_whom_somebody_declined(house: House, tmp_path: Path) -> None:
    house.load(excluded_team(published=True))
    settings = house.settings()
    report = run(house, approve=answers(tmp_path / "answers.csv", pia="yes", quin="no", raj="no"))
    check_report(report)
    house.sandbox.advance(house.sandbox.now() + timedelta(days=2))
    assert {PIA} == enrolled(house)
    assert settings == house.settings()
    assert {"audience:Everybody:exclusion:Customers": "returned"}.items() <= {
        loan.setting: loan.state for loan in report.loans
    }.items()


@pytest.mark.rule("R44")
def test_the_blast_radius_is_whom_published_plays_then_really_let_in(house: House) -> None:
    others = [f"other{number}@x.test" for number in range(4)]
    team = excluded_team(
        people=[person(email, company_domain=BIG) for email in (PIA, *others)] + [person(SUE)],
        audiences=(Audience(name=EVERYBODY, people=(PIA,)), Audience(name="Others", people=tuple(others))),
        plays=(play(), play(name="Others' play", audience="Others", sequence=NURTURE, published=True)),
    )
    house.load(team)
    planned = run(house, dry_run=True)
    assert 4 == sum(number for _, number in house.plan_of(planned)["others"])
    assert any("4 others become reachable" in line for line in planned.plan)
    report = run(house, approve="all")
    assert "completed" == report.status
    assert {PIA, *others} == enrolled(house)


@pytest.mark.rule("R33", "R44", "R64")
def test_everybody_else_can_be_kept_out(house: House) -> None:
    others = [f"other{number}@x.test" for number in range(4)]
    team = excluded_team(
        people=[person(email, company_domain=BIG) for email in (PIA, *others)],
        audiences=(Audience(name=EVERYBODY, people=(PIA,)), Audience(name="Others", people=tuple(others))),
        plays=(play(), play(name="Others' play", audience="Others", sequence=NURTURE, published=True)),
    )
    house.load(team)
    report = run(house, approve="all", shield_others=True)
    house.sandbox.advance(house.sandbox.now() + timedelta(days=2))
    assert ("completed", {PIA}) == (report.status, enrolled(house))
    assert [] == house.plan_of(report)["others"]


@pytest.mark.rule("R62")
def test_giving_back_as_soon_as_they_are_enrolled_removes_them_when_the_exclusion_acts_again(house: House) -> None:
    house.load(excluded_team())
    report = run(house, approve="all", hold_until="enrolled")
    assert 3 == report.counts["enrolled"]
    assert any("whoever still runs when it acts again is removed" in line for line in report.plan)
    house.sandbox.advance(house.sandbox.now() + timedelta(hours=1))
    assert {"excluded"} == {e.end_reason for e in house.sandbox.workspace_record().enrollments}


def test_a_batch_that_takes_longer_than_the_budget_is_refused_before_anything_changes(house: House) -> None:
    sandbox = house.load(excluded_team())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=r"max_hold_days: .* longer than 1 day"):
        run(house, approve="all", max_hold_days=1)
    assert before == sandbox.dump()
    assert any("a live run is refused" in line for line in run(house, dry_run=True, max_hold_days=1).plan)


@pytest.mark.parametrize(
    ("team", "field"),
    [({"sequences": (Sequence(name=OUTBOUND, paused=True),)}, "sequence"), ({}, "max_hold_days")],
    ids=["paused", "too long for each alone"],
)
def test_what_cannot_be_carried_out_whoever_is_approved_is_refused_before_anybody_is_asked(
    house: House, monkeypatch: pytest.MonkeyPatch, team: dict[str, Any], field: str
) -> None:
    house.load(excluded_team(**team))
    before = house.sandbox.dump()

    def asked(*_: Any) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr("tasks.exclusion_rerun.deciding._decider", asked)
    with pytest.raises(InvalidInput, match="Nothing was changed") as refused:
        run(house, max_hold_days=1)
    assert (field, before) == (refused.value.field, house.sandbox.dump())


@pytest.mark.rule("R38")
def test_who_has_not_finished_at_the_end_of_the_budget_is_named(house: House) -> None:
    slow = Sequence(name=OUTBOUND, steps=(SequenceStep(), SequenceStep(type="PHONE_CALL"), SequenceStep(wait_days=2)))
    house.load(excluded_team(sequences=(slow,)))
    report = run(house, approve="all", max_hold_days=3)
    assert ("needs_attention", "timed_out") == (report.status, report.waits[1].ended)
    assert "3 contacts had not finished after 3 days" in report.next[0]
    assert {"returned"} == {loan.state for loan in report.loans}


@pytest.mark.rule("R43")
def test_what_else_stands_in_the_way_is_told_and_not_lifted(house: House) -> None:
    house.load(
        excluded_team(
            people=[
                person(PIA, company_domain=BIG, opted_out=True),
                *(person(e, company_domain=BIG) for e in (QUIN, RAJ)),
            ],
            enrollments=[ended(QUIN, days=10, steps_done=1)],
        )
    )
    report = run(house, approve="all")
    check_report(report)
    assert {"opted_out": 1, "already_sequenced": 1, "recently_enrolled": 1} == report.reasons
    assert {RAJ, QUIN} == enrolled(house)


def test_named_contacts_go_directly_into_the_sequence_that_is_named(house: House) -> None:
    house.load(excluded_team())
    report = run(house, play=None, contacts=f"{PIA}\n{SUE}\nnobody@x.test", sequence=NURTURE, approve="all")
    check_report(report)
    assert (1, 1, 1) == tuple(report.counts[name] for name in ("enrolled", "unchanged", "rejected"))
    assert {PIA} == enrolled(house)


def test_who_was_paused_when_they_were_removed_is_left_to_a_person(house: House) -> None:
    removed = ended(QUIN, days=100, sequence=NURTURE, steps_done=1, end_reason="excluded", paused=True)
    house.load(excluded_team(enrollments=[removed], rulesets=ruleset(allow_same=True)))
    report = run(house, play=None, contacts=f"{PIA} {QUIN}", sequence=NURTURE, dry_run=True)
    check_report(report)
    assert {PIA: "enrolled", QUIN: "manual"} == outcomes(report)["outcome"].to_dict()
    assert "was paused when they left the sequence" in outcomes(report)["detail"][QUIN]


@pytest.mark.rule("R15", "R17")
def test_a_play_in_its_cool_down_is_run_through_a_duplicate(house: House) -> None:
    house.load(excluded_team())
    house.do(RunPlay(play=PLAY))
    report = run(house, approve="all")
    assert ("completed", 3) == (report.status, report.counts["enrolled"])


@pytest.mark.rule("R47")
def test_a_rep_is_refused_before_anything_is_asked_or_changed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = house.load(excluded_team())
    before = sandbox.dump()
    monkeypatch.setenv("HANDOFF_USER", BO)
    from tasks.operation import _opened

    _opened.cache_clear()
    with pytest.raises(NotAllowed, match="needs_admin"):
        run(house, approve="all")
    assert before == house.sandbox.dump()


def test_yes_never_approves_a_match(house: House) -> None:
    sandbox = house.load(excluded_team())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match="approve: 3 matches have to be decided"):
        run(house, yes=True)
    assert before == sandbox.dump()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"exclusion": "Custmers"}, "Did you mean 'Customers'"),
        ({"play": "Plya"}, "Did you mean 'Play'"),
        ({"play": None}, "play: is missing"),
        ({"play": None, "contacts": PIA}, "sequence: is missing"),
        ({"approve": "some"}, "approve: 'some' is no answer"),
        ({"approve": f"email,decision\n{PIA},perhaps"}, "row 2, column decision: 'perhaps' is neither yes nor no"),
        ({"approve": f"email,decision\n{PIA},yes\n{PIA},no"}, "row 3, column email: is decided twice"),
        ({"approve": f"address,decision\n{PIA},yes"}, "has no column email"),
    ],
)
def test_wrong_input_is_refused_with_the_field_and_changes_nothing(house: House, given: Any, words: str) -> None:
    sandbox = house.load(excluded_team())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=words):
        run(house, **given)
    assert before == sandbox.dump()


def test_a_second_time_everybody_is_through_already(house: House) -> None:
    house.load(excluded_team())
    run(house, approve="all")
    again = run(house, approve="all")
    reasons = {"already_sequenced": 3, "recently_enrolled": 3, "no_step_left": 3}
    assert (0, reasons) == (again.counts["enrolled"], again.reasons)
    assert () == again.loans


def test_nothing_is_borrowed_where_the_exclusion_is_off_already(house: House) -> None:
    house.load(
        excluded_team(
            exclusions=(excluding(PIA, on=False),),
            rulesets=(ruleset(),),
            people=[PIA, QUIN],
        )
    )
    report = run(house, approve="all")
    assert ("completed", (), 1) == (report.status, report.loans, report.counts["enrolled"])
    assert (ANAS_MAILBOX, 1) == house.place(PIA, OUTBOUND)


@pytest.mark.rule("R42", "R51")
def test_settings_that_somebody_gave_back_a_moment_ago_do_not_count_as_open(house: House) -> None:
    open_once = {"allow_same": True, "days": 0}
    house.load(
        excluded_team(
            rulesets=(ruleset(exclusions={"Customers": True}, **open_once),),
            enrollments=[ended(PIA, days=5, steps_done=1)],
        )
    )
    for field, value in (("allow_same_sequence_reenrollment", False), ("block_reenrollment", Interval(value=75))):
        house.do(SetSetting(setting=f"ruleset:Default:{field}", value=value))
    report = run(house, approve="all")
    check_report(report)
    assert ({"already_sequenced": 1, "recently_enrolled": 1}, 2) == (report.reasons, report.counts["enrolled"])
    assert ("completed", ()) == (report.status, report.differences)
