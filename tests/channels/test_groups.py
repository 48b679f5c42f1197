"""What of a group chat is meant for the bot, told the same in three messengers; the talk among people is nobody's."""

from typing import Any

import pytest

from bot.channels.max import Max
from bot.channels.telegram import Telegram
from bot.channels.vk import Vk
from bot.messages import Group, Incoming, Kind

CHATS = {"telegram": "-100500", "vk": "2000000007", "max": "-77"}
CHANNELS = {
    "telegram": Telegram(token="42:TEST"),
    "vk": Vk(token="token", group_id=777),
    "max": Max(token="t"),
}
BOT = {"id": 42, "user_id": 42, "is_bot": True, "first_name": "ЦЗН"}


def telegram(text: str, *, reply: bool = False, to_person: bool = False, edited: bool = False, **more: Any) -> Any:
    message: dict[str, Any] = {
        "message_id": 9,
        "date": 1,
        "chat": {"id": -100500, "type": "supergroup"},
        "from": {"id": 5, "is_bot": False, "first_name": "Ольга"},
        **({"text": text} if text else {}),
        **more,
    }
    if reply or to_person:
        message["reply_to_message"] = {"message_id": 8, "from": BOT if reply else {"id": 6, "is_bot": False}}
    return {"update_id": 3, "edited_message" if edited else "message": message}


def vk(text: str, *, reply: bool = False, to_person: bool = False, edited: bool = False, **more: Any) -> Any:
    message: dict[str, Any] = {
        "from_id": 5,
        "peer_id": 2000000007,
        "conversation_message_id": 9,
        "text": text,
        **more,
    }
    if reply or to_person:
        message["reply_message"] = {"from_id": -777 if reply else 6, "conversation_message_id": 8}
    kind = "message_edit" if edited else "message_new"
    return {"type": kind, "event_id": "e3", "object": message if edited else {"message": message}}


def max_(text: str, *, reply: bool = False, to_person: bool = False, edited: bool = False, **more: Any) -> Any:
    message: dict[str, Any] = {
        "sender": {"user_id": 5, "is_bot": False},
        "recipient": {"chat_id": -77, "chat_type": "chat"},
        "timestamp": 3,
        "body": {"mid": "9", "text": text or None, **more},
    }
    if reply or to_person:
        sender = BOT if reply else {"user_id": 6, "is_bot": False}
        message["link"] = {"type": "reply", "sender": sender, "message": {"mid": "8"}}
    return {"update_type": "message_edited" if edited else "message_created", "timestamp": 3, "message": message}


SAYS = {"telegram": telegram, "vk": vk, "max": max_}
PHOTOS: dict[str, dict[str, Any]] = {
    "telegram": {"photo": [{"file_id": "p"}]},
    "vk": {"attachments": [{"type": "photo"}]},
    "max": {"attachments": [{"type": "image"}]},
}


@pytest.fixture(params=sorted(SAYS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def heard(name: str, text: str, **how: Any) -> Incoming | None:
    return CHANNELS[name].heard(SAYS[name](text, **how))


def test_talk_among_people_is_passed_over(name: str) -> None:
    assert heard(name, "Кто идёт обедать?") is None
    assert heard(name, "Я", to_person=True) is None
    assert heard(name, "", **PHOTOS[name]) is None


def test_a_reply_to_the_bot_names_who_said_what_to_which_message(name: str) -> None:
    incoming = heard(name, "Приходите завтра", reply=True)

    assert incoming is not None
    assert (incoming.kind, incoming.text, incoming.address.chat) == (Kind.TEXT, "Приходите завтра", CHATS[name])
    assert incoming.group == Group("5", "9", "8")


def test_an_edit_of_a_reply_and_a_picture_in_one_are_told_apart(name: str) -> None:
    edited, photo = heard(name, "иначе", reply=True, edited=True), heard(name, "", reply=True, **PHOTOS[name])

    assert edited is not None
    assert photo is not None
    assert (edited.kind, photo.kind) == (Kind.EDITED, Kind.PHOTO)
    assert edited.group == Group("5", "9", "8")


def test_the_word_that_links_is_heard_from_anybody(name: str) -> None:
    incoming = heard(name, "/staff ABCD2345")

    assert incoming is not None
    assert incoming.group == Group("5", "9")


def test_words_in_a_topic_belong_to_it_whomever_they_answer() -> None:
    incoming = heard("telegram", "в теме", message_thread_id=70, is_topic_message=True)

    assert incoming is not None
    assert incoming.group == Group("5", "9", "", "70")


def test_an_anonymous_administrator_is_nobodys_account() -> None:
    incoming = heard("telegram", "от имени группы", reply=True, sender_chat={"id": -100500, "type": "supergroup"})

    assert incoming is not None
    assert incoming.group == Group("", "9", "8")


def test_a_group_with_another_number_and_service_notes() -> None:
    moved = heard("telegram", "", migrate_to_chat_id=-100900)

    assert moved is not None
    assert moved.group is not None
    assert moved.group.moved_to == "-100900"
    assert heard("telegram", "", reply=True, new_chat_members=[BOT]) is None


def test_vk_names_the_community_before_the_word() -> None:
    incoming = heard("vk", "[club777|@czn] /staff ABCD2345")

    assert incoming is not None
    assert incoming.text == "/staff ABCD2345"


def test_max_tells_of_a_deleted_message() -> None:
    gone = {"update_type": "message_removed", "timestamp": 3, "message_id": "9", "chat_id": -77, "user_id": 5}
    incoming = CHANNELS["max"].heard(gone)

    assert incoming is not None
    assert incoming.group == Group("5", "9", is_gone=True)
    assert incoming.event == "removed:9"
    assert CHANNELS["max"].heard({**gone, "chat_id": 77}) is None
