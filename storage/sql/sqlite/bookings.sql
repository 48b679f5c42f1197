-- name: bookings_load
SELECT id, code, citizen_id, point, role, slot, place, starts_at, ends_at, wall, state, version, sequence, active,
    created_by, created_at, held_until, referred_by, person, is_late, resume
FROM bookings WHERE active = 1 AND ends_at > :now AND citizen_id IN (SELECT value FROM json_each(:ids))
ORDER BY starts_at, id;

-- name: waiting_load
SELECT id, citizen_id, point, role, from_day, to_day, state, cause, since, version, slot, starts_at, ends_at, wall,
    booking_id, offer_until, lost_at
FROM waiting WHERE state IN ('waiting', 'offered') AND citizen_id IN (SELECT value FROM json_each(:ids))
ORDER BY since, id;

-- name: bookings_line_lock
-- one writer: nothing to lock
SELECT 1;
