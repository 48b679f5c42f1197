"""
What a channel must do, and how it says that a send failed.

    SendError
    ├── TooFast       certainly not sent: wait, the citizen's later messages wait too
    ├── Unreachable   certainly not sent: network or platform down, again later
    ├── Uncertain     nobody knows whether it arrived (time-out after the request was written, 5xx on a send)
    ├── Blocked       the citizen can't be reached until they return
    ├── Refused       this message will never be taken: to the staff console
    ├── Moved         the group goes on under another number
    └── Broken        the token or the account is dead: stop the channel, alarm
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from bot.messages import Address, Incoming, Outgoing

Raw = Mapping[str, Any]


class SendError(Exception):
    """A send that did not plainly succeed. Its text holds no words of a citizen and no token."""


class TooFast(SendError):
    """
    The platform asks for fewer messages.

    after: how long to wait, None when the platform does not say. everyone: the whole channel waits, not this chat only.
    """

    def __init__(self, after: timedelta | None = None, *, everyone: bool = False) -> None:
        super().__init__(f"too fast, wait {after}" if after else "too fast")
        self.after = after
        self.everyone = everyone


class Unreachable(SendError):
    """The request certainly did not take effect; the platform or the network is down."""


class Uncertain(SendError):
    """The request may have taken effect."""


class Blocked(SendError):
    """The citizen blocked or deleted the bot, or never started it."""


class Refused(SendError):
    """The platform will never accept this message."""


class Moved(SendError):
    """The group has another number from now on."""

    def __init__(self, chat: str) -> None:
        super().__init__(f"moved:{chat}")
        self.chat = chat


class Broken(SendError):
    """The token, group or rights are wrong: every request fails."""


class ReceiveError(Exception):
    """A poll failed and is worth repeating after a pause. Its text is safe to log."""


class TwoPollers(ReceiveError):
    """Somebody else polls with this token (Telegram 409): alarm, and try again."""


class Forged(Exception):
    """A webhook call without the right secret: answer 401/403 and touch nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one message may hold in a channel.

    text_chars: characters of plain text. label_chars: of a button's label. buttons, rows, per_row: of one message.
    bottom_keyboard: has a keyboard under the input field, where «Меню» and «Специалист» live.
    edits: an own message can be replaced. erases_hours: how long after it was sent an own message can be deleted or at
    least edited, 0 where it can't; a page that shows whatever is in its feed is_feed and can be emptied.
    """

    text_chars: int = 3900
    label_chars: int = 38
    buttons: int = 10
    rows: int = 6
    per_row: int = 2
    bottom_keyboard: bool = False
    edits: bool = True
    erases_hours: int = 0
    is_feed: bool = False


@dataclass(frozen=True, slots=True)
class Polled:
    """Raw updates of one poll, and the cursor to store in the same transaction with them."""

    updates: Sequence[Raw]
    cursor: str
    lost: bool = False  # the platform says that updates were lost before these (VK failed 1 and 3)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a webhook call carried: updates to store, then `reply` as the body of a 200."""

    updates: Sequence[Raw] = ()
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`. is_fault: it does not work; else a hint. remedy: what the operator does, in Russian."""

    is_fault: bool
    what: str
    remedy: str = ""


@dataclass(slots=True)
class Presence:
    """How the channel stands, for /readyz, metrics and the console."""

    is_up: bool = False
    why: str = ""
    facts: dict[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A translator between one platform's account and us. Decides nothing, stores nothing, retries nothing."""

    name: str
    limits: Limits

    async def open(self) -> None:
        """Get ready to send: sessions, own name. No update is fetched. Raises Broken, Unreachable."""

    async def prepare_polling(self) -> None:
        """Make long polling possible (a webhook set earlier is removed, no update dropped)."""

    async def prepare_webhook(self, url: str, secret: str) -> None:
        """Subscribe `url`; also called by the watchdog every few minutes: does nothing when all is well."""

    async def poll(self, cursor: str) -> Polled:
        """
        One round of long polling from the stored cursor ("" at the first start). Returns within about 30 s.

        Raises ReceiveError, TwoPollers, Broken. What is returned is confirmed to the platform only by the next call.
        """

    def webhook(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read one webhook call. headers: lower-case names. Raises Forged; ValueError: the body is no JSON object."""

    def heard(self, raw: Raw) -> Incoming | None:
        """The raw update as one of ours, or None for what we do not listen to. Raises ValueError for a broken one."""

    def event(self, raw: Raw) -> str:
        """The dedupe id of a raw update; for broken ones too (a hash of the whole as a last resort). Never raises."""

    async def acknowledge(self, incoming: Incoming) -> None:
        """Stop the press's spinner, show "typing": best effort, swallows every error."""

    async def send(self, address: Address, message: Outgoing, number: int) -> str:
        """
        Send one message; returns the platform's id of it.

        number: of this message part, positive, stable across retries (VK: random_id). Raises SendError. A message that
        erases sends nothing: it may be repeated freely, and what the platform refuses to erase is no error.
        """

    async def doctor(self) -> Sequence[Finding]:
        """Check token, permissions, webhook or polling with the real platform."""

    async def close(self) -> None: ...
