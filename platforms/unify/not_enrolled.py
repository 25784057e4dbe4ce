"""Why `POST /enrollments` did not enroll: the vendor's words, flags and conflicts as reason codes of docs/interface.md.

How other refusals than a conflict look is not documented (Q7). Words that are known give their code; words that are
not are handed on as they are, never guessed.
"""

import re

from platforms.unify.enrollment_documents import Enrolled
from platforms.unify.sequence_documents import RulesetShown

ALREADY_SEQUENCED = "prospect is already sequenced"  # R45
EXCLUDED = re.compile(r"person is excluded by '(?P<name>.+)'", re.IGNORECASE | re.DOTALL)
CODES = {
    "person has opted out of email": "opted_out",
    "person is marked do not email": "do_not_email",
    "mailbox is paused": "mailbox_unavailable",
}


def code_of(words: str) -> str | None:
    """The reason code that the platform's words stand for; None for words that nobody here knows.

    Of the three that `Prospect is already sequenced` stands for, see `refused_by`.
    """
    if (excluded := EXCLUDED.fullmatch(words.strip().rstrip("."))) is not None:
        return f"excluded:{excluded['name']}"
    return CODES.get(_plain(words))


def is_already_sequenced(words: str) -> bool:
    """Whether the platform refused somebody because of re-enrollment (R45)."""
    return _plain(words) == ALREADY_SEQUENCED


def refused_by(ruleset: RulesetShown | None, been_here: bool) -> str:
    """Which of its settings refuses those who are already sequenced, by the ruleset as it is set (R12, R13, R26).

    Where none of them does any more, a change is under way: the words' own code.
    """
    if ruleset is None or (been_here and not ruleset.allow_same):
        return "already_sequenced"
    if ruleset.block is None:
        return "never_again"
    return "recently_enrolled" if ruleset.block.value else "already_sequenced"


def flagged(enrolled: Enrolled) -> str | None:
    """The reason in an enrollment that was made and does not run: excluded, opted out, or blocked for a variable."""
    if enrolled.excluded:
        return "excluded"
    if enrolled.opted_out:
        return "opted_out"
    return "missing_variable" if enrolled.blocked else None


def _plain(words: str) -> str:
    return words.strip().rstrip(".").casefold()
