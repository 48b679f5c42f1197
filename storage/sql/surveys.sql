-- name: surveys_plan!
-- Either unique index may refuse: it is planned already, or was asked about this subject.
INSERT INTO survey_invitations (id, citizen_id, survey, asking, subject, office, questions, state, due_at, keep_until)
VALUES (:id, :citizen_id, :survey, :asking, :subject, :office, '', 'planned', :due_at, :keep_until)
ON CONFLICT DO NOTHING;

-- name: surveys_put_off!
UPDATE survey_invitations SET due_at = :due_at, keep_until = :keep_until
WHERE citizen_id = :citizen_id AND survey = :survey AND asking = :asking AND subject = '' AND state = 'planned';

-- name: surveys_next_due$
SELECT MIN(due_at) FROM survey_invitations WHERE state = 'planned';

-- name: surveys_due
-- What is known of those whose time it is. Only `give`, `wait` and `drop` take one off the list.
SELECT i.id, i.citizen_id, i.survey, i.asking, i.subject, i.office, i.due_at, i.keep_until,
  c.consent_at, c.stopped_at, c.office, s.channel,
  CASE WHEN a.find IS NULL OR a.unreachable_at IS NOT NULL THEN 0 ELSE 1 END,
  CASE WHEN EXISTS (SELECT 1 FROM cases k WHERE k.citizen_id = i.citizen_id AND k.state <> 'closed') THEN 1 ELSE 0 END,
  (SELECT MAX(k.created_at) FROM cases k WHERE k.citizen_id = i.citizen_id AND k.topic IN ('complaint', 'crisis')),
  m.paused_at, m.off_at,
  (SELECT MAX(o.asked_at) FROM survey_invitations o WHERE o.citizen_id = i.citizen_id),
  (SELECT MAX(o.asked_at) FROM survey_invitations o WHERE o.citizen_id = i.citizen_id AND o.survey = i.survey)
FROM survey_invitations i
LEFT JOIN citizens c ON c.id = i.citizen_id
LEFT JOIN sessions s ON s.citizen_id = i.citizen_id
LEFT JOIN addresses a ON a.channel = s.channel AND a.find = s.address
LEFT JOIN survey_marks m ON m.citizen_id = i.citizen_id
WHERE i.id IN (SELECT id FROM survey_invitations WHERE state = 'planned' AND due_at <= :now ORDER BY due_at, id LIMIT :limit)
ORDER BY i.citizen_id, i.due_at, i.id;

-- name: surveys_asked_before
-- Questions of what was asked before, the earliest first: the rotation goes on after them.
SELECT questions FROM survey_invitations
WHERE citizen_id = :citizen_id AND asked_at IS NOT NULL AND questions <> '' ORDER BY asked_at, id;

-- name: surveys_give^
-- Of two schedulers one gets the row.
UPDATE survey_invitations SET state = 'given', asked_at = :at, questions = :questions, keep_until = :keep_until
WHERE id = :id AND state = 'planned' RETURNING citizen_id;

-- name: surveys_remind!
INSERT INTO reminders (id, citizen_id, kind, subject, due_at) VALUES (:id, :citizen_id, 'survey', :subject, :due_at)
ON CONFLICT (id) DO NOTHING;

-- name: surveys_wait!
UPDATE survey_invitations SET due_at = :due_at WHERE id = :id AND state = 'planned';

-- name: surveys_drop!
UPDATE survey_invitations SET state = 'dropped', asked_at = NULL
WHERE id = :id AND citizen_id = :citizen_id AND state IN ('planned', 'given');

-- name: surveys_end_planned!
UPDATE survey_invitations SET state = 'dropped'
WHERE citizen_id = :citizen_id AND survey = :survey AND asking = :asking AND state = 'planned';

-- name: surveys_show!
UPDATE survey_invitations SET state = 'asked' WHERE id = :id AND citizen_id = :citizen_id AND state = 'given';

-- name: surveys_get^
SELECT id, citizen_id, survey, asking, subject, office, questions, state, due_at, keep_until, begun_at, sheet
FROM survey_invitations WHERE id = :id AND citizen_id = :citizen_id;

-- name: surveys_widen!
UPDATE survey_invitations SET questions = :questions
WHERE id = :id AND citizen_id = :citizen_id AND state IN ('given', 'asked', 'begun');

-- name: surveys_begin^
-- The first answer makes the sheet; later ones find it while they may still be changed.
UPDATE survey_invitations SET state = 'begun', begun_at = COALESCE(begun_at, :now), sheet = COALESCE(sheet, :sheet)
WHERE id = :id AND citizen_id = :citizen_id AND (
    (state IN ('given', 'asked') AND keep_until > :now) OR (state = 'begun' AND sheet IS NOT NULL AND begun_at > :since))
RETURNING sheet, office, asking;

-- name: surveys_sheet!
INSERT INTO survey_sheets (id, day, office, channel, asking) VALUES (:id, :day, :office, :channel, :asking)
ON CONFLICT (id) DO NOTHING;

-- name: surveys_answer!
INSERT INTO survey_answers (sheet, survey, question, version, value, words)
VALUES (:sheet, :survey, :question, :version, :value, :words)
ON CONFLICT (sheet, survey, question) DO UPDATE SET version = excluded.version, value = excluded.value,
    words = excluded.words;

-- name: surveys_comment!
UPDATE survey_answers SET words = :words WHERE sheet = :sheet AND survey = :survey AND question = :question;

-- name: surveys_answers_of
SELECT survey, question, value, words FROM survey_answers WHERE sheet = :sheet ORDER BY survey, question;

-- name: surveys_of_citizen
SELECT id, citizen_id, survey, asking, subject, office, questions, state, due_at, keep_until, begun_at, sheet
FROM survey_invitations WHERE citizen_id = :citizen_id AND state <> 'dropped' ORDER BY due_at, id;

-- name: surveys_untie
-- The answers are nobody's from here on.
UPDATE survey_invitations SET sheet = NULL, state = 'over' WHERE id IN (
    SELECT id FROM survey_invitations WHERE sheet IS NOT NULL AND begun_at <= :before LIMIT :limit)
RETURNING id;

-- name: surveys_close
UPDATE survey_invitations SET state = 'over' WHERE id IN (
    SELECT id FROM survey_invitations WHERE state IN ('given', 'asked') AND keep_until <= :before LIMIT :limit)
RETURNING id;

-- name: surveys_pause!
INSERT INTO survey_marks (citizen_id, paused_at) VALUES (:citizen_id, :at)
ON CONFLICT (citizen_id) DO UPDATE SET paused_at = excluded.paused_at;

-- name: surveys_switch!
INSERT INTO survey_marks (citizen_id, off_at) VALUES (:citizen_id, :at)
ON CONFLICT (citizen_id) DO UPDATE SET off_at = excluded.off_at;

-- name: surveys_drop_all!
UPDATE survey_invitations SET state = 'dropped' WHERE citizen_id = :citizen_id AND state IN ('planned', 'given', 'asked');

-- name: surveys_reminders_of
SELECT id FROM reminders WHERE citizen_id = :citizen_id AND kind = 'survey' AND state IN (0, 1);

-- name: surveys_cancel_reminders!
UPDATE reminders SET state = 3 WHERE citizen_id = :citizen_id AND kind = 'survey' AND state IN (0, 1);

-- name: surveys_forget_answers!
DELETE FROM survey_answers WHERE sheet IN (
    SELECT sheet FROM survey_invitations WHERE citizen_id = :citizen_id AND sheet IS NOT NULL);

-- name: surveys_forget_sheets!
DELETE FROM survey_sheets WHERE id IN (
    SELECT sheet FROM survey_invitations WHERE citizen_id = :citizen_id AND sheet IS NOT NULL);

-- name: surveys_forget!
DELETE FROM survey_invitations WHERE citizen_id = :citizen_id;

-- name: surveys_forget_marks!
DELETE FROM survey_marks WHERE citizen_id = :citizen_id;

-- name: surveys_merge_same!
-- what both have planned, or were asked about one subject, stays once
DELETE FROM survey_invitations WHERE citizen_id = :from_id AND sheet IS NULL AND EXISTS (
    SELECT 1 FROM survey_invitations o WHERE o.citizen_id = :to_id AND o.survey = survey_invitations.survey
      AND o.asking = survey_invitations.asking AND o.subject = survey_invitations.subject
      AND (o.subject <> '' OR (o.state = 'planned' AND survey_invitations.state = 'planned')));

-- name: surveys_merge_subject!
-- begun by both about one subject: both sheets count, the subject stays with one
UPDATE survey_invitations SET subject = subject || ':' || id WHERE citizen_id = :from_id AND subject <> '' AND EXISTS (
    SELECT 1 FROM survey_invitations o WHERE o.citizen_id = :to_id AND o.survey = survey_invitations.survey
      AND o.asking = survey_invitations.asking AND o.subject = survey_invitations.subject);

-- name: surveys_merge!
UPDATE survey_invitations SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: surveys_merge_marks!
INSERT INTO survey_marks (citizen_id, paused_at, off_at)
SELECT :to_id, paused_at, off_at FROM survey_marks WHERE citizen_id = :from_id
ON CONFLICT (citizen_id) DO UPDATE SET
    paused_at = CASE WHEN survey_marks.paused_at IS NULL OR excluded.paused_at > survey_marks.paused_at
                     THEN COALESCE(excluded.paused_at, survey_marks.paused_at) ELSE survey_marks.paused_at END,
    off_at = COALESCE(survey_marks.off_at, excluded.off_at);

-- name: surveys_begun$
SELECT round FROM survey_rounds WHERE asking = :asking AND round = :round;

-- name: surveys_round^
INSERT INTO survey_rounds (asking, round) VALUES (:asking, :round) ON CONFLICT DO NOTHING RETURNING round;

-- name: surveys_active
SELECT c.id, c.office FROM citizens c JOIN sessions s ON s.citizen_id = c.id
WHERE c.id > :after AND c.consent_at <= :known_since AND c.stopped_at IS NULL AND s.updated_at >= :heard_since
ORDER BY c.id LIMIT :limit;

-- name: surveys_counts
SELECT a.survey, a.version, a.question, a.value, COUNT(*) FROM survey_answers a JOIN survey_sheets s ON s.id = a.sheet
WHERE s.day >= :since AND s.day <= :until AND (s.office = :office OR :office = '') AND a.value IS NOT NULL
GROUP BY a.survey, a.version, a.question, a.value ORDER BY 1, 2, 3, 4;

-- name: surveys_people
SELECT a.survey, a.version, COUNT(DISTINCT a.sheet) FROM survey_answers a JOIN survey_sheets s ON s.id = a.sheet
WHERE s.day >= :since AND s.day <= :until AND (s.office = :office OR :office = '')
  AND (a.value IS NOT NULL OR a.words IS NOT NULL)
GROUP BY a.survey, a.version ORDER BY 1, 2;

-- name: surveys_words
SELECT a.sheet, a.survey, a.question, a.words FROM survey_answers a JOIN survey_sheets s ON s.id = a.sheet
WHERE s.day >= :since AND s.day <= :until AND (s.office = :office OR :office = '') AND a.words IS NOT NULL
ORDER BY a.survey, a.question, a.sheet;

-- name: purge_survey_words
UPDATE survey_answers SET words = NULL WHERE words IS NOT NULL AND sheet IN (
    SELECT s.id FROM survey_sheets s JOIN survey_answers a ON a.sheet = s.id AND a.words IS NOT NULL
    WHERE s.day < :before LIMIT :limit)
RETURNING sheet;

-- name: purge_survey_invitations
DELETE FROM survey_invitations WHERE id IN (
    SELECT id FROM survey_invitations WHERE state IN ('over', 'dropped') AND due_at < :before LIMIT :limit)
RETURNING id;
