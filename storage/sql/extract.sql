-- name: extract_addresses
SELECT channel, find, chat FROM addresses WHERE citizen_id = :id ORDER BY created_at, channel;

-- name: extract_reminders
SELECT kind, subject, due_at FROM reminders WHERE citizen_id = :id AND state = 0 ORDER BY due_at, id;

-- name: extract_cases
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases WHERE citizen_id = :id ORDER BY created_at, id;

-- name: extract_heard
SELECT arrived_at, payload, event FROM inbox
WHERE citizen_id = :id AND payload IS NOT NULL AND state <> 0 ORDER BY arrived_at, id;

-- name: extract_said
SELECT created_at, body, turn, part FROM outbox
WHERE citizen_id = :id AND body IS NOT NULL AND keep = 1 ORDER BY created_at, id;
