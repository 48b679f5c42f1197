"""The content we ship: it loads clean, every screen of it can be shown, and it keeps the house rules."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pytest

from bot.texts.doubts import doubts
from bot.texts.load import load, look
from bot.texts.render import fill, say
from bot.texts.schema import TEXT_CHARS, Content
from bot.texts.situation import Condition

TODAY = date(2026, 11, 21)
SCREEN_CHARS = 900  # an answer is read on a phone without scrolling


@pytest.fixture(scope="module")
def content(shipped: Mapping[str, bytes]) -> Content:
    return load(shipped, {})


def passages(content: Content) -> Iterator[tuple[str, str]]:
    for situation in content.situations.values():
        yield f"{situation.id} elsewhere", situation.elsewhere
        page = situation.page
        for block in (page.name, page.audience, page.about, page.services, page.where_to_go):
            yield f"{situation.id} page", block
        for step in situation.plan:
            for line in (step.why, *step.how, *step.take, step.where, step.who, *(one.say for one in step.extra)):
                yield f"{situation.id} {step.id}", line
        for part in situation.days:
            for line in part.do:
                yield f"{situation.id} {part.id}", line
    for page in content.pages.values():
        yield page.id, page.text
    for question in content.questions.values():
        yield question.id, question.answer
    for obstacle in content.obstacles.values():
        yield obstacle.id, obstacle.help
    yield "helpline", content.rules.helpline


def test_everything_can_be_shown_without_a_brace_whatever_is_known_of_the_office(content: Content) -> None:
    known = replace(
        content.default_office,
        phone="8 (3852) 00-00-00",
        address="ул. Первая, 1",
        contacts=dict.fromkeys(content.default_office.contacts, "ул. Вторая, 2"),
        needs_verification=False,
    )
    for office in (content.default_office, known):
        for place, text in passages(content):
            shown = fill(content, text, office, today=TODAY)
            assert "{" not in shown, place
            assert len(shown) <= TEXT_CHARS, place
            assert "  " not in shown, place
    for place, text in passages(content):
        assert "Контакты уточните" not in fill(content, text, known), place


def test_an_answer_is_one_screen_of_a_phone(content: Content) -> None:
    long = {
        question.id: length
        for question in content.questions.values()
        if (length := len(fill(content, question.answer, None, today=TODAY))) > SCREEN_CHARS
    }
    assert long == {}


def test_the_plan_after_release_is_whole(content: Content) -> None:
    released = content.situations["released"]

    assert released.is_ready
    assert len(released.plan) >= 9
    assert len({step.title for step in released.plan}) == len(released.plan)
    assert {"info_search", "czn_contact", "matching", "interviews", "employment", "stay_registered"} <= {
        step.stage for step in released.plan
    }


@pytest.mark.parametrize("ident", ["released", "pre_release", "alimony"])
def test_each_journey_is_whole_for_whom_answers_nothing(content: Content, ident: str) -> None:
    situation = content.situations[ident]

    assert situation.is_ready
    assert len([step for step in situation.plan if not step.only_if]) >= 9
    assert len({step.title for step in situation.plan}) == len(situation.plan)
    assert 4 <= len(situation.asks) <= 9


def test_an_item_of_two_situations_says_why_in_each(content: Content) -> None:
    reasons: dict[str, list[str]] = {}
    for situation in content.situations.values():
        for step in situation.plan:
            reasons.setdefault(step.id, []).append(step.why)

    assert len([ident for ident, found in reasons.items() if len(found) > 1]) >= 10
    assert [ident for ident, found in reasons.items() if len(set(found)) < len(found)] == []


def test_a_parent_who_needs_no_job_is_not_sent_to_look_for_one(content: Content) -> None:
    no_job = Condition("need", "other")
    left = {step.id for step in content.situations["alimony"].plan if no_job not in step.skip_if}

    assert left >= {"point", "debt", "court", "psychologist", "mediator", "registry"}
    assert not left & {"wishes", "resume", "application", "vacancies", "training", "contract", "study", "rethink"}


def test_each_answer_that_matters_changes_some_plan(content: Content) -> None:
    used = {
        (one.question, one.answer)
        for situation in content.situations.values()
        for step in situation.plan
        for one in (
            *step.only_if,
            *step.skip_if,
            *step.first_if,
            *(two for extra in step.extra for two in extra.only_if),
        )
    }

    assert [ident for ident, one in content.profile.items() if one.choices and ident not in dict(used)] == []


def test_nobody_is_asked_what_the_bot_must_not_know(content: Content) -> None:
    for question in content.profile.values():
        words = " ".join((question.label, question.ask, *question.choices.values())).lower()
        for stem in (
            "стать",
            "срок",
            "преступ",
            "судимост",
            "диагноз",
            "болезн",
            "инвалид",
            "работодат",
            "без договор",
        ):
            assert stem not in words, question.id


def test_a_citizen_can_name_each_situation_in_his_own_words(content: Content) -> None:
    assert {"released", "pre_release", "alimony", "other"} <= set(content.situations)
    said = [words for one in content.situations.values() for words in (one.label.lower(), one.citizen_says, *one.also)]
    repeated = {words for words in said if said.count(words) > 1}
    labels = {one.label.lower() for one in content.situations.values()}

    assert repeated <= labels  # a label may stand in its own list, but two situations never share words


def test_two_questions_are_never_asked_in_the_same_words(content: Content) -> None:
    said: dict[str, str] = {}
    for question in content.questions.values():
        for words in {question.question.lower(), *(also.lower() for also in question.also)}:
            assert said.setdefault(words, question.id) == question.id, words


def test_each_question_is_asked_in_several_ways(content: Content) -> None:
    assert len(content.questions) >= 25
    assert [question.id for question in content.questions.values() if len(question.also) < 2] == []


def test_typed_words_lead_to_one_command(content: Content) -> None:
    assert {"назад", "меню", "стоп", "человек", "помощь", "начать", "да", "нет"} <= {
        word for words in content.words.values() for word in words
    }


def test_labels_of_the_navigation_stand(content: Content) -> None:
    labels = [say(content, f"common.{key}", {}) for key in ("back", "more", "previous", "menu", "human")]

    assert labels == ["Назад", "Далее", "Раньше", "Меню", "Специалист"]


def test_no_invented_contact_is_shipped(content: Content, shipped: Mapping[str, bytes]) -> None:
    for office in content.offices.values():
        assert office.needs_verification
        assert not office.phone
        assert not any(office.contacts.values())
    assert len(doubts(look(shipped, {}), TODAY)) >= 3


def test_no_fact_is_out_of_date_unless_it_is_marked(content: Content) -> None:
    assert [fact.key for fact in content.facts.values() if fact.check_by < TODAY and fact.confidence != "verify"] == []


def test_every_file_says_what_it_is(shipped: Mapping[str, bytes]) -> None:
    for name, data in shipped.items():
        if name.endswith(".yaml"):
            assert data.startswith(b"# "), name
