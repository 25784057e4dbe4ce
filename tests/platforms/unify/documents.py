"""Documents as the vendor's API would answer, small and whole; each may have fields of its own."""

from typing import Any

from tests.platforms.unify.contract import as_documented

AT = "2026-11-02T09:00:00Z"


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


NOTHING = {f"is_{flag}": False for flag in ("blocked", "bounced", "canceled", "opted_out", "paused", "replied")}


def listed_enrollment(**own: Any) -> dict[str, Any]:
    mailbox = {
        "id": uuid(3),
        "email": "ana@send.acme.test",
        "display_name": None,
        "is_paused": False,
        "is_unauthorized": False,
    }
    person = {"id": uuid(2), "email": "Pia@x.test", "first_name": None, "last_name": None, "linkedin_url": None}
    document = {
        "id": uuid(1),
        "created_at": AT,
        "updated_at": AT,
        "status": "IN_PROGRESS",
        "started_at": AT,
        "ended_at": None,
        "sequence": {"id": uuid(4), "name": "Outbound", "is_paused": False},
        "person": person,
        "mailbox": mailbox,
        "enrolled_by_play": None,
        "reply_email_message": None,
        "is_excluded": False,
        **NOTHING,
        **own,
    }
    return as_documented("sequences", "Enrollment", document)


def enrollment_row(**own: Any) -> dict[str, Any]:
    document = {
        "id": uuid(1),
        "updated_at": AT,
        "status": "FINISHED",
        "version": 2,
        "started_at": AT,
        "ended_at": AT,
        "sequence": {"id": uuid(4), "name": "Outbound"},
        "person": _bulk_person(),
        "mailbox": _bulk_mailbox(),
        "enrolled_by_play": {"id": uuid(6), "name": "Play"},
        "reply_email_message": None,
        **NOTHING,
        **own,
    }
    return as_documented("sequences", "SequenceEnrollment", document)


def enrollment_step(**own: Any) -> dict[str, Any]:
    document = {
        "id": uuid(7),
        "updated_at": AT,
        "type": "AUTOMATIC_EMAIL",
        "status": "SCHEDULED",
        "step_number": 3,
        "sequence": {"id": uuid(4), "name": "Outbound", "version": 2},
        "started_at": None,
        "ended_at": None,
        "enrollment": {"id": uuid(1), "mailbox": _bulk_mailbox(), "person": _bulk_person()},
        "email_message": None,
        "reply_email_message": None,
        **NOTHING,
        **own,
    }
    return as_documented("sequences", "SequenceEnrollmentStep", document)


def _bulk_person() -> dict[str, Any]:
    return {
        "id": uuid(2),
        "email": "pia@x.test",
        "first_name": None,
        "last_name": None,
        "linkedin_url": None,
        "company": None,
    }


def _bulk_mailbox() -> dict[str, Any]:
    user = {"id": uuid(5), "email": "ana@acme.test", "first_name": "Ana", "last_name": None}
    return {
        "id": uuid(3),
        "email_address": "ana@send.acme.test",
        "forward_to_email_address": None,
        "secondary_forward_to_email_address": None,
        "user": user,
        "secondary_forward_to_user": None,
    }


def ruleset(**own: Any) -> dict[str, Any]:
    return {
        "id": uuid(8),
        "created_at": AT,
        "updated_at": AT,
        "name": "Default",
        "is_default": True,
        "automatic_enrollment_task_assignment": "ASSIGN_TO_MAILBOX_OWNER",
        "automatic_enrollment_task_assignment_user_id": None,
        "manual_enrollment_task_assignment": "ASSIGN_TO_ENROLLER",
        "manual_enrollment_task_assignment_user_id": None,
        "opt_out_message": None,
        "allow_same_sequence_reenrollment": False,
        "block_reenrollment_value": 75,
        "block_reenrollment_units": "DAY",
        **own,
    }


def sequence(**own: Any) -> dict[str, Any]:
    window = [{"start_time": {"hour": 9, "minute": 0}, "end_time": {"hour": 16, "minute": 0}}]
    days = {str(day): window if day < 6 else None for day in range(1, 8)}
    rules = {"time_zone": "UTC", "send_days": days, "skip_us_holidays": False, "excluded_dates": []}
    schedule = {
        "id": uuid(9),
        "created_at": AT,
        "updated_at": AT,
        "is_default": True,
        "name": "Weekdays",
        "rules": rules,
    }
    owner = {"id": uuid(5), "email": "ana@acme.test", "first_name": "Ana", "last_name": None}
    document = {
        "id": uuid(4),
        "created_at": AT,
        "updated_at": AT,
        "owner": owner,
        "name": "Outbound",
        "is_paused": False,
        "send_schedule": schedule,
        "sequence_ruleset": ruleset(),
        **own,
    }
    return as_documented("sequences", "Sequence", document)


def sequence_step(number: int, *dependencies: tuple[int | None, dict[str, Any] | None], **own: Any) -> dict[str, Any]:
    """A step that waits for the given ones (its number, and the condition)."""
    config = {"task_priority": "MEDIUM", "auto_skip_on_due_date": False, "relative_due_at": None, "note_content": None}
    document = {
        "id": uuid(100 + number),
        "key": f"step-{number}",
        "created_at": AT,
        "updated_at": AT,
        "sequence_id": uuid(4),
        "version_number": 2,
        "type": "PHONE_CALL",
        "config": config,
        "dependencies": [
            {"parent_step_id": None if parent is None else uuid(100 + parent), "condition": condition}
            for parent, condition in dependencies
        ],
        **own,
    }
    return as_documented("sequences", "TaskSequenceStep", document)


def timer(value: int | None, unit: str | None) -> dict[str, Any]:
    return {"type": "TIMER", "duration_value": value, "duration_unit": unit}


def record(kind: str, **attributes: Any) -> dict[str, Any]:
    document = {"object": kind, "id": uuid(2), "created_at": AT, "updated_at": AT, "attributes": attributes}
    return as_documented("data", "BulkApiObjectRecordResult", document)


def task(**own: Any) -> dict[str, Any]:
    document = {
        "id": uuid(10),
        "type": "PHONE_CALL",
        "status": "READY",
        "priority": "MEDIUM",
        "person_id": uuid(2),
        "assigned_user_id": None,
        "due_at": None,
        "ended_at": None,
        "created_at": AT,
        "updated_at": AT,
        **own,
    }
    return as_documented("tasks", "Task", document)
