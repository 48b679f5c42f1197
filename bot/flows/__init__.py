"""All talks of the bot."""

from bot.engine.flow import Flows
from bot.flows import (
    answers,
    consent,
    cover,
    crisis,
    days,
    elsewhere,
    fallback,
    handover,
    help,  # noqa: A004
    info,
    life,
    menu,
    move,
    my_data,
    office,
    plan,
    profile,
    questions,
    relatives,
    situation,
    start,
    stop,
)

FLOWS = Flows(
    [
        start.flow,
        menu.flow,
        menu.more,
        office.flow,
        situation.flow,
        consent.flow,
        info.flow,
        days.flow,
        relatives.flow,
        profile.flow,
        answers.flow,
        plan.flow,
        life.flow,
        questions.flow,
        handover.flow,
        stop.flow,
        my_data.flow,
        move.flow,
        cover.flow,
        help.flow,
        help.booking,
        help.jobs,
        elsewhere.flow,
        crisis.flow,
        fallback.flow,
    ]
)
