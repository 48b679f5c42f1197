"""Connections of the product's processes as PostgreSQL sees them."""

from collections.abc import Collection

import asyncpg
import psutil

from tests.faults.waiting import until


def ports_of(pid: int) -> set[int]:
    """Local ports of the process's connections: by these the server knows it, too."""
    return {one.laddr.port for one in psutil.Process(pid).net_connections("tcp") if one.raddr}


async def gone(url: str, ports: Collection[int], seconds: float = 15.0) -> None:
    """
    Wait until the server has let go of these connections.

    A COMMIT that was under way when the process was killed may still take effect until then.
    """
    connection = await asyncpg.connect(url)
    try:

        async def are_gone() -> bool:
            left = await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND client_port = ANY($1)",
                list(ports),
            )
            return not left

        await until(are_gone, seconds, "the server lets go of the connections of a killed process")
    finally:
        await connection.close()


async def terminate_all(url: str) -> int:
    """Cut every connection to this database but our own, as a restart of the server does; returns how many."""
    connection = await asyncpg.connect(url)
    try:
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()) AS cut"
            )
        )
    finally:
        await connection.close()
