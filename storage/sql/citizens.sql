-- name: citizens_consent!
UPDATE citizens SET consent_version = :version, consent_at = :at WHERE id = :id;

-- name: citizens_stop*!
UPDATE citizens SET stopped_at = :at WHERE id = :id;

-- name: citizens_place!
UPDATE citizens SET office = :office WHERE id = :id;

-- name: citizens_erased!
UPDATE citizens SET consent_version = NULL, consent_at = NULL, office = NULL, erased_at = :at WHERE id = :id;

-- name: citizens_withdrawn!
UPDATE citizens SET consent_version = NULL, consent_at = NULL, office = NULL WHERE id = :id;

-- name: citizens_known$
SELECT id FROM citizens WHERE id = :id;

-- name: situations_add*!
INSERT INTO situations (citizen_id, situation, since_at) VALUES (:citizen_id, :situation, :at)
ON CONFLICT (citizen_id, situation) DO NOTHING;

-- name: situations_clear!
DELETE FROM situations WHERE citizen_id = :citizen_id;

-- name: addresses_unreachable*!
UPDATE addresses SET unreachable_at = :at WHERE channel = :channel AND find = :find;

-- name: addresses_of
SELECT channel, find FROM addresses WHERE citizen_id = :citizen_id;

-- name: sessions_save*!
INSERT INTO sessions (citizen_id, channel, address, place, data, version, updated_at)
VALUES (:citizen_id, :channel, :address, :place, :data, :version, :updated_at)
ON CONFLICT (citizen_id) DO UPDATE SET channel = excluded.channel, address = excluded.address, place = excluded.place,
    data = excluded.data, version = excluded.version, updated_at = excluded.updated_at;

-- name: sessions_forget!
DELETE FROM sessions WHERE citizen_id = :citizen_id;

-- name: starts_count*!
INSERT INTO starts (tag, channel, day, count) VALUES (:tag, :channel, :day, :count)
ON CONFLICT (day, tag, channel) DO UPDATE SET count = starts.count + excluded.count;

-- name: starts_by_tag
SELECT tag, channel, SUM(count) FROM starts WHERE day >= :since GROUP BY tag, channel ORDER BY 3 DESC, 1, 2;

-- name: plan_save*!
INSERT INTO plan_items (citizen_id, item, state, earlier, later_at, version, changed_at, added)
VALUES (:citizen_id, :item, :state, :earlier, :later_at, :version, :changed_at, :added)
ON CONFLICT (citizen_id, item) DO UPDATE SET state = excluded.state, earlier = excluded.earlier,
    later_at = excluded.later_at, version = excluded.version, changed_at = excluded.changed_at,
    added = excluded.added;

-- name: plan_forget!
DELETE FROM plan_items WHERE citizen_id = :citizen_id;

-- name: plan_forget_items*!
DELETE FROM plan_items WHERE citizen_id = :citizen_id AND item = :item;

-- name: reminders_forget_items*!
DELETE FROM reminders WHERE citizen_id = :citizen_id AND subject = :item AND kind = 'plan_item';

-- name: reminders_add*!
INSERT INTO reminders (id, citizen_id, kind, subject, due_at) VALUES (:id, :citizen_id, :kind, :subject, :due_at)
ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, state = 0;

-- name: reminders_cancel*!
UPDATE reminders SET state = 3 WHERE citizen_id = :citizen_id AND subject = :subject AND state IN (0, 1);

-- name: reminders_live_of
SELECT id FROM reminders WHERE citizen_id = :citizen_id AND subject = :subject AND state IN (0, 1);

-- name: reminders_cancel_all*!
UPDATE reminders SET state = 3 WHERE citizen_id = :citizen_id AND state IN (0, 1);

-- name: reminders_forget!
DELETE FROM reminders WHERE citizen_id = :citizen_id;

-- name: reminders_take
-- state is asked again outside: on PostgreSQL who waited for the row's lock judges only that anew
UPDATE reminders SET state = 1
WHERE state = 0 AND id IN (SELECT id FROM reminders WHERE state = 0 AND due_at <= :now ORDER BY due_at LIMIT :limit)
RETURNING id, citizen_id, kind, subject, due_at;

-- name: reminders_next_due$
SELECT MIN(due_at) FROM reminders WHERE state = 0;

-- name: holdings^
SELECT
  (SELECT COUNT(*) FROM plan_items WHERE citizen_id = :id),
  (SELECT COUNT(*) FROM reminders r WHERE r.citizen_id = :id AND (r.state = 0 OR r.state = 1 AND EXISTS (
      SELECT 1 FROM outbox o WHERE o.subject = r.id AND o.state IN (0, 1)))),
  (SELECT COUNT(*) FROM cases WHERE citizen_id = :id),
  (SELECT COUNT(*) FROM inbox WHERE citizen_id = :id AND payload IS NOT NULL AND state <> 0)
    + (SELECT COUNT(*) FROM outbox WHERE citizen_id = :id AND body IS NOT NULL AND keep = 1),
  (SELECT consent_at FROM citizens WHERE id = :id),
  (SELECT COUNT(*) FROM answers WHERE citizen_id = :id),
  (SELECT COUNT(*) FROM bookings WHERE citizen_id = :id AND state <> 'held')
    + (SELECT COUNT(*) FROM waiting WHERE citizen_id = :id);

-- name: situations_of
SELECT situation FROM situations WHERE citizen_id = :id ORDER BY since_at, situation;
