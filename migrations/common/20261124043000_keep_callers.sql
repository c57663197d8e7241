-- Who calls by telephone, without saying who: the fingerprint is a keyed hash that
-- recognises a number which calls again, the number itself is sealed for the vault.

CREATE TABLE callers (
    contact_id  TEXT PRIMARY KEY NOT NULL,
    standing    TEXT NOT NULL,
    lost_by     TEXT,
    fingerprint BYTEA,
    key_id      TEXT,
    sealed      BYTEA
);

CREATE INDEX callers_by_fingerprint ON callers (fingerprint);
