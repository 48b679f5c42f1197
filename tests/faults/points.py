"""
Where a process can die: named places before and after a call of the product, at its n-th time.

Nothing of this is in the product: the launcher puts itself around the named functions (tests/faults/launcher.py).
"""

from dataclasses import dataclass
from enum import StrEnum


class Story(StrEnum):
    """What goes on when the process dies."""

    TALK = "talk"  # citizens start, agree, mark their plan, call a person
    REMINDER = "reminder"  # a reminder comes due
    ERASURE = "erasure"  # a citizen deletes everything
    EDITION = "edition"  # content files change
    BIRTH = "birth"  # the very first start, on no database
    HOOK = "hook"  # as TALK, the updates come by webhook
    REPEAT = "repeat"  # as TALK, after a first death that left sends of unknown outcome
    ONCE = "once"  # one message arrives and is not marked
    TWICE = "twice"  # the same, and its repetition dies as well


@dataclass(frozen=True)
class Point:
    """
    target: "module:attribute" or "module:Class.method". when: "before" or "after" the call. nth: call that counts.

    Only calls with something to do count: those whose result ("result") or first argument ("argument") is not empty.
    "" counts all.
    """

    name: str
    target: str
    when: str
    story: Story = Story.TALK
    nth: int = 2
    counts: str = ""


def _in_turn(name: str, target: str, *, nth: int = 2) -> Point:
    return Point(name, target, "after", nth=nth)


POINTS = (
    # in
    Point("polled, not stored", "bot.channels.telegram:Telegram.poll", "after"),
    Point("before the inbox", "bot.inbox:Inbox.store", "before"),
    Point("inbox rows written", "storage.inbox:Inbox.admit", "after"),
    Point("before the cursor moves", "storage.inbox:Inbox.move_cursor", "before"),
    Point("cursor moved, not committed", "storage.inbox:Inbox.move_cursor", "after"),
    Point("inbox committed", "bot.inbox:Inbox._commit", "after"),
    Point("stored, the next poll not begun", "bot.polling:Poller._store", "after"),
    Point("webhook heard, not stored", "bot.inbox:Inbox.take", "before", Story.HOOK, 3),
    Point("webhook stored, 200 not said", "bot.inbox:Inbox.take", "after", Story.HOOK, 3),
    # a turn in the transaction that stores its message
    Point("lane claimed at once", "storage.inbox:Inbox.claim_of", "after", counts="result"),
    Point("taken at once, not committed", "bot.engine.runner:Runner.join", "after", counts="result"),
    Point("webhook taken at once, 200 not said", "bot.engine.runner:Runner.join", "after", Story.HOOK, 3, "result"),
    # a turn's transaction
    Point("lanes claimed", "storage.inbox:Inbox.claim", "after", counts="result"),
    Point("turns decided", "bot.engine.runner:Runner._decide", "after", nth=5),
    Point("before anything is written", "bot.engine.apply:Apply.write", "before", nth=3),
    _in_turn("consent written", "storage.citizens:Citizens.agree", nth=1),
    _in_turn("situations written", "storage.citizens:Citizens.choose", nth=1),
    _in_turn("start counted", "storage.statistics:Starts.count"),
    _in_turn("plan marked", "storage.plan:Plan.save"),
    _in_turn("case opened", "storage.cases:Cases.open", nth=1),
    Point("answers not planned", "storage.outbox:Outbox.add", "before", nth=3, counts="argument"),
    Point("answers planned", "storage.outbox:Outbox.add", "after", nth=3),
    Point("session saved", "storage.sessions:Sessions.save", "after", nth=3),
    Point("turn handled, not committed", "storage.inbox:Inbox.finish", "after", nth=3),
    Point("turn committed", "bot.engine.runner:Runner.run_once", "after", nth=3, counts="result"),
    # out
    Point("before the lease", "storage.outbox:Outbox.lease", "before", nth=3),
    Point("leased, not committed", "storage.outbox:Outbox.lease", "after", counts="result"),
    Point("leased", "bot.outbox:Sender._start", "before", nth=3),
    Point("before the request", "bot.channels.telegram:Telegram.send", "before", nth=3),
    Point("request written", "bot.channels.telegram_client:_Json.write_with_length", "after", nth=9),
    Point("response read, not marked", "bot.channels.telegram:Telegram.send", "after", nth=3),
    Point("before the mark", "storage.outbox:Outbox.sent", "before", counts="argument"),
    Point("marked, not committed", "storage.outbox:Outbox.sent", "after", nth=4),
    Point("mark committed", "bot.outbox:Sender._work", "after", nth=6),
    Point("unknown sends found", "storage.outbox:Outbox.in_flight", "after", Story.REPEAT, 1, "result"),
    Point("unknown sends put off", "storage.outbox:Outbox.again", "after", Story.REPEAT, 1),
    Point("the only response read, not marked", "bot.channels.telegram:Telegram.send", "after", Story.ONCE, 1),
    Point("before the second send", "bot.channels.telegram:Telegram.send", "before", Story.TWICE, 1),
    # the clock
    Point("reminder taken", "storage.plan:Reminders.take_due", "after", Story.REMINDER, 1, "result"),
    Point("reminder in its lane", "storage.inbox:Inbox.store_due", "after", Story.REMINDER, 1, "argument"),
    Point("reminder committed", "bot.chores.reminders:Reminding.take", "after", Story.REMINDER, 1, "result"),
    Point("reminder planned", "storage.outbox:Outbox.add", "after", Story.REMINDER, 1, "argument"),
    Point("reminder leased", "storage.outbox:Outbox.lease", "after", Story.REMINDER, 1, "result"),
    # erasure
    Point("erased, not committed", "storage.citizens:Citizens.erase", "after", Story.ERASURE, 1),
    Point("erasure not noted", "bot.erasures:ErasureLog.append", "before", Story.ERASURE, 1),
    Point("erasure noted", "bot.erasures:ErasureLog.append", "after", Story.ERASURE, 1),
    # content
    Point("before the edition", "storage.editions:Editions.accept", "before", Story.EDITION, 1),
    Point("edition written", "storage.editions:Editions.accept", "after", Story.EDITION, 1),
    Point("edition published", "bot.editions:Editions._publish", "after", Story.EDITION, 1),
    Point("audit sealed", "storage.audit:Audit.seal", "after", Story.EDITION, 1, "result"),
    # the first start
    Point("before the schema", "storage.migrate:upgrade", "before", Story.BIRTH, 1),
    Point("tables made, not committed", "storage.migrations.dialect:ddl", "after", Story.BIRTH, 9),
    Point("schema made", "storage.migrate:upgrade", "after", Story.BIRTH, 1),
    Point("keys made, not committed", "storage.keys:_stored", "after", Story.BIRTH, 2),
    Point("keys made", "storage.database:load_cipher", "after", Story.BIRTH, 1),
    Point("epoch begun", "storage.installation:Installation.epoch", "after", Story.BIRTH, 1),
)
BY_NAME = {point.name: point for point in POINTS}
