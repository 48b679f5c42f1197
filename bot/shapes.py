"""
The shapes of single settings: each check gives the value back, or says in Russian what is wrong and how to mend it.

A secret's value is never repeated in what is said.
"""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

SECRET_CHARS_MIN = 16
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,50}")
WRONG = "wrong"  # type of our own errors; "what is wrong", NUL, "remedy"


def _wrong(what: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError(WRONG, "{what}\x00{remedy}", {"what": what, "remedy": remedy})


def listed(value: Any) -> Any:
    """A comma-separated text as a list."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise _wrong(f"«{value[:60]}» не адрес сайта", "пишите так: https://example.ru, без косой черты в конце")
    return value


def _public(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise _wrong(f"«{value[:60]}» не адрес", "пишите так: https://chat.example.ru")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise _wrong("адрес без шифрования", "нужен https://: мессенджеры зовут только такой адрес")
    return value.rstrip("/")


def _root(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _wrong("не адрес сервера", "пишите так: https://api.example.ru; обычно настройка не нужна вовсе")
    return value.rstrip("/")


def _proxy(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https", "socks4", "socks5") or not parts.hostname:
        raise _wrong("не адрес прокси", "пишите так: http://адрес:порт или socks5://адрес:порт")
    return value


def _database(value: str) -> str:
    if re.fullmatch(r"sqlite:///[^?]+", value) and ":memory:" not in value:
        return value
    if value.startswith(("postgresql://", "postgres://")) and urlsplit(value).path.strip("/"):
        return value
    raise _wrong("не адрес базы", "пишите sqlite:///data/bot.db или postgresql://пользователь:пароль@сервер:5432/база")


def _network(value: str) -> str:
    try:
        ip_network(value, strict=False)
    except ValueError:
        raise _wrong(f"«{value[:60]}» не адрес и не сеть", "пишите так: 127.0.0.1, 10.0.0.0/8") from None
    return value


def _hook_secret(value: str) -> str:
    if not WEBHOOK_SECRET.fullmatch(value):
        raise _wrong("не годится", "нужно от 16 до 50 знаков: латинские буквы, цифры, _ и -")
    return value


def _key(value: str) -> str:
    if any(len(part) < SECRET_CHARS_MIN for part in listed(value)):
        raise _wrong("слишком короткий секрет", f"нужно не меньше {SECRET_CHARS_MIN} знаков в каждом")
    return value


def _token(value: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise _wrong("в токене пробелы или не те знаки", "скопируйте его заново, целиком и без кавычек")
    return value


def _group(value: Any) -> Any:
    text = str(value).strip()
    if not text.isdigit() or int(text) == 0:
        raise _wrong(f"«{text[:40]}» не номер сообщества", "нужны только цифры, без club и минуса, например 123456")
    return int(text)


def _text(check: Any) -> BeforeValidator:
    """A check of a text that may be empty: then the setting is not given."""
    return BeforeValidator(lambda value: check(value.strip()) if isinstance(value, str) and value.strip() else value)


def _each(check: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: [check(part) for part in listed(value)])


Url = Annotated[str, _text(_root)]
PublicUrl = Annotated[str, _text(_public)]
Token = Annotated[SecretStr, _text(_token)]
Key = Annotated[SecretStr, _text(_key)]
HookSecret = Annotated[SecretStr, _text(_hook_secret)]
DatabaseUrl = Annotated[SecretStr, _text(_database)]
Proxy = Annotated[SecretStr, _text(_proxy)]
Group = Annotated[int, BeforeValidator(_group)]
Networks = Annotated[tuple[str, ...], NoDecode, _each(_network)]
Origins = Annotated[tuple[str, ...], NoDecode, _each(_origin)]
