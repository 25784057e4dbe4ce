"""Who fell out of sequences from a mailbox; with what the rules need of them, in one look at each enrollment."""

from typing import Any

import pandas as pd

from models.names import NONE, Names
from platforms.port.enrollments import CANCELLED_COLUMNS, END_COLUMNS
from platforms.port.people import FACT_COLUMNS
from platforms.sandbox.behaviour.matching import matches
from platforms.sandbox.behaviour.propagation import acting_exclusions
from platforms.sandbox.behaviour.refusals import BEFORE_NOW
from platforms.sandbox.reading.frames import frame, instants
from platforms.sandbox.reading.people import READ_OF_PERSON, YES_OR_NO
from platforms.sandbox.store import Work

# An enrollment that the API would show as canceled and as nothing else: no opt-out, reply, bounce or exclusion.
PLAINLY_CANCELLED = "e.state = 'canceled' AND e.end_reason IN ('mailbox_owner_changed', 'unenrolled', 'upgraded')"
# An upgrade shows in the API as well, by the other enrollment (C20): whoever goes on in a later version of the
# sequence, begun at the very instant, did not fall out of it. Who was in the latest version was not carried over.
CARRIED = f"""{PLAINLY_CANCELLED} AND e.version < (SELECT v.version FROM sequence v WHERE v.id = e.sequence_id)
    AND EXISTS (SELECT 1 FROM enrollment n WHERE n.person_id = e.person_id AND n.sequence_id = e.sequence_id
    AND n.version > e.version AND n.started_at = e.ended_at)"""
FELL_OUT = f"{PLAINLY_CANCELLED} AND NOT ({CARRIED})"
# Each person's last enrollment from the mailbox that they fell out of, with how many steps its sequence has now.
FALLEN = f"""
    WITH latest AS (
        SELECT e.person_id, MAX(e.ended_at * 1000000000 + e.id) % 1000000000 AS id FROM enrollment e
        WHERE e.mailbox_id = (SELECT m.id FROM mailbox m WHERE m.email = :mailbox) AND {FELL_OUT}
            AND e.person_id > :after
        GROUP BY e.person_id ORDER BY e.person_id LIMIT :chunk),
    fallen AS (
        SELECT f.*, v.length FROM latest l CROSS JOIN enrollment f JOIN (
            SELECT s.id, COUNT(t.id) AS length FROM sequence s LEFT JOIN sequence_step t ON t.sequence_id = s.id
            AND t.version = s.version GROUP BY s.id) AS v ON v.id = f.sequence_id
        WHERE f.id = l.id)
    SELECT h.person_id, p.email, h.sequence_id, h.play_id, h.steps_done, h.started_at, h.ended_at, h.others = 0,
        COALESCE(z.paused, FALSE), CASE WHEN z.paused THEN z.until END{{of_person}}
    FROM (
        SELECT e.person_id, MAX(f.id) AS id, MAX(f.sequence_id) AS sequence_id, MAX(f.play_id) AS play_id,
            MAX(f.steps_done) AS steps_done, MAX(f.started_at) AS started_at, MAX(f.ended_at) AS ended_at,
            MAX(CASE WHEN e.id <> f.id AND (e.ended_at IS NULL OR e.ended_at >= f.ended_at) THEN 1 ELSE 0 END) AS others
            {{before_now}}
        FROM fallen f CROSS JOIN enrollment e WHERE e.person_id = f.person_id GROUP BY e.person_id) AS h
    JOIN person p ON p.id = h.person_id LEFT JOIN enrollment_pause z ON z.enrollment_id = h.id
    ORDER BY h.person_id"""
READ = [
    "person_id",
    "email",
    "sequence",  # its number, as of the play
    "play",
    "steps_done",
    "started_at",
    "ended_at",
    "alone",
    "paused",
    "paused_until",
]
BEFORE = ", " + BEFORE_NOW.format(sequence="f.sequence_id", length="f.length")
FACTS_READ = {"running_in": "h.running_in"} | READ_OF_PERSON
OF_PERSON = ", " + ", ".join(FACTS_READ.values())
FACTS_BESIDE = [name for name in FACT_COLUMNS if name not in CANCELLED_COLUMNS]
SEQUENCES = """
    SELECT s.id, s.name, s.paused, COALESCE(
        u.name, (SELECT d.name FROM ruleset d ORDER BY d.is_default DESC, d.id LIMIT 1)) AS ruleset
    FROM sequence s LEFT JOIN ruleset u ON u.id = s.ruleset_id"""


def ends(work: Work, mailbox: str) -> pd.DataFrame:
    """When enrollments from a mailbox were cancelled (see the port)."""
    return frame(
        work,
        "SELECT e.ended_at, COUNT(*) FROM enrollment e JOIN mailbox m ON m.id = e.mailbox_id"
        f" WHERE m.email = :mailbox AND {FELL_OUT} GROUP BY e.ended_at ORDER BY e.ended_at",
        END_COLUMNS,
        mailbox=mailbox,
    )


def cancelled(
    work: Work, mailbox: str, after: int, chunk: int, *, facts: bool = False
) -> tuple[pd.DataFrame, int | None]:
    """A chunk of `Platform.cancelled` from the person after number `after`, and the last person's number."""
    sql = FALLEN.format(of_person=OF_PERSON, before_now=BEFORE) if facts else FALLEN.format(of_person="", before_now="")
    columns = [*READ, *FACTS_READ] if facts else READ
    found = frame(work, sql, columns, mailbox=mailbox, after=after, chunk=chunk)
    last = int(found["person_id"].iloc[-1]) if len(found) else None
    sequences = {row["id"]: row for row in work.rows(SEQUENCES)}
    plays = {row["id"]: row["name"] for row in work.rows("SELECT id, name FROM play")}
    of_sequence = found["sequence"]
    found = found.astype({"alone": bool, "paused": "boolean"}).assign(
        sequence=_named(of_sequence, {number: row["name"] for number, row in sequences.items()}),
        mailbox=mailbox,
        play=_named(found["play"], plays),
        paused_until=instants(found["paused_until"]),
    )
    if facts:
        found = _with_facts(work, found, of_sequence, sequences, after)
    return found[[*CANCELLED_COLUMNS, *(FACTS_BESIDE if facts else ())]], last


def _with_facts(
    work: Work, found: pd.DataFrame, of_sequence: "pd.Series[int]", sequences: dict[int, dict[str, Any]], after: int
) -> pd.DataFrame:
    """The facts for the sequences that they were cancelled in, as `Platform.facts` has them."""
    names, rulesets = ({number: row[name] for number, row in sequences.items()} for name in ("name", "ruleset"))
    ruleset = _named(of_sequence, rulesets)
    paused = {number for number, row in sequences.items() if row["paused"]}
    return found.astype(dict.fromkeys(YES_OR_NO, bool)).assign(
        ruleset=ruleset,
        known=True,
        running_ruleset=_named(found["running_in"], rulesets),
        running_in=_named(found["running_in"], names),
        sequence_paused=of_sequence.isin(paused),
        excluded_by=_excluded_by(work, found["person_id"], ruleset, after),
    )


def _excluded_by(work: Work, people: "pd.Series[int]", rulesets: "pd.Series[str]", after: int) -> "pd.Series[Any]":
    """The names of the exclusions that act on each ruleset and match each of these people, in their order."""
    acting = {str(ruleset): set(acting_exclusions(work, str(ruleset))) for ruleset in rulesets.unique()}
    found: dict[tuple[int, str], list[str]] = {}
    if every := sorted(set().union(*acting.values())):
        matching = (
            f"SELECT DISTINCT m.person_id, x.id, x.name FROM ({matches(work, every)}) AS m JOIN exclusion x"
            " ON x.id = m.exclusion_id WHERE m.person_id > :after AND m.person_id <= :last ORDER BY m.person_id, x.id"
        )
        for row in work.rows(matching, after=after, last=int(people.max())):
            for ruleset, acts in acting.items():
                if row["id"] in acts:
                    found.setdefault((row["person_id"], ruleset), []).append(row["name"])
    names = {who: Names(*matched) for who, matched in found.items()}
    each = [names.get(who, NONE) for who in zip(people, rulesets, strict=True)] if names else NONE
    return pd.Series(each, index=people.index, dtype=object)


def _named(numbers: "pd.Series[Any]", names: dict[int, str]) -> "pd.Series[Any]":
    """The names of rows by their numbers; None for what is missing."""
    codes, different = pd.factorize(numbers)
    named = pd.Series([*(names.get(int(number)) for number in different), None], dtype=object).to_numpy()
    return pd.Series(named[codes], index=numbers.index, dtype=object)
