-- name: name_book
INSERT INTO book (one, id) VALUES (1, :id)
ON CONFLICT DO NOTHING;

-- name: book
SELECT id, epoch, sender, instance, live_epoch, place, backed_up, key_name FROM book;

-- name: enter_sender
UPDATE book SET epoch = epoch + 1, sender = :sender;

-- name: leave_sender
UPDATE book SET sender = '';

-- name: count_live
UPDATE book SET instance = :instance, live_epoch = :epoch, place = '';

-- name: know_place
UPDATE book SET place = :place;

-- name: adopt
UPDATE book SET id = :id, backed_up = '';

-- name: note_key
UPDATE book SET key_name = :key_name;

-- name: people
SELECT key, address FROM deliveries
UNION
SELECT key, address FROM suppressions WHERE address <> '';

-- name: rename_deliveries
-- Whoever was taken for two people under two keys keeps one row under the old one.
UPDATE OR IGNORE deliveries SET key = :new WHERE key = :old;

-- name: rename_suppressions
UPDATE OR IGNORE suppressions SET key = :new WHERE key = :old;

-- name: call_backup
UPDATE book SET backed_up = :at, sender = '';

-- name: add_content
INSERT INTO contents (digest, body) VALUES (:digest, :body)
ON CONFLICT DO NOTHING;

-- name: content_number
SELECT number FROM contents WHERE digest = :digest;

-- name: add_issue
INSERT INTO issues (slug, rehearsal) VALUES (:slug, :rehearsal)
ON CONFLICT DO NOTHING;

-- name: issue_number
SELECT number FROM issues WHERE slug = :slug AND rehearsal = :rehearsal;
