"""What follows from a choice, pressed or written: of the newest screen, of an older one, of one that is no more."""

from bot.engine.effects import Again, Back, Enter, Say
from bot.engine.flow import Flow, Handler
from bot.engine.press import Press
from bot.engine.screen import BACK, HUMAN, MENU, NEXT, PREVIOUS
from bot.engine.session import Place
from bot.engine.way import Way


async def pressed(way: Way, press: Press | None) -> None:
    """press: None for what is no button of ours."""
    stand = way.stand
    stand.session.misses = 0
    if press is None:
        await way.run([Enter("fallback", "stale")])
        return
    flow, _, step = press.place.partition(".")
    name, _, about = press.choice.partition(":")
    if name in (MENU, HUMAN):
        await way.run([Enter("menu" if name == MENU else "handover")])
        return
    if not way.flows.has(flow, step):
        await way.run([Enter("fallback", "stale")])
        return
    is_here = press.place == stand.session.place.name and not stand.is_new
    stand.edits = is_here and press.number == stand.session.number % 1296  # the newest screen
    if name == BACK:
        await way.run([Back() if is_here else Enter("menu")])
    elif name in (PREVIOUS, NEXT):
        await _turn_page(way, way.flows[flow], step, int(about or 0), is_here)
    else:
        await _choice(way, way.flows[flow], step, press.choice, is_here)


async def chose(way: Way, flow: Flow, handler: Handler, choice: str) -> None:
    """The step hears this choice."""
    if way.stand.is_elsewhere(flow):
        await way.run([Enter("elsewhere")])
        return
    name, _, about = choice.partition(":")
    await way.run(await way.handle(handler, heard=name, about=about))


async def _turn_page(way: Way, flow: Flow, step: str, page: int, is_here: bool) -> None:
    hearing, stand = flow.hearing.get(step), way.stand
    if not is_here and not (hearing and hearing.anytime):
        await way.run([Enter("fallback", "stale")])
        return
    data = dict(stand.at.data) if is_here else {}
    stand.at = Place(flow.name, step, data, page)
    await way.ask_here()


async def _choice(way: Way, flow: Flow, step: str, choice: str, is_here: bool) -> None:
    hearing, stand = flow.hearing.get(step), way.stand
    shown = {known for known, _ in stand.session.shown}
    if hearing is None or not (hearing.anytime or (is_here and choice in shown)):
        await way.run([Say("fallback.old_button"), Again()] if not stand.is_new else [Enter("fallback", "stale")])
        return
    if not is_here:
        stand.at = Place(flow.name, step)
    await chose(way, flow, hearing.handler, choice)
