-- name: waiting_add^
-- UNIQUE (citizen_id, role) while it waits: asked again, only the days wanted change; an offer stays as it is
INSERT INTO waiting (id, citizen_id, point, role, from_day, to_day, state, cause, lost_at, since, changed_at)
VALUES (:id, :citizen_id, :point, :role, :from_day, :to_day, 'waiting', :cause, :lost_at, :since, :at)
ON CONFLICT (citizen_id, role) WHERE state IN ('waiting', 'offered') DO UPDATE SET
    point = CASE WHEN waiting.state = 'waiting' THEN excluded.point ELSE waiting.point END,
    from_day = CASE WHEN waiting.state = 'waiting' THEN excluded.from_day ELSE waiting.from_day END,
    to_day = CASE WHEN waiting.state = 'waiting' THEN excluded.to_day ELSE waiting.to_day END,
    cause = CASE WHEN excluded.cause = 'wish' THEN waiting.cause ELSE excluded.cause END,
    lost_at = COALESCE(excluded.lost_at, waiting.lost_at), changed_at = excluded.changed_at
RETURNING id;

-- name: waiting_get^
SELECT id, citizen_id, point, role, from_day, to_day, state, cause, since, version, slot, starts_at, ends_at, wall,
    booking_id, offer_until, lost_at
FROM waiting WHERE id = :id;

-- name: waiting_all_of
SELECT id, citizen_id, point, role, from_day, to_day, state, cause, since, version, slot, starts_at, ends_at, wall,
    booking_id, offer_until, lost_at
FROM waiting WHERE citizen_id = :citizen_id ORDER BY since, id;

-- name: waiting_line
-- who waits, the longest first; a lost booking goes before a wish
SELECT id, citizen_id, point, role, from_day, to_day, state, cause, since, version, slot, starts_at, ends_at, wall,
    booking_id, offer_until, lost_at
FROM waiting WHERE state = 'waiting' AND point = :point AND role = :role
ORDER BY CASE WHEN cause = 'wish' THEN 1 ELSE 0 END, since, id LIMIT :limit;

-- name: waiting_lines
SELECT DISTINCT point, role FROM waiting WHERE state = 'waiting' ORDER BY point, role;

-- name: waiting_offer^
-- of two places that are freed at once one finds this row waiting
UPDATE waiting SET state = 'offered', version = version + 1, slot = :slot, starts_at = :starts_at, ends_at = :ends_at,
    wall = :wall, booking_id = :booking_id, offer_until = :until, changed_at = :at
WHERE id = :id AND state = 'waiting' RETURNING id;

-- name: waiting_back!
-- the place that was offered is gone: in the line again, at the old place
UPDATE waiting SET state = 'waiting', slot = NULL, starts_at = NULL, ends_at = NULL, wall = NULL, booking_id = NULL,
    offer_until = NULL, changed_at = :at
WHERE id = :id AND state = 'offered';

-- name: waiting_end^
UPDATE waiting SET state = :state, changed_at = :at
WHERE id = :id AND citizen_id = :citizen_id AND state IN ('waiting', 'offered') RETURNING booking_id;

-- name: waiting_missed
UPDATE waiting SET state = 'missed', changed_at = :now WHERE state = 'offered' AND offer_until <= :now
RETURNING id, citizen_id, point, role, booking_id, version;

-- name: waiting_over!
UPDATE waiting SET state = 'over', changed_at = :now WHERE state = 'waiting' AND to_day < :day;

-- name: waiting_of_booking^
SELECT id FROM waiting WHERE booking_id = :booking_id AND state = 'offered';

-- name: waiting_forget!
DELETE FROM waiting WHERE citizen_id = :citizen_id;

-- name: waiting_moved!
UPDATE waiting SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: waiting_rivals
SELECT id, citizen_id, role, booking_id FROM waiting
WHERE state IN ('waiting', 'offered') AND citizen_id IN (:to_id, :from_id)
ORDER BY role, CASE WHEN state = 'offered' THEN 0 ELSE 1 END, since, id;

-- name: purge_waiting
DELETE FROM waiting WHERE id IN (
    SELECT id FROM waiting WHERE state NOT IN ('waiting', 'offered') AND changed_at < :before LIMIT :limit)
RETURNING id;
