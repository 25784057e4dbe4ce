"""What the port observes of exclusions: their toggles, the people they match and by which rule."""

import pandas as pd

from models.names import Names
from platforms.port.settings import EXCLUSION_COLUMNS, MATCH_COLUMNS, TOGGLE_COLUMNS
from platforms.sandbox.behaviour.matching import matches as matching
from platforms.sandbox.behaviour.propagation import acting_toggles
from platforms.sandbox.lookup import named, stage
from platforms.sandbox.reading.frames import frame
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.dump import read_exclusions

KINDS = ("company_domain", "company_status", "person_status", "person_email", "last_activity_within_days")

# How one exclusion matches people, a row a person and way; `since` where it is known.
WAYS = """
    SELECT p.id AS person_id, m.kind AS way, m.value, CAST(NULL AS BIGINT) AS since FROM exclusion_match m JOIN person p
        ON p.email = m.value WHERE m.kind = 'person_email' AND m.exclusion_id = :exclusion
    UNION SELECT p.id, m.kind, m.value, CAST(NULL AS BIGINT) FROM exclusion_match m JOIN person p ON p.status = m.value
        WHERE m.kind = 'person_status' AND m.exclusion_id = :exclusion
    UNION SELECT p.id, m.kind, m.value, CAST(NULL AS BIGINT) FROM exclusion_match m JOIN company c ON c.domain = m.value
        JOIN person p ON p.company_id = c.id WHERE m.kind = 'company_domain' AND m.exclusion_id = :exclusion
    UNION SELECT p.id, m.kind, m.value, CAST(NULL AS BIGINT) FROM exclusion_match m JOIN company c ON c.status = m.value
        JOIN person p ON p.company_id = c.id WHERE m.kind = 'company_status' AND m.exclusion_id = :exclusion
    UNION SELECT e.person_id, 'last_activity', CAST(x.last_activity_within_days AS TEXT), MAX(s.at) FROM exclusion x
        JOIN enrollment_step s ON s.status = 'FINISHED' AND s.at > :now - x.last_activity_within_days * 86400
        JOIN enrollment e ON e.id = s.enrollment_id WHERE x.id = :exclusion
        GROUP BY e.person_id, x.last_activity_within_days"""


def exclusions(work: Work) -> pd.DataFrame:
    """The exclusions with the values that are set (see the port)."""
    rows = []
    for exclusion in read_exclusions(work):
        kinds = "\n".join(kind for kind in KINDS if getattr(exclusion.match, kind))
        rows.append(
            (exclusion.name, exclusion.exclude_from_sequences, kinds, exclusion.match.last_activity_within_days)
        )
    found = pd.DataFrame(rows, columns=EXCLUSION_COLUMNS)
    return found.astype({"exclude_from_sequences": bool, "last_activity_within_days": "Int64"})


def matches(work: Work, exclusion: str, emails: list[str] | None) -> pd.DataFrame:
    """Whom an exclusion matches, by which of its ways, and since when (see the port)."""
    row = named(work, "exclusion", "exclusion", exclusion)
    only = ""
    if emails is not None:
        stage(work, list(dict.fromkeys(emails)))
        only = " JOIN entrant a ON a.person_id = w.person_id"
    return frame(
        work,
        f"SELECT p.email, w.way, w.value, w.since FROM ({WAYS}) AS w JOIN person p ON p.id = w.person_id{only}"
        " ORDER BY p.id, w.way, w.value",
        MATCH_COLUMNS,
        exclusion=row["id"],
    )


def exclusion_toggles(work: Work) -> pd.DataFrame:
    """What acts of each exclusion in each ruleset (see the port)."""
    rulesets = [row["name"] for row in work.rows("SELECT name FROM ruleset ORDER BY id")]
    toggles = [acting_toggles(work, "ruleset_exclusion", ruleset) for ruleset in rulesets]
    rows = [
        (row["name"], ruleset, row["everywhere"], row["here"])
        for of_one_exclusion in zip(*toggles, strict=True)
        for ruleset, row in zip(rulesets, of_one_exclusion, strict=True)
    ]
    return pd.DataFrame(rows, columns=TOGGLE_COLUMNS).astype({"everywhere": bool, "here": bool})


def exclusions_of_staged(work: Work, barring: list[int]) -> dict[str, Names]:
    """The names of these exclusions that each staged person matches."""
    if not barring:
        return {}
    names: dict[str, dict[str, None]] = {}
    for row in work.rows(
        f"SELECT p.email, x.name FROM ({matching(work, barring)}) AS m JOIN entrant a ON a.person_id = m.person_id"
        " JOIN person p ON p.id = m.person_id JOIN exclusion x ON x.id = m.exclusion_id ORDER BY x.id"
    ):
        names.setdefault(row["email"], {})[row["name"]] = None
    return {email: Names(*found) for email, found in names.items()}
