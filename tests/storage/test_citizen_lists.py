"""The base of citizens as the console lists it, on both databases."""

from datetime import timedelta

import pytest

from storage.citizen_lists import BONDS, CitizenLine, Wanted
from storage.database import Database
from storage.records import PlanItemRow, SessionRow
from storage.visits import Next, VisitRow
from tests.storage.rows import NOW, SLOT, address, meet


async def agreed(database: Database, name: str, *, office: str = "", days: int = 0, situation: str = "alimony") -> str:
    """Somebody who agreed and was last heard so many days ago."""
    at = NOW - timedelta(days=days)
    id_ = await meet(database, name, now=at)
    async with database.write() as tx:
        await tx.citizens.agree(id_, version="1", now=at)
        await tx.citizens.place(id_, office)
        await tx.citizens.choose(id_, [situation], now=at)
        await tx.sessions.save([SessionRow(id_, "web", address(database, name), "menu.main", b"{}", 1, at)])
    return id_


async def listed(database: Database, offices: tuple[str, ...] | None = None, **wanted: object) -> list[CitizenLine]:
    asked = Wanted(**wanted)  # type: ignore[arg-type]
    async with database.read() as tx:
        lines = await tx.citizen_lists.page(offices, asked, now=NOW, limit=10)
        assert await tx.citizen_lists.count(offices, asked, now=NOW) == len(lines)
    return lines


async def test_who_did_not_agree_is_not_in_it(database: Database) -> None:
    await meet(database, "stranger")
    ivan = await agreed(database, "ivan")

    assert [(one.id, one.bond, one.channel, one.heard_at) for one in await listed(database)] == [
        (ivan, "plan", "web", NOW)
    ]


async def test_offices_keep_their_own_and_who_has_none(database: Database) -> None:
    mine, _, nobodys = [
        await agreed(database, name, office=office, days=days)
        for days, (name, office) in enumerate((("a", "barnaul"), ("b", "rubtsovsk"), ("c", "")))
    ]

    assert [one.id for one in await listed(database, ("barnaul",))] == [mine, nobodys]
    assert [one.id for one in await listed(database, ())] == [nobodys]
    assert len(await listed(database)) == 3


async def test_how_things_stand_and_what_is_next(database: Database) -> None:
    booked, centre, invited = [await agreed(database, name) for name in ("booked", "centre", "invited")]
    quiet = await agreed(database, "quiet", days=15, situation="released")
    async with database.write() as tx:
        seat = {"code": "1234", "state": "booked", "created_by": "staff", "now": NOW}
        assert await tx.bookings.take("b", SLOT, [1], citizen_id=booked, **seat)  # type: ignore[arg-type]
        for id_, steps in ((centre, (Next.REPEAT, Next.CENTRE)), (invited, (Next.REPEAT,))):
            for number, step in enumerate(steps):
                held_at = NOW - timedelta(days=9 - number)
                visit = VisitRow(f"{id_[:9]}{number}", id_, "desk", "advisor", held_at, "staff", NOW, next_step=step)
                await tx.visits.record(visit)

    lines = {one.id: one for one in await listed(database)}
    bonds = {id_: one.bond for id_, one in lines.items()}
    assert bonds == {booked: "visit", centre: "centre", invited: "invited", quiet: "quiet"}
    assert lines[booked].visit_at == SLOT.starts_at
    assert [one.id for one in await listed(database, next_step="centre")] == [centre]
    assert {one.id for one in await listed(database, next_step="none")} == {booked, quiet}
    assert [one.id for one in await listed(database, situation="released")] == [quiet]
    assert [one.id for one in await listed(database, heard_before=NOW - timedelta(days=10))] == [quiet]
    assert len(await listed(database, heard_since=NOW - timedelta(days=10))) == 3


@pytest.mark.parametrize("bond", BONDS)
async def test_a_filter_shows_nobody_else(database: Database, bond: str) -> None:
    await agreed(database, "ivan")
    assert [one.bond for one in await listed(database, bond=bond)] == (["plan"] if bond == "plan" else [])


async def test_a_step_of_the_plan_is_asked_with_what_was_said_of_it(database: Database) -> None:
    """Whoever said nothing of a step has it open, if a situation of theirs has it at all."""
    stuck, silent, back = [await agreed(database, name, situation="released") for name in ("stuck", "silent", "back")]
    other = await agreed(database, "other", situation="alimony")
    async with database.write() as tx:
        marks = [(stuck, "stuck"), (back, "open"), (other, "done")]
        await tx.plan.save([PlanItemRow(id_, "papers", state, "open", None, 1, NOW) for id_, state in marks])

    async def who(mark: str, homes: tuple[str, ...] = ("released",)) -> set[str]:
        return {one.id for one in await listed(database, item="papers", homes=homes, mark=mark)}

    assert await who("") == {stuck, silent, back}
    assert await who("stuck") == {stuck}
    assert await who("open") == {silent, back}
    assert await who("done") == set()
    assert await who("done", ("released", "alimony")) == {other}
