"""
Numbers of outgoing messages after a restore: they must not fall behind those the lost rows had.

An open web page asks for what is newer than the last number it saw; a backup counts on from an older one, and the page
would hear nothing until the numbers have caught up. So they leap, farther than any installation gets between a backup
and a disaster. Numbers stay below 2⁵³ (what a browser counts exactly) for nine million restores.
"""

from storage.handle import Handle

LEAP = 10**9


async def leap(handle: Handle) -> None:
    """The next outgoing message gets a number LEAP higher than it would have got."""
    if handle.dialect == "postgres":
        sequence = "pg_get_serial_sequence('outbox', 'id')"
        await handle.connection.fetchval(f"SELECT setval({sequence}, nextval({sequence}) + $1)", LEAP)
        return
    on = handle.connection
    await on.execute_fetchall(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox', 0"
        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'outbox')"
    )
    await on.execute_fetchall("UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'outbox'", (LEAP,))
