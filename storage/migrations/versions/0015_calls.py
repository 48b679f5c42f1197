"""
Whom staff are to call and why, each attempt and what came of it, who does not want calls.

No words and no phones: a reason is a code, `subject` the id of what it is about. Of two that plan the same call one
row lands. `due_before` and `tries_before` are what the newest attempt changed, for its undo. `wrong`: keyed hashes of
phones that turned out to be somebody else's.
"""

from storage.migrations.dialect import run

revision = "0015"
down_revision = "0014"

TABLES = """
CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    citizen_id TEXT NOT NULL,
    office TEXT NOT NULL,
    reason TEXT NOT NULL,
    subject TEXT NOT NULL,
    role TEXT NOT NULL,
    excluded TEXT NOT NULL,
    due_at {bigint} NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'open',
    result TEXT NOT NULL DEFAULT '',
    attempt TEXT,
    due_before {bigint},
    tries_before INTEGER,
    planned_at {bigint} NOT NULL,
    closed_at {bigint},
    version INTEGER NOT NULL DEFAULT 1);
CREATE UNIQUE INDEX calls_one ON calls (citizen_id, reason, subject);
CREATE INDEX calls_subject ON calls (subject);
CREATE INDEX calls_due ON calls (due_at) WHERE state = 'open';
CREATE INDEX calls_over ON calls (closed_at) WHERE state <> 'open';
CREATE TABLE call_attempts (
    id TEXT PRIMARY KEY,
    citizen_id TEXT,
    office TEXT NOT NULL,
    actor TEXT NOT NULL,
    at {bigint} NOT NULL,
    result TEXT NOT NULL,
    undone_at {bigint});
CREATE INDEX call_attempts_citizen ON call_attempts (citizen_id, at) WHERE citizen_id IS NOT NULL;
CREATE INDEX call_attempts_actor ON call_attempts (actor, at);
CREATE INDEX call_attempts_at ON call_attempts (at);
CREATE TABLE call_marks (
    citizen_id TEXT PRIMARY KEY,
    off_at {bigint},
    wrong TEXT NOT NULL DEFAULT '');
CREATE TABLE call_rounds (
    office TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (office, day));
"""


def upgrade() -> None:
    run(TABLES)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
