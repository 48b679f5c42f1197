"""
The Bot API through aiogram's session: quick calls on plain JSON, and aiogram's typed `Bot` for the rare ones.
aiogram is imported here only.

A quick call is one POST of bytes made once and one look at `ok` and `result`: aiogram's models of method and result
cost as much as the request itself, and one odd update fails a whole batch in them (aiogram #1840).
Every failure, of both kinds, is a CallFailed. The token is a part of each address: no address leaves this module.
Source: core.telegram.org/bots/api "Making requests"; aiogram 3.31 client/session; aiohttp 3.14 Payload.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.utils.token import TokenValidationError
from aiohttp import BytesPayload, ClientSession, ClientTimeout, DummyCookieJar, FormData
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from bot.channels.port import Broken
from bot.channels.telegram_errors import CallFailed, How, refusal
from bot.channels.telegram_fields import parsed

CONNECTIONS = 100


class _Json(BytesPayload):
    """A body that knows whether any of it was handed to the connection."""

    is_written = False

    async def write(self, writer: AbstractStreamWriter) -> None:
        self.is_written = True
        await super().write(writer)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self.is_written = True
        await super().write_with_length(writer, content_length)


class Session(AiohttpSession):
    """aiogram's session without cookies and redirects. SOCKS proxies go by aiohttp-socks."""

    def __init__(self, *, api: TelegramAPIServer, proxy: str, timeout: ClientTimeout) -> None:
        by_http = proxy.startswith(("http://", "https://"))
        super().__init__(proxy=proxy if proxy and not by_http else None, limit=CONNECTIONS, api=api)
        self._http_proxy = proxy if by_http else None
        self._limits = timeout
        self._addresses: dict[str, URL] = {}

    async def create_session(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=self._connector_type(**self._connector_init),
                cookie_jar=DummyCookieJar(),
                proxy=self._http_proxy,
                timeout=self._limits,
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None and not self._session.closed:
            await self._session.close()

    async def exchange(
        self, token: str, method: str, body: _Json | FormData, timeout: ClientTimeout
    ) -> tuple[int, bytes, str]:
        """HTTP status, body, `Retry-After`. Raises CallFailed only."""
        try:
            address = self._addresses.get(method)
            if address is None:
                address = self._addresses[method] = URL(self.api.api_url(token, method))
            session = await self.create_session()
            async with session.post(address, data=body, timeout=timeout, allow_redirects=False) as response:
                return response.status, await response.read(), response.headers.get("Retry-After", "")
        except Exception as error:  # the classes differ by proxy library; what matters is whether we had begun to write
            kind = type(error).__name__
        begun = body.is_written if isinstance(body, _Json) else True
        raise CallFailed(How.LOST if begun else How.NOT_OPENED, kind=kind)  # outside: no address rides along

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        form = self.build_form_data(bot, method)
        status, content, retry_after = await self.exchange(bot.token, method.__api_method__, form, self._limits)
        _checked(status, content, retry_after)
        try:
            answer: Response[TelegramType] = self.check_response(bot, method, status, content.decode())
            return cast(TelegramType, answer.result)
        except (ClientDecodeError, ValueError):
            failed = CallFailed(How.HTTP, status)
        raise failed


class Client:
    """One token at one server, connected at the first call. Raises Broken for a token or proxy that can't be used."""

    def __init__(
        self,
        *,
        token: str,
        api_url: str,
        proxy: str,
        connect_s: float,
        answer_s: float,
    ) -> None:
        why = ""
        self._token = token
        self._connect_s = connect_s
        self._timeout = self._within(answer_s)
        try:
            api = TelegramAPIServer.from_base(api_url.rstrip("/"))
            self._session = Session(api=api, proxy=proxy, timeout=self._timeout)
            self.bot = Bot(token, session=self._session)
        except TokenValidationError:
            why = "the Telegram token is not of the form digits:letters"
        except (RuntimeError, ValueError):
            why = "the Telegram proxy is not usable"
        if why:
            raise Broken(why)

    async def call(self, method: str, fields: Mapping[str, Any], *, answer_s: float | None = None) -> Any:
        """The `result` of an API method, as it came. Raises CallFailed only, ValueError for text that is no Unicode."""
        body = _Json(msgspec.json.encode(fields), content_type="application/json")
        timeout = self._timeout if answer_s is None else self._within(answer_s)
        status, content, retry_after = await self._session.exchange(self._token, method, body, timeout)
        return _checked(status, content, retry_after)["result"]

    async def close(self) -> None:
        await self._session.close()

    def _within(self, answer_s: float) -> ClientTimeout:
        connect_s = self._connect_s
        total = connect_s + answer_s
        return ClientTimeout(total=total, connect=connect_s, sock_connect=connect_s, sock_read=answer_s)


def _checked(status: int, content: bytes, retry_after: str) -> dict[str, Any]:
    """The answer if it is a success. Raises CallFailed."""
    try:
        answer = parsed(content)
    except ValueError:
        answer = None
    if status == 200 and isinstance(answer, dict) and answer.get("ok") is True and "result" in answer:
        return answer
    raise refusal(status, answer, retry_after)
