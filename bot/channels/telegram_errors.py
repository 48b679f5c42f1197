"""
What a failed call of the Bot API means, one table for the quick calls and for aiogram's own.

    CallFailed ── how ──┬── API          Telegram answered ok=false with a code
                        ├── HTTP         an answer that is not the Bot API's JSON: a gateway
                        ├── NOT_OPENED   no byte was written: certainly nothing happened
                        └── LOST         written, then no whole answer came back: nobody knows

Telegram describes errors in words that may change; the few we must tell apart are matched here and nothing else is
kept: descriptions, texts and addresses get into no exception and no log.
Source: core.telegram.org/bots/api, ResponseParameters; aiogram 3.31 check_response; words of tdlib/telegram-bot-api.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.channels.port import Blocked, Broken, Moved, Refused, SendError, TooFast, Uncertain, Unreachable

AFTER_MOST = timedelta(days=1)


class How(StrEnum):
    API = "api"
    HTTP = "http"
    NOT_OPENED = "not opened"
    LOST = "lost"


class Why(StrEnum):
    """What the description of a 400 or 409 said, as far as something else follows from it."""

    UNKNOWN = ""
    NOT_MODIFIED = "not modified"
    NOT_EDITABLE = "not editable"
    NO_CHAT = "no such chat"
    NO_FORUM = "the group has no topics"
    WEBHOOK = "a webhook is set"


_SAYS = (
    (Why.NOT_MODIFIED, re.compile("not modified", re.IGNORECASE)),
    (
        Why.NOT_EDITABLE,
        re.compile(
            "to edit not found|can'?t be edited|message_id_invalid|message not found|identifier is not specified"
            "|no text in the message|edit_time_expired|message is too old|inaccessible",
            re.IGNORECASE,
        ),
    ),
    (
        Why.NO_CHAT,
        re.compile(
            "chat not found|user not found|peer_id_invalid|user_id_invalid|deactivated|can'?t initiate|is_blocked",
            re.IGNORECASE,
        ),
    ),
    (Why.NO_FORUM, re.compile("not a forum|forum_disabled|not enough rights to create a topic", re.IGNORECASE)),
    (Why.WEBHOOK, re.compile("webhook", re.IGNORECASE)),
)


class CallFailed(Exception):
    """
    A call without a plain success. code: HTTP's or Telegram's, 0 if none. after: how long Telegram asks to wait.

    moved_to: the group goes on under this number.
    """

    def __init__(
        self,
        how: How,
        code: int = 0,
        *,
        why: Why = Why.UNKNOWN,
        after: timedelta | None = None,
        kind: str = "",
        moved_to: int | None = None,
    ) -> None:
        super().__init__(" ".join(["Telegram call:", how, *(str(word) for word in (code, why, kind) if word)]))
        self.how = how
        self.code = code
        self.why = why
        self.after = after
        self.moved_to = moved_to


def refusal(status: int, answer: Any, retry_after: str = "") -> CallFailed:
    """
    What an answer other than a success says.

    answer: its JSON, anything. retry_after: the header, for gateways that know no `parameters`.
    """
    if not isinstance(answer, Mapping) or answer.get("ok") is not False:
        after = _seconds(int(retry_after)) if retry_after.isascii() and retry_after.isdigit() else None
        return CallFailed(How.HTTP, status, after=after)
    code = answer.get("error_code")
    code = status if status >= 400 or type(code) is not int else code
    words = str(answer.get("description"))
    why = next((why for why, says in _SAYS if says.search(words)), Why.UNKNOWN)
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, Mapping) else {}
    moved_to = parameters.get("migrate_to_chat_id")
    return CallFailed(
        How.API,
        code,
        why=why,
        after=_seconds(parameters.get("retry_after")),
        moved_to=moved_to if type(moved_to) is int else None,
    )


def send_error(failed: CallFailed) -> SendError:
    """
    What a failed send means. An edit is no exception: that it may be repeated is the sender's to know.

    A 5xx is Uncertain, also "restart": the Bot API server hands the message on before it answers.
    """
    code, words = failed.code, str(failed)
    if failed.how is How.NOT_OPENED:
        return Unreachable(words)
    if failed.how is How.LOST or code >= 500:
        return Uncertain(words)
    if code == 429 or (failed.how is How.API and failed.after):
        return TooFast(failed.after, everyone=failed.how is How.HTTP)
    if code == 413:
        return Refused(words)
    if failed.how is How.HTTP:
        return Uncertain(words) if code < 300 else Unreachable(words)
    if failed.moved_to is not None:
        return Moved(str(failed.moved_to))
    if is_dead(failed):
        return Broken(words)
    if code == 403 or failed.why is Why.NO_CHAT:
        return Blocked(words)
    return Unreachable(words) if code == 409 else Refused(words)


def setup_error(failed: CallFailed) -> Broken | Unreachable:
    """
    What a failed call that sends nothing means.

    A refused webhook address is no Broken: sending works, and Telegram also refuses a name it can't resolve just now.
    """
    return Broken(str(failed)) if is_dead(failed) else Unreachable(str(failed))


def is_dead(failed: CallFailed) -> bool:
    """Telegram does not know the token."""
    return failed.how is How.API and failed.code in (401, 404)


def _seconds(value: Any) -> timedelta | None:
    return timedelta(seconds=min(value, AFTER_MOST.total_seconds())) if type(value) is int and value > 0 else None
