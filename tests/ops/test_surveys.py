"""Surveys that come by themselves, seldom, by day, never to the wrong ones; and what staff type on the command line."""

import asyncio
import csv
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.chores.surveying import Surveying, quarter
from bot.flows import FLOWS
from bot.surveys.limits import Drop, Give, Wait, judge
from bot.surveys.rotation import questions_of, rotated
from bot.surveys.triggers import happened
from bot.texts.questionnaire import Asking, SurveyTerms
from bot.texts.schema import Content
from storage.database import Database, open_database
from storage.survey_records import Candidate
from tests.databases import SECRETS
from tests.ops.child import Done, command
from tests.storage.rows import table
from tests.storage.test_surveys import agreed
from tests.talk import MONDAY_NOON, FixedClock, real_content

DAY = timedelta(days=1)
TERMS = SurveyTerms(every_days=14, open_days=7, change_hours=24, trouble_days=30, few=30)
VISIT = Asking("visit", "visit", after_hours=2, keep_days=3)
ITEMS = [f"q{number}" for number in range(9)]

Run = Callable[..., Awaitable[Done]]


def candidate(**more: object) -> Candidate:
    known = Candidate(
        id="one",
        citizen_id="ivan",
        survey="ces",
        asking="visit",
        subject="visit 1",
        office="",
        due_at=MONDAY_NOON,
        keep_until=MONDAY_NOON + 3 * DAY,
        has_consent=True,
        is_stopped=False,
        is_off=False,
        channel="telegram",
        is_reachable=True,
        has_case=False,
        trouble_at=None,
        last_at=None,
        same_at=None,
    )
    return replace(known, **more)  # type: ignore[arg-type]


def judged(known: Candidate, *, asking: Asking | None = VISIT, after: timedelta = timedelta()) -> Give | Wait | Drop:
    return judge(known, asking, TERMS, {"telegram"}, now=MONDAY_NOON + after)


# Who may be invited


@pytest.mark.parametrize(
    "why",
    [
        {"has_consent": False},
        {"is_stopped": True},
        {"is_off": True},
        {"is_reachable": False},
        {"channel": ""},
        {"channel": "vk"},
        {"trouble_at": MONDAY_NOON - 29 * DAY},
        {"keep_until": MONDAY_NOON},
    ],
)
def test_who_must_be_left_alone_is_never_invited(why: dict[str, object]) -> None:
    assert judged(candidate()) == Give()
    assert judged(candidate(**why)) == Drop()


def test_what_the_content_has_no_more_is_dropped() -> None:
    assert judged(candidate(), asking=None) == Drop()


def test_an_open_request_is_waited_for_while_the_answer_says_something() -> None:
    assert judged(candidate(has_case=True)) == Wait(MONDAY_NOON + DAY)
    assert judged(candidate(has_case=True), after=2 * DAY) == Drop()


def test_two_invitations_are_so_many_days_apart() -> None:
    late = {"keep_until": MONDAY_NOON + 60 * DAY}
    assert judged(candidate(last_at=MONDAY_NOON - 14 * DAY)) == Give()
    assert judged(candidate(last_at=MONDAY_NOON - 13 * DAY, **late)) == Wait(MONDAY_NOON + DAY)
    assert judged(candidate(last_at=MONDAY_NOON - DAY)) == Drop(), "in 13 days nobody remembers this visit"


def test_the_same_survey_comes_after_its_own_pause() -> None:
    asking = replace(VISIT, every_days=90)
    assert judged(candidate(same_at=MONDAY_NOON - 89 * DAY), asking=asking) == Drop()
    assert judged(candidate(same_at=MONDAY_NOON - 90 * DAY), asking=asking) == Give()


# Which questions come


@given(some.text("abcdef0123456789", min_size=1, max_size=8), some.integers(1, 9), some.integers(1, 12))
def test_none_comes_twice_before_all_have_come(seed: str, count: int, visits: int) -> None:
    before: list[str] = []
    for _ in range(visits):
        chosen = rotated(ITEMS, count, seed, before)
        assert chosen == [one for one in ITEMS if one in chosen], "in their own order"
        assert len(chosen) == count
        before += chosen
        times = [before.count(one) for one in ITEMS]
        assert max(times) - min(times) <= 1


def test_the_lot_is_the_citizens_own_and_stays() -> None:
    ivans = [tuple(rotated(ITEMS, 3, "ivan", [])) for _ in range(3)]
    assert len(set(ivans)) == 1
    assert len({tuple(rotated(ITEMS, 3, f"citizen {number}", [])) for number in range(50)}) > 20
    first = [one for number in range(900) for one in rotated(ITEMS, 3, f"citizen {number}", [])]
    assert all(200 < first.count(one) < 400 for one in ITEMS), "each as often as the others"


def test_a_whole_survey_comes_whole() -> None:
    content = real_content(FLOWS)
    csi, asking = content.surveys["csi"], content.surveys["csi"].asked["quarter"]
    assert questions_of(asking, csi, content.surveys, "ivan", []) == [f"csi.{one}" for one in csi.items]


# The scheduler


@pytest.fixture
def content() -> Content:
    return real_content(FLOWS)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_NOON)


async def given_out(database: Database) -> list[tuple[str, str, datetime]]:
    rows = await table(
        database,
        "SELECT r.citizen_id, i.survey, r.due_at FROM reminders r JOIN survey_invitations i ON i.id = r.subject "
        "WHERE r.kind = 'survey' ORDER BY r.due_at, r.id",
    )
    return [(row[0], row[1], datetime.fromtimestamp(row[2] / 1000, UTC)) for row in rows]


TRIGGERS = ("visit", "case_closed", "refused", "plan_done", "event:found_job")
ACTS = (*TRIGGERS, "pause", "night", "stop")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whatever_happens_nobody_is_asked_too_often_or_at_night(
    database: Database, clock: FixedClock, content: Content
) -> None:
    """Random lives of one citizen after the other: hours between what happens, the scheduler looks after each."""
    lives = _lives()
    for number, life in enumerate(lives):
        clock.set(MONDAY_NOON + number * 400 * DAY)
        ivan = await agreed(database, f"citizen {number}", now=clock.now())
        paused: list[datetime] = []
        stopped: list[datetime] = []
        for step, (act, hours) in enumerate(life):
            now = clock.now()
            async with database.write() as tx:
                if act == "pause":
                    await tx.surveys.pause(ivan, now=now)
                    paused.append(now)
                elif act == "stop":
                    await tx.citizens.stop([(ivan, now)])
                    await tx.reminders.cancel_all([ivan])
                    stopped.append(now)
                elif act != "night":
                    about = {"citizen_id": ivan, "subject": f"{number}:{step}", "office": "", "now": now}
                    await happened(tx, content, act, **about)
            for _ in range(4):
                clock.move(hours=hours / 4 if act != "night" else 9)
                await Surveying(database, clock, content, {"telegram"}).plan()
        await _none_too_often(database, ivan, content, paused, stopped)
    assert len(await given_out(database)) > len(lives) / 2, "most of them were asked something"


def _lives() -> list[list[tuple[str, int]]]:
    """Sixty of them, each of what happens and the hours until the next, the same in every run."""
    dice = Random(60)
    return [[(dice.choice(ACTS), dice.randint(1, 200)) for _ in range(dice.randint(1, 12))] for _ in range(60)]


async def _none_too_often(
    database: Database, citizen: str, content: Content, paused: list[datetime], stopped: list[datetime]
) -> None:
    terms = content.rules.surveys
    assert terms is not None
    asked = [(survey, at) for one, survey, at in await given_out(database) if one == citizen]
    moments = [at for _, at in asked]
    assert all(later - earlier >= terms.every_days * DAY for earlier, later in pairwise(moments))
    zone = ZoneInfo(content.default_office.timezone)
    for at in moments:
        hour = at.astimezone(zone).hour
        assert content.rules.quiet_to.hour <= hour < content.rules.quiet_from.hour
    live = await table(
        database, f"SELECT due_at FROM reminders WHERE citizen_id = '{citizen}' AND kind = 'survey' AND state = 0"
    )
    for (due_at,) in live:
        due = datetime.fromtimestamp(due_at / 1000, UTC)
        assert not [one for one in paused if one <= due < one + (terms.trouble_days - 1) * DAY]
        assert not [one for one in stopped if one <= due]


async def test_two_schedulers_at_once_invite_each_citizen_once(
    database: Database, database_url: str, clock: FixedClock, content: Content
) -> None:
    ids = [await agreed(database, f"citizen {number}") for number in range(12)]
    async with database.write() as tx:
        for one in ids:
            for trigger in ("visit", "plan_done"):
                await happened(tx, content, trigger, citizen_id=one, subject=one, office="", now=clock.now())
    clock.move(hours=24)
    other = await open_database(database_url, SECRETS)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.chores.surveying.AT_ONCE", 5)
            every = [Surveying(one, clock, content, {"telegram"}) for one in (database, other, database)]
            await asyncio.gather(*(one.plan() for one in every))
    finally:
        await other.close()

    assert sorted(citizen for citizen, _, _ in await given_out(database)) == sorted(ids)


async def test_a_quarter_draws_its_sample_once_and_not_the_same_people_in_half_a_year(
    database: Database, clock: FixedClock, content: Content
) -> None:
    few = replace(content.surveys["csi"], asked={"quarter": replace(content.surveys["csi"].asked["quarter"], people=3)})
    small = replace(content, surveys={"csi": few})
    for number in range(5):
        await agreed(database, f"citizen {number}", now=clock.now() - 40 * DAY)
    surveying = Surveying(database, clock, small, {"telegram"})

    assert await surveying.sample() == 3
    assert await surveying.sample() == 0
    clock.move(hours=2)
    assert await surveying.plan() == 3

    clock.move(days=40)  # another quarter
    for row in await table(database, "SELECT citizen_id FROM sessions"):
        async with database.write() as tx:
            (session,) = (await tx.sessions.load([row[0]])).values()
            await tx.sessions.save([replace(session, updated_at=clock.now())])
    assert await surveying.sample() == 3
    clock.move(hours=2)
    await surveying.plan()

    asked = [citizen for citizen, _, _ in await given_out(database)]
    assert len(asked) == len(set(asked)), "one in half a year"


def test_quarters() -> None:
    assert [quarter(date(2026, month, 1)) for month in (1, 3, 4, 12)] == ["2026-q1", "2026-q1", "2026-q2", "2026-q4"]


# Commands


@pytest.fixture
def bot(tmp_path: Path) -> Run:
    async def run(*arguments: str, typed: str = "") -> Done:
        return await command(tmp_path, *arguments, typed=typed, BOT_DATA_DIR=str(tmp_path / "data"))

    return run


async def test_paper_answers_are_entered_and_reported(bot: Run, tmp_path: Path) -> None:
    entered = await bot("survey", "enter", "nps", "recommend=0", "--channel", "phone")
    assert (entered.code, entered.err) == (0, "")
    for score in ("9", "10"):
        assert (await bot("survey", "enter", "nps", f"recommend={score}")).code == 0
    asked = await bot("survey", "enter", "programme", typed="нет такого\nyes\n\nрассказ про резюме\n")
    assert asked.code == 0
    assert "Такого ответа нет" in asked.out

    told = await bot("report", "surveys", "--csv", str(tmp_path / "out.csv"), "--words")

    assert told.code == 0, told.err
    assert "NPS, сторонники минус недовольные" in told.out
    assert "33,3" in told.out  # (2 − 1) of 3
    assert "66,7" in told.out
    assert "мало данных" in told.out
    assert "рассказ про резюме" in told.out
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    (classic,) = [row for row in found if row["name"] == "nps_classic"]
    assert (classic["value"], classic["answers"], classic["people"], classic["target"]) == ("33,3", "3", "3", "30,0")
    nobody = await bot("report", "surveys", "--from", "2020-01-01", "--to", "2020-12-31")
    assert "Ответов за эти дни нет." in nobody.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("survey", "enter", "nsp", "recommend=9"), "Нет опроса «nsp». Есть: "),
        (("survey", "enter", "nps", "recommend=11"), "нет ответа «11». Можно: 0, 1, 2"),
        (("survey", "enter", "nps", "recomend=9"), "Не понял «recomend=9»"),
        (("survey", "enter", "nps", "recommend=9", "recommend=8"), "второй раз"),
        (("survey", "enter", "nps", "recommend=9", "--channel", "fax"), "Можно: paper, phone"),
        (("survey", "enter", "nps", "recommend=9", "--day", "вчера"), "Не дата: --day вчера"),
        (("survey", "enter", "nps", "recommend=9", "--day", "2999-01-01"), "ещё не наступил"),
        (("survey", "enter", "nps", "recommend=9", "--office", "moon"), "Нет офиса «moon». Есть: "),
        (("report", "surveys", "--from", "2026-11-20", "--to", "2026-11-01"), "позже последнего"),
        (("report", "surveys", "--csv", "/no/such/folder/x.csv"), "не записать"),
    ],
)
async def test_what_is_typed_wrong_is_told_in_russian(bot: Run, arguments: tuple[str, ...], words: str) -> None:
    done = await bot(*arguments)

    assert done.code == 1
    assert words in done.err
    assert "Traceback" not in done.err


async def test_the_list_names_every_question(bot: Run) -> None:
    content = real_content(FLOWS)
    done = await bot("survey", "list")

    assert done.code == 0
    for survey in content.surveys.values():
        assert survey.id in done.out
        assert all(item.id in done.out for item in survey.items.values())
