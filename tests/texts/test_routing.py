"""Who answers which request: read, each mistake told with its place; and until when an answer is promised."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.flows import FLOWS
from bot.texts.load import load
from bot.texts.office import Office
from bot.texts.promises import after_working_hours, answer_due, is_open
from bot.texts.routes import AFTER_TAKE, QUESTION
from bot.texts.schema import Content, frozen
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
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 9:00 in Barnaul


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


def office(**about: object) -> Office:
    hours = {day: ((time(9), time(13)), (time(14), time(18))) for day in range(5)}
    fields: dict[str, object] = {"timezone": "Asia/Barnaul", "hours": frozen(hours)}
    return Office("o", "", "", "", "", "", needs_verification=False, contacts={}, is_default=True, **fields | about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start_hours", "hours", "due_hours"),
    [
        (0, 2, 2),  # in the morning
        (3, 2, 6),  # over the midday break
        (8, 2, 25),  # into the next day
        (-3, 1, 1),  # before the door opens
        (9, 1, 25),  # after it closed
        (4 * 24 + 8, 4, 7 * 24 + 3),  # from Friday evening into Monday
    ],
)
def test_working_hours_pass_while_the_office_is_open(start_hours: int, hours: int, due_hours: int) -> None:
    due = after_working_hours(office(), MONDAY + timedelta(hours=start_hours), hours)

    assert due == MONDAY + timedelta(hours=due_hours)
    assert is_open(office(), MONDAY + timedelta(hours=1))
    assert not is_open(office(), MONDAY + timedelta(hours=4, minutes=30))


def test_of_unknown_hours_a_day_has_eight() -> None:
    assert after_working_hours(office(hours=frozen({})), MONDAY, 8) == MONDAY + timedelta(hours=24)


def test_an_urgent_case_waits_for_no_door(routed: Content) -> None:
    night, place = MONDAY - timedelta(hours=6), routed.default_office.id

    assert answer_due(routed, place, "jobs", night, is_urgent=True) == night + timedelta(minutes=15)
    assert answer_due(routed, place, "jobs", night) > night + timedelta(minutes=15)
