"""The plan that fits: conditions, order, items and reasons of several situations."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.plan import answer_of, form, whole
from bot.texts.situation import Condition, Extra, Page, PlanStep, ProfileQuestion, Situation


def step(id_: str, why: str = "", **more: object) -> PlanStep:
    """An item by its id. only_if, skip_if, first_if: as in the files, «papers=all papers=some»."""
    conditions = {
        name: tuple(Condition(*word.split("=")) for word in str(more.pop(name, "")).split())
        for name in ("only_if", "skip_if", "first_if")
    }
    return PlanStep(
        id_, id_.title(), "info_search", why or f"why {id_}", ("do",), (), "here", "who", **conditions, **more
    )  # type: ignore[arg-type]


def situation(id_: str, *plan: PlanStep | str) -> Situation:
    steps = tuple(step(one) if isinstance(one, str) else one for one in plan)
    return Situation(id_, id_.title(), id_, (), 10, True, steps, Page("", "", "", "", ""))


@pytest.mark.parametrize(
    ("conditions", "answers", "shown"),
    [
        ({"only_if": "a=1"}, {}, False),
        ({"only_if": "a=1"}, {"a": "1"}, True),
        ({"only_if": "a=1"}, {"a": "2"}, False),
        ({"only_if": "a=1 b=1"}, {"b": "1"}, True),
        ({"only_if": "a=2"}, {"a": "1,2,3"}, True),
        ({"only_if": "a=2"}, {"a": ""}, False),
        ({"only_if": "a=2"}, {"a": "22"}, False),
        ({"skip_if": "a=1"}, {}, True),
        ({"skip_if": "a=1"}, {"a": "1"}, False),
        ({"skip_if": "a=1"}, {"a": "2"}, True),
        ({"skip_if": "a=1 b=1"}, {"b": "1"}, False),
        ({"only_if": "a=1", "skip_if": "b=1"}, {"a": "1"}, True),
        ({"only_if": "a=1", "skip_if": "b=1"}, {"a": "1", "b": "1"}, False),
    ],
)
def test_an_item_is_there_for_whom_it_fits(conditions: dict[str, str], answers: dict[str, str], shown: bool) -> None:
    plan = form([situation("released", "first", step("x", **conditions), "last")], answers)

    assert list(plan) == (["first", "x", "last"] if shown else ["first", "last"])


def test_what_comes_first_keeps_its_own_order() -> None:
    released = situation(
        "released", "a", step("b", first_if="q=1"), "c", step("d", first_if="q=1 q=2"), step("e", first_if="q=2")
    )

    assert list(form([released], {})) == ["a", "b", "c", "d", "e"]
    assert list(form([released], {"q": "1"})) == ["b", "d", "a", "c", "e"]
    assert list(form([released], {"q": "2"})) == ["d", "e", "a", "b", "c"]


def test_further_lines_stand_behind_the_others() -> None:
    extra = (Extra("x", (Condition("q", "1"),), "one"), Extra("y", (Condition("q", "2"), Condition("r", "1")), "two"))
    released = situation("released", step("a", extra=extra))

    assert form([released], {})["a"].how == ("do",)
    assert form([released], {"q": "1"})["a"].how == ("do", "one")
    assert form([released], {"q": "1,2", "r": "1"})["a"].how == ("do", "one", "two")
    assert whole(released)["a"].how == ("do", "one", "two")


def test_one_item_of_two_situations_is_there_once_with_both_reasons() -> None:
    released = situation("released", "papers", step("resume", "read before you meet"))
    alimony = situation("alimony", "bailiff", step("resume", "pays the debt"))

    plan = form([released, alimony], {})

    assert list(plan) == ["papers", "bailiff", "resume"]
    assert plan["resume"].reasons == (("Released", "read before you meet"), ("Alimony", "pays the debt"))
    assert plan["papers"].reasons == (("Released", "why papers"),)
    assert form([alimony, released], {})["resume"].reasons == tuple(reversed(plan["resume"].reasons))


def test_the_same_reason_is_told_once() -> None:
    plan = form([situation("released", "a"), situation("alimony", "a")], {})

    assert plan["a"].reasons == (("Released", "why a"),)


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ("a b c", "x y", "a b c x y"),
        ("a b c", "x b y", "a x b y c"),
        ("a b c", "b x c y", "a b x c y"),
        ("a b c", "c x a", "a b c x"),
        ("a b c", "c x a y", "a y b c x"),
        ("a b", "a b", "a b"),
        ("", "a b", "a b"),
        ("a b", "", "a b"),
    ],
)
def test_what_only_the_second_situation_has_stands_behind_its_neighbour(first: str, second: str, merged: str) -> None:
    situations = [situation("released", *first.split()), situation("alimony", *second.split())]

    assert " ".join(form(situations, {})) == merged


def test_an_item_that_one_situation_wants_is_there_with_its_reason_only() -> None:
    extra = (Extra("x", (Condition("q", "1"),), "more"),)
    released = situation("released", step("resume", "mine", skip_if="q=1", extra=extra))
    alimony = situation("alimony", step("resume", "theirs"))

    plan = form([released, alimony], {"q": "1"})

    assert plan["resume"].reasons == (("Alimony", "theirs"),)
    assert plan["resume"].how == ("do",)


def test_what_is_kept_stays_in_its_place_whatever_the_answers_say() -> None:
    released = situation("released", "a", step("b", skip_if="q=1", first_if="q=1"), "c", step("d", only_if="q=2"))

    plan = form([released], {"q": "1"}, {"b", "nothing of ours"})

    assert [(id_, item.is_wanted) for id_, item in plan.items()] == [("a", True), ("b", False), ("c", True)]


def test_nothing_chosen_no_plan() -> None:
    assert form([], {"q": "1"}, {"a"}) == {}


def test_an_answer_is_read_as_content_has_it_now() -> None:
    one = ProfileQuestion("q", "Q", "?", "!", "one", {"a": "A", "b": "B"})
    many = ProfileQuestion("m", "M", "?", "!", "many", {"a": "A", "b": "B"})
    day = ProfileQuestion("d", "D", "?", "!", "date", {})

    assert answer_of(one, {}) is None
    assert answer_of(one, {"q": "b"}) == ("b",)
    assert answer_of(one, {"q": "gone"}) is None
    assert answer_of(one, {"q": ""}) is None
    assert answer_of(many, {"m": "b,gone,a"}) == ("a", "b")
    assert answer_of(many, {"m": "gone"}) is None
    assert answer_of(many, {"m": ""}) == ()
    assert answer_of(day, {"d": "2027-03-15"}) == ("2027-03-15",)


ids = st.sampled_from("abcdefgh")
conditions = st.lists(st.builds("{}={}".format, st.sampled_from("qr"), st.sampled_from("123")), max_size=2).map(
    " ".join
)
steps = st.builds(
    lambda id_, **more: step(id_, **more), ids, only_if=conditions, skip_if=conditions, first_if=conditions
)
situations = st.lists(st.lists(steps, max_size=7, unique_by=lambda one: one.id), max_size=3).map(
    lambda plans: [situation(f"s{number}", *plan) for number, plan in enumerate(plans)]
)
answers = st.dictionaries(st.sampled_from("qr"), st.sampled_from(["", "1", "2", "3", "1,2", "1,2,3"]))


@given(situations, answers, st.sets(ids))
def test_each_item_once_nothing_lost_and_the_order_stands(
    situations: list[Situation], answers: dict[str, str], keep: set[str]
) -> None:
    plan = form(situations, answers, keep)

    def holds(conditions: tuple[Condition, ...]) -> bool:
        return any(one.answer in answers.get(one.question, "").split(",") for one in conditions)

    homes = {one.id: [] for place in situations for one in place.plan}  # type: ignore[var-annotated]
    for place in situations:
        for one in place.plan:
            homes[one.id].append(one)
    for id_, several in homes.items():
        wanting = [one for one in several if (not one.only_if or holds(one.only_if)) and not holds(one.skip_if)]
        assert (id_ in plan) == bool(wanting or id_ in keep)
        if id_ in plan:
            assert plan[id_].step in several
            assert {why for _, why in plan[id_].reasons} == {one.why for one in wanting or several}
            assert plan[id_].is_wanted == bool(wanting)
    assert set(plan) <= set(homes)
    front = [id_ for id_, item in plan.items() if item.is_wanted and any(
        holds(one.first_if) for one in homes[id_] if (not one.only_if or holds(one.only_if)) and not holds(one.skip_if)
    )]  # fmt: skip
    assert list(plan)[: len(front)] == front
    everything = list(form(situations, {}, set(homes)))  # no answer moves anything: the order of the content
    assert set(everything) == set(homes)
    assert [id_ for id_ in everything if id_ in front] == front
    assert [id_ for id_ in everything if id_ in plan and id_ not in front] == list(plan)[len(front) :]
    assert form(situations, answers, keep) == plan


def test_a_plan_is_formed_in_no_time() -> None:
    """Twenty items, half of them with conditions: 50 µs at most, of several tries the quickest."""
    extra = (Extra("x", (Condition("q1", "b"),), "one"), Extra("y", (Condition("q2", "b"),), "two"))
    conditions = ({}, {"only_if": "q1=a q1=b"}, {}, {"skip_if": "q3=c", "first_if": "q2=a", "extra": extra})
    released = situation("released", *(step(f"item{n}", **conditions[n % 4]) for n in range(20)))  # type: ignore[arg-type]
    answers = {f"q{n}": "b" for n in range(8)}

    def took() -> float:
        begun = perf_counter()
        for _ in range(20):
            form([released], answers)
        return (perf_counter() - begun) / 20

    assert min(took() for _ in range(50)) < 50e-6
