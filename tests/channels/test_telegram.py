"""What the Telegram adapter sends, through the real client to the emulator, and what each failure becomes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.port import Channel, Uncertain
from bot.channels.telegram import Telegram
from bot.messages import Address, Button, Incoming, Kind, Outgoing
from tests.platforms.telegram import TOKEN, TelegramEmulator

IVAN = Address("telegram", "42")
SECRET_WORDS = "диагноз Иванова"


@pytest.fixture
async def platform() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator
        assert emulator.violations == []


@pytest.fixture
async def telegram(platform: TelegramEmulator) -> AsyncIterator[Channel]:
    channel = Telegram(token=TOKEN, api_url=platform.url)
    yield channel
    await channel.close()


def screen(text: str = "Выберите", **more: Any) -> Outgoing:
    return Outgoing(key="menu", text=text, **more)


YES_NO = ((Button("Да", "v1:yes"), Button("Нет", "v1:no")), (Button("Сайт", url="https://example.org/"),))
BOTTOM = (("Мой план", "Записаться на приём"), ("Меню", "Специалист"))


# What arrives


async def test_a_text_arrives_as_written(telegram: Channel, platform: TelegramEmulator) -> None:
    text = "<b>не жирный</b> *и* _не_ курсив & https://example.org"

    sent = await telegram.send(IVAN, screen(text), 1)

    (shown,) = platform.shown("42")
    assert (shown.id, shown.text, shown.buttons, shown.menu) == (sent, text, [], None)
    assert platform.requests[-1].params == {
        "chat_id": 42,
        "text": text,
        "link_preview_options": {"is_disabled": True},
    }


async def test_buttons_stand_under_the_message(telegram: Channel, platform: TelegramEmulator) -> None:
    await telegram.send(IVAN, screen(rows=YES_NO), 1)

    assert platform.shown("42")[0].buttons == [
        [("Да", "v1:yes"), ("Нет", "v1:no")],
        [("Сайт", "https://example.org/")],
    ]


async def test_the_menu_stands_under_the_input_field_and_its_press_comes_as_text(
    telegram: Channel, platform: TelegramEmulator
) -> None:
    await telegram.send(IVAN, screen(menu=BOTTOM), 1)
    platform.tap("42", "Мой план")

    (update,) = (await telegram.poll("")).updates
    heard = telegram.heard(update)
    assert platform.bottom["42"] == [list(row) for row in BOTTOM]
    assert heard is not None
    assert (heard.kind, heard.text) == (Kind.TEXT, "Мой план")


async def test_of_both_keyboards_the_one_under_the_message_wins(telegram: Channel, platform: TelegramEmulator) -> None:
    await telegram.send(IVAN, screen(rows=YES_NO, menu=BOTTOM), 1)

    assert platform.shown("42")[0].buttons[0][0] == ("Да", "v1:yes")
    assert "42" not in platform.bottom


async def test_half_an_emoji_is_replaced_and_the_rest_arrives(telegram: Channel, platform: TelegramEmulator) -> None:
    await telegram.send(IVAN, screen("а\ud83dб", rows=((Button("д\ud83d", "x"),),)), 1)

    (shown,) = platform.shown("42")
    assert (shown.text, shown.buttons) == ("а\ufffdб", [[("д\ufffd", "x")]])


async def test_many_messages_at_once_share_few_connections(telegram: Channel, platform: TelegramEmulator) -> None:
    chats = [Address("telegram", str(1000 + n)) for n in range(200)]

    ids = await asyncio.gather(*(telegram.send(chat, screen(f"для {chat.chat}"), 1) for chat in chats))

    assert len(set(ids)) == 200
    assert [platform.shown(chat.chat)[0].text for chat in chats] == [f"для {chat.chat}" for chat in chats]


# Edits


async def test_an_edit_replaces_the_message(telegram: Channel, platform: TelegramEmulator) -> None:
    first = await telegram.send(IVAN, screen("раз", rows=YES_NO), 1)

    second = await telegram.send(IVAN, screen("два", edits=first), 2)

    (shown,) = platform.shown("42")
    assert second == first
    assert (shown.text, shown.buttons, shown.edited) == ("два", [], 1)


async def test_an_edit_that_changes_nothing_is_a_success(telegram: Channel, platform: TelegramEmulator) -> None:
    first = await telegram.send(IVAN, screen(rows=YES_NO), 1)

    assert await telegram.send(IVAN, screen(rows=YES_NO, edits=first), 2) == first
    assert len(platform.shown("42")) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
        "Bad Request: MESSAGE_ID_INVALID",
        "Bad Request: message identifier is not specified",
        "Bad Request: there is no text in the message to edit",
        "Bad Request: MESSAGE_EDIT_TIME_EXPIRED",
    ],
)
async def test_what_can_not_be_edited_is_sent_anew(telegram: Channel, platform: TelegramEmulator, words: str) -> None:
    first = await telegram.send(IVAN, screen("раз"), 1)
    platform.faults.plan(f"error:400 {words}")

    second = await telegram.send(IVAN, screen("два", rows=YES_NO, edits=first), 2)

    assert second != first
    assert [shown.text for shown in platform.shown("42")] == ["раз", "два"]


async def test_a_deleted_and_an_old_message_are_sent_anew(telegram: Channel, platform: TelegramEmulator) -> None:
    old = await telegram.send(IVAN, screen("старое"), 1)
    platform.grow_old(old)

    assert await telegram.send(IVAN, screen("вместо старого", edits=old), 2) != old
    await telegram.send(IVAN, screen("вместо удалённого", edits="999999"), 3)
    await telegram.send(IVAN, screen("вместо непонятного", edits="не номер"), 4)

    assert [shown.text for shown in platform.shown("42")][1:] == [
        "вместо старого",
        "вместо удалённого",
        "вместо непонятного",
    ]


async def test_a_bottom_keyboard_never_comes_by_an_edit(telegram: Channel, platform: TelegramEmulator) -> None:
    first = await telegram.send(IVAN, screen("раз"), 1)

    await telegram.send(IVAN, screen("два", menu=BOTTOM, edits=first), 2)

    assert [shown.text for shown in platform.shown("42")] == ["раз", "два"]


async def test_an_edit_lost_on_the_way_is_uncertain_and_not_sent_anew(
    telegram: Channel, platform: TelegramEmulator
) -> None:
    first = await telegram.send(IVAN, screen("раз"), 1)
    platform.faults.plan("cut-after")

    with pytest.raises(Uncertain):
        await telegram.send(IVAN, screen("два", edits=first), 2)

    assert await telegram.send(IVAN, screen("два", edits=first), 2) == first
    assert [shown.text for shown in platform.shown("42")] == ["два"]


# Acknowledgement


def pressed(telegram: Channel, raw: Any) -> Incoming:
    heard = telegram.heard(raw)
    assert heard is not None
    return heard


async def test_a_press_is_acknowledged_and_its_message_edited(telegram: Channel, platform: TelegramEmulator) -> None:
    await telegram.send(IVAN, screen(rows=YES_NO), 1)
    platform.press("42", platform.shown("42")[-1], "v1:yes")
    (update,) = (await telegram.poll("")).updates
    press = pressed(telegram, update)

    await telegram.acknowledge(press)
    await telegram.send(press.address, screen("готово", edits=press.message), 2)

    assert (press.kind, press.data) == (Kind.PRESS, "v1:yes")
    assert platform.answered == [press.answer]
    assert [shown.text for shown in platform.shown("42")] == ["готово"]


@pytest.mark.parametrize("fault", ["", "429:7", "500", "html", "cut-before", "blocked"])
async def test_an_acknowledgement_that_fails_is_swallowed(
    telegram: Channel, platform: TelegramEmulator, fault: str
) -> None:
    old = Incoming("1", IVAN, Kind.PRESS, data="x", message="5", answer="long ago")
    platform.faults.plan(*[fault] if fault else [])

    await telegram.acknowledge(old)

    assert platform.requests[-1].method == "answerCallbackQuery"
    assert platform.answered == []


async def test_an_acknowledgement_without_a_platform_is_swallowed() -> None:
    for token in (TOKEN, "no token"):
        channel = Telegram(token=token, api_url="http://127.0.0.1:9")
        await channel.acknowledge(Incoming("1", IVAN, Kind.PRESS, answer="5"))
        await channel.acknowledge(Incoming("1", IVAN, Kind.TEXT, text="x"))
        await channel.close()


async def test_typing_is_shown_only_where_it_is_wanted(platform: TelegramEmulator) -> None:
    for typing in (False, True):
        channel = Telegram(token=TOKEN, api_url=platform.url, typing=typing)
        await channel.acknowledge(Incoming("1", IVAN, Kind.TEXT, text="привет"))
        assert platform.typing["42"] == int(typing)
        await channel.close()
