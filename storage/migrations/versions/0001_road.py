"""
The road: citizens and their lanes, inbox, sessions, plan, reminders, cases, outbox, editions, audit.

Times are BIGINT milliseconds UTC. What may identify or describe a person is a sealed blob; plain columns hold ids,
states and dates only. No foreign key points at `citizens` from inbox and outbox: a lane is locked while arrivals are
stored.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0001"
down_revision = None

TABLES = (
    """
    CREATE TABLE installation (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        epoch INTEGER NOT NULL,
        random_offset {bigint} NOT NULL,
        state TEXT NOT NULL DEFAULT 'ready',
        since_at {bigint} NOT NULL)
    """,
    "CREATE TABLE keys (name TEXT PRIMARY KEY, wrapped {blob} NOT NULL)",
    """
    CREATE TABLE citizens (
        id TEXT PRIMARY KEY,
        created_at {bigint} NOT NULL,
        stopped_at {bigint},
        consent_version TEXT,
        consent_at {bigint},
        erased_at {bigint})
    """,
    """
    CREATE TABLE addresses (
        channel TEXT NOT NULL,
        find TEXT NOT NULL,
        citizen_id TEXT NOT NULL,
        chat {blob},
        unreachable_at {bigint},
        created_at {bigint} NOT NULL,
        PRIMARY KEY (channel, find))
    """,
    "CREATE INDEX addresses_citizen ON addresses (citizen_id)",
    """
    CREATE TABLE situations (
        citizen_id TEXT NOT NULL,
        situation TEXT NOT NULL,
        since_at {bigint} NOT NULL,
        PRIMARY KEY (citizen_id, situation))
    """,
    """
    CREATE TABLE inbox (
        id {serial},
        channel TEXT NOT NULL,
        event TEXT NOT NULL,
        citizen_id TEXT,
        address TEXT,
        kind TEXT NOT NULL,
        ordinal {bigint} NOT NULL,
        payload {blob},
        state INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before {bigint} NOT NULL DEFAULT 0,
        arrived_at {bigint} NOT NULL,
        done_at {bigint},
        error TEXT,
        UNIQUE (channel, event))
    """,
    "CREATE INDEX inbox_waiting ON inbox (id) WHERE state = 0",
    "CREATE INDEX inbox_lane ON inbox (citizen_id, ordinal, id) WHERE state = 0",
    "CREATE INDEX inbox_parked ON inbox (id) WHERE state = 2",
    "CREATE INDEX inbox_age ON inbox (arrived_at)",
    "CREATE INDEX inbox_kept ON inbox (citizen_id) WHERE payload IS NOT NULL",
    """
    CREATE TABLE sessions (
        citizen_id TEXT PRIMARY KEY,
        channel TEXT NOT NULL,
        address TEXT NOT NULL,
        place TEXT NOT NULL,
        data {blob} NOT NULL,
        version INTEGER NOT NULL,
        updated_at {bigint} NOT NULL)
    """,
    "CREATE INDEX sessions_age ON sessions (updated_at)",
    """
    CREATE TABLE starts (
        tag TEXT NOT NULL,
        channel TEXT NOT NULL,
        day TEXT NOT NULL,
        count {bigint} NOT NULL,
        PRIMARY KEY (day, tag, channel))
    """,
    """
    CREATE TABLE plan_items (
        citizen_id TEXT NOT NULL,
        item TEXT NOT NULL,
        state TEXT NOT NULL,
        earlier TEXT NOT NULL,
        later_at {bigint},
        version INTEGER NOT NULL,
        changed_at {bigint} NOT NULL,
        PRIMARY KEY (citizen_id, item))
    """,
    """
    CREATE TABLE reminders (
        id TEXT PRIMARY KEY,
        citizen_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        due_at {bigint} NOT NULL,
        state INTEGER NOT NULL DEFAULT 0)
    """,
    "CREATE INDEX reminders_due ON reminders (due_at) WHERE state = 0",
    "CREATE INDEX reminders_citizen ON reminders (citizen_id)",
    """
    CREATE TABLE cases (
        id TEXT PRIMARY KEY,
        citizen_id TEXT NOT NULL,
        channel TEXT NOT NULL,
        topic TEXT NOT NULL,
        state TEXT NOT NULL,
        context {blob},
        without_consent INTEGER NOT NULL,
        created_at {bigint} NOT NULL,
        closed_at {bigint})
    """,
    "CREATE UNIQUE INDEX cases_open ON cases (citizen_id) WHERE state <> 'closed'",
    "CREATE INDEX cases_citizen ON cases (citizen_id)",
    "CREATE INDEX cases_closed ON cases (closed_at) WHERE state = 'closed'",
    """
    CREATE TABLE case_words (
        case_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        words {blob},
        said_at {bigint} NOT NULL,
        PRIMARY KEY (case_id, number))
    """,
    """
    CREATE TABLE outbox (
        id {serial},
        citizen_id TEXT NOT NULL,
        channel TEXT NOT NULL,
        address TEXT NOT NULL,
        turn TEXT NOT NULL,
        part INTEGER NOT NULL,
        lane INTEGER NOT NULL,
        key TEXT NOT NULL,
        body {blob},
        subject TEXT,
        keep INTEGER NOT NULL,
        state INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        is_repeat INTEGER NOT NULL DEFAULT 0,
        not_before {bigint} NOT NULL,
        created_at {bigint} NOT NULL,
        finished_at {bigint},
        sent_id TEXT,
        reason TEXT,
        UNIQUE (turn, part))
    """,
    "CREATE INDEX outbox_ready ON outbox (channel, lane, id) WHERE state IN (0, 1)",
    "CREATE INDEX outbox_order ON outbox (citizen_id, lane, id) WHERE state IN (0, 1)",
    "CREATE INDEX outbox_feed ON outbox (address, id) WHERE channel = 'web'",
    "CREATE INDEX outbox_dead ON outbox (id) WHERE state = 4",
    "CREATE INDEX outbox_age ON outbox (created_at)",
    "CREATE INDEX outbox_citizen ON outbox (citizen_id)",
    "CREATE INDEX outbox_subject ON outbox (subject) WHERE subject IS NOT NULL AND state IN (0, 1)",
    """
    CREATE TABLE cursors (
        channel TEXT NOT NULL,
        account TEXT NOT NULL,
        value TEXT NOT NULL,
        updated_at {bigint} NOT NULL,
        PRIMARY KEY (channel, account))
    """,
    """
    CREATE TABLE editions (
        number {serial},
        fingerprint TEXT NOT NULL UNIQUE,
        files {blob} NOT NULL,
        accepted_at {bigint} NOT NULL)
    """,
    """
    CREATE TABLE edition_in_force (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        number {bigint} NOT NULL,
        since_at {bigint} NOT NULL)
    """,
    """
    CREATE TABLE erasures (
        id {serial},
        channel TEXT NOT NULL,
        find TEXT NOT NULL,
        erased_at {bigint} NOT NULL)
    """,
    """
    CREATE TABLE audit (
        id {serial},
        at {bigint} NOT NULL,
        actor TEXT NOT NULL,
        act TEXT NOT NULL,
        subject TEXT NOT NULL,
        seal TEXT)
    """,
    "CREATE INDEX audit_unsealed ON audit (id) WHERE seal IS NULL",
)


def upgrade() -> None:
    for table in TABLES:
        op.execute(ddl(table))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
