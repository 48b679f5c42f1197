"""Who answers which request: read, each mistake told with its place."""

from collections.abc import Mapping

import pytest

from bot.flows import FLOWS
from bot.texts.load import load
from bot.texts.routes import AFTER_TAKE, QUESTION
from bot.texts.schema import Content
from tests.talk import real_content
from tests.texts.conftest import NEEDS, lines_of
from tests.texts.sample import SAMPLE

ROUTING = "routing.yaml"
GOOD: Mapping[str, str] = {
    ROUTING: """silent_hours: 8
later_hours: 4
urgent_minutes: 15
words_in_chats: after_take
roles:
  job_matcher: Специалист по подбору
  lead: Начальник
topics:
  jobs:
    label: Работа
    role: job_matcher
    says: [Ваканс, резюме]
    answer_hours: 2
  complaint:
    label: Жалоба
    role: lead
    is_private: да
    says: [жалоб]
  question:
    label: Другое
""",
}

CASES = [
    ("role: job_matcher", "role: plumber", 11, "ведёт к роли, которой нет в «roles»"),
    ("job_matcher: Специалист", "plumber: Специалист", 6, "не роль"),
    ("  question:\n    label: Другое\n", "", 8, "нет темы «question»"),
    ("role: lead\n", "role: job_matcher\n", 17, "видят не только начальники"),
    ("[жалоб]", "[резюме]", 14, "слово «резюме» уже ведёт в «jobs»"),
    ("words_in_chats: after_take", "words_in_chats: always", 4, "не может быть «always»"),
    ("urgent_minutes: 15", "urgent_minutes: 0", 3, "не число от 1 до 240"),
    ("    says: [жалоб]", "    questions: [nowhere]", 18, "нет темы вопросов «nowhere»"),
    ("later_hours: 4\n", "", 1, "нет «later_hours»"),
]


def of(text: str) -> dict[str, bytes]:
    return {name: one.encode() for name, one in {**SAMPLE, ROUTING: text}.items()}


@pytest.fixture
def routed() -> Content:
    return load(of(GOOD[ROUTING]), NEEDS)


def test_topics_keep_their_order_and_words(routed: Content) -> None:
    routing = routed.routing

    assert list(routing.topics) == ["jobs", "complaint", QUESTION]
    assert (routing.topics["jobs"].says, routing.topics["jobs"].answer_hours) == (("ваканс", "резюме"), 2)
    assert routing.topics["complaint"].is_private
    assert (routing.roles["lead"], routing.words_in_chats) == ("Начальник", AFTER_TAKE)
    assert routing.topic("vanished").id == QUESTION


def test_without_the_file_there_is_one_topic_for_all(content: Content) -> None:
    routing = content.routing

    assert routing.topic("jobs").id == QUESTION
    assert routing.of_question("any", "lawyer") == QUESTION


@pytest.mark.parametrize(("good", "bad", "line", "what"), CASES)
def test_a_mistake_is_told_with_its_line_and_a_remedy(good: str, bad: str, line: int, what: str) -> None:
    assert good in GOOD[ROUTING]

    (told,) = [one for one in lines_of(of(GOOD[ROUTING].replace(good, bad)), NEEDS) if what in one]

    assert f"{ROUTING}:{line}:" in told


def test_the_shipped_routing_covers_what_questions_ask_for() -> None:
    shipped = real_content(FLOWS)

    assert shipped.routing.topics[QUESTION].role == ""
    assert any(topic.is_private and topic.role == "lead" for topic in shipped.routing.topics.values())
    assert set(shipped.routing.roles) >= {"specialist", "job_matcher", "career_advisor", "lead", "admin"}
