"""
Files `situations/<id>/plan.yaml`: the items of each plan, and those that one situation takes from another.

    resume:
      from: released        the rest comes from that situation's item of the same id
      why: own reason here
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.texts.mistakes import Mistakes
from bot.texts.profile import near, read_conditions
from bot.texts.reader import Reader
from bot.texts.situation import Extra, PlanStep, ProfileQuestion

STEP_CHARS = 3000  # all words of one plan item: it is one screen, with a title, a state and buttons around
TOGETHER_CHARS = 3500  # the same item of several situations: TEXT_CHARS less headings and their labels
CONDITIONS = ("only_if", "skip_if", "first_if")
NEVER_EMPTY = ("title", "stage", "how", "where", "who")
TAKEN = (*NEVER_EMPTY, "take", *CONDITIONS, "extra")

STAGES = (
    "pre_release", "info_search", "czn_contact", "matching", "unemployed_status", "interviews", "employment",
    "feedback", "stay_registered", "referral", "first_meeting", "resume", "matcher_visit", "application", "handover",
    "follow_up", "outcome",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """An item as it stands in its file. origin: situation it takes the rest from, empty when it is whole by itself."""

    step: PlanStep
    origin: str
    reader: Reader

    def takes(self, name: str) -> bool:
        """This key is not its own; an empty list is, where a list may be empty."""
        return not getattr(self.step, name) if name in NEVER_EMPTY else not self.reader.has(name)


def read_plan(plan: Reader, profile: Mapping[str, ProfileQuestion] | None, asked: Collection[str]) -> dict[str, Draft]:
    """Items by id, in order. profile, asked: as in `read_conditions`."""
    drafts = {ident: _read_step(ident, step, profile, asked) for ident, step in plan.children()}
    plan.done()
    return drafts


def _read_step(
    ident: str, step: Reader, profile: Mapping[str, ProfileQuestion] | None, asked: Collection[str]
) -> Draft:
    origin = step.ident("from", optional=True)
    taken = bool(origin)
    only_if, skip_if, first_if = (read_conditions(step, name, profile, asked) for name in CONDITIONS)
    title = step.label("title") if step.has("title") or not taken else ""
    found = PlanStep(
        id=ident,
        title=title,
        stage=step.choice("stage", STAGES, optional=taken),
        why=step.text("why"),
        how=step.lines("how", optional=taken),
        take=step.lines("take", optional=True),
        where=step.text("where", optional=taken),
        who=step.text("who", optional=taken),
        only_if=only_if,
        skip_if=skip_if,
        first_if=first_if,
        extra=tuple(_extras(step, profile, asked)),
    )
    step.done()
    return Draft(found, origin, step)


def _extras(step: Reader, profile: Mapping[str, ProfileQuestion] | None, asked: Collection[str]) -> Iterable[Extra]:
    inside = step.child("extra", optional=True)
    for ident, extra in inside.children() if inside else ():
        yield Extra(
            ident, read_conditions(extra, "only_if", profile, asked, optional=False), extra.text("say", limit=600)
        )
        extra.done()


def settle(
    plans: Mapping[str, Mapping[str, Draft]], unread: Collection[str], mistakes: Mistakes
) -> dict[str, tuple[PlanStep, ...]]:
    """
    Whole items of each situation. plans: situation → its drafts; the first of two whole items of one id counts.

    unread: situations whose plan can't be read, so nobody knows what is in it.
    """
    found: dict[str, tuple[PlanStep, ...]] = {}
    _no_twins(plans, mistakes)
    for situation, drafts in plans.items():
        steps = [_whole(situation, ident, plans, unread) for ident in drafts]
        for step in steps:
            chars = sum(
                len(text)
                for text in (step.why, *step.how, *step.take, step.where, step.who, *(one.say for one in step.extra))
            )
            if chars > STEP_CHARS:
                what = f"слишком длинно: весь шаг {chars} знаков"
                drafts[step.id].reader.wrong("how", what, f"сократите до {STEP_CHARS} или разделите шаг на два")
        found[situation] = tuple(steps)
    _fit_together(found, plans)
    return found


def _fit_together(plans: Mapping[str, Iterable[PlanStep]], drafts: Mapping[str, Mapping[str, Draft]]) -> None:
    """One item of several situations is one screen, too: with every reason and every further line."""
    homes: dict[str, list[tuple[str, PlanStep]]] = {}
    for situation, steps in plans.items():
        for step in steps:
            homes.setdefault(step.id, []).append((situation, step))
    for ident, several in homes.items():
        if len(several) < 2:
            continue
        steps = [step for _, step in several]
        body = max(sum(map(len, (*one.how, *one.take, one.where, one.who))) for one in steps)
        more = {words for one in steps for words in (one.why, *(extra.say for extra in one.extra))}
        if (chars := body + sum(map(len, more))) > TOGETHER_CHARS:
            places = ", ".join(situation for situation, _ in several)
            what = f"слишком длинно: с причинами и extra всех планов ({places[:100]}) {chars} знаков"
            drafts[several[-1][0]][ident].reader.wrong("why", what, f"сократите до {TOGETHER_CHARS}")


def _no_twins(plans: Mapping[str, Mapping[str, Draft]], mistakes: Mistakes) -> None:
    homes: dict[str, tuple[str, Draft]] = {}
    for situation, drafts in plans.items():
        for ident, draft in drafts.items():
            if draft.origin:
                continue
            if ident in homes:
                home, first = homes[ident]
                what = f"шаг «{ident}» уже есть в {first.reader.file}:{first.reader.line}"
                remedy = f"это он же — оставьте здесь «from: {home}» и свой «why»; другой — дайте другое имя"
                mistakes.add(draft.reader.file, draft.reader.line, what, remedy)
            homes.setdefault(ident, (situation, draft))


def _whole(situation: str, ident: str, plans: Mapping[str, Mapping[str, Draft]], unread: Collection[str]) -> PlanStep:
    """The item with what it takes from others; a mistake on the way is noted, and the rest stays empty."""
    draft = at = plans[situation][ident]
    missing = {name for name in TAKEN if draft.takes(name)}
    taken: dict[str, Any] = {}
    way = {situation: None}
    while at.origin and at.origin not in unread:
        if at.origin in way:
            circle = " → ".join([*list(way)[list(way).index(at.origin) :], at.origin])[:200]
            draft.reader.wrong(
                "from", f"ходит по кругу: {circle}", "в одном из планов уберите from и опишите шаг целиком"
            )
            break
        following = plans.get(at.origin, {}).get(ident)
        if following is None:
            if at is draft:
                _leads_nowhere(draft, ident, plans)
            break
        way[at.origin] = None
        at = following
        given = {name for name in missing if not at.takes(name)}
        taken |= {name: getattr(at.step, name) for name in given}
        missing -= given
    return replace(draft.step, **taken)


def _leads_nowhere(draft: Draft, ident: str, plans: Mapping[str, Mapping[str, Draft]]) -> None:
    if draft.origin not in plans:
        what, known = f"ведёт в никуда: нет жизненной ситуации «{draft.origin}» с планом", list(plans)
    else:
        what = f"ведёт в никуда: в плане «{draft.origin}» нет шага «{ident}»"
        known = [one for one, drafts in plans.items() if ident in drafts and drafts[ident] is not draft]
    remedy = near(draft.origin, known, "план") if known else "уберите from и опишите шаг целиком"
    draft.reader.wrong("from", what, remedy)
