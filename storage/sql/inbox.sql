-- name: inbox_add*!
-- the platform's second delivery of one event is dropped here
INSERT INTO inbox (channel, event, citizen_id, address, kind, ordinal, payload, state, error, arrived_at)
VALUES (:channel, :event, :citizen_id, :address, :kind, :ordinal, :payload, :state, :error, :arrived_at)
ON CONFLICT (channel, event) DO NOTHING;

-- name: inbox_has$
SELECT id FROM inbox WHERE channel = :channel AND event = :event;

-- name: inbox_count_waiting$
SELECT COUNT(*) FROM inbox WHERE state = 0;

-- name: inbox_oldest_waiting$
SELECT MIN(arrived_at) FROM inbox WHERE state = 0;

-- name: inbox_count_parked$
SELECT COUNT(*) FROM inbox WHERE state = 2;

-- name: inbox_finish*!
UPDATE inbox SET state = 1, done_at = :done_at, payload = CASE WHEN :keep = 1 THEN payload ELSE NULL END WHERE id = :id;

-- name: inbox_fail!
UPDATE inbox SET attempts = attempts + 1, not_before = :not_before, error = :error WHERE id = :id;

-- name: inbox_park!
UPDATE inbox SET state = 2, attempts = attempts + 1, error = :error, done_at = :done_at WHERE id = :id;

-- name: inbox_to_lane!
UPDATE inbox SET citizen_id = :owner WHERE citizen_id = :citizen_id AND state = 0 AND channel = :channel AND address = :address;

-- name: inbox_parked
SELECT id, citizen_id, channel, kind, error, arrived_at FROM inbox WHERE state = 2 ORDER BY id LIMIT :limit;

-- name: inbox_replay!
UPDATE inbox SET state = 0, attempts = 0, not_before = 0, error = NULL, done_at = NULL
WHERE id = :id AND state = 2 AND citizen_id IS NOT NULL;

-- name: inbox_forget_citizen!
UPDATE inbox SET payload = NULL WHERE citizen_id = :citizen_id AND payload IS NOT NULL AND state <> 0;

-- name: addresses_add_citizens*!
INSERT INTO citizens (id, created_at) VALUES (:id, :created_at) ON CONFLICT (id) DO NOTHING;

-- name: addresses_add*!
INSERT INTO addresses (channel, find, citizen_id, chat, created_at)
VALUES (:channel, :find, :citizen_id, :chat, :created_at)
ON CONFLICT (channel, find) DO UPDATE SET chat = COALESCE(addresses.chat, excluded.chat), unreachable_at = NULL;

-- name: addresses_orphans!
DELETE FROM citizens WHERE id = :id AND NOT EXISTS (SELECT 1 FROM addresses WHERE citizen_id = citizens.id);

-- name: cursor_set*!
INSERT INTO cursors (channel, account, value, updated_at) VALUES (:channel, :account, :value, :updated_at)
ON CONFLICT (channel, account) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;

-- name: cursor_get$
SELECT value FROM cursors WHERE channel = :channel AND account = :account;
