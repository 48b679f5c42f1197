"""What the VK adapter hears: recorded updates, odd ones among them, and whatever Hypothesis can think of."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.port import Delivery, Forged
from bot.channels.vk import Vk
from bot.channels.vk_heard import Orders
from bot.messages import Address, Group, Incoming, Kind

PAYLOADS = Path(__file__).parent / "payloads" / "vk"
SECRET = "right-secret-123"


def said(kind: Kind, *, order: int = 15, **more: Any) -> Incoming:
    """What citizen 42 did, with the usual cmid of the recordings."""
    return Incoming(event="", address=Address("vk", "42"), kind=kind, order=order, **more)


EXPECTED: dict[str, Incoming | type[ValueError] | None] = {
    "allow": said(Kind.RETURNED, order=0),
    "broken_no_object": ValueError,
    "broken_no_sender": ValueError,
    "broken_no_type": ValueError,
    "broken_object_text": ValueError,
    "broken_sender_text": ValueError,
    "broken_type_number": ValueError,
    "deny": said(Kind.STOPPED, order=0),
    "edited": said(Kind.EDITED, text="исправил"),
    "empty": said(Kind.OTHER),
    "file": said(Kind.FILE),
    "forwarded_only": said(Kind.OTHER),
    "location": said(Kind.LOCATION),
    "none_group_chat": None,
    "none_other_community": None,
    "none_own_message": None,
    "none_post": None,
    "group_press": Incoming("", Address("vk", "2000000001"), Kind.PRESS, data="x", answer="a", group=Group("42")),
    "none_reply_of_admin": None,
    "none_unknown_type": None,
    "photo": said(Kind.PHOTO),
    "photo_with_words": said(Kind.PHOTO, text="это моя справка"),
    "press": said(Kind.PRESS, order=101, data="b1:k3f9", message="101", answer="a63ab5923e8c"),
    "press_foreign_payload": said(Kind.PRESS, order=101, message="101", answer="a63a"),
    "press_payload_string": said(Kind.PRESS, order=101, data="b1:k3f9", message="101", answer="a63ab5923e8c"),
    "press_text_button": said(Kind.PRESS, data="b1:k3f9", text="Записаться"),
    "press_without_cmid": said(Kind.PRESS, order=0, data="b1:k3f9", answer="a63ab5923e8c"),
    "start_button": said(Kind.START),
    "start_button_ref": said(Kind.START, source="czn-12"),
    "start_link_without_words": said(Kind.START, source="czn-12"),
    "start_payload_object": said(Kind.START),
    "start_ref_too_long": said(Kind.START),
    "start_typed_command": said(Kind.START, source="czn-12"),
    "start_typed_words_after_link": said(Kind.START, source="czn-12"),
    "sticker": said(Kind.STICKER),
    "text": said(Kind.TEXT, text="Хочу записаться на приём"),
    "text_before_5103": said(Kind.TEXT, text="привет"),
    "text_client_without_callback": said(Kind.TEXT, text="1", bare=True),
    "text_cropped": said(Kind.TEXT, text="а" * 4096),
    "text_fields_missing": said(Kind.TEXT, order=0, text="привет"),
    "text_fields_wrong": said(Kind.TEXT, text="привет"),
    "text_foreign_button": said(Kind.TEXT, text="Каталог"),
    "text_menu_button": said(Kind.TEXT, text="Меню"),
    "text_no_client_info": said(Kind.TEXT, text="привет"),
    "text_number": said(Kind.TEXT, text="12"),
    "text_old_client": said(Kind.TEXT, text="1", bare=True),
    "text_payload_broken": said(Kind.TEXT, text="Меню"),
    "text_ref_bad": said(Kind.TEXT, text="привет"),
    "text_ref_null": said(Kind.TEXT, text="привет"),
    "text_reply": said(Kind.TEXT, text="да, подходит"),
    "text_surrogate_and_nul": said(
        Kind.TEXT, text="\u0434\u043e\ufffd\u043f\u043e\u0441\u043b\u0435\ufffd\u043a\u043e\u043d\u0435\u0446"
    ),
    "text_unknown_fields": said(Kind.TEXT, text="привет"),
    "text_with_link_snippet": said(Kind.TEXT, text="смотрите https://trudvsem.ru"),
    "text_with_ref": said(Kind.TEXT, text="Помогите, я потерял работу", source="czn-12"),
    "unknown_attachment": said(Kind.OTHER),
    "video_odd_player": said(Kind.VIDEO),
    "voice": said(Kind.VOICE),
    "wall_post": said(Kind.OTHER),
}


def channel() -> Vk:
    return Vk(token="token", group_id=777, confirmation="c0ffee12", secret=SECRET)


def recorded(name: str) -> dict[str, Any]:
    update: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return update


def test_every_recording_has_its_expectation() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_update_is_heard(name: str) -> None:
    vk, raw, expected = channel(), recorded(name), EXPECTED[name]

    if expected is ValueError:
        with pytest.raises(ValueError):
            vk.heard(raw)
        return
    incoming = vk.heard(raw)

    if incoming is not None:
        assert incoming.event == vk.event(raw) == raw["event_id"]
        incoming = Incoming(
            **{name: getattr(incoming, name) for name in incoming.__struct_fields__ if name != "event"}, event=""
        )
    assert incoming == expected


def test_a_press_on_an_old_message_does_not_overtake_what_was_typed_before_it() -> None:
    vk = channel()
    text, press = recorded("text"), recorded("press")
    press["object"]["conversation_message_id"] = 3

    orders = [incoming.order for raw in (text, press, recorded("deny")) if (incoming := vk.heard(raw))]

    assert orders == [15, 15, 15]  # equal: they stay as they came
    assert [it.message for it in [vk.heard(press)] if it] == ["3"]


def test_the_memory_of_orders_is_bounded() -> None:
    orders = Orders(dialogs=2)

    def place(chat: str, order: int, *, is_numbered: bool) -> int:
        incoming = Incoming(event="e", address=Address("vk", chat), kind=Kind.TEXT, order=order)
        return orders.placed(incoming, is_numbered=is_numbered).order

    for chat in ("1", "2", "1", "3"):
        place(chat, 7, is_numbered=True)

    assert [place(chat, 1, is_numbered=False) for chat in ("1", "2", "3")] == [7, 1, 7]


def test_two_updates_without_an_id_are_told_apart_by_their_content() -> None:
    vk, one, two = channel(), recorded("text"), recorded("photo")
    del one["event_id"], two["event_id"]

    assert vk.event(one) != vk.event(two)
    assert vk.event(one) == vk.event({**one, "secret": "any"})


def test_the_id_of_an_update_nested_absurdly_is_still_given() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"x": deep}

    assert channel().event({"type": "message_new", "object": deep}).startswith("hash-")


# A JSON value with the field names and values that the reader looks for, so that the fuzz reaches its insides.
KINDS = ["message_new", "message_event", "message_allow", "message_deny", "message_edit", "confirmation", "photo"]
WORDS = [
    "",
    "42",
    "-5",
    "start",
    "/start a",
    "czn-12",
    '{"d":"x"}',
    '{"command":"start"}',
    "[",
    "\ud800",
    "\0",
    "9" * 5000,
]
FIELDS = {
    "message",
    "from_id",
    "peer_id",
    "user_id",
    "text",
    "payload",
    "attachments",
    "geo",
    "ref",
    "out",
    "cmid",
    "d",
}
OTHERS = {
    "type",
    "event_id",
    "object",
    "group_id",
    "secret",
    "client_info",
    "button_actions",
    "inline_keyboard",
    "command",
}
words = st.sampled_from([*KINDS, *WORDS, SECRET])
names = st.sampled_from(sorted(FIELDS | OTHERS | {"conversation_message_id", "fwd_messages", "photo"}))
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | words
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=4), inner, max_size=8)
)
inner_message = st.fixed_dictionaries(
    {},
    optional={
        "from_id": st.just(42) | leaves,
        "peer_id": st.just(42) | leaves,
        "text": leaves,
        "payload": values,
        "ref": leaves,
        "attachments": values | st.lists(st.fixed_dictionaries({"type": leaves}), max_size=3),
        "geo": values,
        "out": leaves,
        "conversation_message_id": leaves,
    },
)
updates = st.fixed_dictionaries(
    {"type": words | leaves},
    optional={
        "event_id": leaves,
        "object": values | inner_message | st.fixed_dictionaries({"message": inner_message, "client_info": values}),
        "group_id": st.just(777) | leaves,
        "secret": st.just(SECRET) | leaves,
    },
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(updates | st.dictionaries(names, values, max_size=6))
def test_any_update_is_heard_skipped_or_refused(raw: dict[str, Any]) -> None:
    vk = channel()
    event = vk.event(raw)
    assert isinstance(event, str)
    assert 0 < len(event) <= 128
    event.encode()

    try:
        incoming = vk.heard(raw)
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


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(updates.map(lambda raw: json.dumps(raw).encode()) | values.map(lambda v: json.dumps(v).encode()) | st.binary())
def test_any_webhook_body_is_taken_refused_or_broken(body: bytes) -> None:
    try:
        delivery = channel().webhook({}, body)
    except (ValueError, Forged):
        return

    call = json.loads(body.decode("utf-8", "replace"))
    assert str(call["group_id"]) == "777"
    if call["type"] == "confirmation":
        assert delivery == Delivery((), "c0ffee12")
    else:
        assert call["secret"] == SECRET
        assert delivery.reply == "ok"
        assert "secret" not in delivery.updates[0]
