-- name: bookings_take^
-- UNIQUE (slot, place) and UNIQUE (citizen_id, role), both WHERE active: of all who ask at once one row lands. No error
-- is raised, so PostgreSQL keeps the transaction.
INSERT INTO bookings (id, code, citizen_id, point, role, slot, place, starts_at, ends_at, wall, state, held_until,
    created_by, referred_by, person, created_at, changed_at)
VALUES (:id, :code, :citizen_id, :point, :role, :slot, :place, :starts_at, :ends_at, :wall, :state, :held_until,
    :created_by, :referred_by, :person, :at, :at)
ON CONFLICT DO NOTHING RETURNING id;

-- name: bookings_get^
SELECT id, code, citizen_id, point, role, slot, place, starts_at, ends_at, wall, state, version, sequence, active,
    created_by, created_at, held_until, referred_by, person, is_late, resume
FROM bookings WHERE id = :id;

-- name: bookings_seats
SELECT place, citizen_id, CASE WHEN state = 'held' THEN held_until END FROM bookings WHERE slot = :slot AND active = 1;

-- name: bookings_taken
-- a kept seat whose time is over is nobody's
SELECT slot, COUNT(*) FROM bookings
WHERE point = :point AND role = :role AND starts_at >= :after AND starts_at < :before AND active = 1
  AND (state <> 'held' OR held_until > :now) AND place <= :places
GROUP BY slot;

-- name: bookings_of
-- every booking of the citizen, for their own eyes
SELECT id, code, citizen_id, point, role, slot, place, starts_at, ends_at, wall, state, version, sequence, active,
    created_by, created_at, held_until, referred_by, person, is_late, resume
FROM bookings WHERE citizen_id = :citizen_id ORDER BY starts_at, id;

-- name: bookings_day
SELECT id, code, citizen_id, point, role, slot, place, starts_at, ends_at, wall, state, version, sequence, active,
    created_by, created_at, held_until, referred_by, person, is_late, resume
FROM bookings WHERE point = :point AND role = :role AND starts_at >= :after AND starts_at < :before
ORDER BY starts_at, place, id;

-- name: bookings_ahead
-- taken seats to come, kept ones too; a page at a time
SELECT id, code, citizen_id, point, role, slot, place, starts_at, ends_at, wall, state, version, sequence, active,
    created_by, created_at, held_until, referred_by, person, is_late, resume
FROM bookings WHERE active = 1 AND starts_at > :now AND id > :id ORDER BY id LIMIT :limit;

-- name: bookings_confirm^
-- once more changes nothing, and gives the same row. A seat kept too long is still theirs while nobody wanted it.
UPDATE bookings SET state = 'booked', held_until = NULL, changed_at = :at
WHERE id = :id AND state = 'held' AND active = 1 AND citizen_id = :citizen_id AND starts_at > :at RETURNING id;

-- name: bookings_hand_over^
-- the seat that an offer kept becomes the citizen's; refused when they have an active one of this specialist
UPDATE bookings SET state = 'booked', held_until = NULL, citizen_id = :citizen_id, changed_at = :at
WHERE id = :id AND state = 'held' AND active = 1 AND citizen_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM bookings o WHERE o.citizen_id = :citizen_id AND o.role = bookings.role AND o.active = 1)
RETURNING id;

-- name: bookings_reseat!
UPDATE bookings SET slot = :slot, place = :place, point = :point, starts_at = :starts_at, ends_at = :ends_at,
    wall = :wall, state = 'booked', version = version + 1, sequence = sequence + 1, is_late = 0, changed_at = :at
WHERE id = :id;

-- name: bookings_lock^
-- of two who change one booking at once the second sees what the first did
UPDATE bookings SET changed_at = :at WHERE id = :id AND active = 1 AND state <> 'held' RETURNING id;

-- name: bookings_cancel^
UPDATE bookings SET state = :state, active = 0, version = version + 1, sequence = sequence + 1, changed_at = :at
WHERE id = :id AND active = 1 AND state <> 'held' RETURNING id;

-- name: bookings_release!
-- a seat that was only kept leaves no trace
DELETE FROM bookings WHERE id = :id AND state = 'held';

-- name: bookings_let_go
-- what the citizen kept of this specialist before
DELETE FROM bookings WHERE citizen_id = :citizen_id AND role = :role AND state = 'held' AND slot <> :slot RETURNING id;

-- name: bookings_expire
-- kept seats whose time is over; those of offers are given back with the offer
DELETE FROM bookings WHERE state = 'held' AND held_until <= :now
  AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.booking_id = bookings.id AND w.state = 'offered')
RETURNING id, point, role;

-- name: bookings_expire_slot
DELETE FROM bookings WHERE slot = :slot AND state = 'held' AND held_until <= :now
  AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.booking_id = bookings.id AND w.state = 'offered')
RETURNING id;

-- name: bookings_keep^
UPDATE bookings SET held_until = :until, changed_at = :at
WHERE citizen_id = :citizen_id AND slot = :slot AND state = 'held' AND active = 1 RETURNING id;

-- name: bookings_has_ended$
-- whether the clock has anything to give back
SELECT CASE WHEN EXISTS (SELECT 1 FROM bookings WHERE state = 'held' AND held_until <= :now)
    OR EXISTS (SELECT 1 FROM bookings WHERE active = 1 AND state <> 'held' AND ends_at <= :now)
    OR EXISTS (SELECT 1 FROM waiting WHERE state = 'offered' AND offer_until <= :now)
    OR EXISTS (SELECT 1 FROM waiting WHERE state = 'waiting' AND to_day < :day) THEN 1 ELSE 0 END;

-- name: bookings_lapse!
-- visits that are over take no seat, whatever staff wrote down of them
UPDATE bookings SET active = 0 WHERE active = 1 AND state <> 'held' AND ends_at <= :now;

-- name: bookings_lapse_own!
UPDATE bookings SET active = 0
WHERE citizen_id = :citizen_id AND role = :role AND active = 1 AND state <> 'held' AND ends_at <= :now;

-- name: bookings_mark^
UPDATE bookings SET state = :state, active = :active, changed_at = :at
WHERE id = :id AND state IN ('booked', 'reminded', 'confirmed', 'served', 'no_show') AND state <> :state
  AND (:state <> 'reminded' OR state = 'booked') AND (:active = 0 OR active = 1) RETURNING id;

-- name: bookings_remind_note*!
-- the line of the history first: it tells by the state whether there is anything to change
INSERT INTO booking_events (booking_id, number, state, actor, at, reason)
SELECT b.id, COALESCE((SELECT MAX(e.number) FROM booking_events e WHERE e.booking_id = b.id), 0) + 1, 'reminded', 'clock',
    CAST(:at AS BIGINT), ''
FROM bookings b WHERE b.id = :id AND b.citizen_id = :citizen_id AND b.state = 'booked' AND b.active = 1;

-- name: bookings_reminded*!
UPDATE bookings SET state = 'reminded', changed_at = :at
WHERE id = :id AND citizen_id = :citizen_id AND state = 'booked' AND active = 1;

-- name: bookings_late^
UPDATE bookings SET is_late = 1, changed_at = :at WHERE id = :id AND active = 1 AND state <> 'held' RETURNING id;

-- name: bookings_resume^
UPDATE bookings SET resume = :resume, changed_at = :at
WHERE id = :id AND citizen_id = :citizen_id AND active = 1 AND state <> 'held' RETURNING id;

-- name: booking_event!
INSERT INTO booking_events (booking_id, number, state, actor, at, reason)
SELECT :booking_id, COALESCE(MAX(number), 0) + 1, CAST(:state AS TEXT), CAST(:actor AS TEXT), CAST(:at AS BIGINT),
    CAST(:reason AS TEXT)
FROM booking_events WHERE booking_id = :booking_id;

-- name: booking_history
SELECT number, state, actor, at, reason FROM booking_events WHERE booking_id = :booking_id ORDER BY number;

-- name: bookings_remind*!
-- a reminder that was cancelled by «стоп» comes back; one that was given out does not
INSERT INTO reminders (id, citizen_id, kind, subject, due_at) VALUES (:id, :citizen_id, :kind, :subject, :due_at)
ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, state = 0 WHERE reminders.state = 3;

-- name: bookings_forget!
-- that somebody came stays, who it was does not; what is to come is free again
UPDATE bookings SET citizen_id = NULL, person = NULL, referred_by = '', resume = '',
    state = CASE WHEN active = 1 THEN 'cancelled_citizen' ELSE state END,
    version = version + active, sequence = sequence + active, active = 0
WHERE citizen_id = :citizen_id;

-- name: bookings_forget_offers!
DELETE FROM bookings WHERE state = 'held'
  AND (citizen_id = :citizen_id OR id IN (SELECT booking_id FROM waiting WHERE citizen_id = :citizen_id AND state = 'offered'));

-- name: purge_bookings
UPDATE bookings SET citizen_id = NULL, person = NULL, referred_by = '', resume = '' WHERE id IN (
    SELECT id FROM bookings WHERE starts_at < :before AND (citizen_id IS NOT NULL OR person IS NOT NULL) LIMIT :limit)
RETURNING id;

-- name: bookings_moved!
UPDATE bookings SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: bookings_rivals
-- active ones of two citizens who are one, the earlier visit first
SELECT id, citizen_id, role, state FROM bookings
WHERE active = 1 AND citizen_id IN (:to_id, :from_id) ORDER BY role, CASE WHEN state = 'held' THEN 1 ELSE 0 END, starts_at, id;

-- name: closures_add^
INSERT INTO closures (point, role, day, reason, actor, at) VALUES (:point, :role, :day, :reason, :actor, :at)
ON CONFLICT (point, role, day) DO NOTHING RETURNING day;

-- name: closures_remove^
DELETE FROM closures WHERE point = :point AND role = :role AND day = :day RETURNING day;

-- name: closures_since
SELECT point, role, day, reason, actor, at FROM closures WHERE day >= :day ORDER BY day, point, role;

-- name: closures_has$
SELECT 1 FROM closures WHERE point = :point AND role = :role AND day = :day;
