-- name: alarms_raise!
-- staff are told again when the last cry is old enough
INSERT INTO alarms (case_id, citizen_id, kind, channel, raised_at, times, told_at)
VALUES (:case_id, :citizen_id, :kind, :channel, :at, 1, NULL)
ON CONFLICT (case_id) DO UPDATE SET
    kind = excluded.kind, channel = excluded.channel, times = alarms.times + 1, raised_at = excluded.raised_at,
    told_at = CASE WHEN alarms.raised_at <= :quiet_since THEN NULL ELSE alarms.told_at END;

-- name: alarms_untold
SELECT case_id, citizen_id, kind, channel, raised_at, times, told_at FROM alarms
WHERE told_at IS NULL ORDER BY raised_at, case_id LIMIT :limit;

-- name: alarms_told*!
UPDATE alarms SET told_at = :at WHERE case_id = :case_id AND told_at IS NULL;

-- name: alarms_pass_on!
-- of two open requests one goes on: so does the alarm of the other
UPDATE alarms SET case_id = :to_case WHERE case_id = :from_case
AND NOT EXISTS (SELECT 1 FROM alarms o WHERE o.case_id = :to_case);

-- name: alarms_bring!
UPDATE alarms SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: alarms_of
SELECT case_id, citizen_id, kind, channel, raised_at, times, told_at FROM alarms
WHERE citizen_id = :citizen_id ORDER BY raised_at, case_id;

-- name: alarms_forget!
DELETE FROM alarms WHERE citizen_id = :citizen_id;

-- name: purge_alarms
DELETE FROM alarms WHERE case_id IN (
    SELECT a.case_id FROM alarms a JOIN cases c ON c.id = a.case_id
    WHERE c.state = 'closed' AND c.closed_at < :before LIMIT :limit)
RETURNING case_id;
