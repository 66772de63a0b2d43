-- The articles of a source by age, for taking leave of the oldest.
CREATE INDEX articles_source ON articles (source_id, first_seen_ms);
