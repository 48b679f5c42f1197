"""A crisis is answered at once in any step, flagged to duty staff with the least data, and asked no marks after."""

from collections.abc import Callable

import pytest

from bot.messages import Outgoing
from storage.alarms import AlarmRow
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import Talk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CRY = "не хочу жить"


def keys(answers: list[Outgoing]) -> list[str]:
    return [message.key for message in answers]


async def alarms(talk: Talk) -> list[AlarmRow]:
    async with talk.database.read() as tx:
        return await tx.alarms.untold()


async def test_the_answer_comes_at_once_with_phones_and_an_urgent_request(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    (answer,) = await talk.say(CRY)

    assert answer.key == "crisis.help"
    assert talk.content.facts["phone_psychologists"].value in answer.text
    (alarm,) = await alarms(talk)
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        case = await tx.cases.of_citizen(citizen.id)
    assert case is not None
    assert (case.id, case.topic, case.words, case.context) == (alarm.case_id, "crisis", (), "")
    assert (alarm.kind, alarm.citizen_id, alarm.times) == ("suicide", citizen.id, 1)


async def test_an_open_request_becomes_urgent_and_keeps_its_topic(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    for line in ("/human", "помогите с паспортом"):
        await talk.say(line)
    await talk.say("меня бьёт муж")

    (alarm,) = await alarms(talk)
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        case = await tx.cases.of_citizen(citizen.id)
    assert case is not None
    assert (case.id, case.topic, case.words) == (alarm.case_id, "support", ("помогите с паспортом",))


async def test_without_consent_too_and_as_the_very_first_words(talk: Talk) -> None:
    assert keys(await talk.say("детей кормить нечем")) == ["crisis.help"]

    (alarm,) = await alarms(talk)
    assert alarm.kind == "child"
    async with talk.database.read() as tx:
        case = await tx.cases.of_citizen(alarm.citizen_id)
    assert case is not None
    assert case.without_consent


@pytest.mark.parametrize(
    "ways",
    [
        ("/start",),
        ("/start", "/menu"),
        ("/start", "/ask"),
        ("/start", "/data"),
        ("/start", "/human"),
        ("/start", "/human", "да"),
        ("/start", "Ещё", "[move]"),
        ("/start", "Ещё", "[info]", "[pre_release]", "[days]"),
        ("/start", "[released]", "[enough]", "[plan]"),
        ("/start", "Ещё", "[cover]"),
    ],
)
async def test_at_any_step_and_back_to_it(talk: Talk, ways: tuple[str, ...]) -> None:
    for way in ways:
        answers = await (talk.press(way[1:-1]) if way.startswith("[") else talk.say(way))
    before = answers[-1].key

    assert keys(await talk.say(CRY)) == ["crisis.help"]
    after = keys(await talk.say("назад"))
    assert after == [before if before != "handover.may_pass" and before != "handover.words" else after[0]]
    assert len(await alarms(talk)) == 1


async def test_shown_again_it_alarms_once_and_said_again_it_counts(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    await talk.say(CRY)
    await talk.press("menu")
    await talk.say("хочу умереть")

    (alarm,) = await alarms(talk)
    assert alarm.times == 2


async def test_in_a_hidden_talk_phones_come_and_the_talk_stays_hidden(talk: Talk) -> None:
    for line in ("/start", "Ещё"):
        await talk.say(line)
    for choice in ("cover", "hide"):
        await talk.press(choice)

    (answer,) = await talk.say("он меня душит")
    assert answer.key == "crisis.hidden"
    assert talk.content.facts["phone_emergency"].value in answer.text
    assert len(await alarms(talk)) == 1
    assert keys(await talk.say("мой план")) == ["cover.links"]
    assert keys(await talk.say("меню")) == ["menu.main"]


async def test_where_nothing_may_be_kept_only_phones_come(another: Callable[..., Talk]) -> None:
    talk = another("ivan", channel="telegram", policy="information")
    await talk.say("/start")

    assert keys(await talk.say(CRY)) == ["crisis.phones"]
    assert await alarms(talk) == []
    async with talk.database.read() as tx:
        assert await tx.cases.count_open() == 0


async def test_in_the_wrong_layout_and_in_latin_letters(talk: Talk) -> None:
    await talk.say("/start")

    assert keys(await talk.say("yt [jxe ;bnm")) == ["crisis.help"]
    assert keys(await talk.say("ne hochu zhit")) == ["crisis.help"]


async def test_no_mark_is_asked_and_the_moment_is_known_for_surveys(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    (answer,) = await talk.say(CRY)

    assert [button.label for row in answer.rows for button in row if "омогло" in button.label] == []
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        assert await tx.alarms.latest([citizen.id, "olga"]) == {citizen.id: talk.clock.now()}


async def test_erased_with_everything_else(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    await talk.say(CRY)
    await talk.say("/data")
    for choice in ("delete", "yes"):
        await talk.press(choice)

    assert await alarms(talk) == []
