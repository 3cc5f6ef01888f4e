-- name: name_book
INSERT INTO book (one, id) VALUES (1, :id)
ON CONFLICT DO NOTHING;

-- name: book
SELECT id, epoch, sender, instance, live_epoch, place, backed_up FROM book;

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
