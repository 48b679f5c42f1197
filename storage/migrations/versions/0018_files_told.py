"""Which refusal of the files staff heard of in their chats: its fingerprint until it is mended, else nothing."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("ALTER TABLE content_files ADD COLUMN told TEXT NOT NULL DEFAULT ''")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
