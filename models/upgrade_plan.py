"""The plan of `version-upgrade`."""

from models.plan import Plan
from models.records import SequenceStep


class UpgradePlan(Plan):
    """As of every plan, and: the sequence, its new steps, and the version that they make."""

    sequence: str
    new_steps: tuple[SequenceStep, ...]
    version: int
