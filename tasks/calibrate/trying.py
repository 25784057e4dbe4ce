"""Trying one experiment after another, each agreed to, and putting everything back."""

import hashlib

from models.calibration_plan import CalibrationPlan, Planned, emails
from models.changes import PauseSequence
from models.open_questions import OPEN_QUESTIONS
from tasks.approving import GO_ON, agreed_to
from tasks.borrowing import give_back
from tasks.calibrate import steps
from tasks.calibrate.experiments import EXPERIMENTS, Experiment
from tasks.calibrate.trial import Times, Trial
from tasks.forms import Question
from tasks.operation import Operation

PAUSE, RESUME = "pause the other sequence", "resume the other sequence"


def try_experiments(operation: Operation, plan: CalibrationPlan, times: Times) -> None:
    """Try every experiment that can be tried and that somebody agrees to. Repeated: those that were not tried yet."""
    pause_other(operation, plan, PAUSE, paused=True)
    planned = {one.name: one for one in plan.experiments}
    for one in EXPERIMENTS:
        trial = Trial(operation, plan, times, one.name)
        if why := planned[one.name].why_not:
            trial.could_not(why, *one.questions)
        else:
            _try(operation, plan, trial, one, planned[one.name])


def _try(operation: Operation, plan: CalibrationPlan, trial: Trial, one: Experiment, planned: Planned) -> None:
    done = f"done: {one.name}"
    if operation.changes.is_made(done):
        return
    if agreed_to(operation, one.name, _question(operation, plan, planned), sends_emails=planned.emails > 0):
        one.carry_out(trial)
    else:
        trial.could_not("nobody agreed to it", *one.questions)
    operation.changes.intend(done, "experiment", f"experiment: {one.name}")
    operation.changes.applied(done, {})


def _question(operation: Operation, plan: CalibrationPlan, planned: Planned) -> Question:
    """What somebody agrees to before an experiment, with what it sends."""
    asked = tuple(f"{code}: {OPEN_QUESTIONS[code].asks}" for code in planned.questions)
    sends = f"{emails(planned.emails)} to {plan.person}"
    bound_to = hashlib.sha256(f"{plan.fingerprint()} {planned.name}".encode()).hexdigest()[:16]
    words = f"Workspace {operation.row.workspace}: {planned.does}? It sends {sends}"
    return Question(
        GO_ON,
        bound_to,
        words,
        (("What is asked", asked), ("What it sends", (sends,))),
        "afterwards the run ends, and what it borrowed is given back",
    )


def put_back(operation: Operation, plan: CalibrationPlan) -> None:
    """Take the test person out, give every setting back, and resume the other sequence."""
    steps.take_out(operation.id, plan)
    give_back(operation)
    pause_other(operation, plan, RESUME, paused=False)


def pause_other(operation: Operation, plan: CalibrationPlan, key: str, *, paused: bool) -> None:
    """Pause the other sequence, or resume it, where it was not paused before."""
    if not plan.pauses_other:
        return
    steps.make_or_have_made(operation, key, PauseSequence(sequence=plan.other_sequence, paused=paused))
