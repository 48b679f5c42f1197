-- name: profile_save*!
INSERT INTO answers (citizen_id, question, value, changed_at) VALUES (:citizen_id, :question, :value, :changed_at)
ON CONFLICT (citizen_id, question) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at;

-- name: profile_forget*!
DELETE FROM answers WHERE citizen_id = :citizen_id AND question = :question;

-- name: profile_forget_citizen!
DELETE FROM answers WHERE citizen_id = :citizen_id;
