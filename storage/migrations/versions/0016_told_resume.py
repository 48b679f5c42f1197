"""
What a citizen said of the résumé before a visit: it stands in the booking it was asked for.

A code, no words: portal, paper, promised, help, "" for what nobody answered.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0016"
down_revision = "0015"

STATEMENTS = (
    "ALTER TABLE bookings ADD COLUMN resume TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX visits_untold ON visits (repeats) WHERE told_lead_at IS NULL AND next_step = 'repeat'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(ddl(statement))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
