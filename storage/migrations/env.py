"""
What alembic runs. All outstanding changes are one transaction under one lock: a kill inside leaves the old version
whole, and of several processes starting at once one works and the others find nothing left to do.

The connection comes from `storage.migrate`, whose SQLite connection opens its transaction with BEGIN IMMEDIATE.
alembic itself takes SQLite for a database without transactional DDL, hence `transactional_ddl`.
"""

from alembic import context
from sqlalchemy import Connection

LOCK = 0x637A6E5F6D6967  # pg_advisory_xact_lock key, any constant; lives as long as the transaction


def _migrate(connection: Connection) -> None:
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        context.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False)
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise RuntimeError(f"migration leaves a broken reference in table {broken[0]}")


_migrate(context.config.attributes["connection"])
