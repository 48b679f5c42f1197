"""Numbers that must not be sent to a bot: gone before anything is stored, told of; the other words are heard."""

import msgspec
import pytest

from bot.messages import Incoming, Kind
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import Talk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def stored(talk: Talk) -> list[Incoming]:
    """What the inbox keeps, opened."""
    async with talk.database.read() as tx:
        rows = await tx.handle.connection.execute_fetchall("SELECT payload, event FROM inbox WHERE payload IS NOT NULL")
        cipher = tx.handle.cipher
        return [
            msgspec.json.decode(cipher.open(bytes(payload), "inbox", "payload", event), type=Incoming)
            for payload, event in rows
        ]


async def test_a_number_is_told_of_and_the_question_beside_it_answered(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > паспорт 45 10 687901 потерял, как восстановить паспорт?
        < fallback.hidden
        < questions.answer [helped] [not_helped] [handover]
        > 4111 1111 1111 1111
        < fallback.hidden
        < questions.answer [helped] [not_helped] [handover]
    """)


async def test_a_number_never_reaches_the_stored_message(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    await talk.say("/human")
    answers = await talk.say("снилс 112-233-445 95, звоните +7 913 555-12-31")

    assert [message.key for message in answers] == ["fallback.hidden", "handover.sent"]
    assert stored_text(await stored(talk))[-1] == "снилс ***, звоните ***"
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        case = await tx.cases.of_citizen(citizen.id)
    assert case is not None
    assert case.words == ("снилс ***, звоните ***",)


def stored_text(messages: list[Incoming]) -> list[str]:
    return [message.text for message in messages if message.text]


async def test_a_number_as_the_very_first_message_is_greeted(talk: Talk) -> None:
    keys = [message.key for message in await talk.say("4111 1111 1111 1111")]

    assert keys == ["fallback.hidden", "start.hello", "situation.choose"]


async def test_a_personal_number_in_a_link_is_no_tag(talk: Talk) -> None:
    await talk.send(Kind.START, source="45-10-687901")

    async with talk.database.read() as tx:
        assert [tag for tag, _, _ in await tx.starts.by_tag(since=talk.clock.now().date())] == ["direct"]
