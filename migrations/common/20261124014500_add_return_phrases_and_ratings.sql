-- Who comes back with a return phrase bears the alias of their first contact
-- (alias_root); without one, every contact is somebody new.

ALTER TABLE contacts ADD COLUMN alias_root TEXT NOT NULL DEFAULT '';
UPDATE contacts SET alias_root = contact_id;
CREATE INDEX contacts_by_alias_root ON contacts (alias_root, arrived_at_ms);

-- One phrase for each person, and of it only the slow hash.
CREATE TABLE return_phrases (
    alias_root  TEXT PRIMARY KEY NOT NULL,
    phrase_hash BYTEA NOT NULL UNIQUE,
    made_at_ms  BIGINT NOT NULL
);

-- What a seeker says of a talk: 1 to 5, once for each contact, the last word counts.
CREATE TABLE ratings (
    contact_id TEXT PRIMARY KEY NOT NULL,
    score      BIGINT NOT NULL,
    at_ms      BIGINT NOT NULL
);

CREATE INDEX ratings_by_time ON ratings (at_ms);
