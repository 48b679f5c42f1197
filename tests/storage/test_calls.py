"""Calls of staff and their attempts, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.call_records import Attempt, CallResult, PlannedCall, Reason
from storage.calls import EVERYBODY, CallEyes
from storage.database import Database, Transaction
from storage.records import CaseRow
from storage.visits import Next, Result, Resume, VisitRow
from tests.storage.rows import NOW, SLOT, TEN, address, meet, table

A_DAY = timedelta(days=1)
SOON = NOW + timedelta(hours=1)
WHEN = NOW + 30 * A_DAY


def planned(citizen_id: str, reason: Reason = Reason.INTERVAL, subject: str = "one", **about: object) -> PlannedCall:
    return replace(PlannedCall(citizen_id, "barnaul", reason, subject, NOW), **about)


def attempt(id_: str, citizen_id: str, result: CallResult = CallResult.REACHED, at: datetime = NOW) -> Attempt:
    return Attempt(id_, citizen_id, "barnaul", "petrova", at, result)


async def due(tx: Transaction, eyes: CallEyes = EVERYBODY, **about: object) -> list[str]:
    morning = NOW - timedelta(hours=5)
    return [one.citizen_id for one in await tx.calls.due(eyes, until=SOON, now=NOW, today=morning, **about)]


async def why(tx: Transaction, citizen_id: str) -> list[str]:
    return [str(row.reason) for row in await tx.calls.open_of(EVERYBODY, [citizen_id])]


async def test_a_call_planned_twice_is_one_whatever_became_of_it(database: Database) -> None:
    async with database.write() as tx:
        assert await tx.calls.plan(planned("ivan"), now=NOW)
        assert not await tx.calls.plan(planned("ivan"), now=SOON)
        await tx.calls.attempt(attempt("a1", "ivan"))
        assert await tx.calls.close("ivan", "a1", CallResult.REACHED, now=NOW) == 1
        assert not await tx.calls.plan(planned("ivan"), now=SOON)
        assert await tx.calls.plan(planned("ivan", subject="two"), now=SOON)


async def test_a_citizen_stands_once_in_the_list_with_all_reasons(database: Database) -> None:
    async with database.write() as tx:
        await tx.calls.plan(planned("ivan"), now=NOW)
        await tx.calls.plan(planned("ivan", Reason.RESUME, due_at=NOW - A_DAY), now=NOW)
        await tx.calls.plan(planned("olga", due_at=NOW - timedelta(hours=1)), now=NOW)
        await tx.calls.plan(planned("later", due_at=SOON + A_DAY), now=NOW)

        await tx.calls.plan(planned("asks", Reason.CALL_BACK), now=NOW)
        await tx.calls.plan(planned("busy", Reason.CALL_BACK, due_at=NOW + timedelta(minutes=30)), now=NOW)

        assert await due(tx) == ["ivan", "asks", "olga", "busy"]
        assert await why(tx, "ivan") == ["resume", "interval"]
        assert await due(tx, reason="resume") == ["ivan"]
        assert (await tx.calls.count(EVERYBODY, until=SOON), await tx.calls.count(EVERYBODY, until=WHEN)) == (4, 5)
        assert await tx.calls.count(EVERYBODY, until=SOON, reason="resume") == 1
        assert await due(tx, limit=1, skip=2) == ["olga"]


async def test_the_list_is_of_ones_own_office_and_without_what_is_not_to_be_seen(database: Database) -> None:
    async with database.write() as tx:
        await tx.calls.plan(planned("ivan"), now=NOW)
        await tx.calls.plan(planned("olga", office="rubtsovsk"), now=NOW)
        await tx.calls.plan(planned("nobody", office=""), now=NOW)
        await tx.calls.plan(planned("complains", role="lead", excluded="petrova"), now=NOW)

        assert await due(tx, CallEyes("petrova", ("barnaul",))) == ["ivan", "nobody"]
        assert await due(tx, CallEyes("petrova", is_lead=True)) == ["ivan", "nobody", "olga"]
        assert await due(tx, CallEyes("lead", is_lead=True)) == ["complains", "ivan", "nobody", "olga"]
        assert await due(tx, CallEyes("lead", is_lead=True), office="rubtsovsk") == ["nobody", "olga"]


async def test_an_attempt_sent_twice_is_one_and_can_be_undone(database: Database) -> None:
    async with database.write() as tx:
        await tx.calls.plan(planned("ivan"), now=NOW)
        missed = attempt("a1", "ivan", CallResult.NO_ANSWER)
        assert await tx.calls.attempt(missed)
        assert not await tx.calls.attempt(missed)
        await tx.calls.put_off("ivan", "a1", NOW + A_DAY, tries=1)
        (row,) = await tx.calls.open_of(EVERYBODY, ["ivan"])
        assert (row.due_at, row.tries, row.attempt) == (NOW + A_DAY, 1, "a1")

        assert await tx.calls.undo(missed, now=SOON)
        assert not await tx.calls.undo(missed, now=SOON)

        (row,) = await tx.calls.open_of(EVERYBODY, ["ivan"])
        assert (row.due_at, row.tries, row.attempt) == (NOW, 0, "")
        assert await tx.calls.last_attempts(["ivan"]) == {}
        assert [one.is_undone for one in await tx.calls.attempts("ivan")] == [True]
        assert await tx.calls.last_of("petrova", since=NOW - A_DAY) is None


async def test_a_call_that_was_closed_is_open_again_after_the_undo(database: Database) -> None:
    async with database.write() as tx:
        await tx.calls.plan(planned("ivan"), now=NOW)
        reached = attempt("a1", "ivan")
        await tx.calls.attempt(reached)
        await tx.calls.close("ivan", "a1", CallResult.REACHED, now=NOW)
        assert await due(tx) == []

        await tx.calls.undo(reached, now=SOON)

        assert await due(tx) == ["ivan"]


async def test_a_list_of_a_day_is_made_once(database: Database) -> None:
    async with database.write() as tx:
        assert not await tx.calls.is_made("barnaul", "2026-11-23")
        await tx.calls.made("barnaul", "2026-11-23")
        await tx.calls.made("barnaul", "2026-11-23")
        assert await tx.calls.is_made("barnaul", "2026-11-23")
        await tx.calls.made("barnaul", "2026-11-24")
    assert await table(database, "SELECT office, day FROM call_rounds") == [("barnaul", "2026-11-24")]


async def test_phones_are_those_of_bookings_without_the_wrong_ones(database: Database) -> None:
    ivan = await meet(database)
    async with database.write() as tx:
        for number, phone in enumerate(("8 913 000-00-01", "+7 913 000 00 02", "")):
            await tx.bookings.take(
                f"b{number}", replace(SLOT, id=f"s{number}", role=f"r{number}"), [1], code=f"C{number}", state="booked",
                created_by="petrova", now=NOW + timedelta(seconds=number), citizen_id=ivan, name="Иван", phone=phone,
            )  # fmt: skip
        assert await tx.calls.phones([ivan, "olga"]) == {ivan: ["+7 913 000 00 02", "8 913 000-00-01"]}

        await tx.calls.keep_wrong(ivan, [tx.calls.find("89130000002")])

        assert await tx.calls.phones([ivan]) == {ivan: ["8 913 000-00-01"]}
        assert (await tx.calls.people([ivan], now=NOW))[ivan].has_person
    assert "913" not in str(await table(database, "SELECT * FROM call_marks"))


async def visited(tx: Transaction, citizen_id: str, id_: str, *, ago: int, **about: object) -> None:
    row = VisitRow(id_, citizen_id, "desk", "job_matcher", NOW - ago * A_DAY, "petrova", NOW)
    await tx.visits.record(replace(row, **about))


async def test_what_is_known_of_a_citizen_before_a_call(database: Database) -> None:
    ivan, olga = await meet(database), await meet(database, "olga")
    case = CaseRow("c1", olga, "web", "call_back", "new", False, NOW, words=("8 913",), role="lead", excluded="petrova")
    async with database.write() as tx:
        await tx.citizens.agree(ivan, version="1", now=NOW)
        await tx.citizens.place(ivan, "barnaul")
        await tx.citizens.choose(ivan, ["released", "alimony"], now=NOW)
        await visited(tx, ivan, "v1", ago=9, resume=Resume.PROMISED, next_step=Next.REPEAT, repeats=3)
        await visited(tx, ivan, "v2", ago=2, results=(Result.NO_SHOW,), resume=Resume.PROMISED)
        await tx.bookings.take(
            "b1", SLOT, [1], code="C", state="booked", created_by="petrova", now=NOW, citizen_id=ivan
        )
        await tx.calls.plan(planned(ivan), now=NOW)
        await tx.calls.switch(ivan, is_wanted=False, now=NOW)
        await tx.cases.open(case)
        await tx.calls.attempt(attempt("a1", olga, at=NOW - A_DAY))
        await tx.calls.attempt(attempt("a2", olga, CallResult.BUSY))
        people = await tx.calls.people([ivan, olga, "nobody"], now=NOW)

    one, other = people[ivan], people[olga]
    assert set(people) == {ivan, olga}
    assert (one.office, one.consent_at, one.situations, one.off_at) == ("barnaul", NOW, ("released", "alimony"), NOW)
    assert (one.visit_id, one.is_no_show, one.resume, one.repeats) == ("v2", True, "promised", 0)
    assert (one.contact_at, one.booking_id, one.booked_at) == (NOW - 9 * A_DAY, "b1", TEN)
    assert one.open == (Reason.INTERVAL,)
    assert (other.case_id, other.case_topic, other.case_role, other.case_excluded) == (
        "c1",
        "call_back",
        "lead",
        "petrova",
    )
    assert (other.contact_at, other.consent_at, other.heard_at) == (NOW - A_DAY, None, None)


async def fresh(tx: Transaction) -> set[str]:
    return set(await tx.calls.fresh(now=NOW, since=NOW - 3 * A_DAY, repeats=3, limit=50))


async def test_what_happened_is_found_until_a_call_is_planned_for_it(database: Database) -> None:
    names = ("asks", "low", "lost", "missed", "repeats", "calm")
    ids = {name: await meet(database, name) for name in names}
    async with database.write() as tx:
        for name, topic in (("asks", "call_back"), ("low", "survey"), ("lost", "jobs"), ("calm", "jobs")):
            await tx.cases.open(CaseRow(f"c-{name}", ids[name], "web", topic, "new", False, NOW))
        await tx.citizens.mark_reachable([("web", address(database, "lost"), False)], now=NOW)
        await visited(tx, ids["missed"], "v-missed", ago=1, results=(Result.NO_SHOW,))
        await visited(tx, ids["repeats"], "v-repeats", ago=1, next_step=Next.REPEAT, repeats=3)
        await visited(tx, ids["calm"], "v-calm", ago=1, results=(Result.CONSULTED,))

        assert await fresh(tx) == {ids[name] for name in names if name != "calm"}

        for name, reason, subject in (
            ("asks", Reason.CALL_BACK, "c-asks"),
            ("low", Reason.SURVEY, "c-low"),
            ("lost", Reason.UNREACHABLE, "c-lost"),
            ("missed", Reason.NO_SHOW, "v-missed"),
            ("repeats", Reason.REPEATS, "v-repeats"),
        ):
            await tx.calls.plan(planned(ids[name], reason, subject), now=NOW)
        assert await fresh(tx) == set()


async def settled(database: Database) -> int:
    async with database.write() as tx:
        return await tx.calls.settle(now=SOON)


async def test_nobody_is_called_for_what_has_been_done_meanwhile(database: Database) -> None:
    ivan = await meet(database)
    async with database.write() as tx:
        await tx.cases.open(CaseRow("c1", ivan, "web", "call_back", "new", False, NOW))
        await tx.citizens.mark_reachable([("web", address(database), False)], now=NOW)
        for reason, subject in ((Reason.CALL_BACK, "c1"), (Reason.UNREACHABLE, "c1"), (Reason.NO_SHOW, "v1")):
            await tx.calls.plan(planned(ivan, reason, subject), now=NOW)
        await tx.calls.plan(planned(ivan, Reason.QUIET, "quiet:1"), now=NOW)
    assert await settled(database) == 0

    async with database.write() as tx:
        await tx.cases.close("c1", "petrova", is_lead=True, version=0, now=NOW)
    assert await settled(database) == 2
    async with database.write() as tx:
        assert await why(tx, ivan) == ["no_show", "quiet"] or set(await why(tx, ivan)) == {"no_show", "quiet"}
        await tx.bookings.take(
            "b1", SLOT, [1], code="C", state="booked", created_by="petrova", now=NOW, citizen_id=ivan
        )
    assert await settled(database) == 2
    assert {row[0] for row in await table(database, "SELECT result FROM calls")} == {"needless"}


@pytest.mark.parametrize("reason", list(Reason))
async def test_who_wants_no_calls_has_none_open(database: Database, reason: Reason) -> None:
    ivan = await meet(database)
    async with database.write() as tx:
        await tx.cases.open(CaseRow("c1", ivan, "web", "call_back", "new", False, NOW))
        await tx.citizens.mark_reachable([("web", address(database), False)], now=NOW)
        await tx.calls.plan(planned(ivan, reason, "c1"), now=NOW)
        await tx.calls.switch(ivan, is_wanted=False, now=NOW)
    assert await settled(database) == 1


async def test_figures_tell_attempts_and_whom_they_reached(database: Database) -> None:
    async with database.write() as tx:
        for number, (citizen, result) in enumerate(
            (
                ("ivan", CallResult.NO_ANSWER),
                ("ivan", CallResult.REACHED),
                ("olga", CallResult.NO_ANSWER),
                ("pyotr", CallResult.LATER),
            )
        ):
            await tx.calls.attempt(attempt(f"a{number}", citizen, result, NOW + timedelta(minutes=number)))
        wrong = attempt("undone", "olga", CallResult.REACHED)
        await tx.calls.attempt(wrong)
        await tx.calls.undo(wrong, now=NOW)
        await tx.calls.attempt(replace(attempt("there", "anna"), office="rubtsovsk"))
        here = await tx.calls.figures(since=NOW, until=SOON, office="barnaul")
        every = await tx.calls.figures(since=NOW, until=SOON)
        none = await tx.calls.figures(since=SOON, until=WHEN)

    assert (here.attempts, here.spoken, here.people, here.reached) == (4, 2, 3, 2)
    assert dict(here.results) == {CallResult.NO_ANSWER: 2, CallResult.REACHED: 1, CallResult.LATER: 1}
    assert (every.attempts, every.people) == (5, 4)
    assert (none.attempts, none.spoken, none.people, none.reached, none.results) == (0, 0, 0, 0, ())


@pytest.mark.parametrize("way", ["erase", "withdraw"])
async def test_who_is_forgotten_leaves_figures_and_the_wish_not_to_be_called(database: Database, way: str) -> None:
    ivan = await meet(database)
    async with database.write() as tx:
        await tx.calls.plan(planned(ivan), now=NOW)
        await tx.calls.attempt(attempt("a1", ivan))
        await tx.calls.switch(ivan, is_wanted=False, now=NOW)
        await tx.calls.keep_wrong(ivan, [tx.calls.find("89130000002")])
        await getattr(tx.citizens, way)(ivan, now=NOW)

        assert await tx.calls.mark(ivan) == (NOW, ())
        assert (await tx.calls.figures(since=NOW, until=SOON)).attempts == 1
    assert await table(database, "SELECT id FROM calls") == []
    assert await table(database, "SELECT citizen_id FROM call_attempts") == [(None,)]


async def test_of_two_citizens_who_become_one_calls_and_wishes_come_along(database: Database) -> None:
    async with database.write() as tx:
        for citizen in ("kept", "gone"):
            await tx.calls.plan(planned(citizen), now=NOW)
            await tx.calls.attempt(attempt(f"a-{citizen}", citizen))
            await tx.calls.keep_wrong(citizen, [citizen])
        await tx.calls.plan(planned("gone", Reason.QUIET), now=NOW)
        await tx.calls.switch("gone", is_wanted=False, now=NOW)

        await tx.calls.merge("kept", "gone")

        assert sorted(await why(tx, "kept")) == ["interval", "quiet"]
        assert await why(tx, "gone") == []
        assert await tx.calls.mark("kept") == (NOW, ("kept", "gone"))
        assert len(await tx.calls.attempts("kept")) == 2


async def test_calls_that_are_long_over_are_forgotten(database: Database) -> None:
    async with database.write() as tx:
        await tx.calls.plan(planned("ivan"), now=NOW)
        await tx.calls.attempt(attempt("a1", "ivan"))
        await tx.calls.close("ivan", "a1", CallResult.REACHED, now=NOW)
        await tx.calls.plan(planned("olga"), now=NOW)

        assert await tx.retention.calls(before=NOW, limit=10) == 0
        assert await tx.retention.calls(before=SOON, limit=10) == 2
    assert await table(database, "SELECT citizen_id FROM calls") == [("olga",)]


async def test_the_copy_of_ones_data_has_the_calls(database: Database) -> None:
    ivan = await meet(database)
    async with database.write() as tx:
        await tx.calls.attempt(attempt("a1", ivan))
        await tx.calls.switch(ivan, is_wanted=False, now=NOW)
        extract = await tx.extracts.of(ivan)

    assert ([one.result for one in extract.calls], extract.no_calls_at) == ([CallResult.REACHED], NOW)


async def test_no_words_and_no_phones_are_kept_with_calls(database: Database) -> None:
    """Nothing to seal, nothing to reseal: if a column for words comes, it must stand in SEALED."""
    if database.dialect == "sqlite":
        kinds = [
            row[2]
            for name in ("calls", "call_attempts", "call_marks")
            for row in await table(database, f"PRAGMA table_info({name})")
        ]
    else:
        named = "('calls', 'call_attempts', 'call_marks')"
        sql = f"SELECT data_type FROM information_schema.columns WHERE table_name IN {named}"
        kinds = [row[0] for row in await table(database, sql)]
    assert not {"BLOB", "bytea"} & set(kinds)
