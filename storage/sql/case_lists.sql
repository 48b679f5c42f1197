-- name: case_list_of
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases WHERE citizen_id = :citizen_id AND id <> :except_id ORDER BY created_at DESC LIMIT 50;
