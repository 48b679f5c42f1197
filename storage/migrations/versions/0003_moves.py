"""
Moves between chats: one-time codes, tries, whose history a citizen's has become; the word that uncovers a hidden menu.

A code and a word are kept as keyed hashes only. `moved_to` stays for ever: a backup restored later knows the old id.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "ALTER TABLE citizens ADD COLUMN moved_to TEXT",
    "CREATE INDEX citizens_moved ON citizens (moved_to) WHERE moved_to IS NOT NULL",
    """
    CREATE TABLE move_codes (
        citizen_id TEXT PRIMARY KEY,
        find TEXT NOT NULL UNIQUE,
        expires_at {bigint} NOT NULL)
    """,
    "CREATE INDEX move_codes_age ON move_codes (expires_at)",
    """
    CREATE TABLE move_tries (
        id {serial},
        citizen_id TEXT NOT NULL,
        tried_at {bigint} NOT NULL)
    """,
    "CREATE INDEX move_tries_citizen ON move_tries (citizen_id, tried_at)",
    "CREATE INDEX move_tries_age ON move_tries (tried_at)",
    """
    CREATE TABLE own_words (
        citizen_id TEXT PRIMARY KEY,
        find TEXT NOT NULL)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(ddl(statement))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
