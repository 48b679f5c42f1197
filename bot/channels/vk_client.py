"""
The VK API as three verbs: call a method, check the queue, close. vkbottle is imported here and nowhere else.

vkbottle is the typed client; its validators, retries and console are put aside: they repeat a request by themselves,
write answers to the log and choke on odd error objects. The token travels in the body of the POST, never in an address.
Source: vkbottle 4.11; dev.vk.com api requests, bots-long-poll.
"""

import logging
import warnings
from datetime import timedelta
from typing import Any, NoReturn

from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError, DummyCookieJar, InvalidURL

from bot.channels.vk_errors import CallFailed, How, parsed

_showwarning = warnings.showwarning
from vkbottle import API, ABCRequestRescheduler, ABCResponseValidator, AiohttpClient  # noqa: E402

# vkbottle takes over warnings and the console as it is imported, and writes texts at DEBUG and peers at INFO.
warnings.showwarning = _showwarning
_library_log = logging.getLogger("vkbottle")
for _handler in tuple(_library_log.handlers):
    _library_log.removeHandler(_handler)
_library_log.setLevel(logging.ERROR)

VERSION = "5.199"
WAIT_S = 25  # advised by VK: proxies cut longer ones


class _Http(AiohttpClient):
    """vkbottle's session with the token in the body, no redirects, and statuses told apart from answers."""

    async def request_text(
        self, url: str, method: str = "GET", data: dict[str, Any] | None = None, **kwargs: Any
    ) -> str:
        if method == "POST":
            data = {**(data or {}), **kwargs.pop("params", {})}
        async with self.request(url, method, data, allow_redirects=False, **kwargs) as response:
            if response.status != 200:
                raise CallFailed(How.HTTP, response.status, _retry_after(response.headers.get("Retry-After", "")))
            return (await response.read()).decode("utf-8")


class _Answer(ABCResponseValidator):
    """Takes the place of vkbottle's validators; errors are told by their code only."""

    async def validate(self, method: str, data: dict[str, Any], response: Any, ctx_api: Any) -> Any:
        answer = parsed(response)
        if not isinstance(answer, dict):
            raise CallFailed(How.LOST)
        if "error" in answer:
            error = answer["error"]
            code = error.get("error_code") if isinstance(error, dict) else None
            raise CallFailed(How.API, code if isinstance(code, int) else 1)
        if "response" not in answer:
            raise CallFailed(How.LOST)
        return answer


class _NoReschedule(ABCRequestRescheduler):
    async def reschedule(self, ctx_api: Any, method: str, data: dict[str, Any], recent_response: Any) -> NoReturn:
        raise CallFailed(How.LOST)


class Client:
    """One token at one server. The session is made at the first call and closed by `close`."""

    def __init__(self, *, token: str, api_url: str, connect_s: float, answer_s: float) -> None:
        self._http = _Http(
            timeout=ClientTimeout(
                total=answer_s + connect_s, connect=connect_s, sock_connect=connect_s, sock_read=answer_s
            ),
            cookie_jar=DummyCookieJar(),
        )
        self._connect_s = connect_s
        self._api = API(token, http_client=self._http, request_rescheduler=_NoReschedule())
        self._api.response_validators = [_Answer()]
        self._api.API_URL = api_url.rstrip("/") + "/method/"

    async def call(self, method: str, **fields: Any) -> Any:
        """The `response` of an API method. Raises CallFailed only."""
        try:
            return (await self._api.request(method, fields, VERSION))["response"]
        except Exception as error:
            failed = _failed(error)
        raise failed  # out of the handler: no vendor exception with an address rides along

    async def check(self, *, server: str, key: str, ts: str, wait_s: int = WAIT_S) -> dict[str, Any]:
        """One long poll of the queue: `{"ts", "updates"}` or `{"failed"}`. Raises CallFailed only."""
        timeout = ClientTimeout(total=wait_s + 10, connect=self._connect_s, sock_connect=self._connect_s)
        query = {"act": "a_check", "key": key, "ts": ts, "wait": str(wait_s)}
        try:
            answer = parsed(await self._http.request_text(server, "GET", params=query, timeout=timeout))
            if isinstance(answer, dict):
                return answer
            failed = CallFailed(How.LOST)
        except Exception as error:
            failed = _failed(error)
        raise failed

    async def close(self) -> None:
        await self._http.close()


def _failed(error: Exception) -> CallFailed:
    if isinstance(error, CallFailed):
        return error
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError | InvalidURL):
        return CallFailed(How.NOT_OPENED)
    if isinstance(error, ClientError | OSError | ValueError):  # TimeoutError is an OSError
        return CallFailed(How.LOST)
    raise error


def _retry_after(header: str) -> timedelta | None:
    """Seconds of the header, at most an hour; the form with a date is not used by gateways of APIs."""
    return timedelta(seconds=min(int(header), 3600)) if header.isascii() and header.isdigit() else None
