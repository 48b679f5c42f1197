-- name: outbox_lease
-- The oldest unsent part of each citizen and lane, replies first; `outbox_take` follows. One writer: two steps are as good
-- as UPDATE … RETURNING, and that costs 0.3 ms here even when it finds nothing. "|| ''": a bare parameter is compared with
-- the words of the partial index of the web's feed, and the statement is planned anew at every call.
SELECT o.id, o.citizen_id, o.address, o.turn, o.part, o.lane, o.key, o.body, o.attempts + 1, o.is_repeat, o.created_at, o.subject
FROM outbox o
WHERE o.channel = :channel || '' AND o.lane <= :lane AND o.state IN (0, 1) AND o.state = 0 AND o.not_before <= :now AND NOT EXISTS (
    SELECT 1 FROM outbox p
    WHERE p.citizen_id = o.citizen_id AND p.lane = o.lane AND p.state IN (0, 1) AND p.id < o.id AND p.channel = o.channel)
ORDER BY o.lane, o.id LIMIT :limit;

-- name: outbox_take*!
UPDATE outbox SET state = 1, attempts = attempts + 1 WHERE id = :id;

-- name: outbox_check
-- What must be known at the moment of sending; a chat that has become somebody else's is no address any more.
-- Who has written since or got a person is not asked how it goes. A visit is reminded of as it stands now, and not at
-- the last minute; an offer while it holds; a survey never to who got a person.
SELECT o.id, CASE WHEN a.citizen_id = o.citizen_id THEN a.chat END, c.stopped_at, a.unreachable_at, c.office,
  CASE WHEN o.subject IS NULL THEN 1 ELSE COALESCE((
    SELECT CASE WHEN r.kind = 'survey' AND EXISTS (
        SELECT 1 FROM cases k WHERE k.citizen_id = o.citizen_id AND k.state <> 'closed') THEN 3 WHEN r.kind = 'nudge' AND (
        EXISTS (SELECT 1 FROM sessions s WHERE s.citizen_id = o.citizen_id AND s.updated_at > o.created_at)
        OR EXISTS (SELECT 1 FROM cases k WHERE k.citizen_id = o.citizen_id AND k.state <> 'closed')) THEN 3
      WHEN r.kind IN ('booking_day', 'booking_soon') AND NOT EXISTS (
        SELECT 1 FROM bookings b WHERE b.id = r.subject AND b.active = 1 AND b.citizen_id = o.citizen_id
          AND r.id = 'booking:' || b.id || ':' || b.version || ':' || r.kind AND b.starts_at > :late) THEN 3
      WHEN r.kind = 'booking_offer' AND NOT EXISTS (
        SELECT 1 FROM waiting w WHERE w.id = r.subject AND w.state = 'offered' AND w.citizen_id = o.citizen_id
          AND r.id = 'waiting:' || w.id || ':' || w.version || ':' || r.kind) THEN 3
      ELSE r.state END
    FROM reminders r WHERE r.id = o.subject), 3) END,
  CASE WHEN EXISTS (SELECT 1 FROM outbox n WHERE n.citizen_id = o.citizen_id AND n.turn <> o.turn AND n.lane = 0
                    AND n.state IN (0, 1) AND n.id > o.id) THEN 0 ELSE 1 END
FROM outbox o
LEFT JOIN addresses a ON a.channel = o.channel AND a.find = o.address
LEFT JOIN citizens c ON c.id = o.citizen_id
WHERE o.id IN (SELECT value FROM json_each(:ids));

-- name: outbox_feed
-- asked: {address hash: the newest number its pages have}
SELECT o.address, o.id, o.key, o.turn, o.part, o.body, o.created_at
FROM json_each(:asked) a CROSS JOIN outbox o
WHERE o.channel = 'web' AND o.address = a.key AND o.id > a.value AND o.body IS NOT NULL AND o.state IN (0, 2)
  AND o.not_before <= :now
ORDER BY o.address, o.id LIMIT :limit;
