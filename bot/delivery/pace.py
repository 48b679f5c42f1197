"""
How fast a channel may send: one bucket for the account, one per chat, one per group, as content says.

The platforms' real limits are unknown and change: a refusal halves the account's rate. It grows back quickly to nine
tenths of what was refused and slowly beyond, so a limit below the configured one costs few refusals and little speed.
Everything is told the time, in seconds of a timer; nothing waits here.
Source: reference limits of each platform; reliability F5, F6.
"""

from bot.texts.rules import ChannelRules

BURST_S = 0.04  # what may leave at once after a silence, as a share of a second's worth; at least one message
FLOOR = 0.02  # the least rate, as a share of the configured one
HALVED_ONCE_S = 1.0  # refusals of messages already under way belong to the same overstepping
STRANGERS_S = 10.0  # refusals for two chats within this concern the account, not the chats
UNTOLD_S, UNTOLD_MAX_S = 0.5, 60.0  # pause of the account when the platform names none
KNEE = 0.9
QUICK, SLOW = 0.25, 0.0025  # growth per second: of the configured rate below the knee, of the present one above
BOLDER_S = 60.0  # the slow growth doubles after so long without a refusal, trebles after twice that, and so on
SPACING = 1.05  # two messages to one chat may arrive closer together than they left
CHATS_KEPT = 1000


class Pace:
    def __init__(self, rules: ChannelRules) -> None:
        self._rules = rules
        self._rate = rules.per_second
        self._ceiling = 0.0  # rate at the last refusal, 0: never refused
        self._grown_at = 0.0
        self._halved_at = float("-inf")
        self._strikes = 0  # halvings since a message was taken
        self._refused = ("", float("-inf"))
        self._due = float("-inf")  # when the next message is due if all leave evenly
        self._paused_until = float("-inf")
        self._chats: dict[str, float] = {}
        self._forget_at = CHATS_KEPT

    @property
    def rate(self) -> float:
        """Messages per second of the account, at present."""
        return self._rate

    def adopt(self, rules: ChannelRules) -> None:
        """Rules of another edition hold from now on."""
        if rules != self._rules:
            self._rules = rules
            self._rate, self._ceiling = min(self._rate, rules.per_second), 0.0

    def next_at(self, now: float) -> float:
        """When the account may send again; now or later."""
        self._grow(now)
        return max(now, self._due - self._slack, self._paused_until)

    def room(self, now: float, horizon_s: float) -> int:
        """How many messages may leave from now until the horizon; they take their moments by `take`."""
        first = self.next_at(now)
        if first > now + horizon_s:
            return 0
        start = max(self._due, first)
        return max(1, 1 + int((now + horizon_s + self._slack - start) * self._rate))

    def chat_at(self, chat: str, now: float) -> float:
        """When this chat may get its next message as far as the chat goes; now or later."""
        return max(now, self._chats.get(chat, now))

    def take(self, chat: str, now: float) -> float:
        """Count one message to the chat; returns when to send it."""
        start = max(self.next_at(now), self.chat_at(chat, now))
        self._due = max(self._due, start) + 1 / self._rate
        interval = SPACING / self._rules.chat_per_second
        if chat.startswith("-") and self._rules.group_per_minute is not None:  # a Telegram group
            interval = max(interval, SPACING * 60 / self._rules.group_per_minute)
        self._chats[chat] = start + interval
        if len(self._chats) > self._forget_at:
            self._forget(now)
        return start

    def accepted(self, begun: float) -> None:
        """A message that left then was taken."""
        if begun > self._halved_at:
            self._strikes = 0

    def refused(self, chat: str, now: float, wait_s: float) -> None:
        """The platform refused a message to the chat for speed, and wants a pause there."""
        self._chats[chat] = max(self._chats.get(chat, now), now + wait_s)
        other, at = self._refused
        self._refused = (chat, now)
        if other != chat and now - at <= STRANGERS_S:
            self._halve(now)

    def refused_all(self, now: float, wait_s: float | None) -> float:
        """The account is too fast. wait_s: what the platform says, if it does. Returns for how long nothing leaves."""
        self._halve(now)
        pause_s = min(UNTOLD_S * 2.0 ** min(max(self._strikes - 1, 0), 10), UNTOLD_MAX_S) if wait_s is None else wait_s
        self.pause(now, pause_s)
        return pause_s

    def _halve(self, now: float) -> None:
        since = now - self._halved_at
        if since < HALVED_ONCE_S:
            return
        self._strikes += 1
        self._grow(now)
        self._ceiling = self._rate
        self._rate = max(self._rate / 2, self._rules.per_second * FLOOR)
        self._halved_at = now

    def pause(self, now: float, wait_s: float) -> None:
        """Nothing leaves for so long."""
        self._paused_until = max(self._paused_until, now + wait_s)

    def resume(self) -> None:
        """The pause is over early."""
        self._paused_until = float("-inf")

    @property
    def _slack(self) -> float:
        return max(0.0, BURST_S - 1 / self._rate)

    def _grow(self, now: float) -> None:
        since = max(self._grown_at, self._halved_at + HALVED_ONCE_S, self._paused_until)
        self._grown_at = max(now, self._grown_at)
        most = self._rules.per_second
        passed = now - since
        if passed <= 0 or self._rate >= most:
            return
        knee = min(self._ceiling * KNEE, most) if self._ceiling else most
        if self._rate < knee:
            needed = (knee - self._rate) / (most * QUICK)
            self._rate += most * QUICK * min(passed, needed)
            passed -= needed
        if passed > 0:
            boldness = 1 + max(0.0, now - self._halved_at) / BOLDER_S
            self._rate = min(self._rate * (1 + SLOW * boldness * passed), most)

    def _forget(self, now: float) -> None:
        self._chats = {chat: at for chat, at in self._chats.items() if at > now}
        self._forget_at = max(CHATS_KEPT, 2 * len(self._chats))
