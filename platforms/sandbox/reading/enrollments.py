"""What the port observes of the sandbox, as frames: what a person or the vendor's API could see, and no more."""

from typing import Any

import pandas as pd

from models.names import NONE, Names
from platforms.sandbox.behaviour.propagation import (
    acting_audience_exclusions,
    acting_exclusions,
    acting_ruleset,
    acting_toggles,
)
from platforms.sandbox.behaviour.refusals import HISTORY, MATCHES
from platforms.sandbox.lookup import named, stage
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.dump import read_rulesets

# An enrollment that the API would show as canceled and as nothing else: no opt-out, reply, bounce or exclusion.
PLAINLY_CANCELLED = "e.state = 'canceled' AND e.end_reason IN ('mailbox_owner_changed', 'unenrolled', 'upgraded')"
# An upgrade shows in the API as well, by the other enrollment (C20): whoever goes on in a later version of the
# sequence, begun at the very instant, did not fall out of it.
FELL_OUT = f"""{PLAINLY_CANCELLED} AND NOT EXISTS (
    SELECT 1 FROM enrollment n WHERE n.person_id = e.person_id AND n.sequence_id = e.sequence_id
    AND n.version > e.version AND n.started_at = e.ended_at)"""
ENROLLMENT = """
    SELECT p.email, s.name AS sequence, m.email AS mailbox, y.name AS play, e.steps_done, e.started_at, e.ended_at
    FROM enrollment e JOIN person p ON p.id = e.person_id JOIN sequence s ON s.id = e.sequence_id
    JOIN mailbox m ON m.id = e.mailbox_id LEFT JOIN play y ON y.id = e.play_id"""


def frame(work: Work, sql: str, columns: list[str], **values: object) -> pd.DataFrame:
    """A query's rows as a frame of these columns; those named `…_at` and `INSTANTS` are instants (UTC)."""
    rows = work.run(sql, **values).fetchall()
    out = pd.DataFrame.from_records([tuple(row) for row in rows], columns=columns)
    for name in columns:
        if name.endswith("_at") or name in (*INSTANTS, "since"):
            out[name] = instants(out[name])
    return out


def instants(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Seconds since 1970 as UTC timestamps, missing ones as NaT."""
    return pd.to_datetime(pd.to_numeric(column).astype("Float64"), unit="s", utc=True)


ENROLLMENT_COLUMNS = ["email", "sequence", "mailbox", "play", "steps_done", "started_at", "ended_at"]


def ends(work: Work, mailbox: str) -> pd.DataFrame:
    """When enrollments from a mailbox were cancelled (see the port)."""
    return frame(
        work, "SELECT e.ended_at, COUNT(*) FROM enrollment e JOIN mailbox m ON m.id = e.mailbox_id"
        f" WHERE m.email = :mailbox AND {FELL_OUT} GROUP BY e.ended_at ORDER BY e.ended_at",
        ["ended_at", "enrollments"], mailbox=mailbox,
    )  # fmt: skip


def cancelled(work: Work, mailbox: str, after: int, chunk: int) -> tuple[pd.DataFrame, int | None]:
    """A chunk of `Platform.cancelled` from the person after number `after`, and the last person's number."""
    last = (
        f"SELECT e.person_id, MAX(e.ended_at * 1000000000 + e.id) AS latest FROM enrollment e"
        f" JOIN mailbox m ON m.id = e.mailbox_id WHERE m.email = :mailbox AND {FELL_OUT}"
        " AND e.person_id > :after GROUP BY e.person_id ORDER BY e.person_id LIMIT :chunk"
    )
    found = frame(
        work, ENROLLMENT.replace("SELECT p.email", "SELECT e.person_id, p.email")
        + f" JOIN ({last}) AS l ON l.latest % 1000000000 = e.id ORDER BY e.person_id",
        ["person_id", *ENROLLMENT_COLUMNS], mailbox=mailbox, after=after, chunk=chunk,
    )  # fmt: skip
    last_person = int(found["person_id"].iloc[-1]) if len(found) else None
    return found.drop(columns="person_id"), last_person


def last_enrollments(work: Work, emails: list[str], sequence: str | None) -> pd.DataFrame:
    """The enrollment of each of these people that runs or ended last (see the port)."""
    stage(work, emails)
    found = frame(
        work, f"{ENROLLMENT} JOIN entrant a ON a.person_id = e.person_id"
        + (" WHERE s.name = :sequence" if sequence else "") + " ORDER BY e.id",
        ENROLLMENT_COLUMNS, **({"sequence": sequence} if sequence else {}),
    )  # fmt: skip
    found = found.sort_values("ended_at", na_position="last", kind="stable")
    return found.drop_duplicates("email", keep="last").reset_index(drop=True)


OWN_FACTS = ["email", "known", "opted_out", "do_not_email", "running_in", "running_since", "running_ruleset",
             "completed_a_step", "been_here", "last_ended", "resumes_after", "no_step_left",
             "last_started_here", "last_end"]  # fmt: skip
INSTANTS = ("running_since", "last_ended", "last_started_here")
FACTS = [*OWN_FACTS, "excluded_by", "ruleset", "sequence", "sequence_paused"]

FACTS_SQL = f"""
    SELECT p.email, TRUE, p.email_opt_out, p.do_not_email, s.name, h.running_since,
           CASE WHEN s.id IS NOT NULL THEN COALESCE(
               u.name, (SELECT d.name FROM ruleset d ORDER BY d.is_default DESC, d.id LIMIT 1)) END,
           h.completed_a_step, h.been_here, h.last_ended, h.place, h.place = 0 AND h.no_step_left = 1,
           h.last_started_here,
           CASE h.last_end WHEN 1 THEN 'replied' WHEN 2 THEN 'bounced' ELSE '' END
    FROM entrant a JOIN person p ON p.id = a.person_id
    LEFT JOIN ({HISTORY.format(entrants="SELECT person_id FROM entrant")}) AS h ON h.person_id = p.id
    LEFT JOIN sequence s ON s.id = h.running_in LEFT JOIN ruleset u ON u.id = s.ruleset_id
    ORDER BY p.id"""


def facts_for(work: Work, sequence: dict[str, Any], emails: list[str]) -> pd.DataFrame:
    """The facts of these people for one sequence; people whom the workspace does not know have no row."""
    stage(work, emails)
    found = frame(
        work, FACTS_SQL, OWN_FACTS, sequence=sequence["id"], length=sequence["length"],
        goes_on=int(work.enforces("R53")),
    )  # fmt: skip
    for name in ("known", "opted_out", "do_not_email", "completed_a_step", "been_here", "no_step_left"):
        found[name] = found[name].fillna(0).astype(bool)
    found["resumes_after"] = found["resumes_after"].fillna(0).astype("int64")
    ruleset = acting_ruleset(work, sequence["id"])
    barred = _exclusions_of_staged(work, acting_exclusions(work, ruleset["name"]))
    found["excluded_by"] = pd.Series([barred.get(email, NONE) for email in found["email"]], dtype=object)
    return found.assign(ruleset=ruleset["name"], sequence=sequence["name"], sequence_paused=bool(sequence["paused"]))


def entrants(work: Work, play: str) -> pd.DataFrame:
    """The members of a play's audience, and what keeps them from entering (see the port)."""
    row = named(work, "play", "play", play)
    found = frame(
        work, "SELECT p.email, (EXISTS (SELECT 1 FROM play_log l JOIN play_run r ON r.id = l.run_id WHERE"
        " r.play_id = :play AND l.person_id = p.id) OR EXISTS (SELECT 1 FROM enrollment e WHERE e.play_id = :play"
        " AND e.person_id = p.id)), NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.person_id = p.id)"
        " FROM audience_member a JOIN person p ON p.id = a.person_id WHERE a.audience_id = :audience"
        " ORDER BY a.position", ["email", "seen", "never_enrolled"],
        play=row["id"], audience=row["audience_id"] or 0,
    )  # fmt: skip
    name = work.value("SELECT name FROM audience WHERE id = :id", id=row["audience_id"])
    stage(work, found["email"].tolist())
    barred = _exclusions_of_staged(work, acting_audience_exclusions(work, name) if name else [])
    kept_out_by = pd.Series([barred.get(email, NONE) for email in found["email"]], dtype=object)
    return found.astype({"seen": bool, "never_enrolled": bool}).assign(kept_out_by=kept_out_by)


def _exclusions_of_staged(work: Work, barring: list[int]) -> dict[str, Names]:
    """The names of these exclusions that each staged person matches."""
    if not barring:
        return {}
    numbers = ", ".join(str(number) for number in barring)
    names: dict[str, list[str]] = {}
    for row in work.rows(
        f"SELECT p.email, x.name FROM ({MATCHES}) AS m JOIN entrant a ON a.person_id = m.person_id JOIN person p"
        f" ON p.id = m.person_id JOIN exclusion x ON x.id = m.exclusion_id WHERE x.id IN ({numbers}) ORDER BY x.id"
    ):
        names.setdefault(row["email"], []).append(row["name"])
    return {email: Names(*found) for email, found in names.items()}


def rulesets(work: Work) -> pd.DataFrame:
    """The rulesets with the values that are set (see the port)."""
    return pd.DataFrame(
        [(r.name, r.allow_same_sequence_reenrollment, r.block_reenrollment) for r in read_rulesets(work)],
        columns=["ruleset", "allow_same", "block"],
    ).astype({"block": object})


def play_mailboxes(work: Work) -> dict[str, tuple[str, ...]]:
    """Each play's mailboxes, in the order of its turns."""
    found: dict[str, tuple[str, ...]] = {row["name"]: () for row in work.rows("SELECT name FROM play")}
    for row in work.rows(
        "SELECT y.name, m.email FROM play_mailbox pm JOIN play y ON y.id = pm.play_id"
        " JOIN mailbox m ON m.id = pm.mailbox_id ORDER BY pm.play_id, pm.position"
    ):
        found[row["name"]] += (row["email"],)
    return found


def places(work: Work, emails: list[str], sequence: str) -> pd.DataFrame:
    """Who of these runs in the sequence, from which mailbox, at which step next (see the port)."""
    stage(work, emails)
    return frame(
        work, "SELECT p.email, m.email, e.steps_done + 1, e.next_step_at, COALESCE(z.paused, FALSE) FROM entrant a"
        " JOIN person p ON p.id = a.person_id JOIN enrollment e ON e.person_id = p.id"
        " JOIN mailbox m ON m.id = e.mailbox_id JOIN sequence s ON s.id = e.sequence_id"
        " LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id"
        " WHERE s.name = :sequence AND e.state IN ('queued', 'active') ORDER BY p.id",
        ["email", "mailbox", "step", "due_at", "paused"], sequence=sequence,
    ).astype({"paused": bool})  # fmt: skip


def play_metrics(work: Work, play: str) -> dict[str, int] | None:
    """The last run's figures, or None where the play never ran."""
    return work.one(
        "SELECT COUNT(l.person_id) AS entered, COUNT(l.person_id) - COUNT(l.reason) AS enrolled,"
        " COUNT(l.reason) AS not_enrolled FROM play_run r LEFT JOIN play_log l ON l.run_id = r.id WHERE r.id ="
        " (SELECT MAX(q.id) FROM play_run q JOIN play y ON y.id = q.play_id WHERE y.name = :play) GROUP BY r.id",
        play=play,
    )  # fmt: skip


def exclusion_toggles(work: Work) -> pd.DataFrame:
    """What acts of each exclusion in each ruleset (see the port)."""
    rulesets = [row["name"] for row in work.rows("SELECT name FROM ruleset ORDER BY id")]
    toggles = [acting_toggles(work, "ruleset_exclusion", ruleset) for ruleset in rulesets]
    rows = [
        (row["name"], ruleset, row["everywhere"], row["here"])
        for of_one_exclusion in zip(*toggles, strict=True)
        for ruleset, row in zip(rulesets, of_one_exclusion, strict=True)
    ]
    columns = ["exclusion", "ruleset", "everywhere", "here"]
    return pd.DataFrame(rows, columns=columns).astype({"everywhere": bool, "here": bool})


def audience(work: Work, name: str) -> list[str]:
    """The addresses of an audience's people, in its order."""
    found = named(work, "audience", "audience", name)
    rows = work.run(
        "SELECT p.email FROM audience_member a JOIN person p ON p.id = a.person_id WHERE a.audience_id = :id"
        " ORDER BY a.position", id=found["id"],
    )  # fmt: skip
    return [row[0] for row in rows]
