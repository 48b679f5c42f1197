-- name: moves_issue!
-- one active code per citizen: a new one makes the old one void
INSERT INTO move_codes (citizen_id, find, expires_at) VALUES (:citizen_id, :find, :expires_at)
ON CONFLICT (citizen_id) DO UPDATE SET find = excluded.find, expires_at = excluded.expires_at;

-- name: moves_owner$
SELECT citizen_id FROM move_codes WHERE find = :find AND expires_at > :now;

-- name: moves_spend^
-- of two chats that claim at once one gets the row
DELETE FROM move_codes WHERE find = :find AND citizen_id = :citizen_id AND expires_at > :now RETURNING citizen_id;

-- name: moves_forget_code!
DELETE FROM move_codes WHERE citizen_id = :citizen_id;

-- name: moves_try!
INSERT INTO move_tries (citizen_id, tried_at) VALUES (:citizen_id, :at);

-- name: moves_tries$
SELECT COUNT(*) FROM move_tries WHERE citizen_id = :citizen_id AND tried_at > :since;

-- name: moves_stranger!
INSERT INTO citizens (id, created_at) VALUES (:id, :at);

-- name: moves_rebind!
UPDATE addresses SET citizen_id = :to_id WHERE channel = :channel AND find = :find;

-- name: moves_bring!
UPDATE addresses SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: moves_waiting
SELECT id, channel, event, kind, payload, arrived_at, address FROM inbox
WHERE citizen_id = :citizen_id AND state = 0 AND address IS NOT NULL ORDER BY ordinal, id;

-- name: moves_answered_elsewhere*!
-- the row stays: a second delivery of it is still known
UPDATE inbox SET state = 1, done_at = :at, payload = NULL WHERE id = :id;

-- name: moves_lane!
UPDATE inbox SET citizen_id = :to_id WHERE citizen_id = :from_id AND state = 0;

-- name: moves_words!
UPDATE inbox SET citizen_id = :to_id WHERE citizen_id = :from_id AND payload IS NOT NULL;

-- name: moves_sent_elsewhere*!
UPDATE outbox SET state = 5, finished_at = :at, reason = 'moved', body = NULL WHERE id = :id;

-- name: moves_off_the_feed!
-- what was said in the chat that is left stays the citizen's, and is shown in no chat any more
UPDATE outbox SET address = '' WHERE citizen_id = :citizen_id AND state NOT IN (0, 1);

-- name: moves_outbox!
UPDATE outbox SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: moves_reminders!
UPDATE reminders SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: moves_cases!
UPDATE cases SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: moves_close_case!
UPDATE cases SET state = 'closed', closed_at = :at WHERE id = :id;

-- name: moves_citizen!
UPDATE citizens SET consent_version = :version, consent_at = :consent_at, stopped_at = :stopped_at, office = :office
WHERE id = :id;

-- name: moves_husk!
UPDATE citizens SET consent_version = NULL, consent_at = NULL, stopped_at = NULL, office = NULL, moved_to = :to_id
WHERE id = :id;

-- name: moves_followed!
UPDATE citizens SET moved_to = :to_id WHERE moved_to = :from_id;

-- name: moves_former
SELECT id FROM citizens WHERE moved_to = :id ORDER BY id;

-- name: purge_move_codes
DELETE FROM move_codes WHERE citizen_id IN (
    SELECT citizen_id FROM move_codes WHERE expires_at < :before LIMIT :limit)
RETURNING citizen_id;

-- name: purge_move_tries
DELETE FROM move_tries WHERE id IN (SELECT id FROM move_tries WHERE tried_at < :before LIMIT :limit)
RETURNING id;

-- name: own_words_put!
INSERT INTO own_words (citizen_id, find) VALUES (:citizen_id, :find)
ON CONFLICT (citizen_id) DO UPDATE SET find = excluded.find;

-- name: own_words_get$
SELECT find FROM own_words WHERE citizen_id = :citizen_id;

-- name: own_words_forget!
DELETE FROM own_words WHERE citizen_id = :citizen_id;
