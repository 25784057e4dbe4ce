"""The exclusion of the test person alone, and the experiments with it."""

from models.changes import AddExclusion
from models.reasons import REENROLLMENT
from models.records import ExclusionMatch
from tasks.calibrate.steps import own_name
from tasks.calibrate.trial import Trial


def make_exclusion(trial: Trial) -> str:
    """Make the exclusion, off; why it could not be made, or ""."""
    match = ExclusionMatch(person_email=(trial.plan.person,))
    name = own_name(trial.operation.id)
    return trial.make_for_all("exclusion", AddExclusion(name=name, match=match, exclude_from_sequences=False))


def exclusion_comes_on(trial: Trial) -> None:
    """C18, R51: running, when the exclusion is turned on."""
    if problem := make_exclusion(trial):
        trial.could_not(problem, "C18", "R51")
        return
    if not trial.enter("to run", trial.plan.sequence):
        trial.could_not("the test person could not be enrolled", "C18", "R51")
        return
    since = trial.exclude()
    removed = trial.wait_for(
        "the exclusion to take out who runs", since, trial.times.exclusion, lambda: trial.place() is None
    )
    trial.saw("C18", "removes" if removed else "keeps")
    if removed:
        trial.saw_minutes("R51", since)
    else:
        trial.could_not("nothing showed when the exclusion came to act", "R51")


def excluded(trial: Trial) -> None:
    """Q7: enrolled while the exclusion acts."""
    plan = trial.plan
    if problem := make_exclusion(trial):
        trial.could_not(problem, "Q7")
        return
    # Else it was seen a moment ago that nothing but the exclusion can refuse them.
    if not trial.is_so("excluded already", trial.excluding) and not trial.enter("to run", plan.sequence):
        trial.could_not("the test person could not be enrolled without the exclusion either", "Q7")
        return
    trial.leave("before it")
    trial.wait("the exclusion to act", trial.exclude(), trial.times.exclusion, None)
    answer = trial.enroll("while excluded", plan.sequence, paused=True)
    if answer.reason is None:
        trial.saw("Q7", "ignores")
    elif answer.reason == "excluded":
        trial.saw("Q7", "flags", answer.words)
    elif answer.reason in (*REENROLLMENT, "timed_out"):
        trial.could_not(f"the answer says something else: {answer.words}", "Q7")
    else:
        trial.saw("Q7", "refuses", answer.words)
    trial.leave("afterwards")
    trial.exclude_no_more()
