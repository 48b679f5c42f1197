-- name: citizens_load
SELECT id, stopped_at, consent_version, consent_at, office FROM citizens WHERE id IN (SELECT value FROM json_each(:ids));

-- name: situations_load
SELECT citizen_id, situation FROM situations WHERE citizen_id IN (SELECT value FROM json_each(:ids)) ORDER BY since_at, situation;

-- name: sessions_load
SELECT citizen_id, channel, address, place, data, version, updated_at FROM sessions WHERE citizen_id IN (SELECT value FROM json_each(:ids));

-- name: plan_load
SELECT citizen_id, item, state, earlier, later_at, version, changed_at FROM plan_items WHERE citizen_id IN (SELECT value FROM json_each(:ids));

-- name: reminders_live
SELECT id FROM reminders WHERE state = 1 AND id IN (SELECT value FROM json_each(:ids));

-- name: cases_load
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, NULL, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved
FROM cases
WHERE state <> 'closed' AND citizen_id IN (SELECT value FROM json_each(:ids));

-- name: reachable_at
SELECT s.citizen_id, s.channel, s.address, a.unreachable_at FROM sessions s
JOIN addresses a ON a.channel = s.channel AND a.find = s.address WHERE s.citizen_id IN (SELECT value FROM json_each(:ids));

-- name: profile_load
SELECT citizen_id, question, value, changed_at FROM answers WHERE citizen_id IN (SELECT value FROM json_each(:ids));
