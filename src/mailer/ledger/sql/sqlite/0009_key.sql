-- The name of the key that made the recipient keys in here, empty until one was used.
ALTER TABLE book ADD COLUMN key_name TEXT NOT NULL DEFAULT '';
