"""Surveys, on both databases: planned once, answered once a person, and after the term nobody's."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from storage.database import Database, open_database
from storage.records import CaseRow, Lane, Part, SessionRow
from storage.survey_records import Counted, PlannedSurvey, Sheet, SheetAnswer
from tests.databases import SECRETS
from tests.storage.rows import NOW, address, execute, meet, table

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
SINCE = NOW - DAY  # answers begun before can't be changed


def planned(citizen_id: str, **more: object) -> PlannedSurvey:
    return replace(
        PlannedSurvey(citizen_id, "nps", "month", "", "barnaul", NOW, NOW + 30 * DAY),
        **more,  # type: ignore[arg-type]
    )


def score(value: str | None, *, words: str | None = None, version: str = "1") -> SheetAnswer:
    return SheetAnswer("nps", "recommend", version, value, words)


async def agreed(database: Database, chat: str = "ivan", *, channel: str = "telegram", now: datetime = NOW) -> str:
    id_ = await meet(database, chat, channel=channel, now=now)
    async with database.write() as tx:
        await tx.citizens.agree(id_, version="1", now=now)
        place = address(database, chat, channel=channel)
        await tx.sessions.save([SessionRow(id_, channel, place, "menu.main", b"{}", 1, now)])
    return id_


async def given(database: Database, citizen_id: str, **more: object) -> str:
    """The id of an invitation that has left."""
    async with database.write() as tx:
        await tx.surveys.plan(planned(citizen_id, **more))
        known = [one for one in await tx.surveys.due(now=NOW, limit=10) if one.citizen_id == citizen_id]
        assert await tx.surveys.give(known[0].id, ["nps.recommend"], at=NOW, keep_until=NOW + 7 * DAY)
        await tx.surveys.show(known[0].id, citizen_id)
    return known[0].id


async def answer(
    database: Database, id_: str, citizen_id: str, said: SheetAnswer, *, now: datetime = NOW, since: datetime = SINCE
) -> bool:
    async with database.write() as tx:
        return await tx.surveys.answer(id_, citizen_id, said, day=TODAY, since=since, now=now)


async def counted(database: Database, *, office: str = "", day: date = TODAY) -> dict[str, int]:
    async with database.read() as tx:
        return {one.value: one.count for one in await tx.surveys.counts(since=day, until=day, office=office)}


# planning


async def test_what_is_planned_without_a_subject_is_planned_once_and_put_off(database: Database) -> None:
    ivan = await meet(database)
    later = planned(ivan, due_at=NOW + DAY, keep_until=NOW + 9 * DAY)
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan))
        await tx.surveys.plan(later)
        assert await tx.surveys.next_due() == NOW
        await tx.surveys.put_off(later)
        assert await tx.surveys.next_due() == NOW + DAY

    assert await table(database, "SELECT count(*) FROM survey_invitations") == [(1,)]


async def test_a_subject_is_asked_about_once_even_when_that_is_over(database: Database) -> None:
    ivan = await agreed(database)
    id_ = await given(database, ivan, subject="visit 1")
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan, subject="visit 1"))
        await tx.surveys.plan(planned(ivan, subject="visit 2"))

    rows = await table(database, "SELECT id, subject FROM survey_invitations ORDER BY subject")
    assert [row[1] for row in rows] == ["visit 1", "visit 2"]
    assert rows[0][0] == id_


async def test_a_candidate_tells_what_forbids_to_ask(database: Database) -> None:
    ivan = await agreed(database)
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan))
        (known,) = await tx.surveys.due(now=NOW, limit=10)
    assert (known.has_consent, known.is_stopped, known.is_off, known.has_case) == (True, False, False, False)
    assert (known.channel, known.is_reachable, known.trouble_at, known.last_at) == ("telegram", True, None, None)

    place = address(database, channel="telegram")
    async with database.write() as tx:
        await tx.citizens.stop([(ivan, NOW)])
        await tx.citizens.mark_reachable([("telegram", place, False)], now=NOW)
        await tx.cases.open(CaseRow("c", ivan, "telegram", "complaint", "new", False, NOW))
        (known,) = await tx.surveys.due(now=NOW, limit=10)
    assert (known.is_stopped, known.is_reachable, known.has_case, known.trouble_at) == (True, False, True, NOW)


async def test_the_newest_invitation_counts_and_one_of_another_survey_too(database: Database) -> None:
    ivan = await agreed(database)
    await given(database, ivan, survey="ces", asking="visit", subject="visit 1")
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan))
        (known,) = await tx.surveys.due(now=NOW, limit=10)

        assert (known.last_at, known.same_at) == (NOW, None)
        assert await tx.surveys.asked_before(ivan) == ["nps.recommend"]


async def test_two_schedulers_give_one_invitation(database: Database, database_url: str) -> None:
    ivan = await agreed(database)
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan))
        (known,) = await tx.surveys.due(now=NOW, limit=10)
    other = await open_database(database_url, SECRETS)

    async def give(one: Database) -> bool:
        async with one.write() as tx:
            return await tx.surveys.give(known.id, ["nps.recommend"], at=NOW, keep_until=NOW + DAY)

    try:
        assert sorted(await asyncio.gather(give(database), give(other))) == [False, True]
    finally:
        await other.close()
    reminders = await table(database, "SELECT id, kind, subject FROM reminders")
    assert reminders == [(f"survey:{known.id}", "survey", known.id)]


async def test_dropped_is_no_invitation(database: Database) -> None:
    ivan = await agreed(database)
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan))
        (known,) = await tx.surveys.due(now=NOW, limit=10)
        await tx.surveys.give(known.id, ["nps.recommend"], at=NOW, keep_until=NOW + DAY)
        await tx.surveys.drop(known.id, ivan)
        await tx.surveys.plan(planned(ivan))
        (again,) = await tx.surveys.due(now=NOW, limit=10)

        assert again.last_at is None
        assert await tx.surveys.asked_before(ivan) == []


# answers


async def test_an_answer_is_changed_within_the_term_and_counted_once(database: Database) -> None:
    ivan = await agreed(database)
    id_ = await given(database, ivan)

    assert await answer(database, id_, ivan, score("0"))
    assert await answer(database, id_, ivan, score("9"), now=NOW + timedelta(hours=23))

    assert await counted(database) == {"9": 1}
    async with database.read() as tx:
        found = await tx.surveys.get(id_, ivan)
    assert found is not None
    assert (found.state, found.begun_at, found.answered) == ("begun", NOW, {"nps.recommend": "9"})


async def test_passed_over_is_no_answer_but_is_known_until_the_end(database: Database) -> None:
    ivan = await agreed(database)
    id_ = await given(database, ivan)

    assert await answer(database, id_, ivan, score(None))

    assert await counted(database) == {}
    async with database.read() as tx:
        found = await tx.surveys.get(id_, ivan)
        assert await tx.surveys.people(since=TODAY, until=TODAY) == {}
    assert found is not None
    assert found.answered == {"nps.recommend": None}


async def test_a_late_answer_is_refused_and_changes_nothing(database: Database) -> None:
    ivan, olga = await agreed(database), await agreed(database, "olga")
    id_, unanswered = await given(database, ivan), await given(database, olga)
    await answer(database, id_, ivan, score("3"))
    late = NOW + timedelta(hours=24)

    assert not await answer(database, id_, ivan, score("10"), now=late, since=late - DAY)
    assert not await answer(database, unanswered, olga, score("10"), now=NOW + 7 * DAY, since=NOW + 6 * DAY)

    assert await counted(database) == {"3": 1}


async def test_nobody_answers_in_anothers_name(database: Database) -> None:
    ivan, olga = await agreed(database), await agreed(database, "olga")
    id_ = await given(database, ivan)

    assert not await answer(database, id_, olga, score("0"))
    async with database.read() as tx:
        assert await tx.surveys.get(id_, olga) is None


async def test_after_the_term_no_row_tells_who_answered_what(database: Database) -> None:
    ivan, olga = await agreed(database), await agreed(database, "olga")
    id_, other = await given(database, ivan), await given(database, olga)
    await answer(database, id_, ivan, score("2", words="очередь"))
    ((sheet,),) = await table(database, "SELECT id FROM survey_sheets")
    async with database.write() as tx:
        assert await tx.surveys.untie(before=NOW - timedelta(seconds=1), limit=10) == 0
        assert await tx.surveys.untie(before=NOW, limit=10) == 1
        assert await tx.surveys.close(now=NOW + 7 * DAY, limit=10) == 1

    for column in ("sheet", "begun_at IS NULL OR sheet IS NULL"):
        assert str(sheet) not in str(await table(database, f"SELECT {column} FROM survey_invitations"))
    states = await table(database, "SELECT DISTINCT state FROM survey_invitations")
    assert states == [("over",)], "not even whether one answered"
    assert other != id_
    assert await counted(database) == {"2": 1}
    async with database.read() as tx:
        assert [row.answered for row in await tx.surveys.of_citizen(ivan)] == [{}]
        assert await tx.surveys.words(since=TODAY, until=TODAY) == [("nps", "recommend", "очередь")]


async def test_words_lie_sealed_and_a_comment_joins_its_answer(database: Database) -> None:
    ivan = await agreed(database)
    id_ = await given(database, ivan)
    await answer(database, id_, ivan, score("4"))
    async with database.write() as tx:
        await tx.surveys.comment(id_, ivan, "nps", "recommend", "secret words")
        await tx.surveys.comment(id_, "somebody", "nps", "recommend", "not mine")

    ((words,),) = await table(database, "SELECT words FROM survey_answers")
    assert b"secret" not in bytes(words)
    async with database.read() as tx:
        assert await tx.surveys.words(since=TODAY, until=TODAY) == [("nps", "recommend", "secret words")]
    assert await counted(database) == {"4": 1}


async def test_what_was_keyed_in_counts_by_office_version_and_day(database: Database) -> None:
    async with database.write() as tx:
        for office, value, version in (("north", "10", "1"), ("north", "10", "1"), ("south", "0", "2")):
            await tx.surveys.record(Sheet(TODAY, office, "paper", "", (score(value, version=version),)))
        await tx.surveys.record(Sheet(TODAY + DAY, "north", "phone", "", (score("5"),)))

    assert await counted(database, office="north") == {"10": 2}
    assert await counted(database, day=TODAY + DAY) == {"5": 1}
    async with database.read() as tx:
        counts = await tx.surveys.counts(since=TODAY, until=TODAY)
        people = await tx.surveys.people(since=TODAY, until=TODAY + DAY)
    assert counts == [Counted("nps", "1", "recommend", "10", 2), Counted("nps", "2", "recommend", "0", 1)]
    assert people == {("nps", "1"): 3, ("nps", "2"): 1}


# wishes, troubles, the end of a citizen


async def test_a_pause_drops_what_waits_and_what_is_under_way(database: Database) -> None:
    ivan = await agreed(database)
    id_ = await given(database, ivan)
    place = address(database, channel="telegram")
    part = Part(ivan, "telegram", place, "t", 0, Lane.REMINDER, "survey.invite", b"x", False, NOW, f"survey:{id_}")
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan, survey="csi"))
        await tx.outbox.add([part], now=NOW)
        await tx.surveys.pause(ivan, now=NOW)
        assert await tx.outbox.lease("telegram", now=NOW, limit=10) == []

    assert await table(database, "SELECT DISTINCT state FROM survey_invitations") == [("dropped",)]
    assert await table(database, "SELECT state FROM reminders WHERE kind = 'survey'") == [(3,)]
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan, survey="csi"))
        (known,) = await tx.surveys.due(now=NOW, limit=10)
    assert known.trouble_at == NOW


async def test_never_again_and_again(database: Database) -> None:
    ivan = await agreed(database)
    async with database.write() as tx:
        await tx.surveys.plan(planned(ivan))
        await tx.surveys.switch(ivan, is_wanted=False, now=NOW)
        assert await tx.surveys.due(now=NOW, limit=10) == []
        await tx.surveys.plan(planned(ivan))
        assert (await tx.surveys.due(now=NOW, limit=10))[0].is_off
        await tx.surveys.switch(ivan, is_wanted=True, now=NOW)
        assert not (await tx.surveys.due(now=NOW, limit=10))[0].is_off


async def test_an_invitation_under_way_is_withdrawn_when_a_person_takes_over(database: Database) -> None:
    ivan = await agreed(database)
    id_ = await given(database, ivan)
    place = address(database, channel="telegram")
    part = Part(ivan, "telegram", place, "t", 0, Lane.REMINDER, "survey.invite", b"x", False, NOW, f"survey:{id_}")
    async with database.write() as tx:
        await tx.outbox.add([part], now=NOW)
        await tx.cases.open(CaseRow("c", ivan, "telegram", "question", "new", False, NOW))
        (leased,) = await tx.outbox.lease("telegram", now=NOW, limit=10)

    assert leased.is_withdrawn


@pytest.mark.parametrize("what", ["erase", "withdraw"])
async def test_deletion_takes_what_is_still_theirs_and_leaves_what_is_nobodys(database: Database, what: str) -> None:
    ivan, olga = await agreed(database), await agreed(database, "olga")
    old, olgas = await given(database, ivan, subject="visit 1"), await given(database, olga)
    await answer(database, old, ivan, score("10"))
    async with database.write() as tx:
        await tx.surveys.untie(before=NOW, limit=10)
    fresh = await given(database, ivan, subject="visit 2")
    await answer(database, fresh, ivan, score("1", words="слова"))
    await answer(database, olgas, olga, score("8"))
    async with database.write() as tx:
        await tx.surveys.switch(ivan, is_wanted=True, now=NOW)
        await getattr(tx.citizens, what)(ivan, now=NOW)

    assert await counted(database) == {"10": 1, "8": 1}
    assert await table(database, "SELECT count(*) FROM survey_sheets") == [(2,)]
    assert await table(database, "SELECT DISTINCT citizen_id FROM survey_invitations") == [(olga,)]
    assert await table(database, "SELECT count(*) FROM survey_marks") == [(0,)]


async def test_two_who_become_one_are_asked_once(database: Database) -> None:
    ivan, olga = await agreed(database), await agreed(database, "olga")
    begun = {one: await given(database, one, subject="visit 1") for one in (ivan, olga)}
    for one, id_ in begun.items():
        await answer(database, id_, one, score("7"))
    async with database.write() as tx:
        for one in (ivan, olga):
            await tx.surveys.plan(planned(one))
            await tx.surveys.plan(planned(one, subject="visit 2"))
        await tx.surveys.switch(olga, is_wanted=False, now=NOW)
        await tx.surveys.plan(planned(olga))
        await tx.surveys.merge(ivan, olga)

    assert await table(database, "SELECT DISTINCT citizen_id FROM survey_invitations") == [(ivan,)]
    waiting = await table(database, "SELECT subject FROM survey_invitations WHERE state = 'planned' ORDER BY subject")
    assert waiting == [("",), ("visit 2",)]
    assert await counted(database) == {"7": 2}
    async with database.read() as tx:
        assert all(one.is_off for one in await tx.surveys.due(now=NOW, limit=10))
    assert await table(database, "SELECT citizen_id FROM survey_marks") == [(ivan,)]


# keeping the house


async def test_words_and_old_invitations_go_when_their_time_is_over(database: Database) -> None:
    ivan = await agreed(database)
    id_ = await given(database, ivan)
    await answer(database, id_, ivan, score("4", words="слова"))
    async with database.write() as tx:
        await tx.surveys.untie(before=NOW, limit=10)
        assert await tx.retention.survey_words(before=NOW, limit=10) == 0
        assert await tx.retention.survey_words(before=NOW + DAY, limit=10) == 1
        assert await tx.retention.survey_words(before=NOW + DAY, limit=10) == 0
        assert await tx.retention.survey_invitations(before=NOW, limit=10) == 0
        assert await tx.retention.survey_invitations(before=NOW + DAY, limit=10) == 1
        assert await tx.surveys.words(since=TODAY, until=TODAY) == []

    assert await counted(database) == {"4": 1}


async def test_a_round_begins_once_and_active_people_are_found_page_by_page(database: Database) -> None:
    ids = sorted([await agreed(database, f"chat {number}", now=NOW - 40 * DAY) for number in range(5)])
    await agreed(database, "new")
    await meet(database, "stranger")
    async with database.write() as tx:
        await tx.citizens.stop([(ids[0], NOW)])
        assert await tx.surveys.begin_round("csi.quarter", "2026-q4")
        assert not await tx.surveys.begin_round("csi.quarter", "2026-q4")
        since = {"known_since": NOW - 30 * DAY, "heard_since": NOW - 90 * DAY}
        first = await tx.surveys.active(after="", limit=3, **since)
        rest = await tx.surveys.active(after=first[-1][0], limit=3, **since)

    assert [one for one, _ in [*first, *rest]] == ids[1:]


async def test_an_unreadable_word_does_not_stop_the_copy_of_ones_data(database: Database) -> None:
    ivan = await agreed(database)
    id_ = await given(database, ivan)
    await answer(database, id_, ivan, score(None, words="слова"))
    blob = "decode('00', 'hex')" if database.dialect == "postgres" else "x'00'"
    await execute(database, f"UPDATE survey_answers SET words = {blob}")

    async with database.read() as tx:
        (found,) = await tx.surveys.of_citizen(ivan)
    assert found.answered == {"nps.recommend": None}
