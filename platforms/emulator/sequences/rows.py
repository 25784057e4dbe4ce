"""The rows behind enrollments and their steps, selected by conditions in SQL."""

from collections.abc import Iterator, Mapping
from typing import Any

from platforms.sandbox.store import Work

# What became of an enrollment last: a step that was done, its end, or its beginning.
UPDATED = (
    "MAX(e.started_at, COALESCE(e.ended_at, 0), COALESCE((SELECT MAX(t.at) FROM enrollment_step t"
    " WHERE t.enrollment_id = e.id AND t.status = 'FINISHED'), 0), COALESCE(z.at, 0))"
)
COLUMNS = """
    e.id, e.person_id, e.sequence_id, e.mailbox_id, e.play_id, e.version, e.steps_done,
    e.started_at, e.ended_at, e.end_reason,
    {updated} AS updated_at, z.enrollment_id IS NOT NULL AND z.paused AS is_paused,
    p.email, p.first_name, p.company_id, c.domain, s.name AS sequence, s.paused AS sequence_paused,
    m.email AS mailbox, m.paused AS mailbox_paused, m.owner_id, u.email AS owner, u.name AS owner_name, y.name AS play
"""
TABLES = """
    enrollment e JOIN person p ON p.id = e.person_id JOIN sequence s ON s.id = e.sequence_id
    JOIN mailbox m ON m.id = e.mailbox_id LEFT JOIN company c ON c.id = p.company_id
    LEFT JOIN user_account u ON u.id = m.owner_id LEFT JOIN play y ON y.id = e.play_id
    LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id
"""


def updated_of(work: Work) -> str:
    """When an enrollment last changed, as SQL: of two instants the later is `MAX` here and `GREATEST` there."""
    return UPDATED if work.connection.dialect.name == "sqlite" else UPDATED.replace("MAX(e.", "GREATEST(e.", 1)


def enrollments(work: Work, where: str = "1 = 1", limit: int | None = None, **values: Any) -> list[dict[str, Any]]:
    """The enrollments for which a condition holds, by number."""
    return list(each_enrollment(work, where, limit, **values))


def each_enrollment(
    work: Work, where: str = "1 = 1", limit: int | None = None, **values: Any
) -> Iterator[dict[str, Any]]:
    """The same one after another."""
    columns = COLUMNS.format(updated=updated_of(work))
    few = "" if limit is None else f" LIMIT {limit}"
    return work.each(f"SELECT {columns} FROM {TABLES} WHERE {where} ORDER BY e.id{few}", **values)


def steps(work: Work, where: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps of enrollments for which a condition (on them, as x, and the enrollment, as e) holds, by number.

    A step has changed when its enrollment has: a step that is done schedules the next one, an end cancels it.
    """
    columns = COLUMNS.format(updated=updated_of(work))
    return work.each(
        f"SELECT {columns}, x.id AS step_id, x.number, x.type AS step_type, x.status AS step_status, x.at AS step_at,"
        f" {updated_of(work)} AS step_updated_at"
        f" FROM {TABLES} JOIN enrollment_step x ON x.enrollment_id = e.id WHERE {where} ORDER BY x.id",
        **values,
    )
