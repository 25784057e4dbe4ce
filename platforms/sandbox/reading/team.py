"""What the port observes of the team and what it works with: users, mailboxes, sequences, rulesets."""

import pandas as pd

from platforms.port.settings import RULESET_COLUMNS
from platforms.port.team import MAILBOX_COLUMNS, SEQUENCE_COLUMNS, STEP_COLUMNS, USER_COLUMNS
from platforms.sandbox.lookup import sequence_by_name
from platforms.sandbox.reading.frames import frame
from platforms.sandbox.store import Work, from_json
from platforms.sandbox.workspace_file.dump import read_rulesets


def users(work: Work) -> pd.DataFrame:
    """The users with their roles."""
    return frame(work, "SELECT email, name, role FROM user_account ORDER BY id", USER_COLUMNS)


def mailboxes(work: Work) -> pd.DataFrame:
    """The mailboxes and their owners."""
    return frame(
        work,
        "SELECT m.email, u.email, m.paused, m.daily_limit FROM mailbox m"
        " LEFT JOIN user_account u ON u.id = m.owner_id ORDER BY m.id",
        MAILBOX_COLUMNS,
    ).astype({"paused": bool})


def sequences(work: Work) -> pd.DataFrame:
    """The sequences that are not deleted; one without a ruleset of its own goes by the default one."""
    found = frame(
        work,
        "SELECT s.name,"
        " COALESCE(r.name, (SELECT name FROM ruleset ORDER BY is_default DESC, id LIMIT 1)), s.paused,"
        " (SELECT COUNT(*) FROM sequence_step t WHERE t.sequence_id = s.id AND t.version = s.version),"
        " s.version, s.send_days FROM sequence s LEFT JOIN ruleset r ON r.id = s.ruleset_id"
        " WHERE NOT s.deleted ORDER BY s.id",
        SEQUENCE_COLUMNS,
    )
    days = found["send_days"].map(from_json).map(tuple)
    return found.assign(paused=found["paused"].astype(bool), send_days=days)


def steps(work: Work, sequence: str) -> pd.DataFrame:
    """The steps of a sequence's present version."""
    found = sequence_by_name(work, sequence)
    return frame(
        work,
        "SELECT number, type, wait_days FROM sequence_step WHERE sequence_id = :sequence"
        " AND version = :version ORDER BY number",
        STEP_COLUMNS,
        sequence=found["id"],
        version=found["version"],
    )


def rulesets(work: Work) -> pd.DataFrame:
    """The rulesets with the values that are set (see the port)."""
    return pd.DataFrame(
        [(r.name, r.allow_same_sequence_reenrollment, r.block_reenrollment) for r in read_rulesets(work)],
        columns=RULESET_COLUMNS,
    ).astype({"block": object})
