"""What has to hold after each day, a query a clause: each gives whom or what it is broken for, and how that shows.

`sandbox`, `journal` and `diary` are attached; instants are seconds since 1970, of the workspace's time. An enrollment
is ours where the play that made it bears an operation's id, or where Handoff's own user made it while a live operation
had the contact; one that an upgrade carried over is nobody's. Exemptions stand with the clause that they are from.
"""

VIEWS = """
CREATE TEMP TABLE op AS SELECT id, procedure, subject, mode, acting_user, status, plan, told, next,
    COALESCE(parameters, '{}') AS parameters, CAST(strftime('%s', started_at) AS INTEGER) AS started,
    CAST(strftime('%s', ended_at) AS INTEGER) AS ended FROM journal.operation;
CREATE TEMP TABLE en AS SELECT e.id, e.person_id, e.state, e.steps_done, e.started_at, e.ended_at, e.end_reason,
    e.play_id, p.email, s.name AS sequence, s.ruleset_id, y.name AS play, u.email AS enroller, m.email AS mailbox
    FROM sandbox.enrollment e JOIN sandbox.person p ON p.id = e.person_id
    JOIN sandbox.sequence s ON s.id = e.sequence_id JOIN sandbox.mailbox m ON m.id = e.mailbox_id
    LEFT JOIN sandbox.play y ON y.id = e.play_id LEFT JOIN sandbox.user_account u ON u.id = e.enroller_id;
CREATE INDEX temp.en_of ON en (person_id, id);
CREATE TEMP TABLE made AS SELECT e.id, CASE WHEN e.play LIKE '%(handoff %'
    THEN substr(e.play, instr(e.play, '(handoff ') + 9, 20)
    ELSE (SELECT o.id FROM op o JOIN journal.outcome x ON x.operation_id = o.id AND x.email = e.email
        WHERE o.mode = 'live' AND o.acting_user = e.enroller AND e.started_at BETWEEN o.started
        AND COALESCE(o.ended, (SELECT now FROM today)) ORDER BY o.started DESC LIMIT 1) END AS operation
    FROM en e WHERE (e.play LIKE '%(handoff %' OR (e.play IS NULL AND e.enroller IN (SELECT acting_user FROM op)))
    AND NOT EXISTS (SELECT 1 FROM en b WHERE b.person_id = e.person_id AND b.id < e.id
        AND b.end_reason = 'upgraded' AND b.ended_at = e.started_at);
CREATE TEMP TABLE ours AS SELECT e.*, o.id AS operation, o.procedure, o.parameters FROM made
    JOIN en e ON e.id = made.id JOIN op o ON o.id = made.operation;
CREATE INDEX temp.ours_of ON ours (person_id, id);
CREATE TEMP TABLE answer AS
    SELECT person_id, ended_at AS at, id AS last_enrollment, end_reason AS what FROM en
    WHERE end_reason IN ('replied', 'bounced', 'opted_out')
    UNION ALL SELECT p.id, d.at, d.last_enrollment, d.kind FROM diary.did d
    JOIN sandbox.person p ON p.email = d.person WHERE d.refused IS NULL
    AND d.kind IN ('reply', 'reply_of_who_moved_on', 'bounce', 'opt_out');
CREATE INDEX temp.answer_of ON answer (person_id);
CREATE TEMP TABLE night AS SELECT started, ended, ROW_NUMBER() OVER (ORDER BY started) AS number FROM op
    WHERE procedure = 'nightly-remediation' AND mode = 'live' AND ended IS NOT NULL;
CREATE TEMP TABLE fall AS SELECT f.* FROM en f WHERE f.end_reason = 'mailbox_owner_changed'
    AND f.ended_at >= (SELECT MIN(at) FROM diary.did)
    AND NOT EXISTS (SELECT 1 FROM en l WHERE l.person_id = f.person_id AND l.id > f.id
        AND l.end_reason = 'mailbox_owner_changed');
CREATE TEMP TABLE actual AS
    SELECT 'ruleset:' || name || ':allow_same_sequence_reenrollment' AS setting,
        CASE WHEN allow_same_sequence_reenrollment THEN 'true' ELSE 'false' END AS value FROM sandbox.ruleset
    UNION ALL SELECT 'ruleset:' || name || ':block_reenrollment', json(block_reenrollment) FROM sandbox.ruleset
    UNION ALL SELECT 'exclusion:' || name || ':exclude_from_sequences',
        CASE WHEN exclude_from_sequences THEN 'true' ELSE 'false' END FROM sandbox.exclusion
    UNION ALL SELECT 'ruleset:' || r.name || ':exclusion:' || x.name,
        CASE WHEN t.enabled THEN 'true' ELSE 'false' END FROM sandbox.ruleset_exclusion t
        JOIN sandbox.ruleset r ON r.id = t.ruleset_id JOIN sandbox.exclusion x ON x.id = t.exclusion_id
    UNION ALL SELECT 'audience:' || a.name || ':exclusion:' || x.name,
        CASE WHEN t.enabled THEN 'true' ELSE 'false' END FROM sandbox.audience_exclusion t
        JOIN sandbox.audience a ON a.id = t.audience_id JOIN sandbox.exclusion x ON x.id = t.exclusion_id
        WHERE a.name NOT LIKE '%(handoff %';
CREATE TEMP TABLE wanted AS SELECT a.setting, json(COALESCE(
    (SELECT d.value FROM diary.did d WHERE d.setting = a.setting AND d.refused IS NULL ORDER BY d.id DESC LIMIT 1),
    (SELECT b.value FROM diary.begun_with b WHERE b.setting = a.setting),
    CASE WHEN a.setting LIKE 'exclusion:%' THEN a.value ELSE 'false' END)) AS value FROM actual a;
CREATE TEMP TABLE carried AS SELECT o.id FROM op o WHERE o.ended IS NULL AND (
    EXISTS (SELECT 1 FROM journal.wait w WHERE w.operation_id = o.id AND w.ended IS NULL
        AND CAST(strftime('%s', w.latest) AS INTEGER) >= (SELECT now - 86400 FROM today))
    OR EXISTS (SELECT 1 FROM journal.question q WHERE q.operation_id = o.id AND q.state = 'open'));
DELETE FROM diary.idle WHERE operation IN (SELECT id FROM carried)
    OR operation IN (SELECT id FROM op WHERE ended IS NOT NULL);
INSERT OR IGNORE INTO diary.idle SELECT id, (SELECT now FROM today) FROM op
    WHERE ended IS NULL AND id NOT IN (SELECT id FROM carried);
"""

PUTS_BACK = "('ownership-change', 'sequence-move', 'queued-backlog')"

# By one operation, into one sequence.
TWICE = """
SELECT email || ' in ' || sequence, operation || ' enrolled them ' || COUNT(*) || ' times' FROM ours
GROUP BY operation, person_id, sequence HAVING COUNT(*) > 1"""

# The same email of a sequence, once before they fell out and once by what put them back. Exempt: who was to start anew
# (restart), which is in a copy of the sequence; and a second round, which began at step 1 before they fell out.
SENT_TWICE = """
SELECT o.email || ' in ' || o.sequence, 'step ' || s.number || ' was sent again, by ' || o.operation
FROM ours o JOIN sandbox.enrollment_step s ON s.enrollment_id = o.id AND s.status = 'FINISHED'
    AND s.type = 'AUTOMATIC_EMAIL'
JOIN en b ON b.person_id = o.person_id AND b.id < o.id AND b.sequence = o.sequence
JOIN sandbox.enrollment_step t ON t.enrollment_id = b.id AND t.number = s.number AND t.status = 'FINISHED'
    AND t.type = 'AUTOMATIC_EMAIL'
WHERE o.procedure IN ('ownership-change', 'queued-backlog') AND NOT EXISTS (SELECT 1 FROM en r
    JOIN sandbox.enrollment_step f ON f.enrollment_id = r.id AND f.number = 1 WHERE r.person_id = o.person_id
    AND r.sequence = o.sequence AND r.id > b.id AND r.id < o.id AND r.id NOT IN (SELECT id FROM ours))"""

# Since they fell out, or were taken out by the move. Exempt: an answer that comes after the enrollment has begun.
AFTER_AN_ANSWER = f"""
SELECT o.email || ' in ' || o.sequence, o.operation || ' put them back after: ' || a.what FROM ours o
JOIN answer a ON a.person_id = o.person_id AND a.last_enrollment < o.id AND a.at <= o.started_at
WHERE o.procedure IN {PUTS_BACK} AND a.at >= (SELECT MAX(b.ended_at) FROM en b WHERE b.person_id = o.person_id
    AND b.id < o.id AND b.end_reason = CASE o.procedure WHEN 'ownership-change' THEN 'mailbox_owner_changed'
    ELSE 'unenrolled' END)"""

# Paused when they fell out or were moved. Exempt: what is sent after a person let them go on, or after the date until
# which they were paused.
PAUSED_AND_MAILED = f"""
SELECT o.email || ' in ' || o.sequence, o.operation || ' put them back, and step ' || s.number || ' was sent'
FROM ours o JOIN sandbox.enrollment_step s ON s.enrollment_id = o.id AND s.status = 'FINISHED'
    AND s.type = 'AUTOMATIC_EMAIL'
JOIN sandbox.enrollment_pause z ON z.paused AND z.enrollment_id = (SELECT MAX(b.id) FROM en b
    WHERE b.person_id = o.person_id AND b.id < o.id AND b.end_reason IN ('mailbox_owner_changed', 'unenrolled'))
WHERE o.procedure IN {PUTS_BACK} AND COALESCE(z.until, s.at) >= s.at
AND NOT EXISTS (SELECT 1 FROM diary.did d WHERE d.kind = 'resume_enrollment' AND d.person = o.email
    AND d.refused IS NULL AND d.at <= s.at AND d.last_enrollment >= o.id)"""

# Declined at an exclusion-rerun, and enrolled by a play while its loans were out and half an hour longer. Exempt: whom
# another rerun's answers approve; and what a person did meanwhile (ran or published a play, changed an exclusion),
# where the operation tells it by the look after next.
DECLINED = """
SELECT f.email || ' in ' || f.sequence, x.operation_id || ' lifted what kept them out, and they were declined'
FROM journal.outcome x JOIN op o ON o.id = x.operation_id AND o.procedure = 'exclusion-rerun' AND o.mode = 'live'
JOIN en f ON f.email = x.email AND f.play IS NOT NULL
JOIN (SELECT h.operation_id, MIN(CAST(strftime('%s', l.opened_at) AS INTEGER)) AS opened, MAX(COALESCE(
    CAST(strftime('%s', l.closed_at) AS INTEGER), (SELECT now FROM today))) + 1800 AS closed
    FROM journal.loan_holder h JOIN journal.loan l ON l.id = h.loan_id WHERE l.setting LIKE '%exclu%'
    AND l.setting NOT LIKE 'audience:%' GROUP BY h.operation_id) AS l ON l.operation_id = x.operation_id
WHERE (x.reasons LIKE '%not_approved%' OR x.forecast_reasons LIKE '%not_approved%')
AND f.started_at BETWEEN l.opened AND l.closed
AND NOT EXISTS (SELECT 1 FROM journal.decision d JOIN op e ON e.id = d.operation_id AND e.mode = 'live'
    WHERE e.procedure = 'exclusion-rerun' AND e.id <> o.id AND d.answer LIKE '%"' || f.email || '"%')
AND NOT (EXISTS (SELECT 1 FROM diary.did d WHERE d.refused IS NULL AND d.at BETWEEN l.opened AND f.started_at
        AND (d.play = f.play OR d.setting LIKE 'exclusion:%' OR d.setting LIKE '%:exclusion:%'))
    AND (f.started_at > (SELECT now - 86400 FROM today) OR instr(x.detail, f.sequence)
        OR instr(COALESCE(o.next, '') || COALESCE(o.told, ''), f.email)))"""

# Since the second night after they fell out has ended. Exempt: while an operation on their mailbox is under way,
# which `status` shows.
FORGOTTEN = """
SELECT f.email || ' of ' || f.sequence, 'fell out of ' || f.mailbox || ' at ' || datetime(f.ended_at, 'unixepoch')
    || ', is not back after two nights, and no report names them' FROM fall f
WHERE (SELECT COUNT(*) FROM night n WHERE n.started > f.ended_at) >= 2
AND NOT EXISTS (SELECT 1 FROM en b WHERE b.person_id = f.person_id AND b.id > f.id AND (b.sequence = f.sequence
    OR b.id IN (SELECT id FROM ours)))
AND NOT EXISTS (SELECT 1 FROM journal.outcome x JOIN op o ON o.id = x.operation_id AND o.mode = 'live'
    WHERE x.email = f.email AND o.procedure IN ('nightly-remediation', 'ownership-change', 'sequence-move',
    'queued-backlog') AND COALESCE(o.ended, f.ended_at) >= f.ended_at
    AND COALESCE(x.outcome, x.forecast) IN ('blocked', 'manual', 'failed', 'rejected', 'unchanged')
    AND (x.reasons <> '[]' OR x.forecast_reasons <> '[]' OR x.detail <> ''))
AND NOT EXISTS (SELECT 1 FROM op o WHERE o.started >= f.ended_at AND o.mode = 'live'
    AND instr(COALESCE(o.next, '') || COALESCE(o.told, ''), f.email))
AND NOT EXISTS (SELECT 1 FROM op o WHERE o.procedure = 'ownership-change' AND o.subject = f.mailbox
    AND o.mode = 'live' AND o.ended IS NULL)"""

SETTINGS = """
SELECT a.setting, 'is ' || COALESCE(a.value, 'never') || ', people want ' || COALESCE(w.value, 'never')
    || ', and no loan of that value is out' FROM actual a JOIN wanted w ON w.setting = a.setting
WHERE COALESCE(a.value, 'null') <> COALESCE(w.value, 'null') AND NOT EXISTS (SELECT 1 FROM journal.loan l
    WHERE l.setting = a.setting AND l.state IN ('open', 'returning') AND json(l.set_to) = COALESCE(a.value, 'null'))"""

# Ops look at what was cut short each morning, sweeps at what was lost: exempt for as long as that may take.
OPERATIONS = """
SELECT o.id, o.procedure || ' of ' || o.subject || ', ' || o.status || ', has not ended, and waits for nothing'
FROM diary.idle i JOIN op o ON o.id = i.operation WHERE i.since <= (SELECT now - patience FROM today)"""

CLAUSES = {
    "enrolled twice": TWICE,
    "sent twice": SENT_TWICE,
    "put back after an answer": AFTER_AN_ANSWER,
    "paused and mailed": PAUSED_AND_MAILED,
    "declined and enrolled": DECLINED,
    "forgotten": FORGOTTEN,
    "setting not given back": SETTINGS,
    "operation without an end": OPERATIONS,
}
