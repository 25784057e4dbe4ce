"""What the port observes of tasks, and of everything that decides whose they are."""

from collections.abc import Sequence

import pandas as pd

from platforms.port.tasks import ASSIGNMENT_COLUMNS, TASK_COLUMNS, TASK_ROUTE_COLUMNS
from platforms.sandbox.lookup import named
from platforms.sandbox.reading.frames import frame
from platforms.sandbox.store import Work, from_json

OF_ENROLLMENT = TASK_ROUTE_COLUMNS[: TASK_ROUTE_COLUMNS.index("ruleset_mode")]

# A task and e, the enrollment that it came of: the person's last one in the sequence that had begun when it came due.
# An upgrade carries an enrollment on under another number (C20), its task assignment too: b is where it began.
LINKED = """
    FROM rep_task t JOIN person p ON p.id = t.person_id LEFT JOIN user_account u ON u.id = t.assignee_id
    LEFT JOIN sequence s ON s.id = t.sequence_id LEFT JOIN enrollment e ON e.id = (
        SELECT x.id FROM enrollment x WHERE x.person_id = t.person_id AND x.sequence_id = t.sequence_id
        AND x.started_at <= COALESCE(t.due_at, :now) ORDER BY x.started_at DESC, x.id DESC LIMIT 1)
    LEFT JOIN enrollment b ON b.id = (
        SELECT x.id FROM enrollment x WHERE x.person_id = e.person_id AND x.sequence_id = e.sequence_id
        AND x.started_at <= e.started_at
        AND NOT EXISTS (SELECT 1 FROM enrollment y WHERE y.person_id = x.person_id AND y.sequence_id = x.sequence_id
            AND y.end_reason = 'upgraded' AND y.ended_at = x.started_at AND y.id < x.id)
        ORDER BY x.started_at DESC, x.id DESC LIMIT 1)"""
ROUTES_SQL = f"""
    SELECT t.id, p.email, t.type, t.status, u.email, s.name, y.name, b.started_at, n.email, m.email, mo.email,
           f.email, fo.email, (SELECT COUNT(*) FROM play_mailbox pm WHERE pm.play_id = e.play_id), po.email, co.email,
           EXISTS (SELECT 1 FROM mailbox w WHERE w.owner_id = COALESCE(p.owner_id, c.owner_id))
    {LINKED}
    LEFT JOIN play y ON y.id = e.play_id LEFT JOIN user_account n ON n.id = e.enroller_id AND e.play_id IS NULL
    LEFT JOIN mailbox m ON m.id = e.mailbox_id LEFT JOIN user_account mo ON mo.id = m.owner_id
    LEFT JOIN mailbox f ON f.id = COALESCE((SELECT pm.mailbox_id FROM play_mailbox pm WHERE pm.play_id = e.play_id
        ORDER BY pm.position LIMIT 1), e.mailbox_id) LEFT JOIN user_account fo ON fo.id = f.owner_id
    LEFT JOIN user_account po ON po.id = p.owner_id LEFT JOIN company c ON c.id = p.company_id
    LEFT JOIN user_account co ON co.id = c.owner_id"""


def tasks(
    work: Work,
    types: Sequence[str] | None,
    statuses: Sequence[str] | None,
    assignee: str | None,
    sequence: str | None,
    numbers: Sequence[int | str] | None,
) -> pd.DataFrame:
    """See `Platform.tasks`."""
    which, values = _these(work, numbers, sequence)
    for column, words in (("type", types), ("status", statuses)):
        if words is not None:
            names = {f"{column}{at}": word for at, word in enumerate(words)}
            which += f" AND t.{column} IN ({', '.join(f':{name}' for name in names) or 'NULL'})"
            values |= names
    if assignee is not None:
        which += " AND t.assignee_id = :assignee"
        values["assignee"] = named(work, "user_account", "assignee", assignee)["id"]
    return frame(
        work,
        "SELECT t.id, p.email, t.type, t.status, u.email, s.name, m.email, t.due_at, b.started_at"
        f"{LINKED} LEFT JOIN mailbox m ON m.id = t.mailbox_id WHERE {which} ORDER BY t.id",
        TASK_COLUMNS,
        **values,
    )


def _these(work: Work, numbers: Sequence[int | str] | None, sequence: str | None) -> tuple[str, dict[str, object]]:
    """A condition on t, the tasks, and its values."""
    which, values = "1 = 1", dict[str, object]()
    if numbers is not None:
        which += f" AND t.id IN ({', '.join(str(int(number)) for number in numbers) or 'NULL'})"
    if sequence is not None:
        which += " AND t.sequence_id = :sequence"
        values["sequence"] = named(work, "sequence", "sequence", sequence)["id"]
    return which, values


def task_routes(work: Work, numbers: Sequence[int | str] | None, sequence: str | None) -> pd.DataFrame:
    """See `Platform.task_routes`."""
    which, values = _these(work, numbers, sequence)
    found = frame(work, f"{ROUTES_SQL} WHERE {which} ORDER BY t.id", OF_ENROLLMENT, **values)
    found = found.astype({"owner_has_mailbox": bool}).merge(assignment(work), on="sequence", how="left")
    mode = found.pop("manual_mode").where(found["play"].isna(), found.pop("automatic_mode"))
    return found.assign(ruleset_mode=mode.where(found["enrolled_at"].notna(), None))[TASK_ROUTE_COLUMNS]


def assignment(work: Work) -> pd.DataFrame:
    """See `Platform.assignment`."""
    found = frame(
        work,
        "SELECT s.name, r.name, s.task_assignment, r.task_assignment, s.task_assignment_set_at,"
        " r.task_assignment_set_at FROM sequence s JOIN ruleset r ON r.id = COALESCE(s.ruleset_id,"
        " (SELECT id FROM ruleset ORDER BY is_default DESC, id LIMIT 1)) WHERE NOT s.deleted ORDER BY s.id",
        ["sequence", "ruleset", "own", "of_ruleset", "own_set_at", "ruleset_set_at"],
    )
    own = [from_json(value) or {} for value in found["own"]]
    of_ruleset = [from_json(value) for value in found["of_ruleset"]]
    modes = {
        "own_mode": [one.get("mode") for one in own],
        "own_user": [_user(one, "mode") for one in own],
        "automatic_mode": [one["automatic"] for one in of_ruleset],
        "manual_mode": [one["manual"] for one in of_ruleset],
        "ruleset_user": [_user(one, "automatic", "manual") for one in of_ruleset],
    }
    columns = {name: pd.Series(values, index=found.index, dtype=object) for name, values in modes.items()}
    return found.assign(**columns)[ASSIGNMENT_COLUMNS]


def _user(chosen: dict[str, str | None], *modes: str) -> str | None:
    """The user set with a mode, where one of them takes a user: one left over from before says nothing."""
    return chosen["user"] if any(chosen.get(mode) == "ASSIGN_TO_USER" for mode in modes) else None
