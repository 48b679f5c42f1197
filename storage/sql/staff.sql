-- name: staff_add^
-- UNIQUE (find): of two with one login one row lands; no error is raised
INSERT INTO staff (id, find, body, role, every_office, on_duty, created_at)
VALUES (:id, :find, :body, :role, :every_office, :on_duty, :created_at)
ON CONFLICT (find) DO NOTHING RETURNING id;

-- name: staff_one
SELECT staff.id, staff.body, role, active, every_office, on_duty, created_at, k.has_password, k.has_code
FROM staff LEFT JOIN staff_secrets k ON k.staff_id = staff.id WHERE staff.id = :id;

-- name: staff_id_of$
SELECT id FROM staff WHERE find = :find;

-- name: staff_all
SELECT staff.id, staff.body, role, active, every_office, on_duty, created_at, k.has_password, k.has_code
FROM staff LEFT JOIN staff_secrets k ON k.staff_id = staff.id ORDER BY created_at, staff.id;

-- name: staff_offices_all
SELECT staff_id, office FROM staff_offices ORDER BY staff_id, office;

-- name: staff_offices_of
SELECT office FROM staff_offices WHERE staff_id = :id ORDER BY office;

-- name: staff_offices_clear!
DELETE FROM staff_offices WHERE staff_id = :id;

-- name: staff_offices_add*!
INSERT INTO staff_offices (staff_id, office) VALUES (:id, :office);

-- name: staff_change!
UPDATE staff SET body = :body, role = :role, every_office = :every_office, on_duty = :on_duty WHERE id = :id;

-- name: staff_activate!
UPDATE staff SET active = :active WHERE id = :id;

-- name: staff_count_role$
SELECT COUNT(*) FROM staff WHERE role = :role AND active = 1 AND every_office = 1;

-- name: staff_count$
SELECT COUNT(*) FROM staff;

-- name: staff_secrets_get^
SELECT body FROM staff_secrets WHERE staff_id = :id;

-- name: staff_secrets_put!
INSERT INTO staff_secrets (staff_id, body, has_password, has_code) VALUES (:id, :body, :has_password, :has_code)
ON CONFLICT (staff_id) DO UPDATE
SET body = excluded.body, has_password = excluded.has_password, has_code = excluded.has_code;

-- name: staff_secrets_clear!
DELETE FROM staff_secrets WHERE staff_id = :id;

-- name: staff_step^
-- a code of the phone counts once: a step that was used, or an older one, is refused
UPDATE staff_secrets SET last_step = :step WHERE staff_id = :id AND last_step < :step RETURNING last_step;

-- name: staff_recovery_clear!
DELETE FROM staff_recovery WHERE staff_id = :id;

-- name: staff_recovery_add*!
INSERT INTO staff_recovery (staff_id, find) VALUES (:id, :find);

-- name: staff_recovery_take^
DELETE FROM staff_recovery WHERE staff_id = :id AND find = :find RETURNING find;

-- name: staff_recovery_count$
SELECT COUNT(*) FROM staff_recovery WHERE staff_id = :id;

-- name: staff_invite!
INSERT INTO staff_invitations (staff_id, find, expires_at) VALUES (:id, :find, :expires_at)
ON CONFLICT (staff_id) DO UPDATE SET find = excluded.find, expires_at = excluded.expires_at;

-- name: staff_invited$
SELECT staff_id FROM staff_invitations WHERE find = :find AND expires_at > :now;

-- name: staff_invitation_take^
DELETE FROM staff_invitations WHERE find = :find AND expires_at > :now RETURNING staff_id;

-- name: staff_uninvite!
DELETE FROM staff_invitations WHERE staff_id = :id;

-- name: staff_invitations_all
SELECT staff_id, expires_at FROM staff_invitations;

-- name: staff_session_open!
INSERT INTO staff_sessions (find, staff_id, stage, created_at, seen_at) VALUES (:find, :staff_id, :stage, :now, :now);

-- name: staff_session_get^
SELECT staff_id, stage, created_at, seen_at FROM staff_sessions WHERE find = :find;

-- name: staff_session_seen!
UPDATE staff_sessions SET seen_at = :now WHERE find = :find;

-- name: staff_session_end^
DELETE FROM staff_sessions WHERE find = :find RETURNING staff_id;

-- name: staff_sessions_end!
DELETE FROM staff_sessions WHERE staff_id = :id AND find <> :but;

-- name: staff_sessions_count$
SELECT COUNT(*) FROM staff_sessions WHERE staff_id = :id AND created_at > :since AND seen_at > :seen;

-- name: tries_take^
-- a window that is over begins anew; one that is full stays where it is, so nobody can keep another out for ever
INSERT INTO tries (kind, find, count, since_at) VALUES (:kind, :find, 1, :now)
ON CONFLICT (kind, find) DO UPDATE
SET count = CASE WHEN tries.since_at <= :before THEN 1 ELSE tries.count + 1 END,
    since_at = CASE WHEN tries.since_at <= :before THEN excluded.since_at ELSE tries.since_at END
RETURNING count, since_at;

-- name: tries_clear!
DELETE FROM tries WHERE kind = :kind AND find = :find;

-- name: purge_tries
DELETE FROM tries WHERE (kind, find) IN (SELECT kind, find FROM tries WHERE since_at < :before LIMIT :limit)
RETURNING find;

-- name: purge_staff_sessions
DELETE FROM staff_sessions WHERE find IN (SELECT find FROM staff_sessions WHERE created_at < :before LIMIT :limit)
RETURNING find;

-- name: purge_staff_invitations
DELETE FROM staff_invitations WHERE staff_id IN (
    SELECT staff_id FROM staff_invitations WHERE expires_at < :before LIMIT :limit)
RETURNING staff_id;

-- name: troubles_add*!
INSERT INTO troubles (what, count, last_at) VALUES (:what, :count, :now)
ON CONFLICT (what) DO UPDATE SET count = troubles.count + excluded.count, last_at = excluded.last_at;

-- name: troubles_unseen
SELECT what, count, last_at FROM troubles WHERE last_at > seen_at AND last_at > :since ORDER BY last_at DESC;

-- name: troubles_seen!
UPDATE troubles SET seen_at = :now, count = 0 WHERE last_at <= :now;

-- name: staff_linked
SELECT DISTINCT channel FROM staff_links WHERE staff_id = :id ORDER BY channel;
