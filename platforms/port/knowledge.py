"""The part of the contract that is about what is known of the platform: what it shows, and how it behaves where the
sources contradict each other or leave something open (docs/conflicts.md)."""

from typing import Protocol


class Knowledge(Protocol):
    """What is known of the platform."""

    @property
    def hidden(self) -> frozenset[str]:
        """What the platform does not show, of `exclusions` (rules, matches and toggles), `plays`, `audiences`,
        `pending_settings`, `sequence_task_assignment`, `daily_limits` and `idle_mailboxes` (those without enrollments).
        What would answer of these raises Hidden."""

    def behaves(self, question: str) -> str | None:
        """The platform's own answer to a question of `models/open_questions.py`, by its code; None where it tells of
        none: then what a calibration saw counts, and else what is assumed, the more dangerous way."""
