"""
Who is asked how it goes after a long silence, and when that is to be looked at next.

A row for each citizen with consent. look_at: NULL, nothing to look at. asked: questions in the present silence.
asked_at: when the newest of them was due. off_at: the citizen wants none.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """
    CREATE TABLE nudges (
        citizen_id TEXT PRIMARY KEY,
        look_at {bigint},
        asked INTEGER NOT NULL DEFAULT 0,
        asked_at {bigint},
        off_at {bigint})
    """,
    "CREATE INDEX nudges_look ON nudges (look_at) WHERE look_at IS NOT NULL",
    "INSERT INTO nudges (citizen_id, look_at) SELECT id, consent_at FROM citizens WHERE consent_at IS NOT NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(ddl(statement))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
