"""MAX updates as found in public payloads, each as one of ours; and whatever else may come over the wire."""

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.max import Max
from bot.channels.max_heard import LISTENED
from bot.channels.port import Delivery, Forged
from bot.messages import Address, Group, Incoming, Kind

PAYLOADS = Path(__file__).parent / "payloads" / "max"
SECRET = "right-secret-of-the-hook"
BOT_ID = 229229229
MID = "mid.000000000adf429d"
AT = 1775025604499
PRESSED = "mid.000000000adf429c"
PRESS_ID = "f9LHodD0cOJf4_DkJGeq"


def said(kind: Kind, text: str = "", **more: Any) -> Incoming:
    fields: dict[str, Any] = {"event": f"created:{MID}", "order": AT} | more
    return Incoming(address=Address("max", "123456789"), kind=kind, text=text, **fields)


def pressed(**more: Any) -> Incoming:
    fields: dict[str, Any] = {
        "event": f"press:{PRESS_ID}:1775026702210",
        "order": 1775026702300,
        "data": "v1:book:start",
    }
    return said(Kind.PRESS, **(fields | {"message": PRESSED, "answer": PRESS_ID} | more))


def about(kind: Kind, update: str, **more: Any) -> Incoming:
    return said(kind, **({"event": f"{update}:182182182:123456789:{AT}"} | more))


ASKS = said(Kind.TEXT, "хочу записаться")
HASH = "hash:"  # the update lacks what its key is made of
HEARD: dict[str, Incoming] = {
    "text": ASKS,
    "text_ids_as_text": ASKS,
    "text_no_recipient": ASKS,
    "text_no_sender_but_user_id": ASKS,
    "text_no_timestamp": said(Kind.TEXT, "хочу записаться", order=1775025603399),
    "text_unknown_fields": ASKS,
    "text_with_keyboard": ASKS,
    "text_with_surrogate": said(Kind.TEXT, "да\ufffd нет\ufffd"),
    "text_without_mid": said(Kind.TEXT, "хочу записаться", event=HASH),
    "text_attachments_wrong": ASKS,
    "reply": said(Kind.TEXT, "а это?"),
    "forwarded": said(Kind.TEXT, "вакансия токаря", event=HASH),
    "photo": said(Kind.PHOTO),
    "photo_with_words": said(Kind.TEXT, "вот справка"),
    "video": said(Kind.VIDEO),
    "audio": said(Kind.VOICE),
    "file": said(Kind.FILE),
    "sticker": said(Kind.STICKER),
    "location": said(Kind.LOCATION),
    "contact": said(Kind.CONTACT, event="created:mid.000000000adf42a0", order=1775025704499),
    "share": said(Kind.OTHER),
    "other_unknown_attachment": said(Kind.OTHER),
    "other_attachment_is_text": said(Kind.OTHER),
    "other_empty_body": said(Kind.OTHER),
    "other_body_null": said(Kind.OTHER, event=HASH),
    "other_text_is_number": said(Kind.OTHER),
    "edited": said(Kind.EDITED, "хочу отменить", event=f"edited:{MID}:1775025605000", order=1775025605000),
    "press": pressed(),
    "press_on_deleted": pressed(message="", answer=""),
    "press_without_payload": pressed(data=""),
    "press_without_time": pressed(event=HASH),
    "group_press": msgspec.structs.replace(
        pressed(), address=Address("max", "-70000000000001"), group=Group("123456789", PRESSED)
    ),
    "start": about(Kind.START, "bot_started", source="cz77_booking"),
    "start_plain": about(Kind.START, "bot_started"),
    "start_token_too_long": about(Kind.START, "bot_started"),
    "start_token_odd": about(Kind.START, "bot_started"),
    "start_without_chat": about(Kind.START, "bot_started", event=HASH, source="cz77_booking"),
    "stopped": about(Kind.STOPPED, "bot_stopped"),
    "stopped_dialog_removed": about(Kind.STOPPED, "dialog_removed"),
}


def recorded(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return raw


NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


@pytest.fixture
def max_channel() -> Max:
    channel = Max(token="t", secret=SECRET)
    channel._own_id = BOT_ID  # what open() learns from the platform
    return channel


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("none_", "broken_", "voice_"))])
def test_a_recorded_update_is_heard(max_channel: Max, name: str) -> None:
    raw = recorded(name)

    incoming = max_channel.heard(raw)

    assert incoming is not None
    assert incoming.event == max_channel.event(raw)
    expected = HEARD[name]
    if expected.event == HASH:
        assert incoming.event.startswith(HASH)
        expected = msgspec.structs.replace(expected, event=incoming.event)
    assert incoming == expected


def test_every_expectation_has_its_payload_and_every_kind_its_expectation() -> None:
    assert set(HEARD) <= set(NAMES)
    foreign = {Kind.CLOCK, Kind.STAFF, Kind.RETURNED}  # MAX tells a return as a start
    assert {incoming.kind for incoming in HEARD.values()} == set(Kind) - foreign


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("none_")])
def test_what_the_bot_does_not_listen_to_is_nothing(max_channel: Max, name: str) -> None:
    assert max_channel.heard(recorded(name)) is None


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("broken_")])
def test_a_broken_update_is_told_and_still_has_its_event(max_channel: Max, name: str) -> None:
    raw = recorded(name)

    with pytest.raises(ValueError, match="MAX"):
        max_channel.heard(raw)

    assert max_channel.event(raw) == max_channel.event(copy.deepcopy(raw))


def test_a_voice_message_without_a_sender_is_counted(max_channel: Max) -> None:
    raw = recorded("voice_without_message")

    assert max_channel.heard(raw) is None
    assert max_channel.voices == 1
    assert max_channel.event(raw).startswith(HASH)


def test_our_own_message_is_heard_as_a_strangers_only_before_we_know_who_we_are() -> None:
    raw = recorded("none_own_message")

    assert Max(token="t").heard(raw) is not None


def test_different_updates_have_different_events(max_channel: Max) -> None:
    first, again = recorded("press"), recorded("press")
    again["callback"]["timestamp"] += 1  # the same keyboard pressed once more
    edited, twice = recorded("edited"), recorded("edited")
    twice["timestamp"] += 1

    events = [max_channel.event(raw) for raw in (first, again, edited, twice, recorded("text"), recorded("stopped"))]

    assert len(set(events)) == len(events)


def test_a_broken_update_is_known_again_whatever_the_order_of_its_fields(max_channel: Max) -> None:
    assert max_channel.event({"a": 1, "b": [2, {}]}) == max_channel.event({"b": [2, {}], "a": 1})
    assert max_channel.event({"a": [1, 2]}) != max_channel.event({"a": [2, 1]})
    assert max_channel.event({"a": "1"}) != max_channel.event({"a": 1})


def test_a_long_text_is_cut_to_4096_characters(max_channel: Max) -> None:
    raw = recorded("text")
    raw["message"]["body"]["text"] = "ы" * 5000

    incoming = max_channel.heard(raw)

    assert incoming is not None
    assert incoming.text == "ы" * 4096


def test_depth_and_size_do_not_break_the_reader(max_channel: Max) -> None:
    deep: dict[str, Any] = {}
    for _ in range(20_000):
        deep = {"update_type": "message_created", "message": {"body": deep}}
    huge = {"update_type": "message_created", "timestamp": 10**5000, "message": recorded("text")["message"]}

    with pytest.raises(ValueError):
        max_channel.heard(deep)
    assert max_channel.event(deep).startswith(HASH)
    assert max_channel.heard(huge) is not None
    headers = {"x-max-bot-api-secret": SECRET}
    for body in (b'{"a":' * 100_000, b"[" * 100_000, b'{"a":' + b"9" * 100_000 + b"}", b"", b"[]", b"7", b"\xff\xfe"):
        with pytest.raises(ValueError, match="JSON"):
            max_channel.webhook(headers, body)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**63)
    | st.floats()
    | st.text(alphabet=st.characters(codec=None), max_size=20)
    | st.sampled_from([*LISTENED, "dialog", "chat", "123", "image", "forward", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["update_type", "message", "body", "sender", "user", "user_id", "callback", "payload"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in inside for place in places(inner, (*path, key)))]


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A recorded update with up to three of its values replaced or removed."""
    raw = recorded(draw(st.sampled_from(NAMES)))
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from([place for place in places(raw) if place] or [("update_type",)]))
        inner: Any = raw
        for key in path:
            inner = inner[key]
        if draw(st.booleans()) or last not in inner:
            inner[last] = draw(json_values)
        else:
            del inner[last]
    return raw


@given(st.one_of(spoilt(), st.dictionaries(st.text(max_size=5), json_values, max_size=4)))
@settings(max_examples=600, deadline=None)
def test_no_update_raises_anything_but_a_value_error(raw: dict[str, Any]) -> None:
    channel = Max(token="t")
    event = channel.event(raw)
    try:
        incoming = channel.heard(raw)
    except ValueError:
        incoming = None

    assert event
    assert len(event) <= 200
    assert event.isascii()
    assert event.isprintable()
    if incoming is not None:
        assert incoming.event == event
        is_group = incoming.group is not None
        assert incoming.address.chat.removeprefix("-" if is_group else "").isdecimal()
        assert abs(int(incoming.address.chat)) < 2**63
        assert 0 <= incoming.order < 2**63
        assert "\x00" not in incoming.text + incoming.data + incoming.message
        assert msgspec.json.decode(msgspec.json.encode(incoming), type=Incoming) == incoming


@given(
    st.one_of(st.binary(max_size=200), json_values.map(lambda value: json.dumps(value).encode())),
    st.one_of(st.just(SECRET), st.text(alphabet=st.characters(codec=None), max_size=30)),
)
@settings(max_examples=300, deadline=None)
def test_no_webhook_call_raises_anything_but_forged_or_a_value_error(body: bytes, secret: str) -> None:
    try:
        delivery = Max(token="t", secret=SECRET).webhook({"x-max-bot-api-secret": secret}, body)
    except Forged:
        assert secret != SECRET
    except ValueError:
        assert secret == SECRET
    else:
        assert isinstance(delivery, Delivery)
        (raw,) = delivery.updates
        msgspec.json.encode(raw)  # the inbox can store it
