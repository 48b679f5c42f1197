-- name: audit_page
SELECT id, at, actor, act, subject, CASE WHEN seal IS NULL THEN 0 ELSE 1 END FROM audit
WHERE id < :before AND (:everybody = 1 OR actor = ANY(:actors::text[]))
  AND (:act::text = '' OR act = :act::text) AND (:subject::text = '' OR subject = :subject::text)
ORDER BY id DESC LIMIT :limit;
