"""Which office a citizen belongs to."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE citizens ADD COLUMN office TEXT")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
