"""
How content changed: every time an edition was put in force, and what is known of the files in the folder.

Nothing in here comes from citizens. `mistakes` is JSON: what keeps the files from going live, for the console.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    CREATE TABLE edition_log (
        id {serial},
        number {bigint} NOT NULL,
        instead_of {bigint},
        at {bigint} NOT NULL,
        actor TEXT NOT NULL,
        act TEXT NOT NULL)
    """,
    """
    INSERT INTO edition_log (number, instead_of, at, actor, act)
    SELECT e.number, (SELECT max(o.number) FROM editions o WHERE o.number < e.number),
           e.accepted_at, 'scheduler', 'published'
    FROM editions e ORDER BY e.number
    """,
    """
    CREATE TABLE content_files (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        fingerprint TEXT NOT NULL,
        state TEXT NOT NULL,
        mistakes TEXT NOT NULL,
        judged_at {bigint} NOT NULL)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(ddl(statement))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
