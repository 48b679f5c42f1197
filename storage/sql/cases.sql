-- name: cases_open^
-- UNIQUE (citizen_id) WHERE open: of two at once one row lands; no error is raised
INSERT INTO cases (id, citizen_id, channel, topic, state, context, without_consent, created_at)
VALUES (:id, :citizen_id, :channel, :topic, 'new', :context, :without_consent, :created_at)
ON CONFLICT (citizen_id) WHERE state <> 'closed' DO NOTHING RETURNING id;

-- name: case_words_next$
SELECT COALESCE(MAX(number), 0) + 1 FROM case_words WHERE case_id = :case_id;

-- name: case_words_put!
INSERT INTO case_words (case_id, number, words, said_at) VALUES (:case_id, :number, :words, :said_at);

-- name: case_words_of
SELECT number, words FROM case_words WHERE case_id = :case_id ORDER BY number;

-- name: case_of_citizen^
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context FROM cases
WHERE citizen_id = :citizen_id AND state <> 'closed';

-- name: cases_waiting
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context FROM cases
WHERE state <> 'closed' ORDER BY created_at LIMIT :limit;

-- name: cases_count_open$
SELECT COUNT(*) FROM cases WHERE state <> 'closed';

-- name: case_words_forget!
DELETE FROM case_words WHERE case_id IN (SELECT id FROM cases WHERE citizen_id = :citizen_id);

-- name: cases_forget!
DELETE FROM cases WHERE citizen_id = :citizen_id;
