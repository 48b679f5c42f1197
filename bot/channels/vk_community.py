"""
The community's settings: which events come to us and by which way, what the token may, and how an operator mends it.

Long polling and Callback API deliver the same events; only one may be on. Our callback server is known by its title.
Source: VK schema 5.199 groups.*; dev.vk.com callback, bots-long-poll.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.channels.port import Broken, Finding
from bot.channels.vk_errors import DEAD_TOKEN, CallFailed, setup_error
from bot.channels.vk_fields import clean, number

VERSION = "5.199"
TITLE = "czn-bot"  # at most 14 characters
EVENTS = ("message_new", "message_event", "message_edit", "message_allow", "message_deny", "message_reply")
RIGHTS = {"messages": "«Доступ к сообщениям сообщества»", "manage": "«Управление сообществом»"}

Call = Callable[..., Awaitable[Any]]


class Community:
    """One community through `call(method, **fields)`. Every method but `examine` raises Broken or Unreachable."""

    def __init__(self, call: Call, group_id: int) -> None:
        self._raw_call = call
        self._group_id = group_id

    async def own_title(self) -> str:
        """The community's name. Broken when the token is of another one."""
        answer = _object(await self._call("groups.getById"))
        groups = _objects(answer.get("groups"))
        if not groups or number(groups[0].get("id")) != self._group_id:
            raise Broken("the VK token belongs to another community")
        return clean(groups[0].get("name"), 200)

    async def use_polling(self) -> None:
        for server in await self._servers():
            if server.get("title") == TITLE:
                await self._call("groups.deleteCallbackServer", group_id=self._group_id, server_id=server.get("id"))
        if not _is_subscribed(await self._polling(), enabled=True):
            await self._call("groups.setLongPollSettings", group_id=self._group_id, enabled=1, **_subscription())

    async def use_webhook(self, url: str, secret: str, learn: Callable[[str], None]) -> None:
        """
        VK asks `url` for the confirmation string once a server is added or edited, and may change the string then:
        `learn` is given it before and after.
        """
        mine = [server for server in await self._servers() if server.get("title") == TITLE or server.get("url") == url]
        ours: Mapping[str, Any] = next((server for server in mine if server.get("url") == url), mine[0] if mine else {})
        server_id = ours.get("id")
        same = ours.get("url") == url and ours.get("secret_key") == secret
        if not same or ours.get("status") in ("unconfigured", "failed"):
            fields = {"group_id": self._group_id, "url": url, "title": TITLE, "secret_key": secret}
            await self._learn(learn)
            if ours:
                await self._call("groups.editCallbackServer", server_id=server_id, **fields)
            else:
                server_id = _object(await self._call("groups.addCallbackServer", **fields)).get("server_id")
            await self._learn(learn)
        about: dict[str, Any] = {"group_id": self._group_id, "server_id": server_id}
        if not _is_subscribed(_object(await self._call("groups.getCallbackSettings", **about))):
            await self._call("groups.setCallbackSettings", **about, **_subscription())
        if (await self._polling()).get("is_enabled"):
            await self._call("groups.setLongPollSettings", group_id=self._group_id, enabled=0)

    async def examine(self) -> list[Finding]:
        """For `doctor`. Asks until the first answer that makes the others useless."""
        try:
            return await self._examined()
        except CallFailed as failed:
            if failed.api_code == 5:
                remedy = "Создайте новый ключ доступа: Управление → Работа с API."
                return [Finding(True, "VK не принимает токен", remedy)]
            if failed.api_code in DEAD_TOKEN:
                remedy = "Создайте ключ с правами «Управление сообществом» и «Сообщения сообщества»."
                return [Finding(True, f"VK отказал в доступе (ошибка {failed.api_code})", remedy)]
            remedy = "Проверьте сеть, прокси и BOT_VK_API_URL, затем повторите."
            return [Finding(True, f"VK не отвечает ({failed})", remedy)]

    async def _examined(self) -> list[Finding]:
        call, found = self._raw_call, list[Finding]()
        permissions = _object(await call("groups.getTokenPermissions"))
        has = {item.get("name") for item in _objects(permissions.get("permissions"))}
        for right, title in RIGHTS.items():
            if right not in has:
                remedy = "Управление → Работа с API → Ключи доступа: создайте ключ с этим правом."
                found.append(Finding(True, f"у токена VK нет права {title}", remedy))
        groups = _objects(_object(await call("groups.getById")).get("groups"))
        if not groups or number(groups[0].get("id")) != self._group_id:
            remedy = "Укажите в BOT_VK_GROUP_ID номер того сообщества, чей это ключ."
            found.append(Finding(True, f"токен VK не от сообщества {self._group_id}", remedy))
        if found:
            return found
        return [*await self._examined_ways(), CAPABILITIES]

    async def _examined_ways(self) -> list[Finding]:
        call, about, found = self._raw_call, {"group_id": self._group_id}, list[Finding]()
        polling = _object(await call("groups.getLongPollSettings", **about))
        servers = _objects(_object(await call("groups.getCallbackServers", **about)).get("items"))
        mine = [server for server in servers if server.get("title") == TITLE]
        if polling.get("is_enabled") and mine:
            remedy = "Оставьте одно: выключите Long Poll или удалите сервер. Программа делает это сама при запуске."
            found.append(Finding(True, "VK шлёт события дважды: включены и Long Poll, и Callback API", remedy))
        elif not polling.get("is_enabled") and not mine:
            remedy = "Программа включит сама при запуске; если нет: Управление → Работа с API → Long Poll API."
            found.append(Finding(False, "VK пока не шлёт событий: ни Long Poll, ни Callback API не включены", remedy))
        if polling.get("is_enabled") and not _is_subscribed(polling, enabled=True):
            found.append(_unsubscribed("Long Poll API"))
        for server in mine:
            if server.get("status") in ("failed", "unconfigured"):
                remedy = "Проверьте BOT_PUBLIC_URL, сертификат и BOT_VK_CONFIRMATION, затем «Подтвердить» в VK."
                found.append(Finding(True, "сервер Callback API не подтверждён", remedy))
            settings = await call("groups.getCallbackSettings", **about, server_id=server.get("id"))
            if not _is_subscribed(_object(settings)):
                found.append(_unsubscribed("Callback API"))
        return found

    async def _call(self, method: str, **fields: Any) -> Any:
        try:
            return await self._raw_call(method, **fields)
        except CallFailed as error:
            failed = error
        raise setup_error(failed)

    async def _servers(self) -> list[Mapping[str, Any]]:
        return _objects(_object(await self._call("groups.getCallbackServers", group_id=self._group_id)).get("items"))

    async def _polling(self) -> Mapping[str, Any]:
        return _object(await self._call("groups.getLongPollSettings", group_id=self._group_id))

    async def _learn(self, learn: Callable[[str], None]) -> None:
        answer = _object(await self._call("groups.getCallbackConfirmationCode", group_id=self._group_id))
        if code := clean(answer.get("code"), 100):
            learn(code)


CAPABILITIES = Finding(
    False,
    "«Возможности ботов» через API не проверить",
    "Управление → Сообщения → Настройки для бота: включите «Возможности ботов», иначе вместо кнопок уходит "
    "нумерованный список. Там же кнопка «Начать».",
)


def _unsubscribed(way: str) -> Finding:
    remedy = f"Программа отметит сама при запуске; вручную: {way}, версия {VERSION}, типы {', '.join(EVENTS)}."
    return Finding(False, f"{way}: отмечены не все нужные события или не та версия", remedy)


def _subscription() -> dict[str, Any]:
    return {"api_version": VERSION, **dict.fromkeys(EVENTS, 1)}


def _is_subscribed(settings: Mapping[str, Any], *, enabled: bool = False) -> bool:
    events = _object(settings.get("events"))
    ticked = all(events.get(name) for name in EVENTS) and settings.get("api_version") == VERSION
    return ticked and (bool(settings.get("is_enabled")) or not enabled)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
