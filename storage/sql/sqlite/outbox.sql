-- name: outbox_check
-- what must be known at the moment of sending
SELECT o.id, a.chat, c.stopped_at, a.unreachable_at,
  CASE WHEN o.subject IS NULL THEN 1 ELSE COALESCE((SELECT r.state FROM reminders r WHERE r.id = o.subject), 3) END,
  CASE WHEN EXISTS (SELECT 1 FROM outbox n WHERE n.citizen_id = o.citizen_id AND n.turn <> o.turn AND n.lane = 0
                    AND n.state IN (0, 1) AND n.id > o.id) THEN 0 ELSE 1 END
FROM outbox o
LEFT JOIN addresses a ON a.channel = o.channel AND a.find = o.address
LEFT JOIN citizens c ON c.id = o.citizen_id
WHERE o.id IN (SELECT value FROM json_each(:ids));
