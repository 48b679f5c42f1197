"""The answers and further pages we ship: nothing that citizens ask is left out, each is short and easy to read."""

import re
from collections.abc import Mapping
from datetime import date

import pytest

from bot.texts.load import load
from bot.texts.render import fill
from bot.texts.schema import Content
from bot.texts.template import sentences

TODAY = date(2026, 11, 21)
ANSWER_CHARS = 900  # one screen of a phone
PAGE_CHARS = 2500  # read in one go, and one sheet when printed
TOPIC_QUESTIONS = 12  # two pages of buttons
SENTENCE_WORDS = 15  # on average
LAW = re.compile(r"\bст(?:\.|атья|атьи|атье)\s*\d|\d-ФЗ|№\s*\d")
WORD = re.compile(r"[\w-]*[^\W_][\w-]*")

# Questions found in surveys and journey maps. Their ids are kept, so that no answer is lost when texts are moved.
ASKED = [
    f"faq-{number:03}"
    for first, last in ((1, 6), (10, 16), (20, 33), (40, 52), (60, 67), (70, 74), (80, 80), (90, 112), (120, 130))
    for number in range(first, last + 1)
]

READ_ON = [
    "alimony_money",
    "alimony_penalty",
    "apply",
    "closed_jobs",
    "job_search",
    "no_internet",
    "own_business",
    "probation",
    "relatives",
    "safety",
    "scam",
    "soc_contract",
    "statuses",
    "undeclared",
    "who_sees",
]


@pytest.fixture(scope="module")
def content(shipped: Mapping[str, bytes]) -> Content:
    return load(shipped, {})


def test_every_question_that_was_found_has_its_answer(content: Content) -> None:
    assert len(ASKED) == 88
    assert [ident for ident in ASKED if ident not in content.questions] == []


def test_an_answer_is_short_and_says_where_it_is_from(content: Content) -> None:
    for question in content.questions.values():
        assert len(fill(content, question.answer, None, today=TODAY)) <= ANSWER_CHARS, question.id
        assert question.source, question.id


def test_a_topic_can_be_looked_through(content: Content) -> None:
    assert [topic.id for topic in content.topics.values() if len(topic.questions) > TOPIC_QUESTIONS] == []
    assert len(content.topics) <= 2 * 7  # two pages
    labels = [question.label for question in content.questions.values()]
    assert sorted(labels) == sorted(set(labels))


def test_a_question_is_known_by_what_people_type(content: Content) -> None:
    assert [one.id for one in content.questions.values() if not 3 <= len(one.also) <= 24] == []


def test_every_subject_that_needs_more_than_an_answer_has_its_page(content: Content) -> None:
    assert [ident for ident in READ_ON if ident not in content.pages] == []
    for page in content.pages.values():
        assert len(fill(content, page.text, None, today=TODAY)) <= PAGE_CHARS, page.id


def test_a_law_is_named_only_from_the_facts(content: Content) -> None:
    assert [one.id for one in content.questions.values() if LAW.search(one.answer)] == []
    assert [one.id for one in content.pages.values() if LAW.search(one.text)] == []


def test_answers_and_pages_read_easily(content: Content) -> None:
    for topic in content.topics.values():
        assert average_words([question.answer for question in topic.questions]) <= SENTENCE_WORDS, topic.id
    for page in content.pages.values():
        assert average_words([page.text]) <= SENTENCE_WORDS, page.id


def test_in_a_bad_hour_the_first_thing_is_a_phone(content: Content) -> None:
    """Whatever nobody has filled in yet: these phones stand in the facts."""
    for ident in ("faq-120", "faq-121", "faq-122", "faq-123"):
        answer = content.questions[ident].answer
        assert re.search(r"\{fact\.phone_(emergency|ambulance)\}", answer[:200]), ident


def average_words(texts: list[str]) -> float:
    counts = [
        count
        for text in texts
        for sentence in sentences(text)
        if (count := len(WORD.findall(" ".join("слово" if i % 2 else part for i, part in enumerate(sentence.parts)))))
    ]
    return sum(counts) / len(counts)
