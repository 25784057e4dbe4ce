"""The workspace of the benchmark: not an easy one. So many contacts fell out of five sequences as a mailbox changed its
owner."""

from typing import Any

MAILBOX, SECOND = "ana@send.acme.test", "bo@send.acme.test"
OWNER, NEW_OWNER = "ana@acme.test", "bo@acme.test"
SEQUENCES, PLAYS, STEPS = 5, 4, 5
DOMAINS, EXCLUDED = 997, 50  # every so manyth is excluded
DAY = 86_400
# Multiplied by an odd number, modulo a power of two, numbers stay different, and their order is as good as random.
HASH = "((n.i * 2654435761) % 4294967296)"


def fill(size: int) -> None:
    """Make it in the home of the environment.

    Of the contacts a tenth was enrolled by hand, into the sequence that no play enrolls into; a fifth completed no
    step; 2 % opted out, 1 % must not be emailed, 2 % are excluded, and 3 % match an exclusion that is off; a tenth was
    in another sequence long ago. A tenth as many again run from another mailbox, and stay.
    """
    from sqlalchemy import text

    from models.changes import ChangeMailboxOwner
    from models.settings import Settings
    from platforms.opening import open_sandbox

    Settings().make_home()
    sandbox: Any = open_sandbox(Settings())
    sandbox.load(_settings())
    everybody = size + size // 10
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {everybody})"
    with sandbox.work() as work:
        now = work.now
        for statement in _people(numbers), *_enrollments(numbers, size, now):
            work.connection.execute(text(statement))
    sandbox.apply(ChangeMailboxOwner(mailbox=MAILBOX, owner=NEW_OWNER))
    sandbox.close()


def _settings() -> Any:
    from models.records import (
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
    from models.workspace import Workspace

    domains = [f"x{number}.test" for number in range(DOMAINS)]
    steps = tuple(SequenceStep(wait_days=2) for _ in range(STEPS))
    return Workspace(
        users=(User(email=OWNER, role="admin"), User(email=NEW_OWNER)),
        mailboxes=(Mailbox(email=MAILBOX, owner=OWNER), Mailbox(email=SECOND, owner=NEW_OWNER)),
        companies=tuple(Company(domain=domain) for domain in domains),
        rulesets=(
            Ruleset(name="Default", default=True, block_reenrollment=Interval(value=75)),
            Ruleset(name="Strict", block_reenrollment=None),
        ),
        exclusions=(
            Exclusion(name="Competitors", match=ExclusionMatch(company_domain=tuple(domains[::EXCLUDED]))),
            Exclusion(
                name="Customers", match=ExclusionMatch(person_status=("customer",)), exclude_from_sequences=False
            ),
        ),
        sequences=tuple(
            Sequence(name=f"Outbound {number}", ruleset="Strict" if number % 2 else None, steps=steps)
            for number in range(1, SEQUENCES + 1)
        ),
        plays=tuple(
            Play(
                name=f"Play {number}",
                sequence=f"Outbound {number}",
                mailboxes=(MAILBOX, SECOND),
                published=True,
                allow_reruns=True,
            )
            for number in range(1, PLAYS + 1)
        ),
    )


def _people(numbers: str) -> str:
    """Their addresses are in another order than they came in."""
    return (
        f"{numbers} INSERT INTO person (id, email, first_name, company_id, status, email_opt_out, do_not_email)"
        f" SELECT n.i, 'p' || {HASH} || '@' || c.domain, 'P', c.id,"
        " CASE n.i % 30 WHEN 1 THEN 'customer' ELSE 'lead' END, n.i % 50 = 7, n.i % 100 = 13"
        f" FROM n JOIN company c ON c.id = n.i % {DOMAINS} + 1"
    )


def _enrollments(numbers: str, size: int, now: int) -> tuple[str, ...]:
    """Enrollments in no order of the people: an old one of some, one that runs of all, with their steps."""
    by_hand = f"{HASH} % 10 = 0"
    sequence = f"CASE WHEN {by_hand} THEN {SEQUENCES} ELSE n.i % {PLAYS} + 1 END"
    play = f"CASE WHEN {by_hand} THEN NULL ELSE n.i % {PLAYS} + 1 END"
    done = f"n.i % {STEPS}"
    columns = "person_id, sequence_id, mailbox_id, play_id, version, state, steps_done, started_at"
    step = "INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived)"
    return (
        f"{numbers} INSERT INTO enrollment ({columns}, ended_at, end_reason)"
        f" SELECT n.i, n.i % {PLAYS} + 1, 2, NULL, 1, 'finished', {STEPS}, {now - 300 * DAY}, {now - 200 * DAY},"
        f" 'completed' FROM n WHERE n.i % 10 = 3 ORDER BY {HASH}",
        f"{numbers} INSERT INTO enrollment ({columns}, next_step_at)"
        f" SELECT n.i, {sequence}, CASE WHEN n.i <= {size} THEN 1 ELSE 2 END, {play}, 1,"
        f" CASE {done} WHEN 0 THEN 'queued' ELSE 'active' END, {done}, {now - 20 * DAY}, {now + 30 * DAY}"
        f" FROM n ORDER BY {HASH}",
        f"{step} SELECT e.id, t.number, 'AUTOMATIC_EMAIL', 'FINISHED', {now} - (20 - t.number) * {DAY}, FALSE"
        " FROM enrollment e JOIN sequence_step t ON t.sequence_id = e.sequence_id AND t.number <= e.steps_done"
        " ORDER BY e.id, t.number",
        f"{step} SELECT id, steps_done + 1, 'AUTOMATIC_EMAIL', 'SCHEDULED', next_step_at, FALSE FROM enrollment"
        " WHERE state IN ('queued', 'active') ORDER BY id",
    )
