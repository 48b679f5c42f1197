"""
What came of a visit, where else a citizen was sent, and why something did not happen.

Codes, states and moments only: who came stands in the booking, sealed. `reasons` belong to nobody: `find` is a keyed
hash of what was asked about, so that a second answer replaces the first.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    """
    CREATE TABLE visits (
        booking_id TEXT PRIMARY KEY,
        citizen_id TEXT,
        phone_find TEXT,
        point TEXT NOT NULL,
        role TEXT NOT NULL,
        held_at {bigint} NOT NULL,
        next_step TEXT NOT NULL,
        resume TEXT NOT NULL,
        application TEXT NOT NULL,
        needs_job INTEGER NOT NULL,
        repeats INTEGER NOT NULL,
        papers TEXT NOT NULL,
        referred_by TEXT NOT NULL,
        recorded_by TEXT NOT NULL,
        recorded_at {bigint} NOT NULL,
        version INTEGER NOT NULL,
        told_lead_at {bigint})
    """,
    "CREATE INDEX visits_citizen ON visits (citizen_id, held_at) WHERE citizen_id IS NOT NULL",
    "CREATE INDEX visits_phone ON visits (phone_find, held_at) WHERE phone_find IS NOT NULL",
    "CREATE INDEX visits_day ON visits (held_at)",
    """
    CREATE TABLE visit_results (
        booking_id TEXT NOT NULL,
        code TEXT NOT NULL,
        PRIMARY KEY (booking_id, code))
    """,
    """
    CREATE TABLE referrals (
        id TEXT PRIMARY KEY,
        citizen_id TEXT,
        booking_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        outcome TEXT NOT NULL,
        asked INTEGER NOT NULL,
        version INTEGER NOT NULL,
        offered_by TEXT NOT NULL,
        changed_by TEXT NOT NULL,
        offered_at {bigint} NOT NULL,
        answered_at {bigint},
        passed_at {bigint},
        done_at {bigint})
    """,
    "CREATE UNIQUE INDEX referrals_live ON referrals (COALESCE(citizen_id, booking_id), kind)"
    " WHERE state IN ('offered', 'agreed', 'passed')",
    "CREATE INDEX referrals_citizen ON referrals (citizen_id) WHERE citizen_id IS NOT NULL",
    "CREATE INDEX referrals_state ON referrals (state, offered_at)",
    "CREATE INDEX referrals_booking ON referrals (booking_id)",
    "CREATE INDEX referrals_age ON referrals (offered_at)",
    """
    CREATE TABLE reasons (
        find TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        reason TEXT NOT NULL,
        point TEXT NOT NULL,
        day TEXT NOT NULL)
    """,
    "CREATE INDEX reasons_day ON reasons (day)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(ddl(statement))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
