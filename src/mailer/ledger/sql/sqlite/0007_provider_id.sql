-- What a provider calls the message: its events name that. Empty where the other side gave no name of its own.
ALTER TABLE deliveries ADD COLUMN provider_id TEXT NOT NULL DEFAULT '';
