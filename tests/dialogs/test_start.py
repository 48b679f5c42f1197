"""The first contact: with and without a leaflet's link, known and unknown, informed only."""

from collections.abc import Callable
from datetime import date

from bot.messages import Kind
from tests.dialogs.transcripts import COMES_BACK, FIRST_WORDS
from tests.talk import Talk


async def test_any_first_word_is_greeted(talk: Talk) -> None:
    await talk.play(FIRST_WORDS)


async def test_a_first_voice_message_is_greeted_too(talk: Talk) -> None:
    answers = await talk.send(Kind.VOICE)

    assert [message.key for message in answers] == ["start.hello", "situation.choose"]


async def test_starts_are_counted_by_tag(talk: Talk, another: Callable[..., Talk]) -> None:
    await talk.send(Kind.START, source="leaflet")
    await another("olga").send(Kind.START, source="leaflet")
    await another("petr").say("/start")

    async with talk.database.read() as tx:
        assert await tx.starts.by_tag(since=date(2026, 11, 1)) == [("leaflet", "web", 2), ("direct", "web", 1)]


async def test_a_repeated_delivery_of_a_start_counts_once(talk: Talk) -> None:
    await talk.send(Kind.START, event="same", source="leaflet")
    answers = await talk.send(Kind.START, event="same", source="leaflet")

    assert answers == []
    async with talk.database.read() as tx:
        assert await tx.starts.by_tag(since=date(2026, 11, 1)) == [("leaflet", "web", 1)]


async def test_a_leaflets_link_opens_its_page(talk: Talk) -> None:
    token, source = next((token, one) for token, one in talk.content.sources.items() if one.situation)

    answers = await talk.send(Kind.START, source=token)

    assert answers[0].key == "start.hello"
    assert answers[1].key in ("info.page", "info.page_without_plan")
    assert talk.content.situations[source.situation].page.name in answers[1].text


async def test_an_unknown_tag_starts_as_usual(talk: Talk) -> None:
    answers = await talk.send(Kind.START, source="somebody-made-it-up")

    assert [message.key for message in answers] == ["start.hello", "situation.choose"]


async def test_a_known_citizen_comes_back_to_the_menu(talk: Talk) -> None:
    await talk.play(COMES_BACK)


async def test_the_greeting_says_who_runs_the_bot_and_that_a_person_can_be_called(talk: Talk) -> None:
    hello = (await talk.say("/start"))[0].text

    assert talk.content.default_office.short_name in hello
    assert "специалист" in hello
    assert "Голосовые" in hello or "голосовые" in hello


async def test_an_informing_channel_greets_without_asking(another: Callable[..., Talk]) -> None:
    await another("ivan", channel="telegram", policy="information").play("""
        > /start
        < start.hello_information
        < info.list [released] [pre_release] [alimony] [other] [relatives]
    """)


async def test_who_only_allowed_messages_is_greeted_at_the_first_words(talk: Talk) -> None:
    """VK tells of the permission before the first message."""
    assert await talk.send(Kind.RETURNED) == []

    await talk.play(FIRST_WORDS)
