"""
Answers of citizens about themselves, a row each. What was answered is sealed; that a question was, is not.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0002"
down_revision = "0001"

TABLE = """
    CREATE TABLE answers (
        citizen_id TEXT NOT NULL,
        question TEXT NOT NULL,
        value {blob} NOT NULL,
        changed_at {bigint} NOT NULL,
        PRIMARY KEY (citizen_id, question))
"""


def upgrade() -> None:
    op.execute(ddl(TABLE))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
