-- name: nudges_begin!
-- Looked at by the scheduler's next round, which knows how long a silence is. "No more" outlives a second consent.
INSERT INTO nudges (citizen_id, look_at) VALUES (:citizen_id, :at)
ON CONFLICT (citizen_id) DO UPDATE SET look_at = excluded.look_at;

-- name: nudges_next_look$
SELECT MIN(look_at) FROM nudges WHERE look_at IS NOT NULL;

-- name: nudges_due
-- What is known of those whose time it is to be looked at. Only `move` takes one off the list, so it's asked for again
-- when the transaction fails.
SELECT n.citizen_id, n.look_at, n.asked, n.asked_at, n.off_at, c.consent_at, c.stopped_at, s.updated_at, s.channel,
  CASE WHEN a.find IS NULL OR a.unreachable_at IS NOT NULL THEN 0 ELSE 1 END,
  CASE WHEN EXISTS (SELECT 1 FROM situations t WHERE t.citizen_id = n.citizen_id) THEN 1 ELSE 0 END,
  CASE WHEN EXISTS (SELECT 1 FROM cases k WHERE k.citizen_id = n.citizen_id AND k.state <> 'closed') THEN 1 ELSE 0 END
FROM nudges n
LEFT JOIN citizens c ON c.id = n.citizen_id
LEFT JOIN sessions s ON s.citizen_id = n.citizen_id
LEFT JOIN addresses a ON a.channel = s.channel AND a.find = s.address
WHERE n.citizen_id IN (SELECT citizen_id FROM nudges WHERE look_at <= :now ORDER BY look_at LIMIT :limit);

-- name: nudges_remind*!
-- The id holds the moment of the look: two schedulers that looked at once plan one reminder.
INSERT INTO reminders (id, citizen_id, kind, subject, due_at) VALUES (:id, :citizen_id, 'nudge', '', :due_at)
ON CONFLICT (id) DO NOTHING;

-- name: nudges_move*!
-- look_at is asked again: another scheduler, or a new consent, may have been quicker
UPDATE nudges SET look_at = :look_at, asked = :asked, asked_at = :asked_at
WHERE citizen_id = :citizen_id AND look_at = :looked_at;

-- name: nudges_switch*!
INSERT INTO nudges (citizen_id, look_at, off_at) VALUES (:citizen_id, :look_at, :off_at)
ON CONFLICT (citizen_id) DO UPDATE SET look_at = excluded.look_at, off_at = excluded.off_at, asked = 0;

-- name: nudges_merge!
-- what either wanted stays; the newest question counts for both
INSERT INTO nudges (citizen_id, look_at, asked, asked_at, off_at)
SELECT :to_id, look_at, asked, asked_at, off_at FROM nudges WHERE citizen_id = :from_id
ON CONFLICT (citizen_id) DO UPDATE SET look_at = COALESCE(nudges.look_at, excluded.look_at),
    asked_at = CASE WHEN nudges.asked_at IS NULL OR excluded.asked_at > nudges.asked_at
                    THEN excluded.asked_at ELSE nudges.asked_at END,
    off_at = COALESCE(nudges.off_at, excluded.off_at);

-- name: nudges_forget!
DELETE FROM nudges WHERE citizen_id = :citizen_id;
