-- name: letters_dead
SELECT o.id, o.citizen_id, o.channel, o.lane, o.key, o.reason, o.created_at, o.finished_at, o.attempts, c.office,
  CASE WHEN o.body IS NULL THEN 0 ELSE 1 END
FROM outbox o LEFT JOIN citizens c ON c.id = o.citizen_id
WHERE o.state = 4 AND (:every_office = 1 OR c.office IS NULL OR c.office = ANY(:offices::text[]))
ORDER BY o.id DESC LIMIT :limit;

-- name: letters_dead_count$
SELECT COUNT(*) FROM outbox o LEFT JOIN citizens c ON c.id = o.citizen_id
WHERE o.state = 4 AND (:every_office = 1 OR c.office IS NULL OR c.office = ANY(:offices::text[]));

-- name: letters_parked
SELECT i.id, i.citizen_id, i.channel, i.kind, i.error, i.arrived_at, c.office,
  CASE WHEN i.citizen_id IS NULL OR i.payload IS NULL THEN 0 ELSE 1 END
FROM inbox i LEFT JOIN citizens c ON c.id = i.citizen_id
WHERE i.state = 2 AND (:every_office = 1 OR c.office IS NULL OR c.office = ANY(:offices::text[]))
ORDER BY i.id DESC LIMIT :limit;

-- name: letters_parked_count$
SELECT COUNT(*) FROM inbox i LEFT JOIN citizens c ON c.id = i.citizen_id
WHERE i.state = 2 AND (:every_office = 1 OR c.office IS NULL OR c.office = ANY(:offices::text[]));
