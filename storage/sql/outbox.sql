-- name: outbox_add*!
-- UNIQUE (turn, part): a turn taken twice plans nothing twice
INSERT INTO outbox (citizen_id, channel, address, turn, part, lane, key, body, subject, keep, not_before, created_at)
VALUES (:citizen_id, :channel, :address, :turn, :part, :lane, :key, :body, :subject, :keep, :not_before, :created_at)
ON CONFLICT (turn, part) DO NOTHING;

-- name: outbox_sent*!
UPDATE outbox SET state = 2, finished_at = :at, sent_id = :sent_id, body = CASE WHEN keep = 1 THEN body ELSE NULL END,
    is_repeat = 0 WHERE id = :id AND state IN (0, 1, 4);

-- name: outbox_again*!
UPDATE outbox SET state = 0, not_before = :not_before, is_repeat = :is_repeat, reason = :reason WHERE id = :id AND state = 1;

-- name: outbox_put_back*!
-- not tried, so not counted
UPDATE outbox SET state = 0, attempts = attempts - 1, not_before = :not_before WHERE id = :id AND state = 1;

-- name: outbox_cancel*!
UPDATE outbox SET state = 5, finished_at = :at, reason = :reason, body = NULL WHERE id = :id AND state = 1;

-- name: outbox_dead*!
UPDATE outbox SET state = 4, finished_at = :at, reason = :reason WHERE id = :id AND state = 1;

-- name: outbox_in_flight
-- Left by a process that died while sending. `state IN (0, 1) AND state = 1`, here and below: SQLite takes a partial index
-- only when its own words are repeated.
SELECT id, lane, is_repeat FROM outbox WHERE channel = :channel AND state IN (0, 1) AND state = 1 ORDER BY id;

-- name: outbox_sent_as^
SELECT sent_id, channel, address FROM outbox WHERE turn = :turn AND part = 0 AND state = 2;

-- name: outbox_withdraw_turn!
UPDATE outbox SET state = 5, finished_at = :at, reason = 'withdrawn', body = NULL WHERE turn = :turn AND state = 0;

-- name: outbox_letters
SELECT id, citizen_id, channel, key, reason, finished_at FROM outbox WHERE state = 4 ORDER BY id DESC LIMIT :limit;

-- name: outbox_replay!
UPDATE outbox SET state = 0, attempts = 0, not_before = :now, created_at = :now, reason = NULL, finished_at = NULL
WHERE id = :id AND state = 4 AND body IS NOT NULL;

-- name: outbox_next$
SELECT MIN(not_before) FROM outbox WHERE channel = :channel AND state IN (0, 1) AND state = 0;

-- name: outbox_count_waiting
SELECT channel, lane, COUNT(*) FROM outbox WHERE state IN (0, 1) AND channel <> 'web' GROUP BY channel, lane;

-- name: outbox_count_unanswered$
SELECT COUNT(DISTINCT citizen_id) FROM outbox WHERE channel = :channel AND lane = 0 AND state IN (0, 1);

-- name: outbox_count_dead$
SELECT COUNT(*) FROM outbox WHERE state = 4;

-- name: outbox_stop*!
-- what nobody asked for never leaves after "stop"
UPDATE outbox SET state = 5, finished_at = :at, reason = 'stopped', body = NULL
WHERE citizen_id = :citizen_id AND state IN (0, 1) AND state = 0 AND lane > 0;

-- name: outbox_drop_subject*!
UPDATE outbox SET state = 5, finished_at = :at, reason = 'cancelled', body = NULL
WHERE subject = :subject AND state IN (0, 1) AND state = 0;

-- name: outbox_withdraw
-- the channel was full when these reminders were planned, and is no longer
UPDATE outbox SET state = 5, finished_at = :at, reason = 'policy', body = NULL WHERE state + 0 = 0 AND id IN (
    SELECT id FROM outbox WHERE channel = :channel AND lane = 1 AND state IN (0, 1) AND state = 0 LIMIT :limit)
RETURNING id;

-- name: outbox_blocked!
UPDATE outbox SET state = 5, finished_at = :at, reason = 'blocked', body = NULL
WHERE channel = :channel AND address = :address AND state IN (0, 1) AND state = 0;

-- name: outbox_forget!
DELETE FROM outbox WHERE citizen_id = :citizen_id;

-- name: outbox_unkeep!
-- what has left loses its words, what has not will
UPDATE outbox SET keep = 0, body = CASE WHEN state IN (0, 1) THEN body ELSE NULL END WHERE citizen_id = :citizen_id;

-- name: outbox_recent
SELECT sent_id, MAX(id) FROM outbox
WHERE citizen_id = :citizen_id AND channel = :channel AND address = :address AND state = 2 AND sent_id <> ''
  AND finished_at > :since
GROUP BY sent_id ORDER BY 2 DESC LIMIT :limit;

-- name: outbox_off_feed!
-- what is kept stays the citizen's; no page shows it again
UPDATE outbox SET address = '', state = 2, finished_at = COALESCE(finished_at, :at),
    body = CASE WHEN keep = 1 THEN body ELSE NULL END
WHERE channel = 'web' AND address = :address AND state IN (0, 2);

-- name: outbox_feed_seen!
UPDATE outbox SET state = 2, finished_at = :at
WHERE channel = 'web' AND address = :address AND id <= :seen AND state = 0;

-- name: outbox_feed_erase!
-- without consent only the newest screen stays until the session ends
UPDATE outbox SET body = NULL
WHERE channel = 'web' AND address = :address AND keep = 0 AND state = 2 AND body IS NOT NULL
  AND turn <> (SELECT turn FROM outbox WHERE channel = 'web' AND address = :address ORDER BY id DESC LIMIT 1);

-- name: outbox_forget_sent!
UPDATE outbox SET body = NULL WHERE citizen_id = :citizen_id AND keep = 0 AND body IS NOT NULL AND state IN (2, 5);
