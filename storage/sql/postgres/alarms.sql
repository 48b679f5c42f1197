-- name: alarms_of_cases
SELECT case_id, citizen_id, kind, channel, raised_at, times, told_at FROM alarms
WHERE case_id = ANY(:ids::text[]);

-- name: alarms_latest
SELECT citizen_id, MAX(raised_at) FROM alarms
WHERE citizen_id = ANY(:ids::text[]) GROUP BY citizen_id;
