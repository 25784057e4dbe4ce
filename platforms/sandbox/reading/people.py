"""What the port observes of people: who they are, and what the rules need of them."""

from typing import Any

import pandas as pd

from models.names import NONE
from platforms.port.people import FACT_COLUMNS, PEOPLE_COLUMNS
from platforms.sandbox.behaviour.propagation import acting_exclusions, acting_ruleset
from platforms.sandbox.behaviour.refusals import HISTORY
from platforms.sandbox.lookup import sequence_by_name, stage
from platforms.sandbox.reading.exclusions import exclusions_of_staged
from platforms.sandbox.reading.frames import INSTANTS, frame
from platforms.sandbox.store import Work

# Facts that come as they are from p, the person, and h, what they did before (`BEFORE_NOW`).
READ_OF_PERSON = {
    "opted_out": "p.email_opt_out",
    "do_not_email": "p.do_not_email",
    "running_since": "h.running_since",
    "completed_a_step": "h.completed_a_step",
    "been_here": "h.been_here",
    "last_ended": "h.last_ended",
    "resumes_after": "h.place",
    "no_step_left": "h.place = 0 AND h.no_step_left = 1",
    "last_started_here": "h.last_started_here",
    "last_end": "CASE h.last_end WHEN 1 THEN 'replied' WHEN 2 THEN 'bounced' ELSE '' END",
}
YES_OR_NO = ("opted_out", "do_not_email", "completed_a_step", "been_here", "no_step_left")
FACTS_SQL = f"""
    SELECT p.email, TRUE, s.name,
           CASE WHEN s.id IS NOT NULL THEN COALESCE(
               u.name, (SELECT d.name FROM ruleset d ORDER BY d.is_default DESC, d.id LIMIT 1)) END,
           {", ".join(READ_OF_PERSON.values())}
    FROM entrant a JOIN person p ON p.id = a.person_id + 0
    LEFT JOIN ({HISTORY.format(entrants="SELECT person_id FROM entrant", more="")}) AS h ON h.person_id = p.id
    LEFT JOIN sequence s ON s.id = h.running_in LEFT JOIN ruleset u ON u.id = s.ruleset_id
    ORDER BY p.id"""


def people(work: Work, emails: list[str]) -> pd.DataFrame:
    """These people with their companies and owners, in this order; unknown addresses have no row (see the port)."""
    different = list(dict.fromkeys(emails))
    stage(work, different)
    found = frame(
        work,
        "SELECT p.email, p.first_name, p.status, u.email, c.domain, c.status, o.email,"
        " p.email_opt_out, p.do_not_email FROM entrant a"
        " JOIN person p ON p.id = a.person_id + 0 LEFT JOIN user_account u ON u.id = p.owner_id"
        " LEFT JOIN company c ON c.id = p.company_id LEFT JOIN user_account o ON o.id = c.owner_id",
        PEOPLE_COLUMNS,
    ).astype({"email_opt_out": bool, "do_not_email": bool})
    order = pd.DataFrame({"email": different}, dtype=object)
    return order.merge(found, on="email", how="inner")


def facts(work: Work, contacts: pd.DataFrame) -> pd.DataFrame:
    """What the rules need of contacts (see the port)."""
    contacts = contacts.reset_index(drop=True)
    parts = [
        _facts_of_sequence(work, sequence_by_name(work, str(name)), group["email"])
        for name, group in contacts.groupby("sequence", sort=False)
    ]
    found = pd.concat(parts).reindex(contacts.index) if parts else pd.DataFrame(columns=FACT_COLUMNS)
    out = found.assign(email=contacts["email"], sequence=contacts["sequence"])
    times = {name: pd.to_datetime(out[name], utc=True) for name in INSTANTS if name in out}
    return out.assign(known=out["known"].eq(True), **times)[FACT_COLUMNS]


def _facts_of_sequence(work: Work, sequence: dict[str, Any], emails: "pd.Series[str]") -> pd.DataFrame:
    """The facts of these people for one sequence, with their index; nothing of whom the workspace does not know."""
    stage(work, emails.tolist())
    found = frame(
        work,
        FACTS_SQL,
        ["email", "known", "running_in", "running_ruleset", *READ_OF_PERSON],
        sequence=sequence["id"],
        length=sequence["length"],
    )
    for name in ("known", *YES_OR_NO):
        found[name] = found[name].fillna(0).astype(bool)
    found["resumes_after"] = found["resumes_after"].fillna(0).astype("int64")
    ruleset = acting_ruleset(work, sequence["id"])
    barred = exclusions_of_staged(work, acting_exclusions(work, ruleset["name"]))
    found["excluded_by"] = pd.Series([barred.get(email, NONE) for email in found["email"].to_numpy()], dtype=object)
    found = found.assign(ruleset=ruleset["name"], sequence_paused=bool(sequence["paused"]))
    return found.set_index("email").reindex(emails).set_axis(emails.index)
