"""
hello --> situation (first time)
  |-----> menu (the citizen is known)
  |-----> the page or question that a leaflet's link names
  +-----> info (a channel that only informs)
"""

from bot.engine.effects import CountStart, Effect, Enter, Welcome
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

flow = Flow(
    "start",
    start="hello",
    says={"hello": Need(("office",)), "again": Need(), "hello_information": Need(("office", "others"))},
)
DIRECT = "direct"  # the tag of a start without a tag


@flow.asks("hello")
async def greet(turn: Turn) -> list[Effect]:
    token = str(turn.data.get("source") or "")
    counted = CountStart(token or DIRECT)
    office = turn.content.default_office.short_name
    if turn.policy == "information":
        others = ", ".join(channel.name for channel in turn.content.rules.other_channels)
        return [
            counted,
            Welcome("start.hello_information", office=office, others=others),
            _led_to(turn, token, Enter("info")),
        ]
    if turn.has_consent and turn.citizen.situations:
        return [counted, Welcome("start.again"), _led_to(turn, token, Enter("menu"))]
    return [counted, Welcome("start.hello", office=office), _led_to(turn, token, Enter("situation"))]


def _led_to(turn: Turn, token: str, else_: Enter) -> Enter:
    """Where the leaflet's link leads, if content knows its tag."""
    source = turn.content.sources.get(token)
    if source is None:
        return else_
    if source.question in turn.content.questions:
        return Enter("questions", "answer", question=source.question)
    if source.situation in turn.content.situations:
        return Enter("info", "page", situation=source.situation)
    return else_
