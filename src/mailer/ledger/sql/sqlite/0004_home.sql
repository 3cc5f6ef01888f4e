-- Where the ledger is at home: `instance` names the mark beside it (mark.py), `live_epoch` counts how often that was
-- written, `place` is what the mark's file was like then. A backup says when it was made, in `backed_up`.
ALTER TABLE book ADD COLUMN instance TEXT NOT NULL DEFAULT '';
ALTER TABLE book ADD COLUMN live_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE book ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE book ADD COLUMN backed_up TEXT NOT NULL DEFAULT '';
