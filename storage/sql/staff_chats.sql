-- name: staff_codes_put!
INSERT INTO staff_codes (find, staff_id, office, role, expires_at) VALUES (:find, :staff_id, :office, :role, :expires_at)
ON CONFLICT (find) DO UPDATE SET staff_id = excluded.staff_id, office = excluded.office, role = excluded.role,
    expires_at = excluded.expires_at;

-- name: staff_codes_spend^
DELETE FROM staff_codes WHERE find = :find AND expires_at > :now RETURNING staff_id, office, role;

-- name: staff_codes_purge!
DELETE FROM staff_codes WHERE expires_at <= :now;

-- name: staff_links_put!
INSERT INTO staff_links (channel, find, staff_id, linked_at) VALUES (:channel, :find, :staff_id, :at)
ON CONFLICT (channel, find) DO UPDATE SET staff_id = excluded.staff_id, linked_at = excluded.linked_at;

-- name: staff_links_get$
SELECT staff_id FROM staff_links WHERE channel = :channel AND find = :find;

-- name: staff_links_forget!
DELETE FROM staff_links WHERE staff_id = :staff_id;

-- name: staff_chats_put!
INSERT INTO staff_chats (id, channel, find, office, role, linked_at) VALUES (:id, :channel, :find, :office, :role, :at)
ON CONFLICT (channel, find) DO UPDATE SET id = excluded.id, office = excluded.office, role = excluded.role,
    linked_at = excluded.linked_at;

-- name: staff_chats_all
SELECT id, channel, find, office, role FROM staff_chats ORDER BY linked_at, id;

-- name: staff_chats_get^
SELECT id, channel, find, office, role FROM staff_chats WHERE id = :id;

-- name: staff_chats_forget!
DELETE FROM staff_chats WHERE id = :id;

-- name: staff_chats_move!
UPDATE staff_chats SET find = :find WHERE id = :id;

-- name: staff_chats_address!
-- the group goes on under another number; its lane stays
INSERT INTO addresses (channel, find, citizen_id, chat, created_at) VALUES (:channel, :find, :id, :chat, :at)
ON CONFLICT (channel, find) DO UPDATE SET citizen_id = excluded.citizen_id, chat = excluded.chat, unreachable_at = NULL;

-- name: staff_chats_readdress!
-- what has not left for the old number leaves for the new one
UPDATE outbox SET address = :find, state = 0, attempts = 0, not_before = 0, reason = NULL, finished_at = NULL
WHERE citizen_id = :id AND channel = :channel AND (state IN (0, 1) OR (state = 4 AND body IS NOT NULL));

-- name: case_posts_put!
-- one card of a case in a chat, one post for each piece of the talk
INSERT INTO case_posts (chat_id, case_id, kind, number, turn, version, posted_at, tries)
VALUES (:chat_id, :case_id, :kind, :number, :turn, :version, :at, :tries)
ON CONFLICT (chat_id, case_id, kind, number) DO UPDATE SET turn = excluded.turn, version = excluded.version,
    posted_at = excluded.posted_at, tries = excluded.tries;

-- name: case_posts_settle!
-- the platform's number of a post, once it is known
UPDATE case_posts SET message = (SELECT o.sent_id FROM outbox o WHERE o.turn = case_posts.turn AND o.part = 0)
WHERE EXISTS (SELECT 1 FROM outbox o WHERE o.turn = case_posts.turn AND o.part = 0 AND o.state = 2 AND o.sent_id <> ''
              AND (case_posts.message IS NULL OR case_posts.message <> o.sent_id));

-- name: case_posts_of
-- with what became of the newest sending: NULL when it is long ago
SELECT p.chat_id, p.case_id, p.kind, p.number, p.turn, p.version, p.message, p.tries, o.state, o.reason
FROM case_posts p LEFT JOIN outbox o ON o.turn = p.turn AND o.part = 0
WHERE p.case_id = :case_id ORDER BY p.chat_id, p.kind, p.number;

-- name: case_posts_at^
SELECT case_id FROM case_posts WHERE chat_id = :chat_id AND message = :message;

-- name: case_posts_in_topic^
-- topics: the number of a post begins with that of its topic
SELECT case_id FROM case_posts WHERE chat_id = :chat_id AND kind = 'card' AND message LIKE :topic || '/%';

-- name: case_posts_drop!
DELETE FROM case_posts WHERE chat_id = :chat_id AND case_id = :case_id;

-- name: case_posts_lost!
-- nothing of it can be edited or answered any more: it is posted anew
DELETE FROM case_posts WHERE chat_id = :chat_id;

-- name: case_posts_bury!
-- what could not be posted is posted anew, or given up: no letter for staff to look at
UPDATE outbox SET state = 5, reason = 'posted anew', body = NULL WHERE turn = :turn AND state = 4;

-- name: case_posts_gone!
-- the citizen's data are deleted: what stands of them in chats is taken off
UPDATE case_posts SET version = -1 WHERE case_id IN (SELECT id FROM cases WHERE citizen_id = :citizen_id);

-- name: cases_to_show
-- after: where the round of all stands; what is urgent is looked at in every step of it
SELECT id, urgent, created_at FROM (
    SELECT id, urgent, created_at FROM cases WHERE shown <> version
    UNION SELECT p.case_id, 0, p.posted_at FROM case_posts p WHERE p.version < 0
    UNION SELECT p.case_id, 1, p.posted_at FROM case_posts p JOIN outbox o ON o.turn = p.turn AND o.part = 0
    WHERE o.state = 4) t
WHERE urgent = 1 OR created_at > :after_at OR (created_at = :after_at AND id > :after_id)
ORDER BY urgent DESC, created_at, id LIMIT :limit;

-- name: cases_shown!
UPDATE cases SET shown = :version WHERE id = :id;

-- name: cases_show_all!
-- a chat more, or one with another number
UPDATE cases SET shown = 0 WHERE state <> 'closed';

-- name: staff_chats_lines
-- how much each chat has yet to get
SELECT staff_chats.id, (SELECT COUNT(*) FROM outbox o WHERE o.citizen_id = staff_chats.id AND o.state IN (0, 1)) FROM staff_chats;

-- name: staff_chats_reachable
-- chats that take no message: the bot was put out of them
SELECT staff_chats.id FROM staff_chats CROSS JOIN addresses a
WHERE a.channel = staff_chats.channel AND a.find = staff_chats.find AND a.unreachable_at IS NULL AND a.chat IS NOT NULL;
