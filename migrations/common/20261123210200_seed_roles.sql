-- The four roles of the house and what each may do.

INSERT INTO roles (role, name_zh, name_en) VALUES
    ('counselor', '咨询员', 'Counselor'),
    ('supervisor', '督导', 'Supervisor'),
    ('administrator', '管理员', 'Administrator'),
    ('auditor', '审计员', 'Auditor');

INSERT INTO role_permissions (role, permission) VALUES
    ('counselor', 'contacts.take'),
    ('counselor', 'notes.write'),
    ('supervisor', 'contacts.take'),
    ('supervisor', 'notes.write'),
    ('supervisor', 'notes.read'),
    ('supervisor', 'contacts.close'),
    ('supervisor', 'contacts.history'),
    ('supervisor', 'risk.set'),
    ('supervisor', 'board.watch'),
    ('supervisor', 'picks.read'),
    ('supervisor', 'counselors.log_out'),
    ('supervisor', 'lines.switch'),
    ('administrator', 'accounts.edit'),
    ('administrator', 'counselors.edit'),
    ('administrator', 'lines.edit'),
    ('administrator', 'skills.edit'),
    ('administrator', 'roles.read'),
    ('administrator', 'board.watch'),
    ('auditor', 'journal.read'),
    ('auditor', 'picks.read'),
    ('auditor', 'board.watch'),
    ('auditor', 'roles.read');
