"""What came of a visit, on both databases: one record for a booking, corrected in place, gone with its citizen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.database import Database
from storage.referrals import State, To
from storage.visits import Application, Next, Paper, Result, Resume, VisitRow
from tests.storage.rows import NOW, meet, table

VISIT = VisitRow(
    booking_id="b1",
    citizen_id="ivan",
    point="barnaul_alimony",
    role="job_matcher",
    held_at=NOW,
    recorded_by="petrova",
    recorded_at=NOW + timedelta(minutes=20),
    results=(Result.CONSULTED, Result.RESUME_PAPER),
    next_step=Next.REPEAT,
    resume=Resume.PAPER,
    application=Application.DRAFT,
    repeats=1,
    papers=(Paper.PASSPORT, Paper.SNILS),
    referred_by="bailiff",
)


async def test_a_visit_is_read_back_as_recorded(database: Database) -> None:
    async with database.write() as tx:
        assert await tx.visits.record(VISIT) == VISIT

        assert await tx.visits.get("b1") == VISIT
        assert await tx.visits.of_citizen("ivan") == [VISIT]
        assert await tx.visits.get("b2") is None


async def test_a_visit_recorded_again_is_corrected(database: Database) -> None:
    later = replace(VISIT, results=(Result.HANDED_OVER,), next_step=Next.CENTRE, repeats=0, papers=())
    async with database.write() as tx:
        await tx.visits.record(VISIT)

        corrected = await tx.visits.record(later)

        assert corrected == replace(later, version=2)
        assert await tx.visits.of_citizen("ivan") == [corrected]


async def test_results_come_in_the_order_of_the_catalogue_each_once(database: Database) -> None:
    async with database.write() as tx:
        kept = await tx.visits.record(
            replace(VISIT, results=(Result.HANDED_OVER, Result.CONSULTED, Result.HANDED_OVER))
        )
        assert kept.results == (Result.CONSULTED, Result.HANDED_OVER)


async def test_visits_of_a_phone_are_known_without_keeping_it(database: Database) -> None:
    async with database.write() as tx:
        await tx.visits.record(replace(VISIT, citizen_id=None, phone_find=tx.visits.find("79130000000")))
        assert [one.booking_id for one in await tx.visits.of_phone("79130000000")] == ["b1"]
        assert await tx.visits.of_phone("79130000001") == []

    assert "79130000000" not in str(await table(database, "SELECT * FROM visits"))


async def test_visits_at_a_point_are_those_of_the_span(database: Database) -> None:
    async with database.write() as tx:
        for number, hours in enumerate((0, 1, 24)):
            at = NOW + timedelta(hours=hours)
            await tx.visits.record(replace(VISIT, booking_id=f"b{number}", held_at=at))
        await tx.visits.record(replace(VISIT, booking_id="b9", point="elsewhere"))

        found = await tx.visits.at_point("barnaul_alimony", since=NOW, until=NOW + timedelta(hours=24))
        assert [one.booking_id for one in found] == ["b0", "b1"]


async def test_the_lead_sees_who_was_invited_too_often_once(database: Database) -> None:
    async with database.write() as tx:
        await tx.visits.record(replace(VISIT, repeats=2))
        await tx.visits.record(replace(VISIT, booking_id="b2", repeats=3))
        await tx.visits.record(replace(VISIT, booking_id="b3", repeats=3, next_step=Next.CENTRE))
        (one,) = await tx.visits.for_lead(repeats=3)
        assert one.booking_id == "b2"

        await tx.visits.told_lead(["b2"], now=NOW)

        assert await tx.visits.for_lead(repeats=3) == []
        seen = await tx.visits.get("b2")
        assert seen is not None
        assert seen.told_lead_at == NOW


async def test_results_are_counted(database: Database) -> None:
    async with database.write() as tx:
        await tx.visits.record(VISIT)
        await tx.visits.record(replace(VISIT, booking_id="b2", results=(Result.CONSULTED,)))
        await tx.visits.record(replace(VISIT, booking_id="b3", held_at=NOW - timedelta(days=9)))

        assert await tx.visits.count(since=NOW) == [(Result.CONSULTED, 2), (Result.RESUME_PAPER, 1)]


@pytest.mark.parametrize("how", ["erase", "withdraw"])
async def test_whose_visits_they_were_goes_with_the_citizen_and_so_do_referrals(database: Database, how: str) -> None:
    ivan, olga = await meet(database, "ivan"), await meet(database, "olga")
    async with database.write() as tx:
        for citizen in (ivan, olga):
            await tx.visits.record(replace(VISIT, booking_id=citizen, citizen_id=citizen))
            offer = {"booking_id": citizen, "kind": To.MEDIATOR, "by": "petrova", "now": NOW}
            await tx.referrals.offer(f"r{citizen}", citizen_id=citizen, **offer)
    async with database.write() as tx:
        await getattr(tx.citizens, how)(ivan, now=NOW)

    rows = await table(database, "SELECT citizen_id, papers FROM visits")
    assert sorted(rows, key=str) == sorted([(None, ""), (olga, "passport,snils")], key=str)
    assert await table(database, "SELECT citizen_id FROM referrals") == [(olga,)]


async def test_the_copy_of_ones_data_holds_visits_and_referrals(database: Database) -> None:
    ivan = await meet(database, "ivan")
    async with database.write() as tx:
        await tx.visits.record(replace(VISIT, citizen_id=ivan))
        await tx.referrals.offer("r1", citizen_id=ivan, booking_id="b1", kind=To.MEDIATOR, by="petrova", now=NOW)
        extract = await tx.extracts.of(ivan)

    assert [one.booking_id for one in extract.visits] == ["b1"]
    assert [one.kind for one in extract.referrals] == [To.MEDIATOR]


async def test_what_has_outlived_its_term_is_forgotten(database: Database) -> None:
    old = NOW - timedelta(days=400)
    async with database.write() as tx:
        await tx.visits.record(VISIT)
        await tx.visits.record(replace(VISIT, booking_id="b2", held_at=old))
        for id_, at in (("r1", NOW), ("r2", old)):
            await tx.referrals.offer(id_, citizen_id=id_, booking_id=id_, kind=To.MEDIATOR, by="petrova", now=at)
        await tx.referrals.offer("r3", citizen_id="r3", booking_id="b", kind=To.MEDIATOR, by="petrova", now=old)
        await tx.referrals.change("r3", State.AGREED, by="citizen", now=NOW)

        assert await tx.retention.visits(before=NOW - timedelta(days=365), limit=10) == 2
        assert await tx.retention.visits(before=NOW - timedelta(days=365), limit=10) == 0

    assert await table(database, "SELECT booking_id FROM visits") == [("b1",)]
    assert {row[0] for row in await table(database, "SELECT booking_id FROM visit_results")} == {"b1"}
    assert sorted(await table(database, "SELECT id FROM referrals")) == [("r1",), ("r3",)]
