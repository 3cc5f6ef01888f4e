-- What went out in one request to a provider that knows a request again by its mark: the recipients' keys, as a JSON
-- array in the request's order, and when their intents were written.
CREATE TABLE batches (
    number INTEGER PRIMARY KEY,
    send INTEGER NOT NULL REFERENCES sends,
    mark TEXT NOT NULL UNIQUE CHECK (mark <> ''),
    begun TEXT NOT NULL,
    keys TEXT NOT NULL
);
CREATE INDEX batches_of_send ON batches (send, begun);
