"""Indices counted by hand: the examples of the sources, and what must not be counted."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.flows import FLOWS
from bot.reports.indices import ces, csi, figures, mean_of, nps_classic, recommend_share, share, tally, target
from bot.reports.surveys import lines, results, rows
from bot.texts.schema import Content
from storage.database import Database
from storage.survey_records import Sheet, SheetAnswer
from tests.storage.rows import NOW
from tests.storage.test_surveys import agreed
from tests.storage.test_surveys import answer as answered
from tests.storage.test_surveys import given as invited
from tests.talk import real_content

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def content() -> Content:
    return real_content(FLOWS)


def nps(scores: dict[int, int]) -> tuple[float | None, float | None]:
    classic = nps_classic(scores, promoters_from=9, detractors_to=6)
    would = recommend_share(scores, recommend_from=7)
    return (None if classic is None else float(classic), None if would is None else float(would))


def test_forty_answers_of_the_source() -> None:
    """22 × (9–10), 11 × (7–8), 7 × (0–6): 55 − 17.5 = 37.5; 33 of 40 = 82.5 %."""
    assert nps({10: 12, 9: 10, 8: 5, 7: 6, 6: 3, 3: 2, 0: 2}) == (37.5, 82.5)


def test_zero_is_a_score_and_six_is_none_of_the_neutral() -> None:
    assert nps({0: 1}) == (-100.0, 0.0)
    assert nps({6: 1}) == (-100.0, 0.0)
    assert nps({7: 1}) == (0.0, 100.0)
    assert nps({9: 1}) == (100.0, 100.0)
    assert nps({0: 1, 10: 1}) == (0.0, 50.0)


def test_of_no_answers_there_is_no_index() -> None:
    assert nps({}) == (None, None)
    assert ces([{}, {}], easy_from=3) is None
    assert csi([({}, 1.0)]) is None


def test_effort_of_two_questions_one_of_them_turned(content: Content) -> None:
    """Q1 30 of 40 easy («Нет», «Скорее нет»), Q2 36 of 40 («Да», «Скорее да»): 66 of 80 = 82.5 %."""
    items = content.surveys["ces"].items
    documents = tally(items["documents"], {"no": 20, "rather_no": 10, "rather_yes": 6, "yes": 4})
    steps = tally(items["steps"], {"yes": 30, "rather_yes": 6, "rather_no": 1, "no": 3})

    assert documents == {4: 20, 3: 10, 2: 6, 1: 4}
    assert ces([documents, steps], easy_from=3) == 82.5


def test_satisfaction_is_the_mean_of_the_nine_means_two_of_them_turned(content: Content) -> None:
    """4.2, 6 − 2.5, 6 − 2.0, 4.5, 3.8, 3.6, 3.9, 4.1, 4.4: 36.0 / 9 = 4.00."""
    said = {
        "got_help": {"yes": 4, "rather_yes": 4, "middle": 2},  # 4.2
        "queue": {"middle": 5, "rather_no": 5},  # 2.5
        "long_visit": {"rather_no": 10},  # 2.0
        "skilled": {"yes": 5, "rather_yes": 5},  # 4.5
        "hours": {"rather_yes": 8, "middle": 2},  # 3.8
        "stands": {"rather_yes": 6, "middle": 4},  # 3.6
        "room": {"rather_yes": 9, "middle": 1},  # 3.9
        "comfort": {"yes": 1, "rather_yes": 9},  # 4.1
        "kind": {"yes": 4, "rather_yes": 6},  # 4.4
    }
    items = content.surveys["csi"].items
    assert list(said) == list(items)
    means = [float(mean) for id_, item in items.items() if (mean := mean_of(tally(item, said[id_])))]
    assert means == [4.2, 3.5, 4.0, 4.5, 3.8, 3.6, 3.9, 4.1, 4.4]

    (figure,) = figures(content.surveys["csi"], said, 40, few=30)
    assert (figure.value, figure.answers, figure.people, figure.is_few, figure.target) == (4.0, 90, 40, False, 4.0)


def test_weights_of_the_content_count() -> None:
    assert csi([({5: 1}, 3.0), ({1: 1}, 1.0)]) == 4
    assert csi([({5: 7}, 1.0), ({1: 1}, 1.0)]) == 3, "a question counts once, however many answered it"
    assert csi([({5: 1}, 1.0), ({}, 9.0)]) == 5, "nobody answered: left out"


def test_the_questionnaire_counts_its_first_question_only(content: Content) -> None:
    survey = content.surveys["nsi"]
    said = {"process": {"yes": 40, "rather_yes": 22, "rather_no": 20, "no": 18}, "papers": {"no": 100}}
    (figure,) = figures(survey, said, 100, few=30)

    assert (figure.value, figure.answers, figure.target) == (62.0, 100, 90)


def test_the_next_target_is_a_quarter_of_the_way() -> None:
    assert target(62) == 69
    assert target(90) == 90
    assert target(95.5) == 95.5
    assert target(0) == 22.5


def test_the_bots_own_effort_is_an_index_of_its_own(content: Content) -> None:
    said = {"easy": {"yes": 1, "no": 1}}
    (own,) = figures(content.surveys["ces_bot"], said, 2, few=30)
    assert (own.name, own.value, own.is_few) == ("ces_bot", 50.0, True)
    assert [one.name for one in figures(content.surveys["ces"], {}, 0, few=30)] == ["ces"]


def test_each_index_has_the_target_of_its_own_source(content: Content) -> None:
    found = figures(content.surveys["nps"], {"recommend": {"9": 30}}, 30, few=30)
    assert [(one.name, one.target, one.is_few) for one in found] == [
        ("nps_classic", 30, False),
        ("recommend_share", 89.3, False),
    ]


def test_reasons_make_no_index(content: Content) -> None:
    assert figures(content.surveys["no_job"], {"reason": {"skills": 5}}, 5, few=30) == []


TALLIES = some.dictionaries(some.integers(0, 10), some.integers(1, 1000), max_size=11)


@given(TALLIES)
def test_whatever_is_answered_the_indices_stay_in_their_bounds(scores: dict[int, int]) -> None:
    classic, would = nps(scores)
    if not scores:
        assert (classic, would) == (None, None)
        return
    assert classic is not None
    assert would is not None
    assert -100 <= classic <= 100
    assert 0 <= would <= 100
    promoters, detractors = share([scores], low=9), share([scores], low=0, high=6)
    assert promoters is not None
    assert detractors is not None
    assert float(promoters - detractors) == classic
    turned = {10 - score: count for score, count in scores.items()}
    mean, other = mean_of(scores), mean_of(turned)
    assert mean is not None
    assert other is not None
    assert mean + other == 10


# from the database


async def test_a_report_counts_changed_once_skipped_never_and_late_not_at_all(
    database: Database, content: Content
) -> None:
    people = [await agreed(database, f"citizen {number}") for number in range(4)]
    changed, skipped, late, zero = [await invited(database, one) for one in people]

    def score(value: str | None) -> SheetAnswer:
        return SheetAnswer("nps", "recommend", content.surveys["nps"].version, value)

    assert await answered(database, changed, people[0], score("2"))
    assert await answered(database, changed, people[0], score("9"))
    assert await answered(database, skipped, people[1], score(None))
    assert await answered(database, late, people[2], score("10"))
    async with database.write() as tx:
        await tx.surveys.untie(before=NOW, limit=1)
        await tx.surveys.untie(before=NOW, limit=10)
    assert not await answered(database, late, people[2], score("0"))
    assert await answered(database, zero, people[3], score("0"))

    async with database.read() as tx:
        (found,) = await results(tx, content, since=TODAY, until=TODAY)
    assert found.counts == {"recommend": {"0": 1, "10": 1, "9": 1}}
    assert found.people == 3
    assert [round(figure.value or 0, 1) for figure in found.figures] == [33.3, 66.7]
    assert all(figure.is_few for figure in found.figures)
    told = "\n".join(lines(content, [found]))
    assert "мало данных" in told
    assert "33,3" in told


async def test_versions_are_never_counted_together(database: Database, content: Content) -> None:
    survey = content.surveys["nps"]
    old = replace(survey, version="2020")
    async with database.write() as tx:
        for version, value, times in ((survey.version, "10", 2), (old.version, "0", 3)):
            for _ in range(times):
                answer = SheetAnswer("nps", "recommend", version, value)
                await tx.surveys.record(Sheet(TODAY, "", "paper", "", (answer,)))
        found = await results(tx, content, since=TODAY, until=TODAY)

    assert [(one.version, one.people) for one in found] == [(survey.version, 2), ("2020", 3)]
    assert [figure.value for figure in found[0].figures] == [100.0, 100.0]
    assert found[1].figures == (), "its questions are not known any more"
    table = list(rows(content, found))
    assert [row["value"] for row in table if row["name"] == "nps_classic"] == ["100,0"]
    assert [(row["version"], row["answer"], row["answers"]) for row in table if row["name"] == "recommend"] == [
        (survey.version, "10", "2"),
        ("2020", "0", "3"),
    ]
