"""What a change in life does to a citizen's situations and plan, and how that is said before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.engine.effects import ChooseSituations, Effect, MarkItem
from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.plan import PlanItem, form
from bot.texts.schema import Need
from bot.texts.situation import Event, PlanStep
from storage.records import PlanItemRow

LINES = {line: Need(("names",)) for line in ("adds", "removes", "opens")}


@dataclass(frozen=True, slots=True)
class Change:
    """situations: all of them afterwards. adds, removes: those that make the difference. opens: done items."""

    situations: tuple[str, ...]
    adds: tuple[str, ...]
    removes: tuple[str, ...]
    opens: tuple[PlanStep, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.adds or self.removes or self.opens)

    def effects(self) -> list[Effect]:
        chosen: list[Effect] = [ChooseSituations(self.situations)] if self.adds or self.removes else []
        return [*chosen, *(MarkItem(step.id, "open") for step in self.opens)]


def may_change(turn: Turn) -> bool:
    """The citizen agreed that something is kept, and the channel keeps it."""
    return turn.has_consent and turn.policy == "full"


def days_words(number: int) -> str:
    """«21 день», «30 дней»."""
    return render.counted(number, "день", "дня", "дней")


async def change_of(turn: Turn, event: Event) -> Change:
    """What the change does to this citizen. Of the plan as it is going to be, done items that it names are opened."""
    known, before = turn.content.situations, turn.citizen.situations
    adds = tuple(one for one in event.adds if one in known and one not in before)
    removes = tuple(one for one in event.removes if one in before)
    after = tuple(_placed(before, adds, removes))
    items, marks = await _plan(turn, after)
    done = [items[one] for one in event.opens if one in items and one in marks and marks[one].state == "done"]
    return Change(after, adds, removes, tuple(item.step for item in done if item.is_wanted))


def _placed(before: Sequence[str], adds: Sequence[str], removes: Sequence[str]) -> list[str]:
    """What is added stands in the place of the first that goes: the main situation stays the main one."""
    place = next((number for number, one in enumerate(before) if one in removes), len(before))
    return [*before[:place], *adds, *(one for one in before[place:] if one not in removes)]


async def is_open(turn: Turn) -> bool:
    """The citizen's plan has something that is neither done nor left out."""
    items, marks = await _plan(turn, turn.citizen.situations)
    over = {id_ for id_, mark in marks.items() if mark.state in ("done", "not_mine")}
    return bool(items.keys() - over)


async def _plan(turn: Turn, situations: Sequence[str]) -> tuple[dict[str, PlanItem], dict[str, PlanItemRow]]:
    """The plan that these situations and the citizen's answers make, with what is done; and the marks."""
    marks, answers = await turn.reads.plan(), await turn.reads.answers()
    done = {id_ for id_, mark in marks.items() if mark.state == "done"}
    known = turn.content.situations
    return form([known[one] for one in situations if one in known], answers, done), marks


def change_words(turn: Turn, flow: str, change: Change) -> str:
    """flow: whose text keys say the lines ("life.adds"). A line for each kind of change."""
    situations = turn.content.situations

    def line(key: str, names: Sequence[str]) -> str:
        listed = ", ".join(f"«{name}»" for name in names)
        return render.say(turn.content, f"{flow}.{key}", {"names": listed}).rstrip() if names else ""

    lines = [
        line("adds", [situations[one].label for one in change.adds]),
        line("removes", [situations[one].label for one in change.removes if one in situations]),
        line("opens", [step.title for step in change.opens]),
    ]
    return "\n".join(one for one in lines if one)
