"""A channel that only informs: a personal wish leads kindly to another channel or a phone."""

from bot.engine.effects import Ask, Choice, Effect, Enter
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

flow = Flow(
    "elsewhere", start="info", says={"info": Need(("others", "contacts"), buttons=("info", "questions", "menu"))}
)


@flow.asks("info")
async def ask_info(turn: Turn) -> list[Effect]:
    others = "\n".join(
        f"• {channel.name}: {channel.link}" if channel.link else f"• {channel.name}"
        for channel in turn.content.rules.other_channels
    )
    contacts = turn.fill("{office.name}\n{office.address}\n{office.phone}\n{office.hours}")
    choices = [Choice("info"), Choice("questions"), Choice("menu")]
    return [Ask("elsewhere.info", choices, others=others, contacts=contacts)]


@flow.hears("info", anytime=True)
async def info_answered(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]
