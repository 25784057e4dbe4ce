"""Enrollments, steps, sequences and rulesets as the Sequences API writes them, from rows of the sandbox. Pure."""

from collections.abc import Mapping
from typing import Any

from platforms.emulator.ids import maybe, uuid_of
from platforms.emulator.world import iso
from platforms.sandbox.behaviour.advancing import WEEK, WINDOW

Row = Mapping[str, Any]
EMAILS = ("AUTOMATIC_EMAIL", "MANUAL_EMAIL")
CANCELED = ("unenrolled", "mailbox_owner_changed", "upgraded", "excluded")
"""The ends that show as canceled; the API gives no reason, so that a reader cannot tell them apart (9)."""
MAILBOX_OWNER = "ASSIGN_TO_MAILBOX_OWNER"
MODELLED = {"ASSIGN_TO_MAILBOX_OWNER", "ASSIGN_TO_USER", "ASSIGN_TO_ENROLLER"}  # the others have no value (C16)
DAWN = "2020-01-01T00:00:00.000Z"  # when what the sandbox keeps no time of was made


def enrollment(row: Row) -> dict[str, Any]:
    """The synchronous object: with `is_excluded`, without version and the mailbox's user."""
    received = {"received_at": iso(row["ended_at"])}
    return {
        **_shared(row),
        "created_at": iso(row["started_at"]),
        "is_excluded": row["end_reason"] == "excluded",
        "reply_email_message": _reply(row, received),
        "sequence": {
            "id": uuid_of("sequence", row["sequence_id"]),
            "name": row["sequence"],
            "is_paused": bool(row["sequence_paused"]),
        },
        "person": {
            "id": uuid_of("person", row["person_id"]),
            "email": row["email"],
            "first_name": row["first_name"] or None,
            "last_name": None,
            "linkedin_url": None,
        },
        "mailbox": {
            "id": uuid_of("mailbox", row["mailbox_id"]),
            "email": row["mailbox"],
            "display_name": None,
            "is_paused": bool(row["mailbox_paused"]),
            "is_unauthorized": False,
        },
    }


def bulk_enrollment(row: Row) -> dict[str, Any]:
    """A row of a query job: with version and the mailbox's user, without `is_excluded`."""
    return {
        **_shared(row),
        "version": row["version"],
        "sequence": {"id": uuid_of("sequence", row["sequence_id"]), "name": row["sequence"]},
        "mailbox": _bulk_mailbox(row),
        "person": _bulk_person(row),
    }


def _shared(row: Row) -> dict[str, Any]:
    play = row["play_id"]
    return {
        "id": uuid_of("enrollment", row["id"]),
        "updated_at": iso(row["updated_at"]),
        "status": "FINISHED" if row["ended_at"] is not None else "IN_PROGRESS",
        **_flags(row),
        "started_at": iso(row["started_at"]),
        "ended_at": iso(row["ended_at"]),
        "reply_email_message": _reply(row),
        "enrolled_by_play": None if play is None else {"id": uuid_of("play", play), "name": row["play"]},
    }


def _reply(row: Row, more: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """The reply that ended an enrollment; nobody has classified it."""
    if row["end_reason"] != "replied":
        return None
    return {"id": uuid_of("reply", row["id"]), "subject": None, "classifications": [], **(more or {})}


def _flags(row: Row) -> dict[str, bool]:
    reason = row["end_reason"]
    return {
        "is_blocked": False,
        "is_bounced": reason == "bounced",
        "is_canceled": reason in CANCELED,
        "is_opted_out": reason == "opted_out",
        "is_paused": bool(row["is_paused"]),
        "is_replied": reason == "replied",
    }


def _bulk_mailbox(row: Row) -> dict[str, Any]:
    owner = row["owner_id"]
    return {
        "id": uuid_of("mailbox", row["mailbox_id"]),
        "email_address": row["mailbox"],
        "forward_to_email_address": row["owner"],
        "secondary_forward_to_email_address": None,
        "user": None if owner is None else user(owner, row["owner"], row["owner_name"]),
        "secondary_forward_to_user": None,
    }


def _bulk_person(row: Row) -> dict[str, Any]:
    company = row["company_id"]
    return {
        "id": uuid_of("person", row["person_id"]),
        "email": row["email"],
        "first_name": row["first_name"] or None,
        "last_name": None,
        "linkedin_url": None,
        "company": None
        if company is None
        else {"id": uuid_of("company", company), "name": row["domain"], "domain": row["domain"], "linkedin_url": None},
    }


def user(key: int, email: str, name: str) -> dict[str, Any]:
    """A user as other objects embed them."""
    first, _, last = (name or "").partition(" ")
    return {"id": uuid_of("user", key), "email": email, "first_name": first or None, "last_name": last or None}


def bulk_step(row: Row) -> dict[str, Any]:
    """A step of an enrollment, as a row of a query job; an email that has left tells when and from where."""
    done = row["step_status"] == "FINISHED"
    sent = done and row["step_type"] in EMAILS
    last = row["number"] == row["steps_done"]  # what ended the enrollment came of its last email, as far as is kept
    return {
        "id": uuid_of("enrollment_step", row["step_id"]),
        "updated_at": iso(row["step_updated_at"]),
        "type": row["step_type"],
        "status": row["step_status"],
        **_flags(row),
        "sequence": {"id": uuid_of("sequence", row["sequence_id"]), "name": row["sequence"], "version": row["version"]},
        "step_number": row["number"],
        "started_at": iso(row["step_at"]) if done else None,
        "ended_at": iso(row["step_at"]) if done else None,
        "enrollment": {
            "id": uuid_of("enrollment", row["id"]),
            "mailbox": _bulk_mailbox(row),
            "person": _bulk_person(row),
        },
        "email_message": {
            "id": uuid_of("email_message", row["step_id"]),
            "subject": None,
            "sent_at": iso(row["step_at"]),
            "from_email_address": row["mailbox"],
            "is_bounced": last and row["end_reason"] == "bounced",
            "is_opted_out": last and row["end_reason"] == "opted_out",
            "clicks": 0,
            "opens": 0,
        }
        if sent
        else None,
        "reply_email_message": _reply(row) if last else None,
    }


def sequence(row: Row, owner: Row, ruleset: Row | None) -> dict[str, Any]:
    """A sequence with its owner, send schedule and ruleset."""
    return {
        "id": uuid_of("sequence", row["id"]),
        "created_at": DAWN,
        "updated_at": DAWN,
        "owner": user(owner["id"], owner["email"], owner["name"]),
        "name": row["name"],
        "is_paused": bool(row["paused"]),
        "send_schedule": _schedule(row),
        "sequence_ruleset": None if ruleset is None else _ruleset(ruleset),
    }


def _schedule(row: Row) -> dict[str, Any]:
    window = {"start_time": {"hour": WINDOW.start, "minute": 0}, "end_time": {"hour": WINDOW.stop - 1, "minute": 0}}
    days = {str(number): [window] if day in row["send_days"] else None for number, day in enumerate(WEEK, 1)}
    return {
        "id": uuid_of("sequence", row["id"]),
        "created_at": DAWN,
        "updated_at": DAWN,
        "is_default": False,
        "name": "Business hours",
        "rules": {"time_zone": "UTC", "send_days": days, "skip_us_holidays": False, "excluded_dates": []},
    }


def _ruleset(row: Row) -> dict[str, Any]:
    block, tasks = row["block_reenrollment"], row["task_assignment"] or {}
    automatic, manual = tasks.get("automatic"), tasks.get("manual")
    named = maybe("user", row["assign_user_id"])
    return {
        "id": uuid_of("ruleset", row["id"]),
        "created_at": DAWN,
        "name": row["name"],
        "updated_at": iso(row["task_assignment_set_at"]) or DAWN,
        "is_default": bool(row["is_default"]),
        "automatic_enrollment_task_assignment": automatic if automatic == "ASSIGN_TO_USER" else MAILBOX_OWNER,
        "automatic_enrollment_task_assignment_user_id": named if automatic == "ASSIGN_TO_USER" else None,
        "manual_enrollment_task_assignment": manual if manual in MODELLED else MAILBOX_OWNER,
        "manual_enrollment_task_assignment_user_id": named if manual == "ASSIGN_TO_USER" else None,
        "opt_out_message": None,
        "allow_same_sequence_reenrollment": bool(row["allow_same_sequence_reenrollment"]),
        "block_reenrollment_value": None if block is None else block["value"],
        "block_reenrollment_units": None if block is None else block["unit"],
    }


def step(row: Row, parent_id: int | None) -> dict[str, Any]:
    """A step of a sequence's present version: it waits for the one before."""
    wait = {"type": "TIMER", "duration_value": row["wait_days"], "duration_unit": "days"} if row["wait_days"] else None
    dependency = {"parent_step_id": maybe("step", parent_id), "condition": wait}
    email = {
        "is_root_message": row["number"] == 1,
        "subject": None,
        "fallback_subject": None,
        "body": "",
        "cc_recipients": [],
        "bcc_recipients": [],
    }
    task = {"task_priority": "MEDIUM", "auto_skip_on_due_date": False, "relative_due_at": None}
    config = {"AUTOMATIC_EMAIL": email, "MANUAL_EMAIL": email | task}.get(row["type"], task | {"note_content": None})
    return {
        "id": uuid_of("step", row["id"]),
        "key": str(row["number"]),
        "created_at": DAWN,
        "updated_at": DAWN,
        "sequence_id": uuid_of("sequence", row["sequence_id"]),
        "version_number": row["version"],
        "dependencies": [dependency] if wait or parent_id is not None else [],
        "type": row["type"],
        "config": config,
    }
