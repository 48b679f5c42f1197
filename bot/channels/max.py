"""
The MAX channel: updates in, messages out. Private dialogs and chats of staff, only inline keyboards.

A press is answered by replacing the pressed message:   answer ──▶ edit by its id ──▶ a new message
                                                              refused         refused
"""

import asyncio
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.channels import max_heard
from bot.channels.max_client import API_URL, Answered, CaFileFault, Lost, MaxClient, MaxError, NotOpened, json_object
from bot.channels.max_doctor import findings
from bot.channels.port import (
    Blocked,
    Broken,
    Delivery,
    Finding,
    Forged,
    Limits,
    Polled,
    Raw,
    ReceiveError,
    Refused,
    SendError,
    TooFast,
    Uncertain,
    Unreachable,
)
from bot.messages import Address, Button, Incoming, Outgoing

PER_ROW: Final = 7
PER_ROW_WITH_LINK: Final = 3
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{5,256}")
SECRET_HEADER: Final = "x-max-bot-api-secret"  # noqa: S105  (a header's name)
POLL_SPACING_S: Final = (0.4, 1.1)


class Spacing:
    """Keeps polls apart: `after_last` seconds from the last one's start, `after_before` from that of the one before."""

    def __init__(self, after_last: float, after_before: float) -> None:
        self._after_last = after_last
        self._after_before = after_before
        self._last = self._before = float("-inf")

    def wait_s(self, now: float) -> float:
        """How long a poll must still wait at `now` (seconds of any one clock); 0 when it may start."""
        return max(self._last + self._after_last - now, self._before + self._after_before - now, 0.0)

    def started(self, now: float) -> None:
        self._last, self._before = now, self._last


class Max:
    """
    One bot in MAX.

    api_url: server root; plain http only to this machine. ca_file: PEM with its CA, "" if the usual roots do.
    secret: of webhook calls; without one each is Forged. webhook_url: what doctor expects to be subscribed, "" when
    polling. commands: (name, what it does) to show in the platform's menu. timeout_s: of one call other than a poll.
    poll_spacing_s: least seconds from the last poll's start and from that of the one before it; default: 2 polls a
    second and 300 ms apart, with a margin (vendor's mail of May 2026). Raises ValueError, in Russian.
    """

    name = max_heard.CHANNEL
    # The platform takes 210 buttons, 30 rows, 7 a row, 128 characters; it shows in full about 20 characters in a row of
    # one and 10 in a row of two, so labels and buttons a row stay at the common measure. Text: 4000, 100 in reserve.
    limits = Limits(text_chars=3900, buttons=210, rows=30, erases_hours=7 * 24)

    def __init__(
        self,
        *,
        token: str,
        api_url: str = API_URL,
        ca_file: str = "",
        secret: str = "",
        webhook_url: str = "",
        commands: Sequence[tuple[str, str]] = (),
        timeout_s: float = 20.0,
        poll_spacing_s: tuple[float, float] = POLL_SPACING_S,
    ) -> None:
        self._client = MaxClient(token=token, api_url=api_url, ca_file=ca_file, timeout_s=timeout_s)
        self._ca_file = ca_file
        self._secret = secret
        self._webhook_url = webhook_url
        self._commands = tuple(commands)
        self._subscribed = ""
        self._own_id = 0
        self._spacing = Spacing(*poll_spacing_s)
        self.voices = 0  # voice messages heard: nobody knows whose they were

    async def open(self) -> None:
        try:
            me = await self._client.get_me()
        except MaxError as error:
            if _is_hopeless(error):
                raise Broken(str(error)) from None
            raise Unreachable(str(error)) from None
        own = me.get("user_id")
        self._own_id = own if isinstance(own, int) else 0
        wanted = [{"name": name, "description": what} for name, what in self._commands]
        if wanted and me.get("commands") != wanted:
            try:
                await self._client.set_commands(self._commands)
            except MaxError:
                return  # a menu less: everything in it can be typed and pressed

    async def close(self) -> None:
        await self._client.close()

    async def doctor(self) -> Sequence[Finding]:
        return await findings(self._client, ca_file=self._ca_file, webhook_url=self._webhook_url, secret=self._secret)

    async def prepare_polling(self) -> None:
        """Remove every subscription: while one stands, polling gives nothing. Raises ReceiveError, Broken."""
        try:
            for subscription in await self._client.list_subscriptions():
                if url := subscription.get("url"):
                    await self._client.unsubscribe(str(url))
        except MaxError as error:
            raise _receive_error(error) from None

    async def prepare_webhook(self, url: str, secret: str) -> None:
        """
        Subscribe `url` when it is not: the platform drops a subscription silently after 8 h of failures.

        The first call always subscribes: a changed secret can't be seen from outside. Raises ReceiveError, Broken.
        """
        if not SECRET.fullmatch(secret):
            raise Broken("the webhook secret must be 5 to 256 of A-Z a-z 0-9 _ -")
        self._secret = secret
        try:
            if self._subscribed == url + secret:
                for subscription in await self._client.list_subscriptions():
                    types = subscription.get("update_types") or max_heard.LISTENED  # absent: all types
                    if subscription.get("url") == url and all(one in types for one in max_heard.LISTENED):
                        return
            await self._client.subscribe(url, max_heard.LISTENED, secret)
        except MaxError as error:
            raise _receive_error(error) from None
        self._subscribed = url + secret

    async def poll(self, cursor: str) -> Polled:
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(self._spacing.wait_s(clock()))
        self._spacing.started(clock())
        try:
            marker = int(cursor) if re.fullmatch(r"-?\d{1,19}", cursor) else None
            updates, following = await self._client.get_updates(marker, types=max_heard.LISTENED)
        except MaxError as error:
            raise _receive_error(error) from None
        raws: list[Raw] = [one if isinstance(one, dict) else {"broken": one} for one in updates]
        return Polled(raws, cursor if following is None else str(following))

    def webhook(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        given = headers.get(SECRET_HEADER, "")
        if not self._secret or not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode()):
            raise Forged("MAX webhook without the right secret")
        return Delivery((json_object(body),))

    def heard(self, raw: Raw) -> Incoming | None:
        if max_heard.is_voice(raw):
            self.voices += 1
        return max_heard.heard(raw, own_id=self._own_id)

    def event(self, raw: Raw) -> str:
        return max_heard.event(raw)

    async def acknowledge(self, incoming: Incoming) -> None:
        """Nothing: the edit answers a press; whether "typing" shows in a dialog is unconfirmed, and it costs a call."""

    async def send(self, address: Address, message: Outgoing, number: int) -> str:
        """
        Send, or replace the pressed or an earlier message. An empty id: sent, but the platform did not name it.

        Only a new message, or an answer to an unknown message, can be Uncertain: an edit may be repeated freely, so its
        unknown end is Unreachable.
        """
        try:
            person = int(address.chat)
        except ValueError:
            raise Refused("not an address of MAX") from None
        if message.erases:
            for mid in message.erases:
                await self._erase(mid, {"attachments": [], "text": message.text})
            return ""
        body = new_message(message.text, message.rows)
        if message.under and not message.edits:
            body["link"] = {"type": "reply", "mid": message.under}
        replacing = {"attachments": [], **body}  # without it the old keyboard would stay
        try:
            if message.answer and await self._answered(message, replacing):
                return message.edits
            if message.edits and await self._edited(message.edits, replacing):
                return message.edits
            return await self._client.send(person, body)
        except MaxError as error:
            raise send_error(error, repeatable=False) from None

    async def _answered(self, message: Outgoing, body: Mapping[str, Any]) -> bool:
        try:
            await self._client.answer(message.answer, body)
        except Answered as error:
            if error.detail == "not.modified" or _is_about_target(error):
                return error.detail == "not.modified"
            if message.edits and error.status >= 500:
                return False  # the edit that follows replaces the same message
            raise send_error(error, repeatable=bool(message.edits)) from None
        except Lost as error:
            raise send_error(error, repeatable=bool(message.edits)) from None
        return True

    async def _erase(self, mid: str, dot: Mapping[str, Any]) -> None:
        """Deleted, else a dot, else left as it is. Raises SendError for what is worth another try."""
        try:
            await self._client.delete(mid)
        except Answered as error:
            if not _is_about_target(error):
                raise send_error(error, repeatable=True) from None
            if error.status != 404:  # it is not gone by itself
                await self._edited(mid, dot)
        except MaxError as error:
            raise send_error(error, repeatable=True) from None

    async def _edited(self, mid: str, body: Mapping[str, Any]) -> bool:
        try:
            await self._client.edit(mid, body)
        except Answered as error:
            if error.detail == "not.modified" or _is_about_target(error):
                return error.detail == "not.modified"
            raise send_error(error, repeatable=True) from None
        except Lost as error:
            raise send_error(error, repeatable=True) from None
        return True


def new_message(text: str, rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """A NewMessageBody of plain text; a row is broken where the platform takes fewer: 7 buttons, 3 with a link."""
    body: dict[str, Any] = {"text": text}
    keys: list[list[dict[str, str]]] = []
    for row in rows:
        width = PER_ROW_WITH_LINK if any(button.url for button in row) else PER_ROW
        keys += [[_key(button) for button in row[at : at + width]] for at in range(0, len(row), width)]
    if keys:
        body["attachments"] = [{"type": "inline_keyboard", "payload": {"buttons": keys}}]
    return body


def _key(button: Button) -> dict[str, str]:
    """A link, a button whose data comes back, or one that types its label."""
    if button.url:
        return {"type": "link", "text": button.label, "url": button.url}
    if button.data:
        return {"type": "callback", "text": button.label, "payload": button.data}
    return {"type": "message", "text": button.label}


def _is_about_target(error: Answered) -> bool:
    """The platform refuses this edit (too old, gone, not ours, press spent): a new message may still go."""
    if error.is_dead_token or not error.code or _is_too_fast(error) or _is_citizen_gone(error):
        return False
    return error.status == 200 or (400 <= error.status < 500 and error.status != 408)


def _is_too_fast(error: Answered) -> bool:
    return error.status == 429 or error.code in ("too.many.requests", "attachment.not.ready")


def _is_citizen_gone(error: Answered) -> bool:
    return (
        error.code == "chat.denied"
        or error.detail.startswith("error.dialog.")
        or error.code.startswith("error.dialog.")
    )


def send_error(error: MaxError, *, repeatable: bool) -> SendError:
    """
    What a failed call means for the sender. repeatable: twice is as good as once, so an unknown end is Unreachable.

    A 4xx without the platform's own words is a page of a proxy: it says nothing about the citizen.
    Source: errors of the official schema 0.0.33 and answers quoted in public issues.
    """
    text = str(error)
    if isinstance(error, NotOpened):
        return Unreachable(text)
    if _is_hopeless(error):
        return Broken(text)
    if not isinstance(error, Answered):
        return Unreachable(text) if repeatable else Uncertain(text)
    if _is_too_fast(error):
        after = None if error.after_s is None else timedelta(seconds=error.after_s)
        return TooFast(after, everyone=error.code != "attachment.not.ready" and not error.is_dialog)
    if _is_citizen_gone(error) or (error.status == 404 and error.code in ("chat.not.found", "not.found")):
        return Blocked(text)
    if error.status >= 500 or error.status in (408, 425) or 201 <= error.status < 400:
        return Unreachable(text) if repeatable else Uncertain(text)
    if not error.code and error.status != 413:
        return Unreachable(text)
    return Refused(text)


def _receive_error(error: MaxError) -> ReceiveError | Broken:
    return Broken(str(error)) if _is_hopeless(error) else ReceiveError(str(error))


def _is_hopeless(error: MaxError) -> bool:
    return isinstance(error, CaFileFault) or (isinstance(error, Answered) and error.is_dead_token)
