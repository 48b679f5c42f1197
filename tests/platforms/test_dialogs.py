"""
The same talks through Telegram, VK and MAX: real adapters and vendor clients, long polling and webhooks.

Where PLATFORM_SCHEMAS names the official schemas, every request is held against them too (`citizen` asserts it).
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date

import pytest

from bot.engine.screen import HUMAN, MENU
from bot.messages import Outgoing
from bot.texts import render
from bot.transcript import buttons
from storage.database import Database
from tests.dialogs.transcripts import EVERYWHERE, TO_PLAN
from tests.platforms.driver import PLATFORMS, Citizen, Way, citizen

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TO_LATER = f"""
    {TO_PLAN}
    > 1
    < plan.item ...
    > [later]
    < plan.later ...
    > [tomorrow]
    < plan.changed_later ...
"""
MEDIA = {
    "telegram": ("voice", "photo", "video", "file", "sticker", "location", "contact", "edited", "other"),
    "vk": ("voice", "photo", "video", "file", "sticker", "location", "edited", "other"),
    "max": ("photo", "video", "file", "sticker", "location", "contact", "edited", "other"),
}
POLITE = {"video": "photo"}


@pytest.fixture(params=sorted(PLATFORMS))
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["polling", "webhook"])
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.param
    return found


@pytest.fixture
async def ivan(platform: str, way: Way, database: Database) -> AsyncIterator[Citizen]:
    async with citizen(platform, way, database) as ivan:
        yield ivan


def keys(messages: Sequence[Outgoing]) -> list[str]:
    return [message.key for message in messages]


@pytest.mark.parametrize("talk", sorted(EVERYWHERE))
async def test_the_talk_runs(ivan: Citizen, talk: str) -> None:
    await ivan.play(EVERYWHERE[talk])


# starting


async def test_a_leaflets_link_is_counted_by_its_tag_and_opens_its_page(ivan: Citizen) -> None:
    tag = next(token for token, one in ivan.content.sources.items() if one.situation)

    answers = await ivan.start(tag)

    assert keys(answers)[0] == "start.hello"
    assert keys(answers)[1] in ("info.page", "info.page_without_plan")
    async with ivan.database.read() as tx:
        assert await tx.starts.by_tag(since=date(2026, 11, 1)) == [(tag, ivan.name, 1)]


async def test_a_start_without_a_tag_greets(ivan: Citizen) -> None:
    answers = await ivan.start()

    assert keys(answers) == ["start.hello", "situation.choose"]
    assert ivan.content.default_office.short_name in answers[0].text


# screens


async def test_menu_and_person_are_always_in_sight(ivan: Citizen) -> None:
    """Below the input field in Telegram and VK; in a row of their own where there is no such keyboard."""
    labels = [render.say(ivan.content, f"common.{name}", {}) for name in ("menu", "human")]

    _, choose = await ivan.start()

    if ivan.channel.limits.bottom_keyboard:
        assert ivan.bottom == [labels]
        assert not {MENU, HUMAN} & set(buttons(choose))
    else:
        assert [button.label for button in choose.rows[-1]] == labels
        assert list(buttons(choose))[-2:] == [MENU, HUMAN]


async def test_a_press_edits_the_message_it_stood_under(ivan: Citizen) -> None:
    await ivan.start()
    before = [(shown.id, shown.edited) for shown in ivan.screen]
    shown = ivan.screen[-1]

    (answer,) = await ivan.press("released")

    assert answer.key == "situation.more"
    assert [one.id for one in ivan.screen] == [id_ for id_, _ in before]
    assert (shown.edited, shown.text) == (1, answer.text)


async def test_typed_words_get_a_new_message(ivan: Citizen) -> None:
    await ivan.start()
    count = len(ivan.screen)

    await ivan.say("1")

    assert len(ivan.screen) == count + 1
    assert [shown.edited for shown in ivan.screen] == [0] * len(ivan.screen)


async def test_a_button_of_an_old_message_acts_and_answers_below(ivan: Citizen) -> None:
    """An old message is not the newest screen: it stays as it is, the answer comes where the citizen looks."""
    await ivan.play(TO_PLAN)
    old = ivan.screen[-1]
    stood = (old.text, old.edited)
    await ivan.say("/help")
    ivan.clock.move(days=60)

    answers = await ivan.press_on(old, next(iter(buttons(ivan.shown[-2]))))

    assert keys(answers) == ["plan.item"]
    assert (old.text, old.edited) == stood


async def test_a_button_pressed_twice_acts_once(ivan: Citizen) -> None:
    await ivan.play(f"""
        {TO_PLAN}
        > 1
        < plan.item ...
    """)
    item, data = ivan.screen[-1], next(iter(buttons(ivan.shown[-1]).values()))

    def twice() -> None:
        ivan.emulator.press(ivan.chat, item, data)
        ivan.emulator.press(ivan.chat, item, data)

    answers = await ivan.act(twice, updates=2)

    assert keys(answers) == ["plan.changed_done", "plan.changed_done"]
    assert answers[0].text == answers[1].text
    assert [(row[0], row[1]) for row in await ivan.select("SELECT state, earlier FROM plan_items")] == [
        ("done", "open")
    ]


# odd messages


async def test_what_is_no_text_gets_a_short_polite_answer_and_the_place_is_kept(ivan: Citizen, way: Way) -> None:
    await ivan.play(TO_PLAN)
    for kind in MEDIA[ivan.name]:
        answers = await ivan.attach(kind)
        assert keys(answers) == [f"fallback.{POLITE.get(kind, kind)}"]
        assert len(answers[0].text) < 150
    assert keys(await ivan.say("1")) == ["plan.item"]


@pytest.mark.parametrize("platform", ["vk"], indirect=True)
@pytest.mark.parametrize("way", ["webhook"], indirect=True)
async def test_edited_messages_are_subscribed_for_the_webhook_of_vk(ivan: Citizen) -> None:
    (server,) = ivan.emulator.community.servers.values()

    assert "message_edit" in server.events


@pytest.mark.parametrize("platform", ["max"], indirect=True)
async def test_a_voice_message_of_max_belongs_to_nobody_and_is_counted(ivan: Citizen, way: Way) -> None:
    await ivan.play(TO_PLAN)

    def voice_and_word() -> None:
        ivan.emulator.attach(ivan.chat, "voice")
        ivan.emulator.type(ivan.chat, "1")

    answers = await ivan.act(voice_and_word)

    assert keys(answers) == ["plan.item"]
    assert ivan.channel.voices == 1  # type: ignore[attr-defined]  # Max alone counts them


# gone and back


async def test_who_blocks_the_bot_is_left_in_peace_until_they_return(ivan: Citizen) -> None:
    await ivan.play(TO_LATER)
    on_screen = [(shown.id, shown.text) for shown in ivan.screen]

    assert await ivan.block() == []
    ivan.clock.move(days=1)
    assert await ivan.tick() == []

    assert [(shown.id, shown.text) for shown in ivan.screen] == on_screen
    assert [row.key for row in await ivan.rows() if row.key == "plan.reminder"] == []

    returned = keys(await ivan.unblock())
    assert returned == (["start.again", "menu.main"] if ivan.name == "max" else [])  # «Start» is how one returns there
    assert keys(await ivan.say("/plan")) == ["plan.list"]


async def test_a_block_nobody_told_of_is_learned_from_the_refused_send(ivan: Citizen) -> None:
    await ivan.play(TO_LATER)
    ivan.emulator.blocked.add(ivan.chat)
    ivan.clock.move(days=1)

    assert await ivan.tick() == []

    newest = (await ivan.rows())[-1]
    assert (newest.key, newest.reason) == ("plan.reminder", "blocked")
    gone = "SELECT count(*) FROM addresses WHERE unreachable_at IS NOT NULL"
    assert (await ivan.select(gone))[0][0] == 1

    ivan.emulator.blocked.discard(ivan.chat)
    assert keys(await ivan.say("/menu")) == ["menu.main"]
    assert (await ivan.select(gone))[0][0] == 0


async def test_a_reminder_comes_on_its_day_and_its_button_opens_the_step(ivan: Citizen) -> None:
    await ivan.play(TO_LATER)
    ivan.clock.move(days=1)

    (reminder,) = await ivan.tick()

    assert reminder.key == "plan.reminder"
    assert await ivan.tick() == []
    assert keys(await ivan.press("item")) == ["plan.item"]


# the platform's weather


@pytest.mark.parametrize("way", ["webhook"], indirect=True)
async def test_every_update_delivered_twice_changes_nothing_twice(ivan: Citizen) -> None:
    hook(ivan, copies=2)

    await ivan.play(EVERYWHERE["steps_marked"])
    await ivan.play(EVERYWHERE["more_words"].replace(TO_PLAN, ""))

    async with ivan.database.read() as tx:
        assert await tx.starts.by_tag(since=date(2026, 11, 1)) == [("direct", ivan.name, 1)]
        (case,) = await tx.cases.waiting()
    assert case.words == ("Забыл сказать: живу далеко",)


def hook(ivan: Citizen, *, copies: int) -> None:
    """From now on the platform delivers each update so often."""
    emulator = ivan.emulator
    if ivan.name == "telegram":
        emulator.updates.hook.copies = copies
    elif ivan.name == "vk":
        for server in emulator.community.servers.values():
            server.copies = copies
    else:
        for delivery in emulator.hooks.values():
            delivery.hook.copies = copies
