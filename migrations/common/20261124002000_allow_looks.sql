-- A supervisor may look into a talk and whisper to its counselor. A whisper is a note that its
-- author may send twice: then it is stored once.

INSERT INTO role_permissions (role, permission) VALUES ('supervisor', 'contacts.look');

ALTER TABLE notes ADD COLUMN client_id TEXT;

CREATE UNIQUE INDEX notes_once ON notes (contact_id, author_id, client_id);
