-- Everything that both engines write alike. Booleans are 0 and 1, times
-- milliseconds UTC, ids UUID text.

CREATE TABLE switchboard_rows (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE roles (
    role    TEXT PRIMARY KEY NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL
);

CREATE TABLE role_permissions (
    role       TEXT NOT NULL REFERENCES roles (role),
    permission TEXT NOT NULL,
    PRIMARY KEY (role, permission)
);

CREATE TABLE accounts (
    account_id      TEXT PRIMARY KEY NOT NULL,
    username        TEXT NOT NULL UNIQUE,
    display_alias   TEXT NOT NULL,
    password_hash   TEXT NOT NULL,
    totp_secret     BYTEA,
    totp_step       BIGINT NOT NULL DEFAULT 0,
    role            TEXT NOT NULL REFERENCES roles (role),
    failed_count    BIGINT NOT NULL,
    locked_until_ms BIGINT,
    disabled        BIGINT NOT NULL,
    demo            BIGINT NOT NULL,
    created_at_ms   BIGINT NOT NULL
);

CREATE TABLE sign_ins (
    token_hash      BYTEA PRIMARY KEY NOT NULL,
    account_id      TEXT NOT NULL REFERENCES accounts (account_id),
    created_at_ms   BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    expires_at_ms   BIGINT NOT NULL,
    revoked_at_ms   BIGINT
);

CREATE INDEX sign_ins_of_account ON sign_ins (account_id);

CREATE TABLE lines (
    line_id        BIGINT PRIMARY KEY NOT NULL,
    code           TEXT NOT NULL UNIQUE,
    name_zh        TEXT NOT NULL,
    name_en        TEXT NOT NULL,
    owner          TEXT NOT NULL,
    numbers        TEXT NOT NULL,
    greetings      TEXT NOT NULL,
    crisis_numbers TEXT NOT NULL,
    plan           TEXT NOT NULL,
    saved_at_ms    BIGINT NOT NULL
);

CREATE TABLE skills (
    skill_id BIGINT PRIMARY KEY NOT NULL,
    code     TEXT NOT NULL UNIQUE,
    name_zh  TEXT NOT NULL,
    name_en  TEXT NOT NULL
);

CREATE TABLE counselors (
    counselor_id TEXT PRIMARY KEY NOT NULL,
    alias        TEXT NOT NULL,
    profile      TEXT NOT NULL,
    removed      BIGINT NOT NULL,
    saved_at_ms  BIGINT NOT NULL
);

CREATE TABLE contacts (
    contact_id      TEXT PRIMARY KEY NOT NULL,
    line_id         BIGINT NOT NULL,
    channel         TEXT NOT NULL,
    locale          TEXT NOT NULL,
    campaign        TEXT,
    token_hash      BYTEA NOT NULL,
    risk            TEXT NOT NULL,
    state           TEXT NOT NULL,
    counselor_id    TEXT,
    returning_id    TEXT,
    simulated       BIGINT NOT NULL,
    arrived_at_ms   BIGINT NOT NULL,
    connected_at_ms BIGINT,
    ended_at_ms     BIGINT,
    end_reason      TEXT,
    closed_at_ms    BIGINT
);

CREATE INDEX contacts_by_arrival ON contacts (arrived_at_ms);
CREATE INDEX contacts_open ON contacts (arrived_at_ms) WHERE closed_at_ms IS NULL;

-- Each time a counselor held a contact.
CREATE TABLE talks (
    contact_id     TEXT NOT NULL,
    counselor_id   TEXT NOT NULL,
    began_at_ms    BIGINT NOT NULL,
    released_at_ms BIGINT,
    released       TEXT,
    PRIMARY KEY (contact_id, began_at_ms, counselor_id)
);

CREATE INDEX talks_of_counselor ON talks (counselor_id, began_at_ms);

-- Each offer and why it was made.
CREATE TABLE picks (
    offer_id        BIGINT PRIMARY KEY NOT NULL,
    contact_id      TEXT NOT NULL,
    counselor_id    TEXT NOT NULL,
    pick            TEXT NOT NULL,
    at_ms           BIGINT NOT NULL,
    withdrawn       TEXT,
    withdrawn_at_ms BIGINT
);

CREATE INDEX picks_of_contact ON picks (contact_id);

CREATE TABLE notes (
    note_id    TEXT PRIMARY KEY NOT NULL,
    contact_id TEXT NOT NULL,
    author_id  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL,
    outcome    TEXT,
    risk       TEXT,
    at_ms      BIGINT NOT NULL
);

CREATE INDEX notes_of_contact ON notes (contact_id, author_id);
