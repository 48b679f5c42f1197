-- name: calls_plan^
-- UNIQUE (citizen_id, reason, subject): planned twice it is one call. No error is raised.
INSERT INTO calls (id, citizen_id, office, reason, subject, role, excluded, due_at, planned_at)
VALUES (:id, :citizen_id, :office, :reason, :subject, :role, :excluded, :due_at, :at)
ON CONFLICT (citizen_id, reason, subject) DO NOTHING RETURNING id;

-- name: calls_round^
SELECT day FROM call_rounds WHERE office = :office AND day = :day;

-- name: calls_put_round!
INSERT INTO call_rounds (office, day) VALUES (:office, :day) ON CONFLICT (office, day) DO NOTHING;

-- name: calls_end_rounds!
DELETE FROM call_rounds WHERE office = :office AND day < :day;

-- name: calls_ids
-- who may be called for the asking: page by page
SELECT id FROM citizens WHERE id > :after AND consent_at IS NOT NULL AND COALESCE(office, '') = :office ORDER BY id LIMIT :limit;

-- name: calls_fresh
-- something has happened to them that no call is planned for yet
SELECT k.citizen_id FROM cases k
    WHERE k.state <> 'closed' AND k.topic IN ('call_back', 'survey')
      AND NOT EXISTS (SELECT 1 FROM calls l WHERE l.subject = k.id AND l.reason = k.topic)
    UNION SELECT v.citizen_id FROM visits v
    WHERE v.held_at >= :since AND v.citizen_id IS NOT NULL AND (
        v.repeats >= :repeats AND v.next_step = 'repeat'
        OR EXISTS (SELECT 1 FROM visit_results r WHERE r.booking_id = v.booking_id AND r.code = 'no_show'))
      AND NOT EXISTS (SELECT 1 FROM calls l WHERE l.subject = v.booking_id)
      AND NOT EXISTS (SELECT 1 FROM bookings n WHERE n.citizen_id = v.citizen_id AND n.active = 1 AND n.starts_at > :now)
    UNION SELECT k.citizen_id FROM cases k CROSS JOIN addresses a
    WHERE a.citizen_id = k.citizen_id AND k.state <> 'closed' AND a.unreachable_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM calls l WHERE l.subject = k.id AND l.reason = 'unreachable')
    UNION SELECT b.citizen_id FROM bookings b CROSS JOIN addresses a
    WHERE a.citizen_id = b.citizen_id AND b.starts_at > :now AND b.active = 1 AND b.state <> 'held' AND a.unreachable_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM calls l WHERE l.subject = b.id AND l.reason = 'unreachable')
LIMIT :limit;

-- name: calls_settle
-- nobody needs to call any more: answered, closed, booked, come, heard, or not wanted
UPDATE calls SET state = 'off', result = 'needless', closed_at = :now, version = version + 1
WHERE state = 'open' AND (
  reason IN ('call_back', 'survey') AND NOT EXISTS (SELECT 1 FROM cases k WHERE k.id = calls.subject AND k.state <> 'closed')
  OR reason NOT IN ('call_back', 'survey', 'unreachable') AND EXISTS (
    SELECT 1 FROM bookings b WHERE b.citizen_id = calls.citizen_id AND b.active = 1 AND b.state <> 'held' AND b.starts_at > :now)
  OR reason NOT IN ('call_back', 'survey', 'unreachable') AND EXISTS (
    SELECT 1 FROM visits v WHERE v.citizen_id = calls.citizen_id AND v.held_at > calls.planned_at)
  OR reason IN ('first_days', 'interval', 'quiet') AND EXISTS (
    SELECT 1 FROM cases k WHERE k.citizen_id = calls.citizen_id AND k.answered_at > calls.planned_at)
  OR reason = 'unreachable' AND (
    NOT EXISTS (SELECT 1 FROM addresses a WHERE a.citizen_id = calls.citizen_id AND a.unreachable_at IS NOT NULL)
    OR NOT EXISTS (SELECT 1 FROM cases k WHERE k.id = calls.subject AND k.state <> 'closed')
      AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.id = calls.subject AND b.active = 1 AND b.starts_at > :now))
  OR reason = 'quiet' AND EXISTS (
    SELECT 1 FROM sessions s WHERE s.citizen_id = calls.citizen_id AND s.updated_at > calls.planned_at)
  OR EXISTS (SELECT 1 FROM call_marks m WHERE m.citizen_id = calls.citizen_id AND m.off_at IS NOT NULL))
RETURNING id;

-- name: calls_attempt^
-- the id is a form's token: sent twice it is one attempt
INSERT INTO call_attempts (id, citizen_id, office, actor, at, result) VALUES (:id, :citizen_id, :office, :actor, :at, :result)
ON CONFLICT (id) DO NOTHING RETURNING id;

-- name: calls_close
UPDATE calls SET state = 'done', result = :result, closed_at = :at, attempt = :attempt, due_before = due_at,
    tries_before = tries, version = version + 1
WHERE citizen_id = :citizen_id AND state = 'open' RETURNING id;

-- name: calls_put_off
-- due then, or later if it is planned for later already; a try counts
UPDATE calls SET due_before = due_at, tries_before = tries, attempt = :attempt, due_at = :due_at, tries = :tries,
    version = version + 1
WHERE citizen_id = :citizen_id AND state = 'open' RETURNING id;

-- name: calls_last_of_actor^
SELECT id, citizen_id, office, actor, at, result, undone_at FROM call_attempts
WHERE actor = :actor AND at >= :since AND undone_at IS NULL ORDER BY at DESC, id DESC LIMIT 1;

-- name: calls_attempts_of
SELECT id, citizen_id, office, actor, at, result, undone_at FROM call_attempts
WHERE citizen_id = :citizen_id ORDER BY at, id;

-- name: calls_undo_attempt^
UPDATE call_attempts SET undone_at = :at WHERE id = :id AND undone_at IS NULL RETURNING id;

-- name: calls_undo
UPDATE calls SET state = 'open', result = '', closed_at = NULL, attempt = NULL, due_at = due_before, tries = tries_before,
    version = version + 1
WHERE attempt = :attempt AND citizen_id = :citizen_id RETURNING id;

-- name: calls_mark^
SELECT off_at, wrong FROM call_marks WHERE citizen_id = :citizen_id;

-- name: calls_switch!
INSERT INTO call_marks (citizen_id, off_at) VALUES (:citizen_id, :off_at)
ON CONFLICT (citizen_id) DO UPDATE SET off_at = excluded.off_at;

-- name: calls_wrong!
INSERT INTO call_marks (citizen_id, wrong) VALUES (:citizen_id, :wrong)
ON CONFLICT (citizen_id) DO UPDATE SET wrong = excluded.wrong;

-- name: calls_figures
SELECT result, COUNT(*), COUNT(DISTINCT citizen_id) FROM call_attempts
WHERE at >= :since AND at < :until AND undone_at IS NULL AND (:office = '' OR office = :office)
GROUP BY result ORDER BY 2 DESC, result;

-- name: calls_figures_people^
SELECT COUNT(DISTINCT citizen_id), COUNT(DISTINCT CASE WHEN result IN ('reached', 'not_to_call', 'later', 'booked', 'passed')
  THEN citizen_id END)
FROM call_attempts WHERE at >= :since AND at < :until AND undone_at IS NULL AND (:office = '' OR office = :office);

-- name: calls_forget!
DELETE FROM calls WHERE citizen_id = :citizen_id;

-- name: call_attempts_forget!
-- that somebody was called stays in the figures, who it was does not
UPDATE call_attempts SET citizen_id = NULL WHERE citizen_id = :citizen_id;

-- name: call_marks_forget!
-- who does not want calls stays known, as the stop mark does; their phones do not
UPDATE call_marks SET wrong = '' WHERE citizen_id = :citizen_id;

-- name: moves_calls_twice!
DELETE FROM calls WHERE citizen_id = :from_id AND EXISTS (
    SELECT 1 FROM calls o WHERE o.citizen_id = :to_id AND o.reason = calls.reason AND o.subject = calls.subject);

-- name: moves_calls!
UPDATE calls SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: moves_call_attempts!
UPDATE call_attempts SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: moves_call_marks!
-- what either wanted stays
INSERT INTO call_marks (citizen_id, off_at, wrong) SELECT :to_id, off_at, wrong FROM call_marks WHERE citizen_id = :from_id
ON CONFLICT (citizen_id) DO UPDATE SET off_at = COALESCE(call_marks.off_at, excluded.off_at),
    wrong = CASE WHEN call_marks.wrong = '' THEN excluded.wrong WHEN excluded.wrong = '' THEN call_marks.wrong
            ELSE call_marks.wrong || ',' || excluded.wrong END;

-- name: moves_call_marks_gone!
DELETE FROM call_marks WHERE citizen_id = :from_id;

-- name: purge_calls
DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE state <> 'open' AND closed_at < :before LIMIT :limit) RETURNING id;

-- name: purge_call_attempts
DELETE FROM call_attempts WHERE id IN (SELECT id FROM call_attempts WHERE at < :before LIMIT :limit) RETURNING id;
