-- name: moves_lock
-- one writer: nothing to lock
SELECT id FROM citizens WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id;

-- name: moves_unsent
SELECT id, turn, part, lane, key, body, subject, keep, not_before, created_at FROM outbox
WHERE citizen_id = :citizen_id AND state IN (0, 1) AND state = 0 ORDER BY lane, id;
