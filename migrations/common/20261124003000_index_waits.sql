-- The last hour of the board: who waited then is found by when the wait ended, and counts at the
-- line where the contact arrived, wherever it went later.

ALTER TABLE contacts ADD COLUMN arrived_line_id BIGINT;

UPDATE contacts SET arrived_line_id = line_id;

CREATE INDEX contacts_by_wait ON contacts
    ((COALESCE(connected_at_ms, ended_at_ms, 9223372036854775807)));
