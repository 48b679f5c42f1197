-- name: audit_page
SELECT id, at, actor, act, subject, CASE WHEN seal IS NULL THEN 0 ELSE 1 END FROM audit
WHERE id < :before AND (:everybody = 1 OR actor IN (SELECT value FROM json_each(:actors)))
  AND (:act = '' OR act = :act) AND (:subject = '' OR subject = :subject)
ORDER BY id DESC LIMIT :limit;
