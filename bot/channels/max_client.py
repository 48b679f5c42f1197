"""
The dozen calls of the MAX Bot API that we need, over httpx.

    MaxError
    ├── Answered    the platform (or a proxy before it) answered with an error
    ├── NotOpened   no connection: certainly nothing was sent
    └── Lost        the request may have been read, its answer never came or makes no sense

Texts of these errors hold a status and the platform's short code: no URL, token, words or body.
Source: official OpenAPI contract of MAX 0.0.33 (github.com/max-messenger/api-schema), dev.max.ru as of 2026-07-01.
"""

import asyncio
import ipaddress
import json
import logging
import re
import ssl
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from bot.channels.port import Raw

API_URL: Final = "https://platform-api2.max.ru"
CONNECT_S: Final = 10.0
POLL_SPARE_S: Final = 10.0  # how much later than the asked time-out a poll may still answer

_BARE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CODE: Final = re.compile(r"[a-z0-9._-]{1,40}")
_KNOWN: Final = re.compile(r"error\.dialog\.(?:suspended|notfound)|not[ ._]modified")
_ONE_DIALOG: Final = re.compile(r"dialog|chat|user")
_TOKEN: Final = re.compile(r"[!-~]+")

# httpx logs every URL at INFO; ids of citizens and callbacks stand in ours.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class MaxError(Exception):
    """A call that did not succeed."""


class Answered(MaxError):
    """
    An error in the answer.

    status: HTTP, 200 for `success: false`. code: the platform's word, empty when the answer is a proxy's page.
    detail: a known word from the message (`error.dialog.suspended`), else empty.
    after_s: Retry-After in seconds, None when absent. is_dialog: a 429 that speaks of one dialog, not of the bot.
    """

    def __init__(
        self, status: int, code: str = "", detail: str = "", after_s: float | None = None, *, is_dialog: bool = False
    ) -> None:
        super().__init__(" ".join(filter(None, ("MAX answered", str(status), code, detail))))
        self.status = status
        self.code = code
        self.detail = detail
        self.after_s = after_s
        self.is_dialog = is_dialog

    @property
    def is_dead_token(self) -> bool:
        """401, or the token stands where it must not: every call fails."""
        return self.status == 401 or self.code == "deprecated.token"


class NotOpened(MaxError):
    """No connection was made. is_certificate: the server's certificate is not trusted."""

    def __init__(self, why: str, *, is_certificate: bool = False) -> None:
        super().__init__(f"MAX is out of reach: {why}")
        self.is_certificate = is_certificate


class Lost(MaxError):
    """The request was, or may have been, written; what came of it is unknown."""


class CaFileFault(MaxError):
    """The CA file is absent, unreadable or holds no certificate."""


def checked_url(api_url: str) -> str:
    """The server root without its last slash. Raises ValueError: not http(s), or plain http to another machine."""
    try:
        url = httpx.URL(api_url)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise ValueError("адрес MAX (BOT_MAX_API_URL) не похож на адрес сайта") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("адрес MAX (BOT_MAX_API_URL) должен быть вида https://сервер")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise ValueError(
            "адрес MAX (BOT_MAX_API_URL): по http:// можно обращаться только к этому же компьютеру, "
            "иначе ключ бота уйдёт открытым текстом; укажите https://"
        )
    return str(url).rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def trusting(ca_file: str) -> ssl.SSLContext:
    """The usual roots and those of `ca_file` (PEM), for one client only. Raises CaFileFault."""
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError):  # ssl.SSLError is an OSError
            raise CaFileFault("the CA file is absent or holds no certificate") from None
    return context


def _trusting_nobody() -> ssl.SSLContext:
    """For plain http on this machine: reading the roots would cost time and memory for nothing."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def json_object(body: bytes) -> dict[str, Any]:
    """
    The JSON object in `body`, tolerant to wrong bytes and lone surrogates (each becomes U+FFFD).

    Raises ValueError for anything else than one object, however deep or long it is.
    """
    text = body.decode("utf-8-sig", "replace")
    try:
        value = json.loads(text, parse_constant=_no_number)
        if "\\ud" in text or "\\uD" in text:
            value = json.loads(_BARE_SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False)))
    except RecursionError:
        raise ValueError("JSON is too deep") from None
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("JSON, but no object")
    return value


def _no_number(_: str) -> None:
    """NaN and Infinity are no JSON: read as null."""


class MaxClient:
    """
    One bot's calls. Nothing is repeated here: that is the outbox's trade.

    token: as the platform gave it. api_url: server root. ca_file: PEM with a CA to trust besides the usual ones, "" for
    none. timeout_s: how long to wait for an answer, polls aside. Raises ValueError for an unusable token or address.
    """

    def __init__(
        self, *, token: str, api_url: str = API_URL, ca_file: str = "", timeout_s: float = 20.0, connections: int = 100
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise ValueError("ключ бота MAX (BOT_MAX_TOKEN) пуст или содержит пробелы и русские буквы")
        self._token = token
        self._url = checked_url(api_url)
        self._ca_file = ca_file
        self._timeout_s = timeout_s
        self._connections = connections
        self._http: httpx.AsyncClient | None = None

    async def get_me(self) -> dict[str, Any]:
        """`user_id`, `first_name`, `username`, `commands` and so on; any of them may be absent."""
        return await self._call("GET", "/me")

    async def set_commands(self, commands: Sequence[tuple[str, str]]) -> None:
        """(name without a slash, what it does); at most 32, 64 and 128 characters."""
        listed = [{"name": name, "description": description} for name, description in commands]
        await self._call("PATCH", "/me/commands", body={"commands": listed})

    async def get_updates(
        self, marker: int | None, *, timeout: int = 25, limit: int = 100, types: Sequence[str] = ()
    ) -> tuple[list[Any], int | None]:
        """
        Updates since `marker` (None: since the last commitment) and the marker that commits them, None when not told.

        timeout: seconds the platform may wait for the first one. Elements are whatever the platform put there.
        """
        query: dict[str, str | int] = {"timeout": timeout, "limit": limit}
        if marker is not None:
            query["marker"] = marker
        if types:
            query["types"] = ",".join(types)
        answer = await self._call("GET", "/updates", query, wait_s=timeout + POLL_SPARE_S)
        updates, following = answer.get("updates"), answer.get("marker")
        if not isinstance(updates, list):
            raise Lost("MAX answered a poll without updates")
        known = isinstance(following, int) and not isinstance(following, bool)
        return updates, following if known else None

    async def list_subscriptions(self) -> list[dict[str, Any]]:
        """`url`, `time`, `update_types` of each webhook."""
        found = (await self._call("GET", "/subscriptions")).get("subscriptions")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    async def subscribe(self, url: str, types: Sequence[str], secret: str) -> None:
        await self._call("POST", "/subscriptions", body={"url": url, "update_types": list(types), "secret": secret})

    async def unsubscribe(self, url: str) -> None:
        await self._call("DELETE", "/subscriptions", {"url": url})

    async def send(self, to: int, body: Mapping[str, Any]) -> str:
        """
        Send a NewMessageBody to a person, or to a group (negative); gives the new message's id, "" when it was taken
        but not named.
        """
        query: dict[str, str | int] = {"user_id" if to > 0 else "chat_id": to, "disable_link_preview": "true"}
        answer = await self._call("POST", "/messages", query, body)
        message = answer.get("message")
        if not isinstance(message, dict):
            raise Lost("MAX answered a send without a message")
        inner = message.get("body")
        mid = inner.get("mid") if isinstance(inner, dict) else None
        return mid if isinstance(mid, str) else ""

    async def edit(self, mid: str, body: Mapping[str, Any]) -> None:
        """Replace an own message by a NewMessageBody."""
        await self._call("PUT", "/messages", {"message_id": mid}, body)

    async def delete(self, mid: str) -> None:
        """Delete an own message, for the citizen too."""
        await self._call("DELETE", "/messages", {"message_id": mid})

    async def answer(self, callback_id: str, body: Mapping[str, Any]) -> None:
        """Answer a press by replacing the pressed message by a NewMessageBody."""
        query = {"callback_id": callback_id, "disable_link_preview": "true"}
        await self._call("POST", "/answers", query, {"message": body})

    async def typing(self, chat_id: int) -> None:
        """Show "is typing" in a chat (its chat_id, not the person's id); documented for groups only."""
        await self._call("POST", f"/chats/{chat_id}/actions", body={"action": "typing_on"})

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _session(self) -> httpx.AsyncClient:
        """Made when first needed: reading the roots takes tens of milliseconds and the CA file may be wrong."""
        if self._http is None:
            self._http = httpx.AsyncClient(
                base_url=self._url,
                headers={"Authorization": self._token, "Accept": "application/json"},
                verify=trusting(self._ca_file) if self._url.startswith("https:") else _trusting_nobody(),
                limits=httpx.Limits(
                    max_connections=self._connections, max_keepalive_connections=20, keepalive_expiry=20.0
                ),
                follow_redirects=False,
                trust_env=False,
            )
        return self._http

    async def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        wait_s: float | None = None,
    ) -> dict[str, Any]:
        """The answer's JSON object. Raises MaxError."""
        session, read_s = self._session(), wait_s or self._timeout_s
        content, headers = None, None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
            headers = {"Content-Type": "application/json"}
        timeout = httpx.Timeout(read_s, connect=min(CONNECT_S, read_s), pool=min(CONNECT_S, read_s))
        try:
            # httpx counts the silence between two bytes; the outer one ends a call that drips.
            async with asyncio.timeout(read_s + 2 * CONNECT_S):
                answer = await session.request(
                    method, path, params=query, content=content, headers=headers, timeout=timeout
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotOpened(type(error).__name__, is_certificate=_is_certificate(error)) from None
        except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
            raise Lost(f"MAX: no answer to a request ({type(error).__name__})") from None
        return _read(answer)


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        told: Raw = json_object(answer.content)
    except ValueError:
        if answer.is_success:
            raise Lost(f"MAX answered {answer.status_code} without JSON") from None
        raise Answered(answer.status_code, after_s=_after_s(answer)) from None
    if answer.is_success and told.get("success") is not False:
        return dict(told)
    code, message = told.get("code"), told.get("message")
    code = code.lower() if isinstance(code, str) else ""
    words = f"{code} {told.get('error')} {message}".lower()
    known = _KNOWN.search(words)
    raise Answered(
        200 if answer.is_success else answer.status_code,
        code if _CODE.fullmatch(code) else "unnamed",
        known[0].replace(" ", ".") if known else "",
        _after_s(answer),
        is_dialog=_ONE_DIALOG.search(words) is not None,
    )


def _after_s(answer: httpx.Response) -> float | None:
    """Retry-After, kept within an hour; a date there (never seen) counts as absent."""
    told = answer.headers.get("retry-after", "")
    return min(float(told), 3600.0) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", told) else None
