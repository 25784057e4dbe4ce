"""Audiences and plays: upload, duplicate, run, cool-down, metrics and log."""

from datetime import timedelta
from pathlib import Path

import pytest

from models.changes import DuplicatePlay, RunPlay, UploadAudience
from models.errors import InvalidInput, Refused
from models.records import Audience, Mailbox, PlayRun
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BOS_MAILBOX,
    EVERYBODY,
    NOW,
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
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ, SUE]


def csv(folder: Path, *rows: str) -> str:
    path = folder / "contacts.csv"
    path.write_text("\n".join(["name,email", *(f"x,{row}" for row in rows)]) + "\n")
    return str(path)


@pytest.mark.rule("R3", "R4")
def test_a_csv_becomes_an_audience_in_its_order(sandboxes: Sandboxes, tmp_path: Path) -> None:
    sandbox = sandboxes(workspace(people=TEAM))
    answer = sandbox.apply(UploadAudience(name="Fell out", csv=csv(tmp_path, SUE, f" {PIA.upper()} ", f"'{RAJ}")))
    assert {"audience": "Fell out", "people": 3} == answer
    assert 3 == sandbox.audience_size("Fell out")
    assert [SUE, PIA, RAJ] == sandbox.dump()["audiences"][1]["people"]


@pytest.mark.rule("R4")
@pytest.mark.parametrize(
    ("rows", "message"),
    [((PIA, "nobody@x.test"), "nobody in the workspace has the address 'nobody@x.test'"), ((PIA, PIA), "there twice")],
)
def test_an_upload_is_taken_whole_or_not_at_all(
    sandboxes: Sandboxes, tmp_path: Path, rows: tuple[str, ...], message: str
) -> None:
    sandbox = sandboxes(workspace(people=TEAM))
    with pytest.raises(InvalidInput, match=message):
        sandbox.apply(UploadAudience(name="Fell out", csv=csv(tmp_path, *rows)))
    assert sandbox.audience_size("Fell out") is None


def test_an_address_that_comes_again_in_a_later_chunk_is_seen_too(
    sandboxes: Sandboxes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platforms.sandbox.behaviour.audiences.CHUNK", 2)
    sandbox = sandboxes(workspace(people=TEAM))
    with pytest.raises(InvalidInput, match="there twice"):
        sandbox.apply(UploadAudience(name="Fell out", csv=csv(tmp_path, PIA, QUIN, RAJ, PIA)))


@pytest.mark.parametrize("content", [None, "", "name\nPia\n", "\0\1\2"])
def test_a_file_that_is_no_csv_of_addresses_is_refused(
    sandboxes: Sandboxes, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "contacts.csv"
    if content is not None:
        path.write_text(content)
    sandbox = sandboxes(workspace())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=r"csv: .* is no CSV with a column 'email'"):
        sandbox.apply(UploadAudience(name="Fell out", csv=str(path)))
    assert before == sandbox.dump()


def test_a_name_that_is_taken_is_refused(sandboxes: Sandboxes, tmp_path: Path) -> None:
    sandbox = sandboxes(workspace())
    with pytest.raises(InvalidInput, match=f"name: there is already an audience '{EVERYBODY}'"):
        sandbox.apply(UploadAudience(name=EVERYBODY, csv=csv(tmp_path, PIA)))
    with pytest.raises(InvalidInput, match=f"name: there is already a play '{PLAY}'"):
        sandbox.apply(DuplicatePlay(play=PLAY, name=PLAY, audience=EVERYBODY))


@pytest.mark.rule("R5")
def test_a_duplicate_keeps_sequence_and_mailboxes_and_takes_the_new_audience(sandboxes: Sandboxes) -> None:
    audiences = [Audience(name=EVERYBODY, people=TEAM), Audience(name="Fell out", people=(RAJ,))]
    original = play(mailboxes=(BOS_MAILBOX, ANAS_MAILBOX), published=True, rerun_cooldown_days=3)
    sandbox = sandboxes(workspace(people=TEAM, audiences=audiences, plays=original))
    sandbox.apply(DuplicatePlay(play=PLAY, name="Copy", audience="Fell out"))
    expected = {
        "name": "Copy",
        "audience": "Fell out",
        "sequence": OUTBOUND,
        "mailboxes": [BOS_MAILBOX, ANAS_MAILBOX],
        "allow_reruns": True,
        "rerun_cooldown_days": 3,
    }
    assert expected == sandbox.dump()["plays"][1]
    assert [RAJ] == [entry["email"] for entry in sandbox.apply(RunPlay(play="Copy"))["log"]]


@pytest.mark.rule("R5", "R10")
def test_a_duplicate_may_lead_elsewhere(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    change = DuplicatePlay(play=PLAY, name="Copy", audience=EVERYBODY, sequence=NURTURE, mailboxes=(BOS_MAILBOX,))
    sandbox.apply(change)
    sandbox.apply(RunPlay(play="Copy"))
    places = sandbox.places([PIA], NURTURE)[["email", "mailbox", "step"]]
    assert [(PIA, BOS_MAILBOX, 1)] == list(places.itertuples(index=False, name=None))


@pytest.mark.rule("R15", "R16")
@pytest.mark.parametrize("days", [1, 3])
def test_a_play_that_ran_cannot_run_again_within_its_cooldown(sandboxes: Sandboxes, days: int) -> None:
    sandbox = sandboxes(workspace(plays=play(rerun_cooldown_days=days)))
    sandbox.apply(RunPlay(play=PLAY))
    sandbox.advance(NOW + timedelta(days=days, seconds=-1))
    before = sandbox.dump()
    with pytest.raises(
        Refused, match=r"play_cooldown: 'Play' ran at 2026-11-02 09:00 UTC and may run again"
    ) as refusal:
        sandbox.apply(RunPlay(play=PLAY))
    assert "play_cooldown" == refusal.value.code
    assert before == sandbox.dump()
    sandbox.advance(NOW + timedelta(days=days))
    assert {"already_enrolled": 1} == sandbox.apply(RunPlay(play=PLAY))["not_enrolled"]


@pytest.mark.rule("R15")
def test_the_cooldown_holds_also_where_re_enrollment_waits_0_days(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(rulesets=ruleset(allow_same=True, days=0)))
    sandbox.apply(RunPlay(play=PLAY))
    with pytest.raises(Refused, match="play_cooldown"):
        sandbox.apply(RunPlay(play=PLAY))


@pytest.mark.rule("R17", "R18", "R19")
def test_the_duplicate_of_a_play_that_just_ran_can_run_at_once(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(plays=play(runs=(PlayRun(at=NOW),))))
    with pytest.raises(Refused, match="duplicate the play and run the copy"):
        sandbox.apply(RunPlay(play=PLAY))
    sandbox.apply(DuplicatePlay(play=PLAY, name="Copy", audience=EVERYBODY))
    assert 1 == sandbox.apply(RunPlay(play="Copy"))["metrics"]["enrolled"]


@pytest.mark.rule("R25", "R28", "R29", "R30", "R59", "R60")
def test_the_metrics_count_the_reasons_and_the_log_names_the_contacts(sandboxes: Sandboxes) -> None:
    people = [PIA, person(QUIN, opted_out=True), person(RAJ, opted_out=True), SUE]
    sandbox = sandboxes(workspace(people=people, enrollments=[running(SUE)]))
    answer = sandbox.apply(RunPlay(play=PLAY))
    assert {"entered": 4, "enrolled": 1, "not_enrolled": 3} == answer["metrics"] == sandbox.play_metrics(PLAY)
    assert {"opted_out": 2, "already_enrolled": 1} == answer["not_enrolled"]
    assert [(PIA, None), (QUIN, "opted_out"), (RAJ, "opted_out"), (SUE, "already_enrolled")] == [
        (entry["email"], entry["reason"]) for entry in answer["log"]
    ]
    log = sandbox.play_log(PLAY)
    assert {PIA, QUIN, RAJ, SUE} == set(log["email"])
    assert 1 == log["reason"].isna().sum()


def test_a_play_that_never_ran_has_no_metrics(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    assert sandbox.play_metrics(PLAY) is None
    assert 0 == len(sandbox.play_log(PLAY))


@pytest.mark.rule("R54", "R56")
@pytest.mark.parametrize("allow_reruns", [True, False])
def test_exclusions_are_in_the_log_only_where_the_play_allows_re_runs(sandboxes: Sandboxes, allow_reruns: bool) -> None:
    people = [PIA, person(QUIN, opted_out=True)]
    own = play(allow_reruns=allow_reruns)
    answer = sandboxes(workspace(people=people, exclusions=excluding(PIA), plays=own)).apply(RunPlay(play=PLAY))
    assert {"excluded:Customers": 1, "opted_out": 1} == answer["not_enrolled"]
    shown = ["excluded:Customers", "opted_out"] if allow_reruns else ["opted_out"]
    assert shown == [entry["reason"] for entry in answer["log"]]


@pytest.mark.rule("R55", "R56")
@pytest.mark.parametrize("allow_reruns", [True, False])
def test_a_run_once_play_takes_and_logs_nobody_a_second_time(sandboxes: Sandboxes, allow_reruns: bool) -> None:
    people = [PIA, person(QUIN, opted_out=True)]
    sandbox = sandboxes(workspace(people=people, plays=play(allow_reruns=allow_reruns)))
    assert 2 == sandbox.apply(RunPlay(play=PLAY))["metrics"]["entered"]
    sandbox.advance(NOW + timedelta(days=1))
    again = sandbox.apply(RunPlay(play=PLAY))
    assert (2 if allow_reruns else 0) == again["metrics"]["entered"] == len(again["log"])


@pytest.mark.rule("R55")
def test_a_run_once_play_remembers_whom_it_enrolled_before_the_file(sandboxes: Sandboxes) -> None:
    enrollments = [ended(PIA, steps_done=0, play=PLAY)]
    sandbox = sandboxes(workspace(people=[PIA, QUIN], plays=play(allow_reruns=False), enrollments=enrollments))
    assert [QUIN] == [entry["email"] for entry in sandbox.apply(RunPlay(play=PLAY))["log"]]


@pytest.mark.rule("R33")
def test_whom_the_audiences_own_toggle_keeps_out_does_not_enter(sandboxes: Sandboxes) -> None:
    audience = Audience(name=EVERYBODY, people=(PIA, QUIN), exclusions={"Customers": True})
    sandbox = sandboxes(workspace(people=[PIA, QUIN], exclusions=excluding(PIA, on=False), audiences=audience))
    answer = sandbox.apply(RunPlay(play=PLAY))
    assert 1 == answer["metrics"]["entered"]
    assert [QUIN] == [entry["email"] for entry in answer["log"]]


def test_mailboxes_take_turns_and_paused_ones_are_passed_over(sandboxes: Sandboxes) -> None:
    third = "team@send.acme.test"
    mailboxes = [Mailbox(email=ANAS_MAILBOX, owner=ANA), Mailbox(email=BOS_MAILBOX, paused=True), Mailbox(email=third)]
    own = play(mailboxes=(third, BOS_MAILBOX, ANAS_MAILBOX))
    sandbox = sandboxes(workspace(people=TEAM, mailboxes=mailboxes, plays=own))
    sandbox.apply(RunPlay(play=PLAY))
    places = sandbox.places(TEAM, OUTBOUND).set_index("email")["mailbox"]
    assert [third, ANAS_MAILBOX, third, ANAS_MAILBOX] == places[TEAM].tolist()


def test_a_play_without_an_audience_and_one_that_does_not_exist_are_refused(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(plays=play().model_copy(update={"audience": None})))
    with pytest.raises(InvalidInput, match="play: 'Play' has no audience"):
        sandbox.apply(RunPlay(play=PLAY))
    with pytest.raises(InvalidInput, match=r"play: there is no play 'Plya'\. Did you mean 'Play'"):
        sandbox.apply(RunPlay(play="Plya"))
