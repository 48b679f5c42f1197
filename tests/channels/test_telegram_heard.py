"""What the Telegram adapter hears: recorded updates, odd ones among them, and whatever Hypothesis can think of."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from bot.channels.port import Delivery, Forged
from bot.channels.telegram import Telegram
from bot.messages import Address, Group, Incoming, Kind

PAYLOADS = Path(__file__).parent / "payloads" / "telegram"
SECRET = "right-secret-123"
HEADER = "x-telegram-bot-api-secret-token"


def said(kind: Kind, *, order: int = 101, **more: Any) -> Incoming:
    """What citizen 42 did, with the usual update_id of the recordings."""
    return Incoming(event="", address=Address("telegram", "42"), kind=kind, order=order, **more)


def pressed(**more: Any) -> Incoming:
    return said(Kind.PRESS, order=102, **({"data": "v1:k3f9", "message": "8", "answer": "4382174211"} | more))


HELLO = said(Kind.TEXT, text="привет")
EXPECTED: dict[str, Incoming | type[ValueError] | None] = {
    "broken_chat_id_is_huge": ValueError,
    "broken_chat_id_is_text": ValueError,
    "broken_empty": ValueError,
    "broken_message_is_text": ValueError,
    "broken_nobody": ValueError,
    "broken_press_is_list": ValueError,
    "contact": said(Kind.CONTACT),
    "edited": said(Kind.EDITED, text="исправил"),
    "edited_location": said(Kind.EDITED),
    "file": said(Kind.FILE),
    "file_music": said(Kind.FILE),
    "location": said(Kind.LOCATION),
    "location_venue": said(Kind.LOCATION),
    "none_added_to_group": None,
    "none_auto_delete_timer": None,
    "none_business_message": None,
    "none_channel_post": None,
    "none_group": None,
    "none_group_without_type": None,
    "none_member_status_missing": None,
    "none_member_unknown_status": None,
    "none_other_bot": None,
    "none_own_message": None,
    "none_pinned": None,
    "group_press": structs.replace(pressed(), address=Address("telegram", "-1001234567"), group=Group("42", "8")),
    "none_reaction": None,
    "none_unknown_type": None,
    "other_dice": said(Kind.OTHER),
    "other_empty": said(Kind.OTHER),
    "other_poll": said(Kind.OTHER),
    "other_shared": said(Kind.OTHER),
    "other_story": said(Kind.OTHER),
    "other_text_is_empty": said(Kind.OTHER),
    "other_text_is_number": said(Kind.OTHER),
    "other_unknown_attachment": said(Kind.OTHER),
    "photo": said(Kind.PHOTO),
    "photo_with_words": said(Kind.PHOTO, text="это моя справка"),
    "press": pressed(),
    "press_fields_wrong": pressed(data="", answer=""),
    "press_inline_message": pressed(message=""),
    "press_message_too_old": pressed(),
    "press_without_data": pressed(data=""),
    "press_without_message": pressed(message=""),
    "returned": said(Kind.RETURNED, order=103),
    "start": said(Kind.START),
    "start_link": said(Kind.START, source="czn-12_b7"),
    "start_link_with_name": said(Kind.START, source="czn-12_b7"),
    "start_token_longest": said(Kind.START, source="a" * 60),
    "start_token_odd": said(Kind.START),
    "start_token_too_long": said(Kind.START),
    "sticker": said(Kind.STICKER),
    "stopped": said(Kind.STOPPED, order=103),
    "text": said(Kind.TEXT, text="Хочу записаться на приём"),
    "text_fields_missing": HELLO,
    "text_fields_wrong": HELLO,
    "text_forwarded": said(Kind.TEXT, text="Объявление"),
    "text_like_start": said(Kind.TEXT, text="/startle"),
    "text_menu_button": said(Kind.TEXT, text="Мой план"),
    "text_no_chat": HELLO,
    "text_no_chat_type": HELLO,
    "text_no_number": said(Kind.TEXT, order=0, text="привет"),
    "text_no_sender": HELLO,
    "text_number_is_huge": said(Kind.TEXT, order=0, text="привет"),
    "text_number_is_text": HELLO,
    "text_other_command": said(Kind.TEXT, text="/menu"),
    "text_reply": said(Kind.TEXT, text="да, подходит"),
    "text_surrogate_and_nul": said(Kind.TEXT, text="а\ufffd б\ufffd в"),
    "text_too_long": said(Kind.TEXT, text="ж" * 4096),
    "text_unknown_fields": HELLO,
    "text_via_bot": said(Kind.TEXT, text="картинка"),
    "text_with_link": said(Kind.TEXT, text="смотрите https://example.org"),
    "text_with_other_fields_null": HELLO,
    "video": said(Kind.VIDEO),
    "video_animation": said(Kind.VIDEO),
    "video_note": said(Kind.VIDEO),
    "voice": said(Kind.VOICE),
}


def channel() -> Telegram:
    return Telegram(token="42:TEST", secret=SECRET)


def recorded(name: str) -> dict[str, Any]:
    update: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return update


def test_every_recording_has_its_expectation() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_update_is_heard(name: str) -> None:
    telegram, raw, expected = channel(), recorded(name), EXPECTED[name]

    if expected is ValueError:
        with pytest.raises(ValueError):
            telegram.heard(raw)
        return
    incoming = telegram.heard(raw)

    if incoming is not None:
        assert incoming.event == telegram.event(raw)
        incoming = msgspec.structs.replace(incoming, event="")
    assert incoming == expected


def test_the_event_is_the_number_of_the_update() -> None:
    assert channel().event(recorded("text")) == "101"
    assert channel().event(recorded("broken_message_is_text")) == "101"


def test_two_updates_without_a_number_are_told_apart_by_their_content() -> None:
    telegram, one, two = channel(), recorded("text_no_number"), recorded("photo")
    del two["update_id"]

    assert telegram.event(one) != telegram.event(two)
    assert telegram.event(one) == telegram.event(dict(reversed(one.items())))


def test_the_event_of_an_update_nested_absurdly_is_still_given() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"x": deep}

    assert channel().event({"message": deep}).startswith("hash-")


# The secret


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: "wrong"},
        {HEADER: SECRET + "4"},
        {HEADER: SECRET[:-1]},
        {HEADER: SECRET.upper()},
        {HEADER: "секрет"},
        {HEADER: "\udcff"},
        {"authorization": SECRET},
    ],
)
def test_a_webhook_call_without_the_right_secret_is_forged(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        channel().webhook(headers, b'{"update_id":1}')


def test_a_webhook_call_with_the_right_secret_is_taken() -> None:
    delivery = channel().webhook({HEADER: SECRET}, json.dumps(recorded("press")).encode())

    assert delivery == Delivery((recorded("press"),))


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: SECRET}])
def test_without_a_secret_of_our_own_every_webhook_call_is_forged(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        Telegram(token="42:TEST").webhook(headers, b'{"update_id":1}')


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"5", b'"text"', b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":NaN}']
)
def test_a_body_that_is_no_json_object_is_broken(body: bytes) -> None:
    with pytest.raises(ValueError):
        channel().webhook({HEADER: SECRET}, body)


def test_half_an_emoji_costs_no_message_and_can_be_stored() -> None:
    body = (PAYLOADS / "text_surrogate_and_nul.json").read_bytes()

    (update,) = channel().webhook({HEADER: SECRET}, body).updates

    json.dumps(update, ensure_ascii=False).encode()
    assert channel().heard(update) == msgspec.structs.replace(said(Kind.TEXT, text="а\ufffd б\ufffd в"), event="101")


# Fuzz: JSON with the field names and values that the reader looks for, so that it reaches its insides.

WORDS = ["", "42", "-5", "private", "kicked", "member", "/start a", "/start czn-12", "[", "\ud800", "\0", "9" * 5000]
NAMES = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "update_id",
    "chat",
    "from",
    "id",
    "type",
    "text",
]
MORE = ["caption", "photo", "voice", "pinned_message", "is_bot", "data", "message_id", "new_chat_member", "status"]
words = st.sampled_from(WORDS)
names = st.sampled_from([*NAMES, *MORE])
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | words
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=4), inner, max_size=8)
)
chats = st.fixed_dictionaries({}, optional={"id": st.just(42) | leaves, "type": st.just("private") | leaves}) | values
people = st.fixed_dictionaries({}, optional={"id": st.just(42) | leaves, "is_bot": st.booleans() | leaves}) | values
inside = st.fixed_dictionaries(
    {},
    optional={
        "chat": chats,
        "from": people,
        "message_id": leaves,
        "text": leaves,
        "caption": leaves,
        "photo": values,
        "pinned_message": values,
        "data": leaves,
        "id": leaves,
        "message": st.fixed_dictionaries({}, optional={"chat": chats, "message_id": leaves}) | values,
        "new_chat_member": st.fixed_dictionaries({"status": words | leaves}) | values,
    },
)
updates = st.fixed_dictionaries(
    {},
    optional={
        "update_id": st.integers(0, 2**40) | leaves,
        "message": inside | values,
        "edited_message": inside | values,
        "callback_query": inside | values,
        "my_chat_member": inside | values,
        "poll": values,
    },
)


@settings(max_examples=200, deadline=None)
@given(updates | st.dictionaries(names, values, max_size=6))
def test_any_update_is_heard_skipped_or_refused(raw: dict[str, Any]) -> None:
    telegram = channel()
    event = telegram.event(raw)
    assert 0 < len(event) <= 128
    event.encode()

    try:
        incoming = telegram.heard(raw)
    except ValueError:
        return

    if incoming is not None:
        assert incoming.event == event
        assert int(incoming.address.chat) > 0
        assert 0 <= incoming.order < 2**63
        assert len(incoming.text) <= 4096
        for text in (incoming.text, incoming.data, incoming.source, incoming.answer, incoming.message):
            assert "\0" not in text
            text.encode()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([{HEADER: SECRET}, {HEADER: "wrong"}, {}]),
    updates.map(lambda raw: json.dumps(raw).encode()) | values.map(lambda v: json.dumps(v).encode()) | st.binary(),
)
def test_any_webhook_call_is_taken_forged_or_broken(headers: dict[str, str], body: bytes) -> None:
    try:
        delivery = channel().webhook(headers, body)
    except Forged:
        assert headers != {HEADER: SECRET}
        return
    except ValueError:
        assert headers == {HEADER: SECRET}
        return

    assert headers == {HEADER: SECRET}
    (update,) = delivery.updates
    json.dumps(update, ensure_ascii=False).encode()


def test_hearing_needs_no_vendor_library() -> None:
    """A web process that only takes webhook calls saves the 150 MB of it."""
    code = "import sys, bot.channels.telegram; sys.exit('aiogram' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
