-- name: verdicts_count*!
INSERT INTO verdicts (question, verdict, day, count) VALUES (:question, :verdict, :day, :count)
ON CONFLICT (day, question, verdict) DO UPDATE SET count = verdicts.count + excluded.count;

-- name: verdicts_by_question
SELECT question,
    SUM(CASE WHEN verdict = 'shown' THEN count ELSE 0 END),
    SUM(CASE WHEN verdict = 'helped' THEN count ELSE 0 END),
    SUM(CASE WHEN verdict = 'not_helped' THEN count ELSE 0 END)
FROM verdicts WHERE day >= :since GROUP BY question ORDER BY 4 DESC, 2 DESC, 1;
