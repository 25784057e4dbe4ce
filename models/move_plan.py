"""The plan of `sequence-move`."""

from models.enrollment_plan import EnrollmentPlan


class MovePlan(EnrollmentPlan):
    """As of every enrollment. Groups with a play are moved by its run, as the help article tells it; the one without is
    unenrolled from `source` first and then enrolled (conflict C10)."""

    source: str
    target: str

    @property
    def takes_from(self) -> str | None:
        """As of every enrollment: here it is the source."""
        return self.source
