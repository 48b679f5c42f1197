"""All talks of the bot."""

from bot.engine.flow import Flows
from bot.flows import (
    consent,
    elsewhere,
    fallback,
    handover,
    help,  # noqa: A004
    info,
    menu,
    my_data,
    plan,
    questions,
    situation,
    start,
    stop,
)

FLOWS = Flows(
    [
        start.flow,
        menu.flow,
        menu.more,
        situation.flow,
        consent.flow,
        info.flow,
        plan.flow,
        questions.flow,
        handover.flow,
        stop.flow,
        my_data.flow,
        help.flow,
        help.booking,
        help.jobs,
        elsewhere.flow,
        fallback.flow,
    ]
)
