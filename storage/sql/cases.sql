-- name: cases_open^
-- UNIQUE (citizen_id) WHERE open: of two at once one row lands; no error is raised
INSERT INTO cases (id, citizen_id, channel, topic, state, context, without_consent, created_at, changed_at,
  owner, role, office, excluded, urgent, due_at)
VALUES (:id, :citizen_id, :channel, :topic, :state, :context, :without_consent, :created_at, :created_at,
  :owner, :role, :office, :excluded, :urgent, :due_at)
ON CONFLICT (citizen_id) WHERE state <> 'closed' DO NOTHING RETURNING id;

-- name: case_words_next$
SELECT COALESCE(MAX(number), 0) + 1 FROM case_words WHERE case_id = :case_id;

-- name: case_words_put^
-- UNIQUE (origin): one message of a chat is said once
INSERT INTO case_words (case_id, number, words, said_at, author, role, actor, kind, origin, turn)
VALUES (:case_id, :number, :words, :said_at, :author, :role, :actor, :kind, :origin, :turn)
ON CONFLICT (origin) WHERE origin IS NOT NULL DO NOTHING RETURNING number;

-- name: case_words_of
SELECT w.number, w.words, w.author, w.said_at, w.role, w.actor, w.kind, w.edited_at, w.turn,
  (SELECT MAX(o.state) FROM outbox o WHERE o.turn = w.turn)
FROM case_words w WHERE w.case_id = :case_id ORDER BY w.number;

-- name: case_words_by_origin^
SELECT w.case_id, w.number, c.citizen_id, w.author, w.actor, w.turn FROM case_words w JOIN cases c ON c.id = w.case_id
WHERE w.origin = :origin;

-- name: case_words_edit!
UPDATE case_words SET words = :words, edited_at = :at WHERE case_id = :case_id AND number = :number;

-- name: case_events_next$
SELECT COALESCE(MAX(number), 0) + 1 FROM case_events WHERE case_id = :case_id;

-- name: case_events_put!
INSERT INTO case_events (case_id, number, at, actor, act, detail) VALUES (:case_id, :number, :at, :actor, :act, :detail);

-- name: case_events_of
SELECT at, actor, act, detail FROM case_events WHERE case_id = :case_id ORDER BY number;

-- name: case_get^
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases WHERE id = :id;

-- name: case_of_citizen^
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases WHERE citizen_id = :citizen_id AND state <> 'closed';

-- name: case_last_closed^
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases WHERE citizen_id = :citizen_id AND state = 'closed' ORDER BY closed_at DESC LIMIT 1;

-- name: cases_waiting
SELECT id, citizen_id, channel, topic, state, without_consent, created_at, context, owner, role, office, excluded, urgent,
  version, due_at, silent_at, overdue_at, closed_at, solved, answered_at
FROM cases WHERE state <> 'closed' ORDER BY urgent DESC, created_at LIMIT :limit;

-- name: cases_ahead$
-- who asked earlier and waits for the same people
SELECT COUNT(*) FROM cases c WHERE c.state <> 'closed' AND c.owner = '' AND c.office = :office AND c.role = :role
  AND (c.created_at < :created_at OR c.urgent = 1) AND c.id <> :id;

-- name: cases_count_open$
SELECT COUNT(*) FROM cases WHERE state <> 'closed';

-- name: cases_take^
UPDATE cases SET owner = :staff, state = 'taken', silent_at = :silent_at, due_at = COALESCE(due_at, :due_at),
    version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' AND owner = '' AND excluded <> :staff RETURNING version;

-- name: cases_answer^
UPDATE cases SET owner = :staff, state = 'waiting_citizen', due_at = NULL, silent_at = NULL, overdue_at = NULL,
    answered_at = :now, version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' AND (owner = '' OR owner = :staff) AND excluded <> :staff
  AND (:version = 0 OR version = :version) RETURNING version;

-- name: cases_later^
UPDATE cases SET due_at = :due_at, silent_at = :silent_at, overdue_at = NULL, version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' AND owner = :staff RETURNING version;

-- name: cases_transfer^
UPDATE cases SET owner = '', state = 'new', role = :role, office = :office, due_at = :due_at, silent_at = NULL,
    version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' AND (owner = '' OR owner = :staff OR :is_lead = 1) AND excluded <> :staff
  AND (:version = 0 OR version = :version) RETURNING version;

-- name: cases_close^
UPDATE cases SET state = 'closed', closed_at = :now, owner = CASE WHEN owner = '' THEN :staff ELSE owner END,
    due_at = NULL, silent_at = NULL, version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' AND (owner = '' OR owner = :staff OR :is_lead = 1) AND excluded <> :staff
  AND (:version = 0 OR version = :version) RETURNING version;

-- name: cases_reopen^
-- one open case per citizen: a newer one takes its place
UPDATE cases SET state = 'reopened', closed_at = NULL, owner = '', due_at = :due_at, overdue_at = NULL, solved = '',
    version = version + 1, changed_at = :now
WHERE id = :id AND state = 'closed'
  AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.citizen_id = cases.citizen_id AND o.state <> 'closed') RETURNING version;

-- name: cases_said!
-- the citizen wrote: a new answer is due, unless one is due already
UPDATE cases SET state = CASE WHEN state <> 'waiting_citizen' THEN state WHEN owner = '' THEN 'reopened' ELSE 'waiting_staff' END,
    due_at = COALESCE(due_at, :due_at),
    silent_at = CASE WHEN owner = '' THEN NULL ELSE COALESCE(silent_at, :silent_at) END,
    version = version + 1, changed_at = :now
WHERE id = :id;

-- name: cases_touch!
UPDATE cases SET version = version + 1, changed_at = :now WHERE id = :id;

-- name: cases_route^
UPDATE cases SET topic = :topic, role = :role, office = :office, due_at = :due_at, version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' AND owner = '' RETURNING version;

-- name: cases_complain^
-- about whoever has the case: they never see it again
UPDATE cases SET topic = :topic, role = :role, excluded = owner, owner = '', state = 'new', due_at = :due_at,
    silent_at = NULL, overdue_at = NULL, version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' RETURNING version;

-- name: cases_judge!
UPDATE cases SET solved = :solved, version = version + 1 WHERE id = :id AND state = 'closed';

-- name: cases_urge!
UPDATE cases SET urgent = 1, version = version + 1, changed_at = :now WHERE id = :id AND state <> 'closed';

-- name: cases_next_due$
SELECT MIN(at) FROM (
    SELECT MIN(due_at) AS at FROM cases WHERE state <> 'closed' AND overdue_at IS NULL
    UNION ALL SELECT MIN(silent_at) AS at FROM cases WHERE state <> 'closed' AND owner <> '') t;

-- name: cases_overdue
SELECT id, citizen_id FROM cases WHERE state <> 'closed' AND overdue_at IS NULL AND due_at <= :now ORDER BY due_at LIMIT :limit;

-- name: cases_silent
SELECT id, citizen_id, owner FROM cases WHERE state <> 'closed' AND owner <> '' AND silent_at <= :now
ORDER BY silent_at LIMIT :limit;

-- name: cases_left_behind
-- their owner is disabled, or known no more
SELECT c.id, c.citizen_id, c.owner FROM cases c LEFT JOIN staff s ON s.id = c.owner
WHERE c.state <> 'closed' AND c.owner <> '' AND (s.id IS NULL OR s.active = 0) LIMIT :limit;

-- name: cases_escalate^
UPDATE cases SET overdue_at = :now, version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' AND overdue_at IS NULL AND due_at <= :now RETURNING version;

-- name: cases_release^
UPDATE cases SET owner = '', state = 'new', silent_at = NULL, due_at = :due_at, version = version + 1, changed_at = :now
WHERE id = :id AND state <> 'closed' AND owner = :owner AND owner <> '' RETURNING version;

-- name: case_words_forget!
DELETE FROM case_words WHERE case_id IN (SELECT id FROM cases WHERE citizen_id = :citizen_id);

-- name: case_events_forget!
DELETE FROM case_events WHERE case_id IN (SELECT id FROM cases WHERE citizen_id = :citizen_id);

-- name: cases_forget!
DELETE FROM cases WHERE citizen_id = :citizen_id;
