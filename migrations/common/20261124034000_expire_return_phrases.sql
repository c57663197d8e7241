-- A return phrase that nobody uses for long enough is forgotten.

ALTER TABLE return_phrases ADD COLUMN used_at_ms BIGINT NOT NULL DEFAULT 0;
UPDATE return_phrases SET used_at_ms = made_at_ms;
CREATE INDEX return_phrases_by_use ON return_phrases (used_at_ms);
