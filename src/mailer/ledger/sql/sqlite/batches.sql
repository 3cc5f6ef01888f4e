-- name: add_batch
INSERT INTO batches (send, mark, begun, keys) VALUES (:send, :mark, :now, :keys);

-- name: batches_between
SELECT mark, begun, keys FROM batches
WHERE send = :send AND begun > :since AND begun <= :now
ORDER BY number DESC;

-- name: left_in_doubt
-- Those of a batch whose intent was the last that was heard of them.
SELECT deliveries.*
FROM json_each(:keys) AS wanted
CROSS JOIN deliveries ON deliveries.key = wanted.value AND deliveries.send = :send
WHERE
    deliveries.state = 'in_doubt'
    AND deliveries.changed = :begun
    AND substr(deliveries.transport, 1, instr(deliveries.transport || '?', '?') - 1) = :place
ORDER BY wanted.key;

-- name: take_up
UPDATE deliveries SET state = 'sending'
WHERE deliveries.key = :key AND send = :send AND state = 'in_doubt';
