-- name: suppress
INSERT INTO suppressions (key, list, reason, at, address)
VALUES (:key, :list, :reason, :at, :address)
ON CONFLICT DO NOTHING;

-- name: unsuppress
DELETE FROM suppressions WHERE key = :key AND list = :list;

-- name: suppressed
-- The suppression for all lists comes last, so that its reason wins.
SELECT key, reason FROM suppressions
WHERE
    key IN (SELECT value FROM json_each(:keys))
    AND (list = '' OR list IN (SELECT value FROM json_each(:scopes)))
ORDER BY list DESC;

-- name: newest_suppressions
SELECT * FROM suppressions ORDER BY at DESC, number DESC LIMIT :limit;

-- name: older_suppressions
SELECT * FROM suppressions
WHERE (at, number) < (:at, :number)
ORDER BY at DESC, number DESC
LIMIT :limit;
