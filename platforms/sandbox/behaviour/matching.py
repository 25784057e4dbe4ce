"""Whom exclusions match, as SQL. Only those exclusions are looked at that are asked about, and only by the ways that
they match in: to look at every person's status, or at every step that was done, for an exclusion that is off costs
more than all the rest.
"""

from collections.abc import Collection

from platforms.sandbox.store import Work

DAY = 86_400
NOBODY = "SELECT p.id AS person_id, p.id AS exclusion_id FROM person p WHERE 1 = 0"

# By kind; a match of a company covers everybody there. The order of CROSS JOIN is SQLite's: from the few to the many.
WAYS = {
    "person_email": "exclusion_match m JOIN person p ON p.email = m.value",
    "person_status": "exclusion_match m JOIN person p ON p.status = m.value",
    "company_domain": "exclusion_match m CROSS JOIN company c JOIN person p ON p.company_id = c.id"
    " WHERE c.domain = m.value",
    "company_status": "exclusion_match m CROSS JOIN company c JOIN person p ON p.company_id = c.id"
    " WHERE c.status = m.value",
}


def matches(work: Work, exclusions: Collection[int] | None = None, *, of_one: bool = False) -> str:
    """A query of (person_id, exclusion_id): who matches which of these exclusions (None: of all), a row a way.

    Of one person, `:only`, each way is looked up by their key instead of being gathered for everybody.
    """
    which = "1 = 1" if exclusions is None else f"id IN ({numbers(exclusions)})"
    if exclusions is not None and not exclusions:
        return NOBODY
    kinds = work.rows(
        "SELECT DISTINCT kind FROM exclusion_match WHERE exclusion_id IN (SELECT id FROM exclusion"
        f" WHERE {which}) ORDER BY kind"
    )
    of_p, of_e = (" AND p.id = :only", " AND e.person_id = :only") if of_one else ("", "")
    only = "" if exclusions is None else f" AND m.exclusion_id IN ({numbers(exclusions)})"
    found = [
        f"SELECT p.id AS person_id, m.exclusion_id AS exclusion_id FROM {_joined(row['kind'])}"
        f" AND m.kind = '{row['kind']}'{only}{of_p}"
        for row in kinds
    ]
    active = f"SELECT id, last_activity_within_days AS days FROM exclusion WHERE {which} ORDER BY id"
    found += [
        f"SELECT e.person_id AS person_id, {row['id']} AS exclusion_id FROM enrollment_step s"
        " JOIN enrollment e ON e.id = s.enrollment_id"
        f" WHERE s.status = 'FINISHED' AND s.at > :now - {row['days'] * DAY}{of_e}"
        for row in work.rows(active)
        if row["days"] is not None
    ]
    return " UNION ALL ".join(found) or NOBODY


def _joined(kind: str) -> str:
    joined = WAYS[kind]
    return joined if " WHERE " in joined else f"{joined} WHERE 1 = 1"


def first_matched(work: Work, exclusions: Collection[int], *, of_one: bool = False) -> str:
    """A query of (person_id, exclusion_id): the first of these exclusions that each person, or `:only` one, matches."""
    found = matches(work, exclusions, of_one=of_one)
    return f"SELECT person_id, MIN(exclusion_id) AS exclusion_id FROM ({found}) AS matches GROUP BY person_id"


def people_matching(work: Work, exclusions: Collection[int]) -> str:
    """A query of person_id: who matches any of these exclusions."""
    return f"SELECT person_id FROM ({matches(work, exclusions)}) AS m"


def numbers(keys: Collection[int]) -> str:
    """Keys as a list in SQL."""
    return ", ".join(str(key) for key in sorted(keys))
