-- Canned replies: texts that a counselor may take up and change before sending.
-- `line_id` NULL: for every line.

CREATE TABLE canned_replies (
    reply_id    TEXT PRIMARY KEY NOT NULL,
    title       TEXT NOT NULL,
    body        TEXT NOT NULL,
    locale      TEXT NOT NULL,
    line_id     BIGINT REFERENCES lines (line_id),
    saved_at_ms BIGINT NOT NULL
);

INSERT INTO role_permissions (role, permission) VALUES
    ('supervisor', 'replies.edit'),
    ('administrator', 'replies.edit');
