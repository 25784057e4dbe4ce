"""`handoff sandbox state`: clock, settings and counts of everything."""

from typing import Any

from models.records import Record
from platforms.sandbox.clock import iso
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.dump import read_exclusions, read_pending, read_rulesets


def state(work: Work) -> dict[str, Any]:
    """The document of docs/interface.md; settings show the values that are set, `pending` those not acting yet."""
    states = dict.fromkeys(("queued", "active", "finished", "canceled"), 0)
    states |= {r["state"]: r["n"] for r in work.rows("SELECT state, COUNT(*) AS n FROM enrollment GROUP BY state")}
    return {
        "now": iso(work.now),
        "users": work.rows("SELECT email, role FROM user_account ORDER BY id"),
        "mailboxes": _mailboxes(work),
        "rulesets": [_plain(ruleset) for ruleset in read_rulesets(work)],
        "exclusions": [_plain(exclusion) for exclusion in read_exclusions(work)],
        "pending": [
            {"setting": p.setting, "value": p.value, "takes_effect_at": iso(int(p.takes_effect_at.timestamp()))}
            for p in read_pending(work)
        ],
        "counts": {
            "people": work.value("SELECT COUNT(*) FROM person"),
            "enrollments": states,
            "tasks": work.value("SELECT COUNT(*) FROM rep_task"),
        },
    }


def _mailboxes(work: Work) -> list[dict[str, Any]]:
    rows = work.rows(
        "SELECT m.email, u.email AS owner, m.paused,"
        " COUNT(CASE WHEN e.state = 'active' THEN 1 END) AS active_enrollments,"
        " COUNT(CASE WHEN e.state = 'queued' THEN 1 END) AS queued_enrollments FROM mailbox m"
        " LEFT JOIN user_account u ON u.id = m.owner_id LEFT JOIN enrollment e ON e.mailbox_id = m.id"
        " AND e.state IN ('queued', 'active') GROUP BY m.id, m.email, u.email, m.paused ORDER BY m.id"
    )
    return [row | {"paused": bool(row["paused"])} for row in rows]


def _plain(record: Record) -> dict[str, Any]:
    return record.model_dump(mode="json")
