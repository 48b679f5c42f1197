"""
How often each answer was shown, helped, did not help: counts by question and day, of nobody in particular.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0006"
down_revision = "0005"

TABLE = """
    CREATE TABLE verdicts (
        question TEXT NOT NULL,
        verdict TEXT NOT NULL,
        day TEXT NOT NULL,
        count {bigint} NOT NULL,
        PRIMARY KEY (day, question, verdict))
"""


def upgrade() -> None:
    op.execute(ddl(TABLE))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
