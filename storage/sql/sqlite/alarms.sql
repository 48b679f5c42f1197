-- name: alarms_of_cases
SELECT case_id, citizen_id, kind, channel, raised_at, times, told_at FROM alarms
WHERE case_id IN (SELECT value FROM json_each(:ids));

-- name: alarms_latest
SELECT citizen_id, MAX(raised_at) FROM alarms
WHERE citizen_id IN (SELECT value FROM json_each(:ids)) GROUP BY citizen_id;
