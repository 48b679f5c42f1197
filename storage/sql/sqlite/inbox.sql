-- name: inbox_claim
-- One writer: nothing to lock. The lanes whose turn it is, oldest first: each is found at the first of its incomings that
-- are due, so one who wrote a thousand times takes one place. The last column: whose the address is by now.
SELECT i.id, i.citizen_id, i.channel, i.address, i.event, i.attempts, i.payload, i.arrived_at, i.not_before,
  EXISTS (SELECT 1 FROM inbox k WHERE k.state = 0 AND k.citizen_id = i.citizen_id AND k.id <> i.id), a.citizen_id
FROM inbox i LEFT JOIN addresses a ON a.channel = i.channel AND a.find = i.address
WHERE i.id IN (
    SELECT (SELECT j.id FROM inbox j WHERE j.state = 0 AND j.citizen_id = w.citizen_id ORDER BY j.ordinal, j.id LIMIT 1)
    FROM inbox w WHERE w.state = 0 AND w.not_before <= :now AND NOT EXISTS (
        SELECT 1 FROM inbox p
        WHERE p.state = 0 AND p.citizen_id = w.citizen_id AND p.id < w.id AND p.not_before <= :now)
    ORDER BY w.id LIMIT :limit);

-- name: inbox_lane
SELECT citizen_id FROM inbox WHERE id = :id AND state = 0;

-- name: inbox_first
-- the last column: whose the address is by now
SELECT i.id, i.citizen_id, i.channel, i.address, i.event, i.attempts, i.payload, i.arrived_at, i.not_before,
  EXISTS (SELECT 1 FROM inbox k WHERE k.state = 0 AND k.citizen_id = i.citizen_id AND k.id <> i.id), a.citizen_id
FROM inbox i LEFT JOIN addresses a ON a.channel = i.channel AND a.find = i.address
WHERE i.state = 0 AND i.citizen_id IN (SELECT value FROM json_each(:ids))
  AND i.id = (SELECT j.id FROM inbox j WHERE j.state = 0 AND j.citizen_id = i.citizen_id ORDER BY j.ordinal, j.id LIMIT 1);

-- name: addresses_known
-- by channel too: the key begins with it, and without it every citizen is looked through
SELECT channel, find, citizen_id, chat IS NULL, unreachable_at IS NOT NULL FROM addresses
WHERE channel IN (SELECT value FROM json_each(:channels)) AND find IN (SELECT value FROM json_each(:finds));
