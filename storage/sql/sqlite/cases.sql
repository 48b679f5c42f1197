-- name: cases_queue
-- urgent first, then overdue, then oldest; role '' asks for any. is_lead: sees what leads alone may see
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases
WHERE state <> 'closed' AND (:everywhere = 1 OR office IN (SELECT value FROM json_each(:offices)) OR office = '')
  AND (:is_lead = 1 OR role <> 'lead' OR owner = :staff) AND (:role = '' OR role = :role OR role = '' OR urgent = 1)
  AND (excluded = '' OR excluded <> :staff)
ORDER BY urgent DESC, CASE WHEN overdue_at IS NULL THEN 1 ELSE 0 END, created_at, id LIMIT :limit OFFSET :skip;
