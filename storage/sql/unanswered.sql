-- name: unanswered_add*!
INSERT INTO unanswered (find, words, times, first_at, last_at) VALUES (:find, :words, :times, :at, :at)
ON CONFLICT (find) DO UPDATE SET times = unanswered.times + excluded.times, last_at = excluded.last_at;

-- name: unanswered_since
SELECT find, words, times, first_at, last_at FROM unanswered
WHERE last_at >= :since ORDER BY times DESC, last_at DESC, find LIMIT :limit;

-- name: unanswered_drop!
DELETE FROM unanswered WHERE find = :find;

-- name: purge_unanswered
DELETE FROM unanswered WHERE find IN (SELECT find FROM unanswered WHERE last_at < :before LIMIT :limit)
RETURNING find;
