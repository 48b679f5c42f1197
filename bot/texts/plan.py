"""
The plan that fits a citizen, of their situations and answers. Pure: the same ones give the same plan.

An item is in it once, however many situations have it: when at least one of them wants it by its own conditions. It
tells the reason of each that does. The order does not depend on answers, but for `first_if`.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from bot.texts.situation import PlanStep, ProfileQuestion, Situation

Chosen = AbstractSet[tuple[str, str]]


class PlanItem(msgspec.Struct, frozen=True):
    """
    One item. A struct, as long lists are made of them in every turn.

    step: its words, of the first situation that wants it. reasons: (situation's label, why), each reason once. how: the
    lines of `step.how` and those that an answer adds. is_wanted: false for what is there only because it was kept.
    """

    step: PlanStep
    reasons: tuple[tuple[str, str], ...]
    how: tuple[str, ...]
    is_wanted: bool = True


def form(situations: Sequence[Situation], answers: Mapping[str, str], keep: Container[str] = ()) -> dict[str, PlanItem]:
    """
    Items by id, in order. situations: the citizen's, the main one first. answers: question → value as stored.

    keep: items that stay whatever the answers say.
    """
    chosen = {(question, answer) for question, value in answers.items() for answer in value.split(",")}
    homes: dict[str, list[tuple[str, PlanStep]]] = {}
    for situation in situations:
        for step in situation.plan:
            homes.setdefault(step.id, []).append((situation.label, step))
    first: dict[str, PlanItem] = {}
    rest: dict[str, PlanItem] = {}
    for id_ in _merged(situations) if len(situations) > 1 else homes:
        wanting, is_first = [], False
        for home in homes[id_]:
            step = home[1]
            if _wants(step, chosen):
                wanting.append(home)
                is_first = is_first or not chosen.isdisjoint(step.first_if)
        if wanting:
            (first if is_first else rest)[id_] = _item(wanting, chosen, True)
        elif id_ in keep:
            rest[id_] = _item(homes[id_], chosen, False)
    return first | rest


def whole(situation: Situation) -> dict[str, PlanItem]:
    """All items of a situation with all their lines, for who reads without answers."""
    return {
        step.id: PlanItem(step, (("", step.why),), (*step.how, *(extra.say for extra in step.extra)))
        for step in situation.plan
    }


def _merged(situations: Iterable[Situation]) -> list[str]:
    """
    Item ids in the order of the first situation; what only a later one has stands behind the same neighbour as there.

    Before the first item they share: in front of it. Nothing shared: at the end.
    """
    order: list[str] = []
    for situation in situations:
        known = set(order)
        ids = [step.id for step in situation.plan]
        place = next((order.index(id_) for id_ in ids if id_ in known), len(order))
        for id_ in ids:
            if id_ in known:
                place = order.index(id_) + 1
            else:
                order.insert(place, id_)
                place += 1
    return order


def _wants(step: PlanStep, chosen: Chosen) -> bool:
    if step.only_if and chosen.isdisjoint(step.only_if):
        return False
    return not step.skip_if or chosen.isdisjoint(step.skip_if)


def _item(homes: Sequence[tuple[str, PlanStep]], chosen: Chosen, is_wanted: bool) -> PlanItem:
    """One item of what several situations say of it. Most items have one home and no extra lines: those are quick."""
    label, step = homes[0]
    reasons: tuple[tuple[str, str], ...] = ((label, step.why),)
    extras: dict[str, None] = {}
    for other_label, other in homes:
        if other is not step and all(other.why != why for _, why in reasons):
            reasons = (*reasons, (other_label, other.why))
        for extra in other.extra:
            if not chosen.isdisjoint(extra.only_if):
                extras[extra.say] = None
    return PlanItem(step, reasons, (*step.how, *extras) if extras else step.how, is_wanted)


def answer_of(question: ProfileQuestion, answers: Mapping[str, str]) -> tuple[str, ...] | None:
    """
    What was answered, as ids of choices in the order of the content (a date as it is stored).

    None: nothing, or only choices that content has no more.
    """
    value = answers.get(question.id)
    if value is None:
        return None
    if question.kind == "date":
        return (value,)
    said = value.split(",")
    known = tuple(choice for choice in question.choices if choice in said)
    return known if known or (not value and question.kind == "many") else None
