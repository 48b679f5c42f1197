-- name: installation_get^
SELECT epoch, random_offset, state FROM installation WHERE id = 1;

-- name: installation_make!
INSERT INTO installation (id, epoch, random_offset, since_at) VALUES (1, 1, :random_offset, :at) ON CONFLICT (id) DO NOTHING;

-- name: installation_next!
UPDATE installation SET epoch = epoch + 1, random_offset = :random_offset, since_at = :at WHERE id = 1;

-- name: audit_add!
INSERT INTO audit (at, actor, act, subject) VALUES (:at, :actor, :act, :subject);

-- name: audit_unsealed
SELECT id, at, actor, act, subject FROM audit WHERE seal IS NULL ORDER BY id LIMIT :limit;

-- name: audit_last_seal$
SELECT seal FROM audit WHERE seal IS NOT NULL ORDER BY id DESC LIMIT 1;

-- name: audit_seal*!
UPDATE audit SET seal = :seal WHERE id = :id;

-- name: audit_from
SELECT id, at, actor, act, subject, seal FROM audit WHERE id > :after ORDER BY id LIMIT :limit;

-- name: audit_count_unsealed$
SELECT COUNT(*) FROM audit WHERE seal IS NULL;

-- name: erasures_add!
INSERT INTO erasures (channel, find, erased_at) VALUES (:channel, :find, :erased_at);

-- name: erasures_since
SELECT id, channel, find, erased_at FROM erasures WHERE id > :after ORDER BY id LIMIT :limit;

-- name: erasure_citizen^
SELECT citizen_id FROM addresses WHERE channel = :channel AND find = :find;

-- name: editions_add!
INSERT INTO editions (fingerprint, files, accepted_at) VALUES (:fingerprint, :files, :at)
ON CONFLICT (fingerprint) DO NOTHING;

-- name: editions_number$
SELECT number FROM editions WHERE fingerprint = :fingerprint;

-- name: editions_enforce!
INSERT INTO edition_in_force (id, number, since_at) VALUES (1, :number, :at)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, since_at = excluded.since_at;

-- name: editions_in_force_number$
SELECT number FROM edition_in_force WHERE id = 1;

-- name: editions_in_force^
SELECT e.number, e.fingerprint, e.files, e.accepted_at FROM editions e
JOIN edition_in_force f ON f.number = e.number WHERE f.id = 1;

-- name: purge_sessions
-- without consent a session lives 24 hours after the last message
DELETE FROM sessions WHERE citizen_id IN (
    SELECT s.citizen_id FROM sessions s JOIN citizens c ON c.id = s.citizen_id
    WHERE c.consent_at IS NULL AND s.updated_at < :before LIMIT :limit)
RETURNING citizen_id;

-- name: purge_chats*!
-- the address itself goes, its hash stays
UPDATE addresses SET chat = NULL WHERE citizen_id = :citizen_id
  AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.citizen_id = addresses.citizen_id AND state <> 'closed');

-- name: purge_unkept_outbox
UPDATE outbox SET body = NULL WHERE id IN (
    SELECT id FROM outbox WHERE body IS NOT NULL AND keep = 0 AND state IN (2, 5) AND created_at < :before LIMIT :limit)
RETURNING id;

-- name: purge_kept_outbox
UPDATE outbox SET body = NULL WHERE id IN (
    SELECT id FROM outbox WHERE body IS NOT NULL AND state IN (2, 4, 5) AND created_at < :before LIMIT :limit)
RETURNING id;

-- name: purge_outbox_rows
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE body IS NULL AND state IN (2, 5) AND created_at < :before LIMIT :limit)
RETURNING id;

-- name: purge_kept_inbox
UPDATE inbox SET payload = NULL WHERE id IN (
    SELECT id FROM inbox WHERE payload IS NOT NULL AND state <> 0 AND arrived_at < :before LIMIT :limit)
RETURNING id;

-- name: purge_inbox_rows
DELETE FROM inbox WHERE id IN (
    SELECT id FROM inbox WHERE payload IS NULL AND state IN (1, 2) AND arrived_at < :before LIMIT :limit)
RETURNING id;

-- name: purge_case_words
UPDATE case_words SET words = NULL WHERE words IS NOT NULL AND case_id IN (
    SELECT id FROM cases WHERE state = 'closed' AND closed_at < :before
      AND EXISTS (SELECT 1 FROM case_words w WHERE w.case_id = cases.id AND w.words IS NOT NULL) LIMIT :limit)
RETURNING case_id;

-- name: purge_case_chats
-- kept beyond the talk for the answer to a request; without consent it goes with the words of the last one
UPDATE addresses SET chat = NULL WHERE chat IS NOT NULL AND citizen_id IN (
    SELECT k.citizen_id FROM cases k JOIN citizens c ON c.id = k.citizen_id
    WHERE k.state = 'closed' AND k.closed_at < :before AND c.consent_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.citizen_id = k.citizen_id)
      AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.citizen_id = k.citizen_id AND (o.state <> 'closed' OR o.closed_at >= :before))
    LIMIT :limit)
RETURNING find;

-- name: purge_case_posts
DELETE FROM case_posts WHERE case_id IN (
    SELECT id FROM cases WHERE state = 'closed' AND closed_at < :before) AND posted_at < :before
RETURNING case_id;

-- name: purge_case_context
UPDATE cases SET context = NULL WHERE id IN (
    SELECT id FROM cases WHERE context IS NOT NULL AND state = 'closed' AND closed_at < :before LIMIT :limit)
RETURNING id;

-- name: purge_reminders
DELETE FROM reminders WHERE id IN (
    SELECT id FROM reminders WHERE state <> 0 AND due_at < :before LIMIT :limit)
RETURNING id;
