"""What a sandbox keeps of enrollments and the API does not tell, worked out from what it does, in statements over all.

Its steps show how far each came; why it ended, by its flags and by what began at that instant; when the next
step is due, by the sequence's waits from the step before (the API shows no due time). All of it is worked out anew
each time from what was read: a second time changes nothing.
"""

from platforms.sandbox.behaviour.assignment import assign_anew
from platforms.sandbox.store import Work

RUNS = "state IN ('queued', 'active')"
PRESENT_LENGTH = "(SELECT COUNT(*) FROM sequence_step t WHERE t.sequence_id = q.id AND t.version = q.version)"

PROGRESS = (
    """UPDATE enrollment SET state = 'pulling', end_reason = NULL, next_step_at = NULL, steps_done = COALESCE(
        (SELECT MAX(t.number) FROM enrollment_step t WHERE t.enrollment_id = enrollment.id AND t.status = 'FINISHED'),
        (SELECT MAX(0, c.lowest - 1) FROM copy_enrollment c WHERE c.id = enrollment.id), 0)""",
    """UPDATE copy_enrollment SET begun = EXISTS (
        SELECT 1 FROM enrollment_step t WHERE t.enrollment_id = copy_enrollment.id AND t.status = 'FINISHED')""",
)
# An upgrade ends one enrollment and begins the next within two minutes; a sandbox does so at one instant (R52).
AT_ONCE = """
    UPDATE enrollment AS e SET ended_at = n.started_at FROM enrollment n, copy_enrollment c
    WHERE c.id = e.id AND c.ended_as = 'canceled' AND n.person_id = e.person_id AND n.sequence_id = e.sequence_id
        AND n.version > e.version AND ABS(n.started_at - e.ended_at) <= 120"""
# Who was upgraded at the same place goes on as before: begun if the one before had begun (C20, Q4).
BEGUN_BEFORE = """
    UPDATE copy_enrollment SET begun = 1 WHERE begun = 0 AND EXISTS (
        SELECT 1 FROM enrollment e JOIN enrollment b ON b.person_id = e.person_id AND b.sequence_id = e.sequence_id
            AND b.ended_at = e.started_at AND b.version < e.version AND b.steps_done = e.steps_done
        JOIN copy_enrollment o ON o.id = b.id AND o.ended_as = 'canceled' AND o.begun = 1
        WHERE e.id = copy_enrollment.id)"""
# Canceled at the instant at which another one began in a later version: upgraded, nobody fell out (C20). What ended
# plainly and is not through with the present version's steps was taken out, as the platform shows that too (9).
ENDS = f"""
    UPDATE enrollment AS e SET
        state = CASE WHEN c.ended_as = 'plainly' AND c.excluded = 0 AND (e.version <> q.version OR q.deleted
            OR e.steps_done >= {PRESENT_LENGTH}) THEN 'finished' ELSE 'canceled' END,
        end_reason = CASE WHEN c.ended_as NOT IN ('canceled', 'plainly') THEN c.ended_as
            WHEN c.ended_as = 'canceled' AND EXISTS (SELECT 1 FROM enrollment n WHERE n.person_id = e.person_id
                AND n.sequence_id = e.sequence_id AND n.started_at = e.ended_at AND n.version > e.version)
                THEN 'upgraded'
            WHEN c.excluded <> 0 THEN 'excluded'
            WHEN c.ended_as = 'plainly' AND (e.version <> q.version OR q.deleted OR e.steps_done >= {PRESENT_LENGTH})
                THEN 'completed'
            ELSE 'unenrolled' END
    FROM copy_enrollment c, sequence q WHERE c.id = e.id AND q.id = e.sequence_id AND c.ended_as <> ''"""
# A copy is not read at one instant: of two that seem to run, the one that began last does (R20).
OVERTAKEN = """
    UPDATE enrollment AS e SET state = 'canceled', end_reason = 'unenrolled', ended_at = n.started_at
    FROM (SELECT person_id, MAX(started_at * 1000000000 + id) % 1000000000 AS id, MAX(started_at) AS started_at
          FROM enrollment WHERE state = 'pulling' GROUP BY person_id HAVING COUNT(*) > 1) AS n
    WHERE e.state = 'pulling' AND e.person_id = n.person_id AND e.id <> n.id"""
RUNNING = """
    UPDATE enrollment SET state = CASE WHEN (SELECT c.begun FROM copy_enrollment c WHERE c.id = enrollment.id) = 1
        THEN 'active' ELSE 'queued' END, ended_at = NULL WHERE state = 'pulling'"""
# The API shows a sequence's present steps alone. Whoever follows an earlier version goes by the types that its
# enrollments' steps show, and by the present version's waits.
EARLIER_VERSIONS = (
    f"""INSERT INTO sequence_step (sequence_id, version, number, type, wait_days)
    SELECT v.sequence_id, v.version, t.number, COALESCE((
        SELECT x.type FROM enrollment e JOIN enrollment_step x ON x.enrollment_id = e.id AND x.number = t.number
        WHERE e.sequence_id = v.sequence_id AND e.version = v.version LIMIT 1), t.type), t.wait_days
    FROM (SELECT DISTINCT sequence_id, version FROM enrollment WHERE {RUNS}) AS v
    JOIN sequence q ON q.id = v.sequence_id AND q.version <> v.version
    JOIN sequence_step t ON t.sequence_id = q.id AND t.version = q.version
    WHERE NOT EXISTS (SELECT 1 FROM sequence_step o WHERE o.sequence_id = v.sequence_id AND o.version = v.version)""",
    f"""INSERT INTO sequence_step (sequence_id, version, number, type, wait_days)
    SELECT e.sequence_id, e.version, x.number, MIN(x.type), 0 FROM enrollment e
    JOIN sequence q ON q.id = e.sequence_id AND q.version <> e.version
    JOIN enrollment_step x ON x.enrollment_id = e.id WHERE e.{RUNS}
    AND NOT EXISTS (SELECT 1 FROM sequence_step o WHERE o.sequence_id = e.sequence_id AND o.version = e.version
        AND o.number = x.number) GROUP BY e.sequence_id, e.version, x.number""",
)
NEXT_STEPS = (
    f"""UPDATE enrollment SET next_step_at = (
        SELECT COALESCE((SELECT x.at FROM enrollment_step x WHERE x.enrollment_id = enrollment.id
            AND x.status = 'FINISHED' ORDER BY x.number DESC LIMIT 1), enrollment.started_at)
            + CASE WHEN enrollment.steps_done > 0 THEN t.wait_days * 86400 ELSE 0 END
        FROM sequence_step t WHERE t.sequence_id = enrollment.sequence_id AND t.version = enrollment.version
            AND t.number = enrollment.steps_done + 1) WHERE {RUNS}""",
    f"""DELETE FROM enrollment_step WHERE status <> 'FINISHED' AND EXISTS (SELECT 1 FROM enrollment e
        WHERE e.id = enrollment_step.enrollment_id AND e.{RUNS} AND enrollment_step.number <> e.steps_done + 1)""",
    f"""INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived)
        SELECT e.id, t.number, t.type, 'SCHEDULED', e.next_step_at, 0 FROM enrollment e
        JOIN sequence_step t ON t.sequence_id = e.sequence_id AND t.version = e.version AND t.number = e.steps_done + 1
        WHERE e.{RUNS}
        ON CONFLICT (enrollment_id, number) DO UPDATE SET at = excluded.at,
        status = CASE status WHEN 'PENDING' THEN 'PENDING' ELSE 'SCHEDULED' END""",
    f"""UPDATE enrollment_step SET status = 'CANCELED' WHERE status NOT IN ('FINISHED', 'CANCELED')
        AND enrollment_id IN (SELECT id FROM enrollment WHERE NOT {RUNS})""",
)


def derive(work: Work) -> int:
    """Give every enrollment its state, place, end and next step; gives how many ran twice by what was read.

    Whoever runs is assigned tasks as the settings of now say: what an enrollment kept of earlier ones does not show.
    """
    for statement in (AT_ONCE, *PROGRESS):
        work.run(statement)
    while work.run(BEGUN_BEFORE).rowcount:
        pass
    work.run(ENDS)
    overtaken = work.run(OVERTAKEN).rowcount
    for statement in (RUNNING, *EARLIER_VERSIONS, *NEXT_STEPS):
        work.run(statement)
    assign_anew(work)
    return overtaken
