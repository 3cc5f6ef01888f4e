-- A send changes the state of every delivery twice, so no index that reads `state` may hold them all.

-- Whether the recipient holds the issue: while planned, sending, accepted, deferred or in_doubt. A column of its own,
-- which a delivery that goes its usual way keeps: the promise "nobody twice" then costs nothing on the way.
ALTER TABLE deliveries ADD COLUMN held INTEGER NOT NULL DEFAULT 1;
UPDATE deliveries SET held = 0 WHERE state IN ('refused', 'suppressed', 'cancelled');
DROP INDEX deliveries_once;
CREATE UNIQUE INDEX deliveries_once ON deliveries (issue, key) WHERE held = 1;

DROP INDEX deliveries_state;
CREATE INDEX deliveries_planned ON deliveries (send, seq) WHERE state = 'planned';
CREATE INDEX deliveries_sending ON deliveries (send) WHERE state = 'sending';
CREATE INDEX deliveries_exceptional ON deliveries (send, state, seq)
WHERE state NOT IN ('planned', 'sending', 'accepted');
