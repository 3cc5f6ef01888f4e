-- The one row that names this ledger. `epoch` counts how often the sender's lock was taken, `sender` says who
-- holds it.
CREATE TABLE book (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    epoch INTEGER NOT NULL DEFAULT 0,
    sender TEXT NOT NULL DEFAULT ''
);

-- Compiled issues as JSON, each once, under the SHA-256 of the JSON.
CREATE TABLE contents (
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);

-- An issue as it was really sent, or as it was rehearsed: the two count only among themselves.
CREATE TABLE issues (
    number INTEGER PRIMARY KEY,
    slug TEXT NOT NULL,
    rehearsal INTEGER NOT NULL CHECK (rehearsal IN (0, 1)),
    UNIQUE (slug, rehearsal)
);

CREATE TABLE sends (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    issue INTEGER NOT NULL REFERENCES issues,
    list TEXT NOT NULL,
    where_expression TEXT NOT NULL,
    row_limit INTEGER,
    digest TEXT NOT NULL,
    transport TEXT NOT NULL,
    created TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'paused', 'finished', 'cancelled')),
    scopes TEXT NOT NULL,
    listed INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    not_selected INTEGER NOT NULL,
    elsewhere INTEGER NOT NULL,
    content INTEGER NOT NULL REFERENCES contents,
    settings TEXT NOT NULL,
    tested INTEGER NOT NULL,
    untested TEXT NOT NULL,
    reason TEXT NOT NULL,
    seconds REAL NOT NULL
);

-- The same command again goes on with the unfinished send: there can be only one.
CREATE UNIQUE INDEX sends_one_unfinished
ON sends (issue, list, where_expression, ifnull(row_limit, -1))
WHERE state IN ('planned', 'sending', 'paused');

-- One issue to one recipient; `seq` is the place in the list, from 1.
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY,
    send INTEGER NOT NULL REFERENCES sends,
    issue INTEGER NOT NULL REFERENCES issues,
    seq INTEGER NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    merge_values TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN (
            'planned', 'sending', 'accepted', 'deferred', 'refused', 'in_doubt', 'suppressed', 'cancelled'
        )
    ),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at TEXT CHECK ((next_at IS NOT NULL) = (state = 'deferred')),
    message_id TEXT NOT NULL DEFAULT '',
    code INTEGER NOT NULL DEFAULT 0,
    reply TEXT NOT NULL DEFAULT '',
    transport TEXT NOT NULL DEFAULT '',
    changed TEXT
);

-- The promise "nobody twice": whoever holds an issue in one send cannot be planned for it in another.
CREATE UNIQUE INDEX deliveries_once
ON deliveries (issue, key)
WHERE state IN ('planned', 'sending', 'accepted', 'deferred', 'in_doubt');

CREATE UNIQUE INDEX deliveries_key ON deliveries (key, send);
CREATE UNIQUE INDEX deliveries_order ON deliveries (send, seq);
CREATE INDEX deliveries_state ON deliveries (send, state, seq);
CREATE INDEX deliveries_due ON deliveries (send, next_at) WHERE state = 'deferred';

CREATE TABLE staff_tests (
    number INTEGER PRIMARY KEY,
    issue INTEGER NOT NULL REFERENCES issues,
    digest TEXT NOT NULL,
    at TEXT NOT NULL,
    recipients TEXT NOT NULL,
    transport TEXT NOT NULL,
    content INTEGER NOT NULL REFERENCES contents
);

CREATE INDEX staff_tests_digest ON staff_tests (digest);
CREATE INDEX staff_tests_issue ON staff_tests (issue);

-- Who must not be written to now; an empty list is all lists.
CREATE TABLE suppressions (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL CHECK (key <> ''),
    list TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    address TEXT NOT NULL,
    UNIQUE (key, list)
);

CREATE INDEX suppressions_newest ON suppressions (at, number);

-- Every suppression added or removed, for good; no address, so that a forgotten person stays forgotten.
CREATE TABLE suppression_changes (
    number INTEGER PRIMARY KEY,
    written TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    change TEXT NOT NULL CHECK (change IN ('added', 'removed')),
    key TEXT NOT NULL,
    list TEXT NOT NULL,
    reason TEXT NOT NULL
);

CREATE TRIGGER suppression_added AFTER INSERT ON suppressions
BEGIN
    INSERT INTO suppression_changes (change, key, list, reason)
    VALUES ('added', new.key, new.list, new.reason);
END;

CREATE TRIGGER suppression_removed AFTER DELETE ON suppressions
BEGIN
    INSERT INTO suppression_changes (change, key, list, reason)
    VALUES ('removed', old.key, old.list, old.reason);
END;

CREATE TRIGGER suppression_changes_stay_written BEFORE UPDATE ON suppression_changes
BEGIN
    SELECT raise(ABORT, 'the log of suppressions is never changed');
END;

CREATE TRIGGER suppression_changes_stay BEFORE DELETE ON suppression_changes
BEGIN
    SELECT raise(ABORT, 'the log of suppressions is never shortened');
END;
