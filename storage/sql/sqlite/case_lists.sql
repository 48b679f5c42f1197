-- name: case_list_open
-- urgent first, then overdue, then the oldest
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases
WHERE state <> 'closed' AND (:everywhere = 1 OR office = '' OR office IN (SELECT value FROM json_each(:offices)))
  AND (:is_lead = 1 OR role <> 'lead' OR owner = :staff) AND excluded <> :staff
  AND (:topic = '' OR topic = :topic) AND (:office = '' OR office = :office)
  AND CASE :view WHEN 'mine' THEN owner = :staff WHEN 'free' THEN owner = '' WHEN 'overdue' THEN overdue_at IS NOT NULL
    WHEN 'urgent' THEN urgent = 1 ELSE 1 = 1 END
ORDER BY urgent DESC, CASE WHEN overdue_at IS NULL THEN 1 ELSE 0 END, created_at, id LIMIT :limit OFFSET :skip;

-- name: case_list_count_open$
SELECT COUNT(*) FROM cases
WHERE state <> 'closed' AND (:everywhere = 1 OR office = '' OR office IN (SELECT value FROM json_each(:offices)))
  AND (:is_lead = 1 OR role <> 'lead' OR owner = :staff) AND excluded <> :staff
  AND (:topic = '' OR topic = :topic) AND (:office = '' OR office = :office)
  AND CASE :view WHEN 'mine' THEN owner = :staff WHEN 'free' THEN owner = '' WHEN 'overdue' THEN overdue_at IS NOT NULL
    WHEN 'urgent' THEN urgent = 1 ELSE 1 = 1 END;

-- name: case_list_closed
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases
WHERE state = 'closed' AND (:everywhere = 1 OR office = '' OR office IN (SELECT value FROM json_each(:offices)))
  AND (:is_lead = 1 OR role <> 'lead' OR owner = :staff) AND excluded <> :staff
  AND (:topic = '' OR topic = :topic) AND (:office = '' OR office = :office) AND :view = 'closed'
ORDER BY closed_at DESC, id LIMIT :limit OFFSET :skip;

-- name: case_list_count_closed$
SELECT COUNT(*) FROM cases
WHERE state = 'closed' AND (:everywhere = 1 OR office = '' OR office IN (SELECT value FROM json_each(:offices)))
  AND (:is_lead = 1 OR role <> 'lead' OR owner = :staff) AND excluded <> :staff
  AND (:topic = '' OR topic = :topic) AND (:office = '' OR office = :office) AND :view = 'closed';

-- name: case_list_waiting$
SELECT COUNT(*) FROM cases
WHERE state <> 'closed' AND (:everywhere = 1 OR office = '' OR office IN (SELECT value FROM json_each(:offices)))
  AND (:is_lead = 1 OR role <> 'lead' OR owner = :staff) AND excluded <> :staff
  AND (owner = '' OR (owner = :staff AND state <> 'waiting_citizen'));
