-- What goes on beside a talk and must outlive a restart: calls for help, and looks into it.

CREATE TABLE calls (
    contact_id   TEXT PRIMARY KEY NOT NULL,
    counselor_id TEXT NOT NULL,
    at_ms        BIGINT NOT NULL,
    heeded_by    TEXT
);

CREATE TABLE looks (
    look_id     TEXT PRIMARY KEY NOT NULL,
    contact_id  TEXT NOT NULL,
    account_id  TEXT NOT NULL,
    began_at_ms BIGINT NOT NULL
);
