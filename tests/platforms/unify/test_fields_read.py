"""Which fields of a document a dataclass reads."""

from platforms.unify.enrollment_documents import EnrollmentRow
from platforms.unify.fields_read import paths_read
from platforms.unify.record_documents import UserShown
from platforms.unify.sequence_documents import SequenceShown, StepShown


def test_a_field_is_where_its_path_says_and_else_where_its_name_does() -> None:
    read = paths_read(EnrollmentRow)
    assert {"id", "status", "mailbox.user.email", "enrolled_by_play.name", "is_canceled"} <= read
    assert {"id", "attributes.email", "attributes.name"} <= paths_read(UserShown)


def test_what_a_field_holds_is_read_too() -> None:
    assert {"sequence_ruleset.is_default", "send_schedule.rules.send_days.1"} <= paths_read(SequenceShown)


def test_a_kind_that_holds_itself_is_followed_once() -> None:
    read = paths_read(StepShown)
    assert "dependencies.condition.subconditions" in read
    assert not [path for path in read if path.startswith("dependencies.condition.subconditions.")]
