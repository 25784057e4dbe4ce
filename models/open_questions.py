"""What the sources leave open of how a workspace behaves, and what is known of it there: stated by the platform,
seen by a calibration, or assumed.

A code is a conflict's (C6), an open question's (Q2) or a rule's (R26): docs/platform.md has each.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from models.records import Record
from models.wording import in_utc

How = Literal["told", "seen", "assumed"]


class OpenQuestion(Record):
    """One question. `answers` has each answer as a sentence; `assumed` is the one that counts where nobody knows.

    Where an answer is a number of minutes, `answers` is empty and `measured` the sentence that the number completes.
    """

    asks: str
    assumed: str
    answers: dict[str, str] = Field(default_factory=dict)
    measured: str = ""

    def in_words(self, answer: str) -> str:
        """An answer as a sentence."""
        return self.answers.get(answer) or self.measured.format(answer)


OPEN_QUESTIONS: dict[str, OpenQuestion] = {
    "C6": OpenQuestion(
        asks="what reassigning the backlog does to an enrollment",
        assumed="cancels",
        answers={
            "keeps_id": "reassigning the backlog moves an enrollment, which runs on",
            "cancels": "reassigning the backlog cancels what it moves",
        },
    ),
    "C10": OpenQuestion(
        asks="whether a play takes over somebody who runs in another sequence",
        assumed="unenroll_first",
        answers={
            "settings": "a play takes over somebody who runs in another sequence whose ruleset lets them leave",
            "unenroll_first": "a play takes over nobody who runs in another sequence",
        },
    ),
    "C11": OpenQuestion(
        asks="whether published plays enroll by themselves somebody who is excluded no more",
        assumed="enrolls_later",
        answers={
            "enrolls_later": "a published play enrolls by itself somebody who is excluded no more",
            "no_retry": "a published play enrolls nobody by itself who is excluded no more",
        },
    ),
    "C18": OpenQuestion(
        asks="what an exclusion that is turned on does to people who run",
        assumed="removes",
        answers={
            "removes": "an exclusion that is turned on takes people out of the sequences they run in",
            "keeps": "an exclusion that is turned on leaves alone who runs already",
        },
    ),
    "Q2": OpenQuestion(
        asks="whether an enrollment that ended before its first step counts for re-enrollment",
        assumed="exempt",
        answers={
            "exempt": "whoever completed no step may be enrolled again whatever the re-enrollment settings",
            "counts": "whoever completed no step needs the re-enrollment settings too",
        },
    ),
    "Q6": OpenQuestion(
        asks="where somebody goes on who is enrolled again by the API",
        assumed="next_step",
        answers={
            "next_step": "whoever is enrolled again by the API goes on at the next step",
            "first_step": "whoever is enrolled again by the API begins at step 1, and gets what they got",
        },
    ),
    "Q7": OpenQuestion(
        asks="what the API does with somebody whom an exclusion matches",
        assumed="refuses",
        answers={
            "refuses": "the API refuses to enroll somebody excluded",
            "flags": "the API makes an enrollment of somebody excluded that never runs",
            "ignores": "the API enrolls somebody excluded all the same",
        },
    ),
    "R45": OpenQuestion(
        asks="whether somebody is enrolled into the same sequence while its option is off",
        assumed="refused",
        answers={
            "refused": "into the same sequence nobody is enrolled again while its option is off",
            "accepted": "into the same sequence people are enrolled again while its option is off",
        },
    ),
    "R26": OpenQuestion(
        asks="whether somebody is enrolled again inside the waiting period",
        assumed="refused",
        answers={
            "refused": "inside the waiting period nobody is enrolled again",
            "accepted": "inside the waiting period people are enrolled again",
        },
    ),
    "R1": OpenQuestion(
        asks="what becomes of an enrollment whose mailbox gets another owner",
        assumed="ends",
        answers={
            "ends": "an enrollment ends when its mailbox gets another owner",
            "goes_on": "an enrollment goes on when its mailbox gets another owner",
        },
    ),
    "R42": OpenQuestion(
        asks="how long changed re-enrollment settings take to act",
        assumed="30 to 60",
        measured="changed re-enrollment settings act after {} minutes",
    ),
    "R51": OpenQuestion(
        asks="how long a changed exclusion takes to act",
        assumed="15 to 45",
        measured="a changed exclusion acts after {} minutes",
    ),
}
"""Every question that a calibration may answer, in the order of a report."""

RESTS_ON: dict[str, tuple[str, ...]] = {
    "ownership-change": ("Q2", "Q6", "Q7"),
    "queued-backlog": ("C6", "Q2", "Q7"),
    "sequence-move": ("C10", "Q2", "Q7"),
    "exclusion-rerun": ("C11", "C18", "Q2", "Q7"),
    "handover-plan": ("C6", "R1"),
    "enroll-contacts": ("Q2", "Q6", "Q7"),
}
"""What the forecasts of each procedure rest on."""


class Known(Record):
    """What is known of one question in a workspace; `seen_at` is the workspace's time, None unless it was seen."""

    question: str
    answer: str
    how: How
    seen_at: datetime | None = None

    def __str__(self) -> str:
        said = OPEN_QUESTIONS[self.question].in_words(self.answer)
        if self.seen_at is not None:
            return f"{said} ({self.question}: seen here at {in_utc(self.seen_at)})"
        how = "assumed, not tried here" if self.how == "assumed" else "the workspace says so"
        return f"{said} ({self.question}: {how})"


def as_known(question: str, stated: str | None, seen: Mapping[str, tuple[str, datetime]]) -> Known:
    """What is known: what the platform tells of itself, else what was `seen` (answer, time), else what is assumed."""
    if stated is not None:
        return Known(question=question, answer=stated, how="told")
    if question in seen:
        answer, at = seen[question]
        return Known(question=question, answer=answer, how="seen", seen_at=at)
    return Known(question=question, answer=OPEN_QUESTIONS[question].assumed, how="assumed")
