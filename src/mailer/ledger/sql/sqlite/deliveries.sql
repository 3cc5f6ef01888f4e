-- name: add_delivery
-- Left out without an error: whoever holds this issue already, in this send or another.
INSERT INTO deliveries (send, issue, seq, key, address, name, merge_values, state, held, reply)
VALUES (:send, :issue, :seq, :key, :address, :name, :values, :state, :state <> 'suppressed', :reply)
ON CONFLICT DO NOTHING;

-- name: figures
-- Counted in the indexes, without a look at the rows: who is accepted are those of `all` that are nothing else.
SELECT 'all' AS state, count(*) AS number FROM deliveries WHERE send = :send
UNION ALL
SELECT 'planned', count(*) FROM deliveries WHERE send = :send AND state = 'planned'
UNION ALL
SELECT 'sending', count(*) FROM deliveries WHERE send = :send AND state = 'sending'
UNION ALL
SELECT state, count(*) FROM deliveries
WHERE send = :send AND state <> 'planned' AND state <> 'sending' AND state <> 'accepted'
GROUP BY state;

-- name: planned
SELECT * FROM deliveries
WHERE send = :send AND state = 'planned' AND seq <= :places
ORDER BY seq
LIMIT :limit;

-- name: deferred
SELECT * FROM deliveries
WHERE send = :send AND state = 'deferred' AND next_at <= :now
ORDER BY next_at, seq
LIMIT :limit;

-- name: next_due
SELECT min(next_at) AS next_at FROM deliveries WHERE send = :send AND state = 'deferred';

-- name: suppress_delivery
UPDATE deliveries SET state = 'suppressed', held = 0, next_at = NULL, code = 0, reply = :reason, changed = :now
WHERE number = :row AND state IN ('planned', 'deferred');

-- name: rows_of
SELECT number, key FROM deliveries WHERE send = :send AND key IN (SELECT value FROM json_each(:keys));

-- name: held_back
-- Who of these may not go now: whoever is suppressed, with the reason, the one for all lists first; whoever is neither
-- planned nor deferred, and everybody unless the send is being sent. CROSS JOIN and `+`: look each row up by its
-- number, here and below, rather than go through all that are planned.
SELECT number, suppressed FROM (
    SELECT
        wanted.value AS number,
        deliveries.number IS NULL AS away,
        (
            SELECT suppressions.reason FROM suppressions
            WHERE
                suppressions.key = deliveries.key
                AND (suppressions.list = '' OR suppressions.list IN (SELECT value FROM json_each(sends.scopes)))
            ORDER BY suppressions.list
            LIMIT 1
        ) AS suppressed
    FROM sends
    CROSS JOIN json_each(:rows) AS wanted
    LEFT JOIN deliveries
        ON
            deliveries.number = wanted.value
            AND +deliveries.send = sends.number
            AND +deliveries.state IN ('planned', 'deferred')
            AND sends.state = 'sending'
    WHERE sends.number = :send
)
WHERE away OR suppressed IS NOT NULL;

-- name: begin
-- Message-ID, moment, bytes, transport, now, number, send.
UPDATE deliveries
SET
    state = 'sending', attempts = attempts + 1, next_at = NULL, message_id = ?, dated = ?, size = ?, transport = ?,
    changed = ?
WHERE number = ? AND +send = ? AND +state IN ('planned', 'deferred');

-- name: accept
-- Code, reply, name by the provider, now, number, send.
UPDATE deliveries SET state = 'accepted', code = ?, reply = ?, provider_id = ?, changed = ?
WHERE number = ? AND +send = ? AND +state = 'sending';

-- name: settle
UPDATE deliveries
SET
    state = :state, held = :state IN ('deferred', 'in_doubt'), next_at = :next_at, code = :code, reply = :reply,
    provider_id = :provider_id, changed = :now
WHERE number = :row AND state = 'sending';

-- name: refuse
UPDATE deliveries SET state = 'refused', held = 0, next_at = NULL, code = 0, reply = :reason, changed = :now
WHERE send = :send AND key = :key AND state IN ('planned', 'deferred');

-- name: give_back
UPDATE deliveries SET state = :state, held = :state <> 'cancelled', attempts = attempts - 1
WHERE send = :send AND key = :key AND state = 'sending';

-- name: cancel
UPDATE deliveries SET state = 'cancelled', held = 0, next_at = NULL
WHERE send = :send AND state IN ('planned', 'deferred');

-- name: doubt
UPDATE deliveries SET state = 'in_doubt', code = 0, reply = :reply
WHERE state = 'sending' AND send IN (SELECT number FROM sends);

-- name: plan_refused
-- Whoever got the issue by another send since then stays refused here.
UPDATE deliveries SET state = 'planned', held = 1, attempts = 0
WHERE
    send = :send
    AND state = 'refused'
    AND NOT EXISTS (
        SELECT 1 FROM deliveries AS other
        WHERE
            other.issue = deliveries.issue
            AND other.key = deliveries.key
            AND other.held = 1
    );

-- name: resolve
UPDATE deliveries SET state = :state, held = :state <> 'cancelled' WHERE send = :send AND state = 'in_doubt';

-- name: unsettled
SELECT
    EXISTS (SELECT 1 FROM deliveries WHERE send = :send AND state = 'planned')
    OR EXISTS (SELECT 1 FROM deliveries WHERE send = :send AND state = 'sending')
    OR EXISTS (SELECT 1 FROM deliveries WHERE send = :send AND state = 'deferred') AS found;

-- name: page
SELECT * FROM deliveries WHERE send = :send AND seq > :after ORDER BY seq LIMIT :limit;

-- name: page_of_states
SELECT * FROM deliveries
WHERE send = :send AND seq > :after AND state IN (SELECT value FROM json_each(:states))
ORDER BY seq
LIMIT :limit;

-- name: page_of_exceptional
SELECT * FROM deliveries
WHERE
    send = :send AND seq > :after AND state <> 'planned' AND state <> 'sending' AND state <> 'accepted'
    AND state IN (SELECT value FROM json_each(:states))
ORDER BY seq
LIMIT :limit;

-- name: timeline
SELECT substr(changed, 1, 19) AS second, state, count(*) AS number
FROM deliveries
WHERE send = :send AND state IN ('accepted', 'deferred', 'refused', 'in_doubt') AND changed IS NOT NULL
GROUP BY second, state
ORDER BY second, state;

-- name: handed_over
-- Of sends that have ended before, not a row is looked at.
SELECT
    max(CASE deliveries.state WHEN 'in_doubt' THEN :now ELSE deliveries.changed END) AS at,
    sum(deliveries.attempts) AS number,
    '' AS domain
FROM sends
CROSS JOIN deliveries ON deliveries.send = sends.number
WHERE
    (sends.active > :since OR sends.state IN ('planned', 'sending', 'paused'))
    AND deliveries.state IN ('sending', 'accepted', 'deferred', 'refused', 'in_doubt', 'cancelled')
    AND deliveries.attempts > 0
    AND deliveries.changed > :since
    AND substr(deliveries.transport, 1, instr(deliveries.transport || '?', '?') - 1) = :place
GROUP BY deliveries.state = 'in_doubt', substr(deliveries.changed, 1, 18)
ORDER BY at;

-- name: handed_over_by_domain
SELECT
    max(CASE deliveries.state WHEN 'in_doubt' THEN :now ELSE deliveries.changed END) AS at,
    sum(deliveries.attempts) AS number,
    substr(deliveries.address, instr(deliveries.address, '@') + 1) AS domain
FROM sends
CROSS JOIN deliveries ON deliveries.send = sends.number
WHERE
    (sends.active > :since OR sends.state IN ('planned', 'sending', 'paused'))
    AND deliveries.state IN ('sending', 'accepted', 'deferred', 'refused', 'in_doubt', 'cancelled')
    AND deliveries.attempts > 0
    AND deliveries.changed > :since
    AND substr(deliveries.transport, 1, instr(deliveries.transport || '?', '?') - 1) = :place
GROUP BY domain, deliveries.state = 'in_doubt', substr(deliveries.changed, 1, 15)
ORDER BY at;

-- name: history
SELECT deliveries.*, sends.id AS send_id
FROM deliveries
INNER JOIN sends ON deliveries.send = sends.number
WHERE deliveries.key = :key
ORDER BY deliveries.send DESC;

-- name: elsewhere
SELECT key FROM deliveries
WHERE
    issue = (SELECT number FROM issues WHERE slug = :slug AND rehearsal = :rehearsal)
    AND key IN (SELECT value FROM json_each(:keys))
    AND held = 1;
