"""What the port observes of exclusions: their toggles, whom they match and by which rule, and who those people are."""

import pandas as pd

from platforms.sandbox.lookup import named, stage
from platforms.sandbox.reading.enrollments import frame
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
    columns = ["exclusion", "exclude_from_sequences", "kinds", "last_activity_within_days"]
    found = pd.DataFrame(rows, columns=columns)
    return found.astype({"exclude_from_sequences": bool, "last_activity_within_days": "Int64"})


def matches(work: Work, exclusion: str, emails: list[str] | None) -> pd.DataFrame:
    """Whom an exclusion matches, by which of its ways, and since when (see the port)."""
    row = named(work, "exclusion", "exclusion", exclusion)
    only = ""
    if emails is not None:
        stage(work, list(dict.fromkeys(emails)))
        only = " JOIN entrant a ON a.person_id = w.person_id"
    return frame(
        work, f"SELECT p.email, w.way, w.value, w.since FROM ({WAYS}) AS w JOIN person p ON p.id = w.person_id{only}"
        " ORDER BY p.id, w.way, w.value", ["email", "by", "value", "since"], exclusion=row["id"],
    )  # fmt: skip


def people(work: Work, emails: list[str]) -> pd.DataFrame:
    """These people with their companies and owners, in this order; unknown addresses have no row (see the port)."""
    different = list(dict.fromkeys(emails))
    stage(work, different)
    found = frame(
        work, "SELECT p.email, p.first_name, p.status, u.email, c.domain, c.status, o.email,"
        " p.email_opt_out, p.do_not_email FROM entrant a"
        " JOIN person p ON p.id = a.person_id LEFT JOIN user_account u ON u.id = p.owner_id"
        " LEFT JOIN company c ON c.id = p.company_id LEFT JOIN user_account o ON o.id = c.owner_id",
        ["email", "first_name", "status", "owner", "company_domain", "company_status", "company_owner",
         "email_opt_out", "do_not_email"],
    ).astype({"email_opt_out": bool, "do_not_email": bool})  # fmt: skip
    order = pd.DataFrame({"email": different}, dtype=object)
    return order.merge(found, on="email", how="inner")
