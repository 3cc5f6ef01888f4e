-- When a send may begin (NULL: at once), how many of its first places are the seeds, and how many seconds it is
-- held after them.
ALTER TABLE sends ADD COLUMN not_before TEXT;
ALTER TABLE sends ADD COLUMN seeds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sends ADD COLUMN hold REAL NOT NULL DEFAULT 0;
