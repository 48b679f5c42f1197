"""
Cries for help, and questions nobody had an answer to.

An alarm belongs to an open request for a person and makes it urgent. A question without an answer belongs to nobody:
its words were stripped of names and numbers, are sealed all the same, and are found again by a keyed hash.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0014"
down_revision = "0012"

STATEMENTS = (
    """
    CREATE TABLE alarms (
        case_id TEXT PRIMARY KEY,
        citizen_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        channel TEXT NOT NULL,
        raised_at {bigint} NOT NULL,
        times INTEGER NOT NULL,
        told_at {bigint})
    """,
    "CREATE INDEX alarms_citizen ON alarms (citizen_id)",
    "CREATE INDEX alarms_untold ON alarms (raised_at) WHERE told_at IS NULL",
    """
    CREATE TABLE unanswered (
        find TEXT PRIMARY KEY,
        words {blob} NOT NULL,
        times INTEGER NOT NULL,
        first_at {bigint} NOT NULL,
        last_at {bigint} NOT NULL)
    """,
    "CREATE INDEX unanswered_last ON unanswered (last_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(ddl(statement))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
