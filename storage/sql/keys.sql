-- name: keys_load()
SELECT name, wrapped FROM keys;

-- name: keys_add(name, wrapped)!
-- Of two processes at their first start one key lands; both read that one afterwards.
INSERT INTO keys (name, wrapped) VALUES (:name, :wrapped) ON CONFLICT (name) DO NOTHING;

-- name: keys_rewrap(name, wrapped)!
UPDATE keys SET wrapped = :wrapped WHERE name = :name;
