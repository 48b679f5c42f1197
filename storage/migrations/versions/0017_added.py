"""
A plan item that a specialist added though the citizen's answers exclude it. added: a code of the reason, no words; ''
for what the answers brought.
"""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE plan_items ADD COLUMN added TEXT NOT NULL DEFAULT ''")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
