"""Experiments in the first sequence, whose first step is carried out: the one email that a calibration sends."""

from datetime import timedelta

from models.changes import ChangeMailboxOwner, ResumeEnrollment, RunPlay
from models.reasons import REENROLLMENT
from models.setting_keys import SettingKey
from tasks.calibrate.in_the_other_sequence import make_play
from tasks.calibrate.steps import OWNER, Answer, own_name, owner_of
from tasks.calibrate.trial import Trial

FIRST_STEP = (timedelta(minutes=30), timedelta(days=4))
LOOK_EVERY = timedelta(hours=4)  # each look takes a query job of a hundred a day
A_PLAY_RUNS = (timedelta(0), timedelta(minutes=15))
SAME = ("R45", "R26", "R42", "Q6")


def same_sequence(trial: Trial) -> None:
    """R45, R26, R42, Q6: back into the same sequence after its first step, with the option off and on."""
    sequence = trial.plan.sequence
    trial.close_reenrollment("at first")
    if not _first_step_is_done(trial):
        trial.could_not("the first step was not carried out in time", *SAME)
        return
    trial.leave("after the first step")
    trial.close_reenrollment("after the first step")
    _option_off(trial)
    _inside_the_waiting_period(trial)
    since = trial.open_reenrollment("with the option on", sequence)
    begun = trial.operation.now() if since is None else since
    answer = trial.enroll_once_it_acts("with the option on", sequence, begun, paused=True)
    if answer.reason is not None:
        trial.could_not(f"with the option on the answer was: {answer.words}", "R42", "Q6")
        return
    if since is None:
        trial.could_not("the ruleset lets everybody in again anyway", "R42")
    else:
        trial.saw_minutes("R42", since)
    step = trial.once("goes on at step", lambda: str(there.step) if (there := trial.place()) else "")
    if step == "1":
        trial.saw("Q6", "first_step")
        return
    trial.saw("Q6", "next_step", f"step {step}")
    trial.make("go on", ResumeEnrollment(person=trial.plan.person, sequence=sequence))


def _first_step_is_done(trial: Trial) -> bool:
    sequence = trial.plan.sequence
    if trial.is_so("did the first step before", lambda: trial.did(sequence).steps_done):
        return True
    trial.leave("before the first step")
    if trial.let_in("for the first step", sequence, paused=False).reason is not None:
        return False
    return trial.wait_for(
        "the first step to be carried out",
        trial.operation.now(),
        FIRST_STEP,
        lambda: trial.did(sequence).steps_done > 0,
        every=LOOK_EVERY,
    )


def _option_off(trial: Trial) -> None:
    sequence = trial.plan.sequence
    if trial.as_it_was(SettingKey.ruleset(trial.ruleset_of(sequence), "allow_same_sequence_reenrollment")):
        trial.could_not("the option is on in this ruleset", "R45")
        return
    answer = trial.enroll("with the option off", sequence, paused=True)
    _saw_whether_let_in(trial, "R45", answer)
    trial.leave("with the option off")


def _inside_the_waiting_period(trial: Trial) -> None:
    sequence = trial.plan.sequence
    ruleset = trial.ruleset_of(sequence)
    block = trial.as_it_was(SettingKey.ruleset(ruleset, "block_reenrollment"))
    if block is None or not block["value"]:
        trial.could_not("this ruleset has no waiting period", "R26")
        return
    same = SettingKey.ruleset(ruleset, "allow_same_sequence_reenrollment")
    if since := trial.borrow("the option on, inside the waiting period", [(same, True)]):
        trial.wait("the option to act, inside the waiting period", since, trial.times.reenrollment, None)
    answer = trial.enroll("inside the waiting period", sequence, paused=True)
    _saw_whether_let_in(trial, "R26", answer)
    trial.leave("inside the waiting period")


def _saw_whether_let_in(trial: Trial, question: str, answer: Answer) -> None:
    if answer.reason is None or answer.reason in REENROLLMENT:
        trial.saw(question, "accepted" if answer.reason is None else "refused", answer.words)
    else:
        trial.could_not(f"the answer says something else: {answer.words}", question)


def play_takes_over(trial: Trial) -> None:
    """C10: running in the first sequence, when a play of the other one runs, both rulesets open."""
    plan = trial.plan
    if problem := make_play(trial):
        trial.could_not(problem, "C10")
        return
    if not trial.enter("to run", plan.sequence):
        trial.could_not("the test person could not be enrolled", "C10")
        return
    since = trial.open_reenrollment("for both", plan.sequence, plan.other_sequence)
    if since is not None:
        trial.wait("both rulesets to let people leave", since, trial.times.reenrollment, None)
    if problem := trial.make("run the play", RunPlay(play=own_name(trial.operation.id))):
        trial.could_not(problem, "C10")
        return
    came = trial.wait_for(
        "the play to take over who runs elsewhere",
        trial.operation.now(),
        A_PLAY_RUNS,
        lambda: trial.runs_in(plan.other_sequence),
    )
    if came or trial.is_so("runs on", lambda: trial.runs_in(plan.sequence)):
        trial.saw("C10", "settings" if came else "unenroll_first")
    else:
        trial.could_not("the test person ended in neither sequence", "C10")


def owner_changes(trial: Trial) -> None:
    """R1: running, when the mailbox gets another owner for a moment."""
    plan = trial.plan
    if plan.new_owner is None or not trial.enter("to run", plan.sequence):
        trial.could_not("the test person could not be enrolled", "R1")
        return
    # Where mailboxes show by their enrollments alone, this one does now.
    owner = trial.once(OWNER, lambda: plan.owner or owner_of(trial.operation, plan.mailbox))
    if owner in ("", plan.new_owner):
        trial.could_not("the mailbox has no owner, or that user owns it already", "R1")
        return
    if problem := trial.make("hand the mailbox over", ChangeMailboxOwner(mailbox=plan.mailbox, owner=plan.new_owner)):
        trial.could_not(problem, "R1")
        return
    runs = trial.is_so("runs after the change", lambda: trial.runs_in(plan.sequence))
    trial.saw("R1", "goes_on" if runs else "ends")
    trial.make("hand the mailbox back", ChangeMailboxOwner(mailbox=plan.mailbox, owner=owner))
