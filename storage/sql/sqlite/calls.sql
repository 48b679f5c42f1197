-- name: calls_list
-- one line a citizen: overdue, then due by now, then later today; who asked for it before others
SELECT l.citizen_id, MIN(l.due_at), MAX(l.tries) FROM calls l
WHERE l.state = 'open' AND l.due_at < :until AND (:everywhere = 1 OR l.office = '' OR l.office IN (SELECT value FROM json_each(:offices)))
  AND (:is_lead = 1 OR l.role <> 'lead') AND (l.excluded = '' OR l.excluded <> :staff)
GROUP BY l.citizen_id HAVING :reason = '' OR SUM(CASE WHEN l.reason = :reason THEN 1 ELSE 0 END) > 0
ORDER BY CASE WHEN MIN(l.due_at) < :today THEN 0 WHEN MIN(l.due_at) <= :now THEN 1 ELSE 2 END,
  MIN(CASE WHEN l.reason IN ('call_back', 'survey') THEN 0 ELSE 1 END), MIN(l.due_at), l.citizen_id
LIMIT :limit OFFSET :skip;

-- name: calls_count$
SELECT COUNT(DISTINCT l.citizen_id) FROM calls l
WHERE l.state = 'open' AND l.due_at < :until AND (:reason = '' OR l.reason = :reason) AND (:everywhere = 1 OR l.office = '' OR l.office IN (SELECT value FROM json_each(:offices)))
  AND (:is_lead = 1 OR l.role <> 'lead') AND (l.excluded = '' OR l.excluded <> :staff);

-- name: calls_open_of_many
SELECT id, citizen_id, office, reason, subject, due_at, tries, state, result, planned_at, COALESCE(attempt, '')
FROM calls l WHERE l.citizen_id IN (SELECT value FROM json_each(:ids)) AND l.state = 'open' AND (:everywhere = 1 OR l.office = '' OR l.office IN (SELECT value FROM json_each(:offices)))
  AND (:is_lead = 1 OR l.role <> 'lead') AND (l.excluded = '' OR l.excluded <> :staff)
ORDER BY l.due_at, l.id;

-- name: calls_last_attempts
SELECT a.id, a.citizen_id, a.office, a.actor, a.at, a.result, a.undone_at FROM call_attempts a
WHERE a.citizen_id IN (SELECT value FROM json_each(:ids)) AND a.undone_at IS NULL ORDER BY a.at, a.id;

-- name: calls_people
SELECT c.id, COALESCE(c.office, ''), c.consent_at, c.stopped_at, s.updated_at, COALESCE(s.channel, ''),
  CASE WHEN a.chat IS NOT NULL AND a.unreachable_at IS NULL THEN 1 ELSE 0 END,
  CASE WHEN EXISTS (SELECT 1 FROM addresses g WHERE g.citizen_id = c.id AND g.unreachable_at IS NOT NULL) THEN 1 ELSE 0 END,
  m.off_at,
  (SELECT MAX(o.held_at) FROM visits o WHERE o.citizen_id = c.id
    AND NOT EXISTS (SELECT 1 FROM visit_results r WHERE r.booking_id = o.booking_id AND r.code = 'no_show')),
  (SELECT MAX(o.answered_at) FROM cases o WHERE o.citizen_id = c.id),
  (SELECT MAX(t.at) FROM call_attempts t WHERE t.citizen_id = c.id AND t.undone_at IS NULL
    AND t.result IN ('reached', 'not_to_call', 'later', 'booked', 'passed')),
  k.id, k.topic, k.role, k.excluded, k.created_at,
  b.id, b.starts_at, v.booking_id, v.held_at, v.resume, v.next_step, v.repeats,
  CASE WHEN EXISTS (SELECT 1 FROM visit_results r WHERE r.booking_id = v.booking_id AND r.code = 'no_show') THEN 1 ELSE 0 END,
  CASE WHEN v.needs_job = 0 OR v.next_step = 'centre' THEN 1 ELSE 0 END,
  CASE WHEN EXISTS (SELECT 1 FROM bookings p WHERE p.citizen_id = c.id AND p.person IS NOT NULL) THEN 1 ELSE 0 END
FROM citizens c
LEFT JOIN sessions s ON s.citizen_id = c.id
LEFT JOIN addresses a ON a.channel = s.channel AND a.find = s.address
LEFT JOIN call_marks m ON m.citizen_id = c.id
LEFT JOIN cases k ON k.citizen_id = c.id AND k.state <> 'closed'
LEFT JOIN bookings b ON b.id = (
  SELECT n.id FROM bookings n WHERE n.citizen_id = c.id AND n.active = 1 AND n.state <> 'held' AND n.starts_at > :now
  ORDER BY n.starts_at LIMIT 1)
LEFT JOIN visits v ON v.booking_id = (
  SELECT o.booking_id FROM visits o WHERE o.citizen_id = c.id ORDER BY o.held_at DESC, o.booking_id LIMIT 1)
WHERE c.id IN (SELECT value FROM json_each(:ids));

-- name: calls_phones
-- at bookings of these citizens, the newest first
SELECT id, citizen_id, person FROM bookings WHERE citizen_id IN (SELECT value FROM json_each(:ids)) AND person IS NOT NULL
ORDER BY created_at DESC, id;

-- name: calls_wrong_of
SELECT citizen_id, wrong FROM call_marks WHERE citizen_id IN (SELECT value FROM json_each(:ids));
