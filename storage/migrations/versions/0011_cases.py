"""
A person takes over: who has a case, until when, what was said by whom, what happened; chats of staff and their cards.

`staff_chats.id` is the lane of the chat, a row of `citizens` that is nobody: what staff write there waits and leaves by
the same road as a citizen's words.
"""

from storage.migrations.dialect import run

revision = "0011"
down_revision = "0010"

TABLES = """
ALTER TABLE cases ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN office TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN excluded TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cases ADD COLUMN due_at {bigint};
ALTER TABLE cases ADD COLUMN silent_at {bigint};
ALTER TABLE cases ADD COLUMN overdue_at {bigint};
ALTER TABLE cases ADD COLUMN answered_at {bigint};
ALTER TABLE cases ADD COLUMN changed_at {bigint};
ALTER TABLE cases ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN solved TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_queue ON cases (urgent, created_at) WHERE state <> 'closed';
CREATE INDEX cases_unshown ON cases (created_at) WHERE shown <> version;
CREATE INDEX cases_due ON cases (due_at) WHERE state <> 'closed' AND overdue_at IS NULL;
CREATE INDEX cases_silent ON cases (silent_at) WHERE state <> 'closed' AND owner <> '';
ALTER TABLE case_words ADD COLUMN author TEXT NOT NULL DEFAULT 'citizen';
ALTER TABLE case_words ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE case_words ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE case_words ADD COLUMN kind TEXT NOT NULL DEFAULT 'text';
ALTER TABLE case_words ADD COLUMN origin TEXT;
ALTER TABLE case_words ADD COLUMN turn TEXT;
ALTER TABLE case_words ADD COLUMN edited_at {bigint};
CREATE UNIQUE INDEX case_words_origin ON case_words (origin) WHERE origin IS NOT NULL;
CREATE TABLE case_events (
    case_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    at {bigint} NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (case_id, number));
CREATE TABLE staff_chats (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    find TEXT NOT NULL,
    office TEXT NOT NULL,
    role TEXT NOT NULL,
    linked_at {bigint} NOT NULL,
    UNIQUE (channel, find));
CREATE TABLE staff_links (
    channel TEXT NOT NULL,
    find TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    linked_at {bigint} NOT NULL,
    PRIMARY KEY (channel, find));
CREATE TABLE staff_codes (
    find TEXT PRIMARY KEY,
    staff_id TEXT NOT NULL DEFAULT '',
    office TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL DEFAULT '',
    expires_at {bigint} NOT NULL);
CREATE TABLE case_posts (
    chat_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    turn TEXT NOT NULL,
    version INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    message TEXT,
    posted_at {bigint} NOT NULL,
    PRIMARY KEY (chat_id, case_id, kind, number));
CREATE INDEX case_posts_message ON case_posts (chat_id, message);
CREATE INDEX case_posts_case ON case_posts (case_id);
CREATE INDEX case_posts_turn ON case_posts (turn);
CREATE INDEX case_posts_gone ON case_posts (case_id) WHERE version < 0;
"""


def upgrade() -> None:
    run(TABLES)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
