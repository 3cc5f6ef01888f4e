-- What it takes to rebuild a message: the moment in its Date, in seconds since 1970, and how many bytes it had.
ALTER TABLE deliveries ADD COLUMN dated INTEGER;
ALTER TABLE deliveries ADD COLUMN size INTEGER NOT NULL DEFAULT 0;

-- Who tested an issue; and which test a send relied on, as JSON.
ALTER TABLE staff_tests ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE sends ADD COLUMN approval TEXT NOT NULL DEFAULT '{}';
