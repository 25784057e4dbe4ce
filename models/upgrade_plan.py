"""The plan of `version-upgrade`."""

from models.changes import Change, EditSequence
from models.plan import Plan
from models.records import SequenceStep
from models.wording import counted


class UpgradePlan(Plan):
    """As of every plan, and: the sequence, its new steps, and the version that they make."""

    sequence: str
    new_steps: tuple[SequenceStep, ...]
    version: int

    @property
    def edit(self) -> EditSequence:
        """The change that makes the version and upgrades what runs."""
        return EditSequence(sequence=self.sequence, steps=self.new_steps, upgrade=True)

    @property
    def is_empty(self) -> bool:
        """Never: the sequence is edited whoever runs in it."""
        return False

    def aim(self) -> str:
        """As of every plan."""
        upgraded = counted(self.contacts, "enrollment")
        return f"edit '{self.sequence}' and upgrade {upgraded} to version {self.version}"

    def beyond_undoing(self) -> tuple[str, ...]:
        """As of every plan, and those whose enrollment ends as the new version is shorter."""
        return (*super().beyond_undoing(), "Who has nothing left to do in the new version ends, and stays so.")

    def to_make(self) -> tuple[Change, ...]:
        """As of every plan, and the edit."""
        return (*super().to_make(), self.edit)
