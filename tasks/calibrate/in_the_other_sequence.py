"""Experiments in the other sequence, which is paused: who is in there is queued, and is sent nothing."""

import pandas as pd

from models.changes import MakePlay, PublishPlay, ReassignQueued, UploadAudience
from models.reasons import REENROLLMENT
from reports.csv_out import write_csv
from tasks.calibrate.steps import own_name
from tasks.calibrate.trial import Trial
from tasks.calibrate.with_an_exclusion import make_exclusion


def make_play(trial: Trial) -> str:
    """Make the play that takes the test person alone into the other sequence; why it could not be made, or ""."""
    plan, name = trial.plan, own_name(trial.operation.id)
    file = write_csv(pd.DataFrame({"email": [plan.person]}), trial.operation.folder / "audience.csv")
    return trial.make_for_all("audience", UploadAudience(name=name, csv=str(file))) or trial.make_for_all(
        "play", MakePlay(name=name, audience=name, sequence=plan.other_sequence, mailboxes=(plan.mailbox,))
    )


def later_eligible(trial: Trial) -> None:
    """C11: excluded while a published play would take them in, and excluded no more."""
    plan, name = trial.plan, own_name(trial.operation.id)
    if trial.is_so("was enrolled before", lambda: trial.did(plan.sequence).ever_enrolled):
        trial.could_not("the test person was enrolled before: it takes somebody who never was", "C11")
        return
    if problem := make_exclusion(trial) or make_play(trial):
        trial.could_not(problem, "C11")
        return
    trial.wait("the exclusion to act", trial.exclude(), trial.times.exclusion, None)
    if problem := trial.make("publish the play", PublishPlay(play=name, published=True)):
        trial.could_not(problem, "C11")
    elif trial.is_so("taken in at once", trial.place):
        trial.could_not("the play took the test person in although the exclusion was on", "C11")
    else:
        off = trial.exclude_no_more()
        came = trial.wait_for(
            "the play to take in who is excluded no more", off, trial.times.exclusion, lambda: trial.place() is not None
        )
        trial.saw("C11", "enrolls_later" if came else "no_retry")
    trial.exclude_no_more()
    trial.make("take the play back", PublishPlay(play=name, published=False))


def backlog(trial: Trial) -> None:
    """C6: queued, and reassigned to another mailbox."""
    plan = trial.plan
    if plan.other_mailbox is None or not trial.enter("to be queued", plan.other_sequence):
        trial.could_not("the test person could not be queued", "C6")
        return
    before = trial.once("enrollments before", lambda: str(trial.did(plan.other_sequence).enrollments))
    change = ReassignQueued(sequence=plan.other_sequence, from_mailbox=plan.mailbox, to_mailboxes=(plan.other_mailbox,))
    if problem := trial.make("reassign", change):
        trial.could_not(problem, "C6")
        return
    after = trial.once("enrollments after", lambda: str(trial.did(plan.other_sequence).enrollments))
    mailbox = trial.once("mailbox after", lambda: there.mailbox if (there := trial.place()) else "")
    if not mailbox or after != before:
        trial.saw("C6", "cancels", "another enrollment began" if mailbox else "the enrollment ended")
    elif mailbox == plan.other_mailbox:
        trial.saw("C6", "keeps_id", "the same enrollment sends from the other mailbox")
    else:
        trial.could_not("nothing was moved", "C6")


def before_the_first_step(trial: Trial) -> None:
    """Q2: unenrolled before the first step, and enrolled again while the settings refuse it."""
    sequence = trial.plan.other_sequence
    if trial.is_so("completed a step before", lambda: trial.did(sequence).completed_a_step):
        trial.could_not("the test person completed a step before: it takes somebody who never did", "Q2")
        return
    if not trial.is_so("was in it", lambda: trial.did(sequence).enrollments) and not trial.enter("to begin", sequence):
        trial.could_not("the test person could not be queued", "Q2")
        return
    trial.leave("before it")
    trial.close_reenrollment("before it")
    if not trial.refuses(sequence):
        trial.could_not("the ruleset of the other sequence lets everybody in again", "Q2")
        return
    answer = trial.enroll("again", sequence)
    if answer.reason is None:
        trial.saw("Q2", "exempt")
    elif answer.reason in REENROLLMENT:
        trial.saw("Q2", "counts", answer.words)
    else:
        trial.could_not(f"the answer says something else: {answer.words}", "Q2")
    trial.leave("afterwards")
