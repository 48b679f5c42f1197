-- name: inbox_lock_lanes
-- NO KEY UPDATE: arrivals of the same citizen may be stored meanwhile. The incoming themselves are read by a second
-- statement: this one's snapshot is older than the lock it may have waited for. A lane is found at the first of its
-- incomings that are due, so one who wrote a thousand times takes one place; more lanes are looked at than taken, for
-- some are locked by others. OFFSET keeps PostgreSQL from making a join of it, which reads the whole queue.
SELECT c.id FROM citizens c
WHERE c.id IN (
    SELECT w.citizen_id FROM inbox w
    WHERE w.state = 0 AND w.not_before <= :now AND NOT EXISTS (
        SELECT 1 FROM inbox p
        WHERE p.state = 0 AND p.citizen_id = w.citizen_id AND p.id < w.id AND p.not_before <= :now
        LIMIT 1 OFFSET 0)
    ORDER BY w.id LIMIT :limit * 8)
LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED;

-- name: inbox_lock
SELECT id FROM citizens WHERE id = ANY(:ids::text[]) FOR NO KEY UPDATE SKIP LOCKED;

-- name: inbox_lane
SELECT c.id FROM citizens c
WHERE c.id = (SELECT citizen_id FROM inbox WHERE id = :id AND state = 0) FOR NO KEY UPDATE SKIP LOCKED;

-- name: inbox_first
-- the last column: whose the address is by now
SELECT i.id, i.citizen_id, i.channel, i.address, i.event, i.attempts, i.payload, i.arrived_at, i.not_before,
  EXISTS (SELECT 1 FROM inbox k WHERE k.state = 0 AND k.citizen_id = i.citizen_id AND k.id <> i.id), a.citizen_id
FROM (
    SELECT DISTINCT ON (citizen_id) id, citizen_id, channel, address, event, attempts, payload, arrived_at, not_before
    FROM inbox WHERE state = 0 AND citizen_id = ANY(:ids::text[])
    ORDER BY citizen_id, ordinal, id) i
LEFT JOIN addresses a ON a.channel = i.channel AND a.find = i.address;

-- name: addresses_known
-- by channel too: the key begins with it, and without it every citizen is looked through
SELECT channel, find, citizen_id, chat IS NULL, unreachable_at IS NOT NULL FROM addresses
WHERE channel = ANY(:channels::text[]) AND find = ANY(:finds::text[]);
