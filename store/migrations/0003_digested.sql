-- The newest article that has been in a digest of the place: what fans out to it
-- once more must not come into the next one too.
ALTER TABLE dests ADD COLUMN digested INTEGER NOT NULL DEFAULT 0;
