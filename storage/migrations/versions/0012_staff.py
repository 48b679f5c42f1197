"""
Staff: who may enter the console, what opens the door, who is inside, how often the door was tried; troubles to be seen.

`find` is a keyed hash (of a login, an invitation, a session's token, a recovery code): whoever reads the tables can
neither enter nor learn a name. Offices stand in rows of their own: one person may work in several.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0012"
down_revision = "0011"

TABLES = (
    """
    CREATE TABLE staff (
        id TEXT PRIMARY KEY,
        find TEXT NOT NULL UNIQUE,
        body {blob} NOT NULL,
        role TEXT NOT NULL,
        active INTEGER NOT NULL DEFAULT 1,
        every_office INTEGER NOT NULL DEFAULT 0,
        on_duty INTEGER NOT NULL DEFAULT 0,
        created_at {bigint} NOT NULL)
    """,
    """
    CREATE TABLE staff_offices (
        staff_id TEXT NOT NULL,
        office TEXT NOT NULL,
        PRIMARY KEY (staff_id, office))
    """,
    """
    CREATE TABLE staff_secrets (
        staff_id TEXT PRIMARY KEY,
        body {blob} NOT NULL,
        has_password INTEGER NOT NULL DEFAULT 0,
        has_code INTEGER NOT NULL DEFAULT 0,
        last_step {bigint} NOT NULL DEFAULT 0)
    """,
    """
    CREATE TABLE staff_recovery (
        staff_id TEXT NOT NULL,
        find TEXT NOT NULL,
        PRIMARY KEY (staff_id, find))
    """,
    """
    CREATE TABLE staff_invitations (
        staff_id TEXT PRIMARY KEY,
        find TEXT NOT NULL UNIQUE,
        expires_at {bigint} NOT NULL)
    """,
    """
    CREATE TABLE staff_sessions (
        find TEXT PRIMARY KEY,
        staff_id TEXT NOT NULL,
        stage TEXT NOT NULL,
        created_at {bigint} NOT NULL,
        seen_at {bigint} NOT NULL)
    """,
    "CREATE INDEX staff_sessions_staff ON staff_sessions (staff_id)",
    """
    CREATE TABLE tries (
        kind TEXT NOT NULL,
        find TEXT NOT NULL,
        count INTEGER NOT NULL,
        since_at {bigint} NOT NULL,
        PRIMARY KEY (kind, find))
    """,
    "CREATE INDEX tries_age ON tries (since_at)",
    """
    CREATE TABLE troubles (
        what TEXT PRIMARY KEY,
        count {bigint} NOT NULL,
        last_at {bigint} NOT NULL,
        seen_at {bigint} NOT NULL DEFAULT 0)
    """,
)


def upgrade() -> None:
    for table in TABLES:
        op.execute(ddl(table))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
