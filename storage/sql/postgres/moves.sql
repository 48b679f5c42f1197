-- name: moves_lock
-- in the order of ids: two moves that meet wait for each other, never in a circle
SELECT id FROM citizens WHERE id = ANY(:ids::text[]) ORDER BY id FOR NO KEY UPDATE;

-- name: moves_unsent
-- a part that a sender takes at this moment is its own, and not given back too
SELECT id, turn, part, lane, key, body, subject, keep, not_before, created_at FROM outbox
WHERE citizen_id = :citizen_id AND state IN (0, 1) AND state = 0 ORDER BY lane, id FOR UPDATE;
