"""A citizen writes in their own words: answered, guessed, or honestly not understood; the talk goes on."""

from collections.abc import Callable

import pytest

from bot.engine.session import decode
from storage.records import CaseRow
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import Talk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def kept(talk: Talk) -> list[tuple[str, int]]:
    async with talk.database.read() as tx:
        return [(row.words, row.times) for row in await tx.unanswered.since(talk.clock.now())]


async def the_case(talk: Talk) -> CaseRow | None:
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        return await tx.cases.of_citizen(citizen.id)


async def test_a_clear_question_is_answered_at_once(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > подскажите как встать на биржу труда
        < questions.answer [helped] [not_helped] [handover]
        > [helped]
        < questions.helped [topics] [menu]
    """)


async def test_an_answer_that_does_not_help_brings_a_person_unasked(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > КАК СОСТАВИТЬ РЕЗЮМЕ???
        < questions.answer [helped] [not_helped] [handover]
        > [not_helped]
        < questions.not_helped [handover] [topics] [menu]
    """)


@pytest.mark.parametrize(
    "words", ["rfr cjcnfdbnm htp.vt", "kak sostavit rezyume", "как саставить рузюме", "КАК   СОСТАВИТЬ   РЕЗЮМЕ!!!"]
)
async def test_layout_latin_letters_typos_and_caps_do_not_matter(talk: Talk, words: str) -> None:
    await talk.say("/start")

    assert [message.key for message in await talk.say(words)] == ["questions.answer"]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("vty.", "menu.main"),
        ("menyu", "menu.main"),
        ("Vty.", "menu.main"),
        ("/ыефке", "situation.choose"),
        (".ыефке", "situation.choose"),
        ("/ьутг", "menu.main"),
        ("pflfnm djghjc", "questions.topics"),
        ("zadat vopros", "questions.topics"),
        ("Позвать специалиста", "handover.may_pass"),
        ("gjpjdb xtkjdtrf", "handover.may_pass"),
        ("соедините меня с оператором", "handover.may_pass"),
        ("хочу поговорить с живым человеком", "handover.may_pass"),
        ("помощь", "help.text"),
    ],
)
async def test_commands_and_buttons_are_known_however_they_are_typed(talk: Talk, words: str, key: str) -> None:
    await talk.say("/start")

    assert (await talk.say(words))[-1].key == key


async def test_a_likely_question_is_guessed_and_may_be_another(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > скоро на свободу с чего начинать
        < questions.meant [q:first-days] [q:faq-010] [q:faq-012] [other] [handover]
        > [q:faq-010]
        < questions.answer [helped] [not_helped] [handover]
        > назад
        < questions.meant [q:first-days] [q:faq-010] [q:faq-012] [other] [handover]
        > [other]
        < fallback.not_these [handover] [questions] [menu]
    """)
    assert await kept(talk) == [("скоро на свободу с чего начинать", 1)]


async def test_two_misses_in_a_row_bring_a_person_unasked(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > где купить зимнюю резину
        < fallback.unknown [menu] [questions] [handover]
        > столица австралии
        < fallback.twice [handover] [questions] [menu]
        > [menu]
        < menu.main ...
        > как приготовить борщ
        < fallback.unknown [menu] [questions] [handover]
    """)


async def test_a_helpline_stands_where_the_bot_did_not_understand(talk: Talk) -> None:
    await talk.say("/start")
    phone = talk.content.facts["phone_psychologists"].value

    assert phone in (await talk.say("столица австралии"))[-1].text
    assert phone in (await talk.say("/menu"))[-1].text


async def test_what_found_no_answer_is_kept_without_names_and_numbers(talk: Talk, another: Callable[..., Talk]) -> None:
    await talk.say("/start")
    await talk.say("я Иванов Пётр, паспорт 45 10 687901, люблю рыбалку на щуку")
    olga = another("olga")
    await olga.say("/start")
    await olga.say("рыбалка на щуку зимой")
    await olga.say("рыбалка на щуку зимой!")

    words = dict(await kept(talk))
    assert words["рыбалка на щуку зимой"] == 2
    assert not [said for said in words if "петр" in said or "иванов" in said or "687901" in said]


async def test_an_informing_channel_keeps_no_question(another: Callable[..., Talk]) -> None:
    talk = another("ivan", channel="telegram", policy="information")
    await talk.say("/start")
    assert [message.key for message in await talk.say("где купить зимнюю резину")] == ["fallback.unknown"]

    assert await kept(talk) == []


async def test_a_question_inside_a_step_is_answered_and_the_step_goes_on(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > [released]
        < situation.more ...
        > [enough]
        < situation.ready [plan] [page]
        > [plan]
        < consent.ask [yes] [no] [full]
        > вы передадите мои слова приставам?
        < questions.aside
        < consent.ask [yes] [no] [full]
        > да
        < consent.agreed
        < profile.intro
        < profile.one ...
        > кем я смогу работать с моей профессией
        < questions.aside
        < profile.one ...
    """)


async def test_a_date_that_is_asked_for_is_a_date_and_a_question_there_a_question(talk: Talk) -> None:
    for line in ("/start", "/menu", "Ещё"):
        await talk.say(line)
    for choice in ("info", "pre_release", "days"):
        await talk.press(choice)

    assert [message.key for message in await talk.say("когда погасится судимость")] == ["questions.aside", "days.date"]
    assert [message.key for message in await talk.say("скоро")] == ["days.wrong"]
    assert [message.key for message in await talk.say("15.03.2027")] == ["days.dated"]


async def test_words_for_a_specialist_are_never_taken_for_a_question(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    await talk.say("/human")

    assert [message.key for message in await talk.say("как встать на биржу труда")] == ["handover.sent"]
    case = await the_case(talk)
    assert case is not None
    assert case.words == ("как встать на биржу труда",)


async def test_the_first_words_of_all_are_answered_after_the_greeting(talk: Talk) -> None:
    await talk.play("""
        > потерял паспорт, как восстановить
        < start.hello
        < situation.choose ...
        < questions.answer [helped] [not_helped] [handover]
        > назад
        < situation.choose ...
    """)


async def test_scam_words_bring_the_warning(talk: Talk) -> None:
    await talk.say("/start")

    (page,) = await talk.say("просят предоплату за трудоустройство")
    assert page.key == "info.reading"
    assert talk.content.pages["scam"].label in page.text


async def test_a_hard_time_gets_a_phone_before_the_answer(talk: Talk) -> None:
    await talk.say("/start")

    keys = [message.key for message in await talk.say("совсем нет сил, везде отказ")]
    assert keys[0] == "crisis.soft"
    assert keys[1] in ("questions.answer", "questions.meant")


async def test_misses_are_counted_in_the_session_only(talk: Talk) -> None:
    await talk.say("/start")
    await talk.say("как приготовить борщ")
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        session = decode((await tx.sessions.load([citizen.id]))[citizen.id].data)

    assert session.misses == 1
