"""Services and words about visits: read, checked, every mistake with its line and remedy."""

from collections.abc import Mapping

import pytest

from bot.flows.words.services import further
from bot.texts.load import load
from bot.texts.schema import Content
from bot.texts.services import SENDERS
from storage.referrals import To
from storage.visits import Application, Next, Paper, Result, Resume
from tests.talk import CONTENT
from tests.texts.conftest import NEEDS, Files, lines_of
from tests.texts.sample import SAMPLE

SERVICES, VISITS = "services.yaml", "visits.yaml"

FILES: Mapping[str, str] = {
    SERVICES: """matching:
  label: Подбор работы
  about: Специалист подберёт вакансии.
  mark: often
  situations: [released]
  results: [jobs_offered]
resume:
  label: Помощь с резюме
  about: Составим вместе.
  mark: must
interview:
  label: Тренировка собеседования
  about: Можно отрепетировать.
  mark: must
  situations: [other]
""",
    VISITS: (CONTENT / VISITS).read_text(),
}


@pytest.fixture
def files() -> Files:
    return {name: text.encode() for name, text in {**SAMPLE, **FILES}.items()}


@pytest.fixture
def content(files: Files) -> Content:
    return load(files, NEEDS)


def test_services_stand_by_mark_and_then_as_written(content: Content) -> None:
    assert list(content.services) == ["resume", "interview", "matching"]
    assert content.services["matching"].results == ("jobs_offered",)
    assert content.services["resume"].situations == ()


def test_every_code_has_words(content: Content) -> None:
    words = content.visits
    for named, codes in (
        (words.results, Result),
        (words.next, Next),
        (words.resume, Resume),
        (words.application, Application),
        (words.papers, Paper),
        (words.senders, SENDERS),
        (words.referrals, To),
    ):
        assert list(named) == [str(code) for code in codes]
    assert words.day_list.unnamed == "без имени"


def test_the_citizen_never_hears_what_is_only_for_staff(content: Content) -> None:
    private = {
        Result.REFERRED_PSYCHOLOGIST,
        Result.REFERRED_MEDIATOR,
        Result.INFORMAL_DETAILS,
        Result.INFORMAL_NO_DETAILS,
        Result.REFUSED_HELP,
        Result.NO_SHOW,
    }
    assert not private & content.visits.told.keys()


def test_both_files_may_be_absent() -> None:
    content = load({name: text.encode() for name, text in SAMPLE.items()}, NEEDS)

    assert dict(content.services) == {}
    assert content.visits.ask_after_days == 14
    assert dict(content.visits.results) == {}


@pytest.mark.parametrize(
    ("situations", "done", "found"),
    [
        ([], [], ["resume", "interview", "matching"]),
        (["released"], [], ["resume", "matching"]),
        (["other"], [], ["resume", "interview"]),
        (["released", "other"], ["jobs_offered"], ["resume", "interview"]),
        (["released"], ["jobs_offered", "consulted"], ["resume"]),
    ],
)
def test_what_else_there_is_fits_situation_and_what_was_done(
    content: Content, situations: list[str], done: list[str], found: list[str]
) -> None:
    assert [one.id for one in further(content, situations, done)] == found
    assert [one.id for one in further(content, situations, done, 1)] == found[:1]


CASES: list[tuple[str, str, str, list[str]]] = [
    (SERVICES, "mark: often", "mark: oftn", ["4: «matching.mark» не может быть «oftn»: возможно, often"]),
    (
        SERVICES,
        "[jobs_offered]",
        "[jobs_ofered]",
        ["6: в «matching.results» нет итога приёма «jobs_ofered»: возможно, jobs_offered"],
    ),
    (
        SERVICES,
        "[released]",
        "[realesed]",
        ["5: в «matching.situations» нет жизненной ситуации «realesed»: возможно, released"],
    ),
    (SERVICES, "  about: Составим вместе.\n", "", ["7: нет «about» в «resume»: добавьте строку «about: …»"]),
    (VISITS, "ask_after_days: 14", "ask_after_days: 0", ["«ask_after_days» не число от 1 до 366: «0»"]),
    (VISITS, "  unnamed: без имени\n", "", ["нет «unnamed» в «day_list»"]),
    (VISITS, "  consulted:\n", "  konsulted:\n", ["нет «consulted» в «results»", "konsulted"]),
    (VISITS, "    title: Разговор с психологом\n", "", ["нет «title» в «referrals.psychologist»"]),
]


@pytest.mark.parametrize(("file", "old", "new", "mistakes"), CASES)
def test_a_mistake_names_its_place_and_remedy(files: Files, file: str, old: str, new: str, mistakes: list[str]) -> None:
    text = files[file].decode()
    assert old in text
    told = lines_of({**files, file: text.replace(old, new, 1).encode()}, NEEDS)
    for mistake in mistakes:
        assert any(mistake in line for line in told), told
