"""A workspace of as many contacts as a case asks for, filled by SQL."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.procedures.cases import Case

OWNER, OTHER = "ana@acme.test", "bo@acme.test"
MAILBOX, SECOND, THIRD = "ana@send.acme.test", "bo@send.acme.test", "third@send.acme.test"
PEOPLE = """
    INSERT INTO person (id, email, first_name, company_id, status, email_opt_out, do_not_email)
    SELECT i, 'p' || i || '@x' || (i % 997) || '.test', 'P', 1, 'lead', 0, 0 FROM n"""


def fill(home: Path, case: "Case", size: int) -> None:
    """Load a team with two sequences and a play, and so many people, and what the case has of each."""
    from sqlalchemy import text

    from models.records import (
        Audience,
        Company,
        Exclusion,
        ExclusionMatch,
        Interval,
        Mailbox,
        Play,
        Ruleset,
        Sequence,
        SequenceStep,
        User,
    )
    from models.settings import Settings
    from models.workspace import Workspace
    from platforms.opening import open_sandbox

    steps = tuple(SequenceStep(wait_days=2) for _ in range(4))
    sandbox = open_sandbox(Settings())
    sandbox.load(
        Workspace(
            users=(User(email=OWNER, role="admin"), User(email=OTHER)),
            mailboxes=tuple(
                Mailbox(email=email, owner=owner, daily_limit=1_000_000)
                for email, owner in ((MAILBOX, OWNER), (SECOND, OTHER), (THIRD, OTHER))
            ),
            companies=(Company(domain="big.test", status="customer"),),
            rulesets=(
                Ruleset(
                    name="Default",
                    default=True,
                    block_reenrollment=Interval(value=75),
                    exclusions={"Customers": case.excluded},
                ),
            ),
            exclusions=(
                Exclusion(
                    name="Customers",
                    match=ExclusionMatch(company_status=("customer",)),
                    exclude_from_sequences=case.excluded,
                ),
            ),
            sequences=(Sequence(name="Outbound", steps=steps), Sequence(name="Nurture", steps=steps)),
            audiences=(Audience(name="Everybody"),),
            plays=(
                Play(name="Play", audience="Everybody", sequence="Outbound", mailboxes=(MAILBOX,), allow_reruns=True),
            ),
        )
    )
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size})"
    with sandbox._engine.begin() as connection:
        now = connection.execute(text("SELECT now FROM workspace")).scalar()
        connection.execute(text(numbers + PEOPLE))
        for statement in case.rows:
            connection.execute(text(statement.format(now=now)))
    for change in case.changes:
        sandbox.apply(change)
    for name, lines in case.files(size).items():
        (home / name).write_text("\n".join(lines) + "\n")
