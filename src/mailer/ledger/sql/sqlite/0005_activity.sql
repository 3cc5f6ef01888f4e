-- When a send last changed its state: after that, none of its deliveries is handed over. Of a send that goes on it
-- says nothing. Of older sends nobody knows: they count as just ended.
ALTER TABLE sends ADD COLUMN active TEXT NOT NULL DEFAULT '';
UPDATE sends SET active = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now');
