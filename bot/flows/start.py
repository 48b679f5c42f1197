"""
hello --> office (where there are several) --> situation (first time)
  |-----> menu (the citizen is known)
  |-----> the page or question that a leaflet's link names
  |-----> the code that brings a history from another chat
  +-----> info (a channel that only informs)
"""

from bot.engine.code import linked
from bot.engine.effects import ChooseOffice, CountStart, Effect, Enter, Welcome
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.rules import Source
from bot.texts.schema import Need

flow = Flow(
    "start",
    start="hello",
    says={"hello": Need(("office",)), "again": Need(), "hello_information": Need(("office", "others"))},
)
DIRECT = "direct"  # the tag of a start without a tag
MOVE = "move"  # of one that brings a code, which is counted under no name of its own
NOWHERE = Source("")  # an unknown tag


@flow.asks("hello")
async def greet(turn: Turn) -> list[Effect]:
    token = str(turn.data.get("source") or "")
    source = turn.content.sources.get(token, NOWHERE)
    known = turn.content.office(source.office) if source.office else turn.office
    office = known.short_name or render.say(turn.content, "office.any", {})
    begun: list[Effect] = [CountStart(MOVE if linked(token) is not None else token or DIRECT)]
    if source.office:
        begun.append(ChooseOffice(source.office))
    if turn.policy == "information":
        others = ", ".join(channel.name for channel in turn.content.rules.other_channels)
        begun.append(Welcome("start.hello_information", office=office, others=others))
        to = _led_to(turn, token, source, Enter("info"))
    elif turn.has_consent and turn.citizen.situations:
        begun.append(Welcome("start.again"))
        to = _led_to(turn, token, source, Enter("menu"))
    else:
        begun.append(Welcome("start.hello", office=office))
        to = _led_to(turn, token, source, Enter("situation"))
    if turn.must_choose_office and not source.office and to.flow != "move":
        return [*begun, Enter("office", to=to.flow, at=to.step, given=dict(to.data))]
    return [*begun, to]


def _led_to(turn: Turn, token: str, source: Source, else_: Enter) -> Enter:
    """Where the link leads: to a move, or where content says that the leaflet's tag does."""
    if (code := linked(token)) is not None:
        return Enter("move", "typed", code=code)
    if source.question in turn.content.questions:
        return Enter("questions", "answer", question=source.question)
    if source.situation in turn.content.situations:
        return Enter("info", "page", situation=source.situation)
    return else_
