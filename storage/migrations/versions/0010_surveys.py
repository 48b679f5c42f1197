"""
Surveys: who is invited to what, and answers apart from them.

`sheet` ties an invitation to its answers only while they can be changed; then it is emptied, and nothing tells whose
they are. What citizens wrote is sealed. `sheets.day` is a date, so that no clock time leads back to an invitation.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    """
    CREATE TABLE survey_invitations (
        id TEXT PRIMARY KEY,
        citizen_id TEXT NOT NULL,
        survey TEXT NOT NULL,
        asking TEXT NOT NULL,
        subject TEXT NOT NULL,
        office TEXT NOT NULL,
        questions TEXT NOT NULL,
        state TEXT NOT NULL,
        due_at {bigint} NOT NULL,
        keep_until {bigint} NOT NULL,
        asked_at {bigint},
        begun_at {bigint},
        sheet TEXT)
    """,
    "CREATE INDEX survey_invitations_citizen ON survey_invitations (citizen_id, survey, asking)",
    "CREATE UNIQUE INDEX survey_invitations_planned ON survey_invitations (citizen_id, survey, asking) "
    "WHERE state = 'planned' AND subject = ''",
    "CREATE UNIQUE INDEX survey_invitations_subject ON survey_invitations (citizen_id, survey, asking, subject) "
    "WHERE subject <> ''",
    "CREATE INDEX survey_invitations_due ON survey_invitations (due_at) WHERE state = 'planned'",
    "CREATE INDEX survey_invitations_open ON survey_invitations (keep_until) WHERE state IN ('given', 'asked')",
    "CREATE INDEX survey_invitations_tied ON survey_invitations (begun_at) WHERE sheet IS NOT NULL",
    "CREATE INDEX survey_invitations_over ON survey_invitations (due_at) WHERE state IN ('over', 'dropped')",
    """
    CREATE TABLE survey_sheets (
        id TEXT PRIMARY KEY,
        day TEXT NOT NULL,
        office TEXT NOT NULL,
        channel TEXT NOT NULL,
        asking TEXT NOT NULL)
    """,
    "CREATE INDEX survey_sheets_day ON survey_sheets (day)",
    """
    CREATE TABLE survey_answers (
        sheet TEXT NOT NULL,
        survey TEXT NOT NULL,
        question TEXT NOT NULL,
        version TEXT NOT NULL,
        value TEXT,
        words {blob},
        PRIMARY KEY (sheet, survey, question))
    """,
    """
    CREATE TABLE survey_marks (
        citizen_id TEXT PRIMARY KEY,
        paused_at {bigint},
        off_at {bigint})
    """,
    "CREATE TABLE survey_rounds (asking TEXT NOT NULL, round TEXT NOT NULL, PRIMARY KEY (asking, round))",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(ddl(statement))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
