-- name: nudges_load
SELECT c.id, n.asked, n.asked_at, n.off_at, s.updated_at FROM citizens c
LEFT JOIN nudges n ON n.citizen_id = c.id LEFT JOIN sessions s ON s.citizen_id = c.id WHERE c.id = ANY(:ids::text[]);
