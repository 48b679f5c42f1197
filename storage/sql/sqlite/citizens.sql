-- name: citizens_load
SELECT id, stopped_at, consent_version, consent_at, office FROM citizens WHERE id IN (SELECT value FROM json_each(:ids));

-- name: situations_load
SELECT citizen_id, situation FROM situations WHERE citizen_id IN (SELECT value FROM json_each(:ids)) ORDER BY since_at, situation;

-- name: sessions_load
SELECT citizen_id, channel, address, place, data, version, updated_at FROM sessions WHERE citizen_id IN (SELECT value FROM json_each(:ids));

-- name: plan_load
SELECT citizen_id, item, state, earlier, later_at, version, changed_at, added FROM plan_items WHERE citizen_id IN (SELECT value FROM json_each(:ids));

-- name: reminders_live
SELECT id FROM reminders WHERE state = 1 AND id IN (SELECT value FROM json_each(:ids));

-- name: cases_load
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, NULL, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases
WHERE state <> 'closed' AND citizen_id IN (SELECT value FROM json_each(:ids));

-- name: reachable_at
-- where the citizen was last heard; whose talk is forgotten while a request waits, where they are known. The last row counts
SELECT a.citizen_id, a.channel, a.find, a.unreachable_at FROM addresses a
LEFT JOIN sessions s ON s.citizen_id = a.citizen_id AND s.channel = a.channel AND s.address = a.find
WHERE a.chat IS NOT NULL AND a.citizen_id IN (SELECT value FROM json_each(:ids))
  AND (s.citizen_id IS NOT NULL OR EXISTS (SELECT 1 FROM cases k WHERE k.citizen_id = a.citizen_id))
ORDER BY CASE WHEN s.citizen_id IS NULL THEN 0 ELSE 1 END, a.created_at;

-- name: profile_load
SELECT citizen_id, question, value, changed_at FROM answers WHERE citizen_id IN (SELECT value FROM json_each(:ids));
