"""The part of the contract that is about what is known of the platform: what it shows, and how it behaves where the
sources contradict each other (docs/conflicts.md)."""

from typing import Protocol


class Knowledge(Protocol):
    """What is known of the platform. Where nobody knows how it behaves, the answer is the more dangerous way."""

    @property
    def hidden(self) -> frozenset[str]:
        """What the platform does not show, of `exclusions` (rules, matches and toggles), `plays`, `audiences`,
        `pending_settings`, `sequence_task_assignment`, `daily_limits` and `idle_mailboxes` (those without enrollments).
        What would answer of these raises Hidden."""

    def backlog_cancels(self) -> bool:
        """Whether reassigning the backlog cancels what it moves (C6). True where nobody knows."""

    def plays_take_over(self) -> bool:
        """Whether a play's run takes over people who run in a sequence whose ruleset lets them leave (C10). False where
        nobody knows: then they have to be unenrolled first."""

    def plays_enroll_later_eligible(self) -> bool:
        """Whether published plays enroll by themselves people freed from an exclusion (C11). True where nobody
        knows."""
