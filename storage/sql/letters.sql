-- name: letter_drop^
UPDATE outbox SET state = 5, finished_at = :at, reason = 'dropped', body = NULL WHERE id = :id AND state = 4 RETURNING id;

-- name: letter_again^
UPDATE outbox SET state = 0, attempts = 0, not_before = :now, created_at = :now, reason = NULL, finished_at = NULL
WHERE id = :id AND state = 4 AND body IS NOT NULL RETURNING id;

-- name: letter_one^
SELECT o.id, o.citizen_id, o.channel, o.lane, o.key, o.reason, o.created_at, o.finished_at, o.attempts, c.office,
  CASE WHEN o.body IS NULL THEN 0 ELSE 1 END
FROM outbox o LEFT JOIN citizens c ON c.id = o.citizen_id WHERE o.id = :id AND o.state = 4;

-- name: parked_drop^
UPDATE inbox SET state = 1, payload = NULL, done_at = :at WHERE id = :id AND state = 2 RETURNING id;

-- name: parked_again^
UPDATE inbox SET state = 0, attempts = 0, not_before = 0, error = NULL, done_at = NULL
WHERE id = :id AND state = 2 AND citizen_id IS NOT NULL AND payload IS NOT NULL RETURNING id;

-- name: parked_one^
SELECT i.id, i.citizen_id, i.channel, i.kind, i.error, i.arrived_at, c.office,
  CASE WHEN i.citizen_id IS NULL OR i.payload IS NULL THEN 0 ELSE 1 END
FROM inbox i LEFT JOIN citizens c ON c.id = i.citizen_id WHERE i.id = :id AND i.state = 2;
