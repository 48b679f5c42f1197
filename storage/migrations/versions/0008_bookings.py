"""
Appointments: bookings and their history, the waiting list, shifts that do not take place.

The two unique indexes are the capacity and "one active booking per specialist". A seat that is only kept (`held`) is
active too. `person` is sealed: name and phone of who has no chat. `wall`, `day`: local time as it was told.
"""

from alembic import op

from storage.migrations.dialect import ddl

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    """
    CREATE TABLE bookings (
        id TEXT PRIMARY KEY,
        code TEXT NOT NULL,
        citizen_id TEXT,
        point TEXT NOT NULL,
        role TEXT NOT NULL,
        slot TEXT NOT NULL,
        place INTEGER NOT NULL,
        starts_at {bigint} NOT NULL,
        ends_at {bigint} NOT NULL,
        wall TEXT NOT NULL,
        state TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        sequence INTEGER NOT NULL DEFAULT 0,
        active INTEGER NOT NULL DEFAULT 1,
        held_until {bigint},
        created_by TEXT NOT NULL,
        referred_by TEXT NOT NULL DEFAULT '',
        person {blob},
        is_late INTEGER NOT NULL DEFAULT 0,
        created_at {bigint} NOT NULL,
        changed_at {bigint} NOT NULL)
    """,
    "CREATE UNIQUE INDEX bookings_seat ON bookings (slot, place) WHERE active = 1",
    "CREATE UNIQUE INDEX bookings_one ON bookings (citizen_id, role) WHERE active = 1 AND citizen_id IS NOT NULL",
    "CREATE INDEX bookings_citizen ON bookings (citizen_id) WHERE citizen_id IS NOT NULL",
    "CREATE INDEX bookings_time ON bookings (starts_at)",
    "CREATE INDEX bookings_held ON bookings (held_until) WHERE state = 'held'",
    """
    CREATE TABLE booking_events (
        booking_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        state TEXT NOT NULL,
        actor TEXT NOT NULL,
        at {bigint} NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (booking_id, number))
    """,
    """
    CREATE TABLE waiting (
        id TEXT PRIMARY KEY,
        citizen_id TEXT NOT NULL,
        point TEXT NOT NULL,
        role TEXT NOT NULL,
        from_day TEXT NOT NULL,
        to_day TEXT NOT NULL,
        state TEXT NOT NULL,
        cause TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 0,
        slot TEXT,
        starts_at {bigint},
        ends_at {bigint},
        wall TEXT,
        booking_id TEXT,
        offer_until {bigint},
        lost_at {bigint},
        since {bigint} NOT NULL,
        changed_at {bigint} NOT NULL)
    """,
    "CREATE UNIQUE INDEX waiting_one ON waiting (citizen_id, role) WHERE state IN ('waiting', 'offered')",
    "CREATE INDEX waiting_citizen ON waiting (citizen_id)",
    "CREATE INDEX waiting_line ON waiting (since) WHERE state = 'waiting'",
    "CREATE INDEX waiting_offers ON waiting (offer_until) WHERE state = 'offered'",
    "CREATE INDEX waiting_ended ON waiting (changed_at) WHERE state NOT IN ('waiting', 'offered')",
    """
    CREATE TABLE closures (
        point TEXT NOT NULL,
        role TEXT NOT NULL,
        day TEXT NOT NULL,
        reason TEXT NOT NULL,
        actor TEXT NOT NULL,
        at {bigint} NOT NULL,
        PRIMARY KEY (day, point, role))
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(ddl(statement))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
