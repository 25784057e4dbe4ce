"""The experiments, in the order in which they are tried: what takes somebody who was never enrolled comes first."""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.calibrate.in_the_other_sequence import backlog, before_the_first_step, later_eligible
from tasks.calibrate.in_the_sequence import owner_changes, play_takes_over, same_sequence
from tasks.calibrate.trial import Trial
from tasks.calibrate.with_an_exclusion import excluded, exclusion_comes_on


@dataclass(frozen=True)
class Experiment:
    """One thing that is tried. `does` says what, `questions` are the codes that it answers, `emails` how many it sends
    at most. `carry_out` leaves the test person anywhere: the next one brings them where it needs them."""

    name: str
    questions: tuple[str, ...]
    does: str
    carry_out: Callable[[Trial], None]
    emails: int = 0


EXPERIMENTS = (
    Experiment(
        "excluded no more",
        ("C11",),
        "exclude the test person, publish a play that would take them in, turn the exclusion off, and see who comes",
        later_eligible,
    ),
    Experiment(
        "backlog reassigned",
        ("C6",),
        "queue the test person, reassign the backlog to the other mailbox, and see whether the enrollment runs on",
        backlog,
    ),
    Experiment(
        "before the first step",
        ("Q2",),
        "unenroll the test person before the first step, and enroll them again while the ruleset refuses it",
        before_the_first_step,
    ),
    Experiment(
        "same sequence",
        ("R45", "R26", "R42", "Q6"),
        "let the first step be carried out, unenroll the test person, and enroll them again with the option off, inside"
        " the waiting period, and with both settings open",
        same_sequence,
        emails=1,
    ),
    Experiment(
        "running elsewhere",
        ("C10",),
        "run a play of the other sequence while the test person runs, and see whether it takes them over",
        play_takes_over,
    ),
    Experiment(
        "mailbox handed over",
        ("R1",),
        "give the mailbox to the other user while the test person runs from it, see what runs on, and hand it back",
        owner_changes,
    ),
    Experiment(
        "exclusion turned on",
        ("C18", "R51"),
        "turn the exclusion on while the test person runs, and see whether it takes them out",
        exclusion_comes_on,
    ),
    Experiment(
        "enrolled while excluded",
        ("Q7",),
        "enroll the test person while the exclusion acts, and see what the answer is",
        excluded,
    ),
)
