-- Tables whose shape each engine decides: the conversation, the journal, and
-- the owner's row, which every transaction changes (room for that on its page).

CREATE TABLE messages (
    contact_id TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    message_id TEXT COLLATE "C" NOT NULL,
    sender     TEXT COLLATE "C" NOT NULL,
    author_id  TEXT COLLATE "C",
    client_id  TEXT COLLATE "C",
    kind       TEXT COLLATE "C" NOT NULL,
    body       TEXT NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (contact_id, seq)
);

CREATE UNIQUE INDEX messages_once ON messages (contact_id, sender, client_id);

CREATE TABLE journal (
    seq   BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    kind  TEXT NOT NULL,
    body  TEXT NOT NULL,
    hash  BYTEA NOT NULL
);

CREATE TABLE owner (
    single BIGINT PRIMARY KEY CHECK (single = 1),
    epoch  BIGINT NOT NULL,
    batch  BIGINT NOT NULL
) WITH (fillfactor = 10);

INSERT INTO owner (single, epoch, batch) VALUES (1, 0, 0);
