"""Accepted content, on both databases: stored whole and once, one in force; and starts counted by tag."""

from datetime import date, timedelta

from storage.database import Database
from storage.records import EditionAct, FilesState
from tests.storage.rows import NOW, table


async def test_before_the_first_edition_there_is_none(database: Database) -> None:
    async with database.read() as tx:
        assert await tx.editions.number_in_force() is None
        assert await tx.editions.in_force() is None


async def test_the_newest_accepted_edition_is_in_force_and_whole(database: Database) -> None:
    async with database.write() as tx:
        first = await tx.editions.accept(fingerprint="a", files=b"\x00first", now=NOW)
        second = await tx.editions.accept(fingerprint="b", files=b"second", now=NOW + timedelta(hours=1))

        edition = await tx.editions.in_force()
        assert await tx.editions.number_in_force() == second != first

    assert edition is not None
    assert (edition.number, edition.fingerprint, edition.files) == (second, "b", b"second")
    assert edition.accepted_at == NOW + timedelta(hours=1)


async def test_the_same_files_again_are_the_same_edition(database: Database) -> None:
    """An admin takes a change back: the earlier edition is in force again, nothing is stored twice."""
    async with database.write() as tx:
        first = await tx.editions.accept(fingerprint="a", files=b"first", now=NOW)
        await tx.editions.accept(fingerprint="b", files=b"second", now=NOW)
        again = await tx.editions.accept(fingerprint="a", files=b"first", now=NOW)

        assert again == first == await tx.editions.number_in_force()

    assert await table(database, "SELECT count(*) FROM editions") == [(2,)]


async def test_publishing_leaves_an_audit_row(database: Database) -> None:
    async with database.write() as tx:
        number = await tx.editions.accept(fingerprint="a", files=b"first", now=NOW)

    assert await table(database, "SELECT act, subject FROM audit") == [("published", f"edition {number}")]


async def test_a_rollback_puts_a_stored_edition_in_force_and_is_audited(database: Database) -> None:
    async with database.write() as tx:
        first = await tx.editions.accept(fingerprint="a", files=b"first", now=NOW)
        second = await tx.editions.accept(fingerprint="b", files=b"second", now=NOW)
        await tx.editions.roll_back(first, actor="olga", now=NOW + timedelta(hours=1))

        assert await tx.editions.number_in_force() == first
        kept = await tx.editions.stored(second)
        assert await tx.editions.stored(99) is None

    assert kept is not None
    assert kept.files == b"second"
    assert (await table(database, "SELECT actor, act, subject FROM audit ORDER BY id DESC"))[0] == (
        "olga",
        "rolled_back",
        f"edition {first}",
    )


async def test_the_log_tells_what_replaced_what_newest_first(database: Database) -> None:
    async with database.write() as tx:
        first = await tx.editions.accept(fingerprint="a", files=b"first", now=NOW)
        second = await tx.editions.accept(fingerprint="b", files=b"second", now=NOW)
        await tx.editions.roll_back(first, actor="olga", now=NOW + timedelta(hours=1))
        log = await tx.editions.log(limit=2)

    assert log == [
        EditionAct(first, second, NOW + timedelta(hours=1), "olga", "rolled_back"),
        EditionAct(second, first, NOW, "scheduler", "published"),
    ]


async def test_what_is_known_of_the_files_is_kept_for_the_console(database: Database) -> None:
    mistakes = [("texts/menu.yaml", 4, "нет «main»", "добавьте строку")]
    async with database.write() as tx:
        assert await tx.editions.files() is None
        await tx.editions.judge_files("a", "published", now=NOW)
        await tx.editions.judge_files("b", "refused", mistakes=mistakes, now=NOW + timedelta(hours=1))

    async with database.read() as tx:
        assert await tx.editions.files() == FilesState("b", "refused", tuple(mistakes), NOW + timedelta(hours=1))


async def test_starts_are_counted_by_tag_channel_and_day(database: Database) -> None:
    day = date(2026, 11, 23)
    async with database.write() as tx:
        await tx.starts.count([])
        await tx.starts.count([("leaflet", "vk", day), ("leaflet", "vk", day), ("direct", "web", day)])
        await tx.starts.count([("leaflet", "vk", day), ("leaflet", "vk", day - timedelta(days=2))])

        assert await tx.starts.by_tag(since=day) == [("leaflet", "vk", 3), ("direct", "web", 1)]
        assert (await tx.starts.by_tag(since=day - timedelta(days=7)))[0] == ("leaflet", "vk", 4)
