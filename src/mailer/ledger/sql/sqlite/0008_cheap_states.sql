-- Every message changes its delivery twice, and every rule about `state` is read each time. SQLite builds a table of
-- a list of more than two values before it looks something up there, each time again: so the rules say it by `=`, the
-- states of the usual way first, and the index of the exceptional ones by `<>`.
CREATE TABLE deliveries_again (
    number INTEGER PRIMARY KEY,
    send INTEGER NOT NULL REFERENCES sends,
    issue INTEGER NOT NULL REFERENCES issues,
    seq INTEGER NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    merge_values TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state = 'accepted' OR state = 'sending' OR state = 'planned'
        OR state IN ('deferred', 'refused', 'in_doubt', 'suppressed', 'cancelled')
    ),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at TEXT CHECK ((next_at IS NOT NULL) = (state = 'deferred')),
    message_id TEXT NOT NULL DEFAULT '',
    code INTEGER NOT NULL DEFAULT 0,
    reply TEXT NOT NULL DEFAULT '',
    transport TEXT NOT NULL DEFAULT '',
    changed TEXT,
    dated INTEGER,
    size INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 1,
    provider_id TEXT NOT NULL DEFAULT ''
);

INSERT INTO deliveries_again (
    number, send, issue, seq, key, address, name, merge_values, state, attempts, next_at, message_id, code, reply,
    transport, changed, dated, size, held, provider_id
)
SELECT
    number, send, issue, seq, key, address, name, merge_values, state, attempts, next_at, message_id, code, reply,
    transport, changed, dated, size, held, provider_id
FROM deliveries;

DROP TABLE deliveries;
ALTER TABLE deliveries_again RENAME TO deliveries;

CREATE UNIQUE INDEX deliveries_once ON deliveries (issue, key) WHERE held = 1;
CREATE UNIQUE INDEX deliveries_key ON deliveries (key, send);
CREATE UNIQUE INDEX deliveries_order ON deliveries (send, seq);
CREATE INDEX deliveries_due ON deliveries (send, next_at) WHERE state = 'deferred';
CREATE INDEX deliveries_planned ON deliveries (send, seq) WHERE state = 'planned';
CREATE INDEX deliveries_sending ON deliveries (send) WHERE state = 'sending';
CREATE INDEX deliveries_exceptional ON deliveries (send, state, seq)
WHERE state <> 'planned' AND state <> 'sending' AND state <> 'accepted';
