"""What is kept of a talk between two turns."""

import msgspec
import pytest

from bot.engine.session import TRAIL_MAX, Place, Session, decode, encode
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import Talk


def test_a_session_survives_being_kept() -> None:
    session = Session(Place("plan", "item", {"item": "papers"}, 2), [Place("menu", "main")], [("yes", "Да")], 7, True)

    assert decode(encode(session)) == session


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"place": 5}', b'{"place": {"flow": "x"}}', b"\xff", b"null"])
def test_what_is_no_session_is_told(data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode(data)


def test_a_field_of_a_later_version_does_not_hurt() -> None:
    assert decode(b'{"place": {"flow": "menu", "step": "main", "new": 1}, "newer": []}').place.name == "menu.main"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_way_back_never_grows_beyond_its_length(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    for number in range(3 * TRAIL_MAX):
        await talk.say("/help" if number % 2 else "/ask")
        await talk.say("/jobs" if number % 3 else "/book")

    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        session = decode((await tx.sessions.load([citizen.id]))[citizen.id].data)
    assert len(session.trail) <= TRAIL_MAX


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_unreadable_session_begins_anew_instead_of_failing(talk: Talk) -> None:
    from dataclasses import replace

    await talk.play(TO_PLAN)
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        session = (await tx.sessions.load([citizen.id]))[citizen.id]
        await tx.sessions.save([replace(session, data=b"rubbish")])

    assert [message.key for message in await talk.say("1")] == ["start.again", "menu.main"]
