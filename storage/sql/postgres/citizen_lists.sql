-- name: citizen_list
-- who agreed, the last heard first
WITH base AS (
  SELECT c.id, COALESCE(c.office, '') AS office, c.consent_at, c.stopped_at, COALESCE(s.channel, '') AS channel,
    COALESCE(s.updated_at, c.consent_at) AS heard_at,
    (SELECT MIN(b.starts_at) FROM bookings b
      WHERE b.citizen_id = c.id AND b.active = 1 AND b.state <> 'held' AND b.ends_at > :now::bigint) AS visit_at,
    (SELECT v.next_step FROM visits v WHERE v.citizen_id = c.id ORDER BY v.held_at DESC LIMIT 1) AS next_step,
    EXISTS (SELECT 1 FROM cases k WHERE k.citizen_id = c.id AND k.state <> 'closed') AS has_case
  FROM citizens c LEFT JOIN sessions s ON s.citizen_id = c.id
  WHERE c.consent_at IS NOT NULL AND (:everywhere = 1 OR COALESCE(c.office, '') = '' OR c.office = ANY(:offices::text[]))
    AND (:situation::text = '' OR EXISTS (SELECT 1 FROM situations t WHERE t.citizen_id = c.id AND t.situation = :situation::text))
    AND (:item::text = '' OR EXISTS (SELECT 1 FROM situations h WHERE h.citizen_id = c.id AND h.situation = ANY(:homes::text[])))
    AND (:item::text = '' OR :mark::text = ''
      OR COALESCE((SELECT p.state FROM plan_items p WHERE p.citizen_id = c.id AND p.item = :item::text), 'open') = :mark::text)
    AND COALESCE(s.updated_at, c.consent_at) >= :since::bigint AND COALESCE(s.updated_at, c.consent_at) < :until::bigint
), named AS (
  SELECT base.*, CASE WHEN has_case THEN 'case' WHEN visit_at IS NOT NULL THEN 'visit' WHEN next_step = 'centre' THEN 'centre'
    WHEN next_step IN ('advisor', 'matcher', 'repeat') THEN 'invited' WHEN heard_at < :quiet::bigint THEN 'quiet' ELSE 'plan' END AS state
  FROM base
)
SELECT id, office, consent_at, stopped_at, channel, heard_at, visit_at, COALESCE(next_step, 'none'), state FROM named
WHERE (:state::text = '' OR state = :state::text) AND (:next_step::text = '' OR COALESCE(next_step, 'none') = :next_step::text)
ORDER BY heard_at DESC, id LIMIT :limit OFFSET :skip;

-- name: citizen_list_count$
WITH base AS (
  SELECT c.id, COALESCE(c.office, '') AS office, c.consent_at, c.stopped_at, COALESCE(s.channel, '') AS channel,
    COALESCE(s.updated_at, c.consent_at) AS heard_at,
    (SELECT MIN(b.starts_at) FROM bookings b
      WHERE b.citizen_id = c.id AND b.active = 1 AND b.state <> 'held' AND b.ends_at > :now::bigint) AS visit_at,
    (SELECT v.next_step FROM visits v WHERE v.citizen_id = c.id ORDER BY v.held_at DESC LIMIT 1) AS next_step,
    EXISTS (SELECT 1 FROM cases k WHERE k.citizen_id = c.id AND k.state <> 'closed') AS has_case
  FROM citizens c LEFT JOIN sessions s ON s.citizen_id = c.id
  WHERE c.consent_at IS NOT NULL AND (:everywhere = 1 OR COALESCE(c.office, '') = '' OR c.office = ANY(:offices::text[]))
    AND (:situation::text = '' OR EXISTS (SELECT 1 FROM situations t WHERE t.citizen_id = c.id AND t.situation = :situation::text))
    AND (:item::text = '' OR EXISTS (SELECT 1 FROM situations h WHERE h.citizen_id = c.id AND h.situation = ANY(:homes::text[])))
    AND (:item::text = '' OR :mark::text = ''
      OR COALESCE((SELECT p.state FROM plan_items p WHERE p.citizen_id = c.id AND p.item = :item::text), 'open') = :mark::text)
    AND COALESCE(s.updated_at, c.consent_at) >= :since::bigint AND COALESCE(s.updated_at, c.consent_at) < :until::bigint
), named AS (
  SELECT base.*, CASE WHEN has_case THEN 'case' WHEN visit_at IS NOT NULL THEN 'visit' WHEN next_step = 'centre' THEN 'centre'
    WHEN next_step IN ('advisor', 'matcher', 'repeat') THEN 'invited' WHEN heard_at < :quiet::bigint THEN 'quiet' ELSE 'plan' END AS state
  FROM base
)
SELECT COUNT(*) FROM named
WHERE (:state::text = '' OR state = :state::text) AND (:next_step::text = '' OR COALESCE(next_step, 'none') = :next_step::text);
