-- name: edition_log_add!
INSERT INTO edition_log (number, instead_of, at, actor, act)
VALUES (:number, (SELECT number FROM edition_in_force WHERE id = 1), :at, :actor, :act);

-- name: edition_log_newest
SELECT number, instead_of, at, actor, act FROM edition_log ORDER BY id DESC LIMIT :limit;

-- name: editions_one^
SELECT number, fingerprint, files, accepted_at FROM editions WHERE number = :number;

-- name: content_files_judge!
INSERT INTO content_files (id, fingerprint, state, mistakes, judged_at)
VALUES (1, :fingerprint, :state, :mistakes, :at)
ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, state = excluded.state,
    mistakes = excluded.mistakes, judged_at = excluded.judged_at;

-- name: content_files_get^
SELECT fingerprint, state, mistakes, judged_at, told FROM content_files WHERE id = 1;

-- name: content_files_has_news^
SELECT 1 FROM content_files
WHERE id = 1 AND ((state = 'refused' AND told <> fingerprint) OR (state = 'published' AND told <> ''));

-- name: content_files_tell!
UPDATE content_files SET told = :told WHERE id = 1;
