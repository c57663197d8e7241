-- Tables whose shape each engine decides: the conversation and the journal.
-- Messages lie in the order they came, so that a batch of many conversations
-- touches few pages (the log is written page by page); clustered by contact a
-- message cost a quarter more CPU.

CREATE TABLE messages (
    contact_id TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    sender     TEXT NOT NULL,
    author_id  TEXT,
    client_id  TEXT,
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (contact_id, seq)
);

CREATE UNIQUE INDEX messages_once ON messages (contact_id, sender, client_id);

CREATE TABLE journal (
    seq   INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    body  TEXT NOT NULL,
    hash  BLOB NOT NULL
);

CREATE TABLE owner (
    single INTEGER PRIMARY KEY CHECK (single = 1),
    epoch  INTEGER NOT NULL,
    batch  INTEGER NOT NULL
);

INSERT INTO owner (single, epoch, batch) VALUES (1, 0, 0);
