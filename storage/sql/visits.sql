-- name: visits_record$
-- one visit for one booking: recorded again, it is corrected
INSERT INTO visits (booking_id, citizen_id, phone_find, point, role, held_at, next_step, resume, application,
    needs_job, repeats, papers, referred_by, recorded_by, recorded_at, version)
VALUES (:booking_id, :citizen_id, :phone_find, :point, :role, :held_at, :next_step, :resume, :application,
    :needs_job, :repeats, :papers, :referred_by, :recorded_by, :recorded_at, 1)
ON CONFLICT (booking_id) DO UPDATE SET next_step = excluded.next_step, resume = excluded.resume,
    application = excluded.application, needs_job = excluded.needs_job, repeats = excluded.repeats,
    papers = excluded.papers, referred_by = excluded.referred_by, recorded_by = excluded.recorded_by,
    recorded_at = excluded.recorded_at, version = visits.version + 1
RETURNING booking_id;

-- name: visit_results_clear!
DELETE FROM visit_results WHERE booking_id = :booking_id;

-- name: visit_results_add*!
INSERT INTO visit_results (booking_id, code) VALUES (:booking_id, :code) ON CONFLICT (booking_id, code) DO NOTHING;

-- name: visit_results_of
SELECT code FROM visit_results WHERE booking_id = :booking_id;

-- name: visits_get^
SELECT * FROM visits WHERE booking_id = :booking_id;

-- name: visits_of_citizen
SELECT * FROM visits WHERE citizen_id = :citizen_id ORDER BY held_at, booking_id;

-- name: visits_of_phone
SELECT * FROM visits WHERE citizen_id IS NULL AND phone_find = :find ORDER BY held_at, booking_id;

-- name: visits_at_point
SELECT * FROM visits WHERE point = :point AND held_at >= :since AND held_at < :until ORDER BY held_at, booking_id;

-- name: visits_for_lead
SELECT * FROM visits WHERE told_lead_at IS NULL AND next_step = 'repeat' AND repeats >= :repeats ORDER BY held_at, booking_id;

-- name: visits_told_lead!
UPDATE visits SET told_lead_at = :at WHERE booking_id = :booking_id;

-- name: visits_count
SELECT r.code, COUNT(*) FROM visit_results r JOIN visits v ON v.booking_id = r.booking_id
WHERE v.held_at >= :since GROUP BY r.code ORDER BY 2 DESC, 1;

-- name: visits_forget!
-- that somebody was received stays in the figures, who it was does not
UPDATE visits SET citizen_id = NULL, phone_find = NULL, papers = '' WHERE citizen_id = :citizen_id;

-- name: moves_visits!
UPDATE visits SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: purge_visit_results!
DELETE FROM visit_results WHERE booking_id = :booking_id;

-- name: purge_visits
DELETE FROM visits WHERE booking_id IN (SELECT booking_id FROM visits WHERE held_at < :before LIMIT :limit)
RETURNING booking_id;

-- name: referrals_offer^
-- one live referral of a kind for one person; no error is raised
INSERT INTO referrals (id, citizen_id, booking_id, kind, state, outcome, asked, version, offered_by, changed_by, offered_at)
VALUES (:id, :citizen_id, :booking_id, :kind, 'offered', '', 0, 1, :by, :by, :at)
ON CONFLICT DO NOTHING RETURNING id;

-- name: referrals_get^
SELECT * FROM referrals WHERE id = :id;

-- name: referrals_of_citizen
SELECT * FROM referrals WHERE citizen_id = :citizen_id ORDER BY offered_at, id;

-- name: referrals_of_booking
SELECT * FROM referrals WHERE booking_id = :booking_id ORDER BY offered_at, id;

-- name: referrals_in_state
SELECT * FROM referrals WHERE state = :state ORDER BY offered_at, id LIMIT :limit;

-- name: referrals_change^
-- only from a state that leads there; the newer word of two at once is told that it came late
UPDATE referrals SET state = :state, outcome = :outcome, version = version + 1, changed_by = :by,
    answered_at = COALESCE(:answered_at, answered_at), passed_at = COALESCE(:passed_at, passed_at),
    done_at = COALESCE(:done_at, done_at)
WHERE id = :id AND version = :version RETURNING id;

-- name: referrals_asked!
UPDATE referrals SET asked = asked + 1 WHERE id = :id;

-- name: referrals_count
SELECT kind, state, COUNT(*) FROM referrals WHERE offered_at >= :since GROUP BY kind, state ORDER BY kind, state;

-- name: referrals_forget!
DELETE FROM referrals WHERE citizen_id = :citizen_id;

-- name: referrals_older
-- both had one of the kind alive: the newer goes on
DELETE FROM referrals WHERE state IN ('offered', 'agreed', 'passed') AND citizen_id IN (:to_id, :from_id) AND EXISTS (
    SELECT 1 FROM referrals n WHERE n.citizen_id IN (:to_id, :from_id) AND n.citizen_id <> referrals.citizen_id
      AND n.kind = referrals.kind AND n.state IN ('offered', 'agreed', 'passed')
      AND (n.offered_at > referrals.offered_at OR (n.offered_at = referrals.offered_at AND n.id > referrals.id)))
RETURNING id;

-- name: moves_referrals!
UPDATE referrals SET citizen_id = :to_id WHERE citizen_id = :from_id;

-- name: purge_referrals
DELETE FROM referrals WHERE id IN (
    SELECT id FROM referrals WHERE COALESCE(done_at, passed_at, answered_at, offered_at) < :before LIMIT :limit)
RETURNING id;

-- name: reasons_put!
INSERT INTO reasons (find, kind, reason, point, day) VALUES (:find, :kind, :reason, :point, :day)
ON CONFLICT (find) DO UPDATE SET reason = excluded.reason;

-- name: reasons_count
SELECT kind, reason, COUNT(*) FROM reasons WHERE day >= :since AND day <= :until AND (:point = '' OR point = :point)
GROUP BY kind, reason ORDER BY kind, 3 DESC, reason;
