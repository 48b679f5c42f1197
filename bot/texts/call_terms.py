"""Part `calls` of rules.yaml."""

from collections.abc import Collection

from bot.texts.calling import CallRules
from bot.texts.profile import near
from bot.texts.reader import Reader


def read_call_rules(reader: Reader) -> CallRules:
    found = CallRules(
        hour=reader.whole("hour", 0, 23),
        tries=reader.whole("tries", 1, 10),
        no_answer_hours=reader.whole("no_answer_hours", 1, 336),
        busy_minutes=reader.whole("busy_minutes", 5, 1440),
        undo_minutes=reader.whole("undo_minutes", 1, 60),
        first_after_days=reader.whole("first_after_days", 0, 60),
        first_within_days=reader.whole("first_within_days", 1, 60),
        every_days=reader.whole("every_days", 1, 366),
        until_days=reader.whole("until_days", 1, 3650),
        quiet_days=reader.whole("quiet_days", 1, 366),
        no_show_days=reader.whole("no_show_days", 0, 30),
        resume_days=reader.whole("resume_days", 0, 60),
        skips=reader.lines("skips", optional=True, is_heard=True),
    )
    if found.first_after_days >= found.first_within_days:
        what = f"позже, чем first_within_days: {found.first_after_days} и {found.first_within_days}"
        reader.wrong("first_after_days", what, "поставьте число меньше, чем в first_within_days")
    reader.done()
    return found


def check_call_rules(rules: CallRules, reader: Reader, situations: Collection[str]) -> None:
    """reader: of rules.yaml."""
    for ident in rules.skips:
        if ident not in situations:
            what = f"в skips нет ситуации «{ident[:60]}»"
            reader.wrong("calls", what, near(ident, situations, "situations"))
