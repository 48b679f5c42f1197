"""
Settings: environment or `.env`, prefix BOT_. Read once at start; all mistakes are told at once, in Russian.

Every variable stands in deploy/env.example with a word on each.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.shapes import (
    WRONG,
    DatabaseUrl,
    Group,
    HookSecret,
    Key,
    Networks,
    Origins,
    Proxy,
    PublicUrl,
    Token,
    Url,
    listed,
)

PREFIX = "BOT_"
ENV_FILE = Path(".env")
MESSENGERS = ("telegram", "vk", "max")
CONTENT = Path(__file__).parent / "content"
NOT_OURS = ("BOT_TEST_", "BOT_FAULTS", "BOT_BENCH")  # of tests and benchmarks, which start the bot as a child

Policy = Literal["full", "information", "off"]
Mode = Literal["polling", "webhook"]


class Wrong:
    """One mistake. variable: BOT_…; what is wrong and how to mend it, in Russian, without the value of a secret."""

    def __init__(self, variable: str, what: str, remedy: str) -> None:
        self.variable, self.what, self.remedy = variable, what, remedy

    def __str__(self) -> str:
        return f"{self.variable}: {self.what}: {self.remedy}"


class BadSettings(Exception):
    """The bot can't start like this. mistakes: all of them."""

    def __init__(self, mistakes: Sequence[Wrong]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


class Settings(BaseSettings):
    """
    What an operator sets. Empty texts and secrets mean "not given".

    Secrets show as asterisks wherever they are printed.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: DatabaseUrl = SecretStr("")
    content_dir: Path = CONTENT
    data_dir: Path = Path("data")
    secret_key: Key = SecretStr("")
    web_host: str = "127.0.0.1"
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    status_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    public_url: PublicUrl = ""
    webhook_secret: HookSecret = SecretStr("")
    trusted_proxies: Networks = ()
    embed_origins: Origins = ()
    desk_code: Literal["leads", "all"] = "leads"
    metrics_token: Token = SecretStr("")
    web_policy: Policy = "full"
    telegram_token: Token = SecretStr("")
    telegram_api_url: Url = "https://api.telegram.org"
    telegram_proxy: Proxy = SecretStr("")
    telegram_mode: Mode | None = None
    telegram_policy: Policy = "full"
    vk_token: Token = SecretStr("")
    vk_group_id: Group | None = None
    vk_api_url: Url = "https://api.vk.ru"
    vk_confirmation: str = ""
    vk_mode: Mode | None = None
    vk_policy: Policy = "full"
    max_token: Token = SecretStr("")
    max_api_url: Url = "https://platform-api2.max.ru"
    max_ca_file: Path | None = None
    max_mode: Mode | None = None
    max_policy: Policy = "full"
    vacancies_url: Url = "https://opendata.trudvsem.ru"
    region_code: Annotated[str, Field(pattern=r"^\d{2,13}$")] | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] | None = None

    @property
    def database(self) -> str:
        """The url; without one a SQLite file in the data folder. Holds a password: never print it."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'bot.db'}"

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite:")

    def policy(self, channel: str) -> Policy:
        policy: Policy = getattr(self, f"{channel}_policy")
        return policy

    def token(self, channel: str) -> str:
        token: SecretStr = getattr(self, f"{channel}_token")
        return token.get_secret_value()

    def is_on(self, channel: str) -> bool:
        """Has a token, and the policy lets it speak. The web chat needs no token."""
        return self.policy(channel) != "off" and (channel == "web" or bool(self.token(channel)))

    def mode(self, channel: str) -> Mode:
        """How a messenger's updates come."""
        chosen: Mode | None = getattr(self, f"{channel}_mode")
        return chosen or ("webhook" if self.public_url else "polling")

    def hook_url(self, channel: str) -> str:
        """Where the platform shall call; empty when polling."""
        return f"{self.public_url}/hooks/{channel}" if self.mode(channel) == "webhook" else ""

    def secrets(self) -> tuple[str, ...]:
        """Every secret value given, for the veil of the log."""
        given = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        return tuple(part for value in given for part in ([value, *listed(value)]) if len(part) >= 8)


def read(env_file: Path | None = ENV_FILE) -> Settings:
    """The settings in force. Environment before file. Raises BadSettings with every mistake."""
    mistakes = _unknown(env_file)
    try:
        settings = Settings(_env_file=env_file, _env_file_encoding="utf-8")  # type: ignore[call-arg]
    except ValidationError as error:
        found = {str(detail["loc"][0]): _told(detail) for detail in error.errors(include_input=True)}
        mistakes += found.values()
        # once more with the wrong ones at their defaults: what does not fit together is told at the same time
        defaults = {name: Settings.model_fields[name].get_default() for name in found}
        settings = Settings(_env_file=env_file, _env_file_encoding="utf-8", **defaults)  # type: ignore[call-arg]
    except UnicodeDecodeError:
        raise BadSettings([Wrong(str(env_file), "файл не в кодировке UTF-8", "сохраните его заново в UTF-8")]) from None
    told = {mistake.variable for mistake in mistakes}
    mistakes += [mistake for mistake in _contradictions(settings) if mistake.variable not in told]
    if mistakes:
        raise BadSettings(mistakes)
    return settings


def _contradictions(settings: Settings) -> Iterable[Wrong]:
    if not settings.is_sqlite and not settings.secret_key.get_secret_value():
        yield Wrong(
            "BOT_SECRET_KEY", "не задан, а база PostgreSQL", "придумайте: python -c 'import secrets; "
            "print(secrets.token_urlsafe(32))'; один и тот же на всех процессах"
        )  # fmt: skip
    if not settings.content_dir.is_dir():
        yield Wrong("BOT_CONTENT_DIR", f"нет папки {settings.content_dir}", "укажите папку с текстами или уберите")
    if settings.is_on("vk") and settings.vk_group_id is None:
        yield Wrong("BOT_VK_GROUP_ID", "не задан, а токен VK есть", "возьмите номер сообщества в его настройках")
    if settings.is_on("telegram") and not re.match(r"\d+:\S", settings.token("telegram")):
        yield Wrong("BOT_TELEGRAM_TOKEN", "не похож на токен", "у @BotFather он вида 123456:ABC-def")
    if settings.max_ca_file is not None and not settings.max_ca_file.is_file():
        yield Wrong("BOT_MAX_CA_FILE", f"нет файла {settings.max_ca_file}", "укажите файл PEM с сертификатами Минцифры")
    hooked = [name for name in MESSENGERS if settings.is_on(name) and settings.mode(name) == "webhook"]
    if hooked and not settings.webhook_secret.get_secret_value():
        yield Wrong(
            "BOT_WEBHOOK_SECRET",
            "не задан, а сообщения приходят вебхуком: чужой вызов было бы не отличить",
            "задайте 16–50 знаков A-Z a-z 0-9 _ - или уберите BOT_PUBLIC_URL, тогда будет опрос",
        )
    if hooked and not settings.public_url:
        for name in hooked:
            yield Wrong(
                f"BOT_{name.upper()}_MODE", "webhook, но не сказано, где нас найти", "задайте BOT_PUBLIC_URL с https://"
            )


def _told(detail: ErrorDetails) -> Wrong:
    name = str(detail["loc"][0])
    variable = f"{PREFIX}{name.upper()}"
    if detail["type"] == WRONG:
        what, _, remedy = detail["msg"].partition("\x00")
        return Wrong(variable, what, remedy)
    given = f"«{str(detail.get('input'))[:40]}»"
    match detail["type"]:
        case "literal_error":
            options = [option.strip("' ") for option in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
            return Wrong(variable, f"{given} не подходит", f"можно: {', '.join(options)}")
        case "int_parsing" | "int_type":
            return Wrong(variable, f"{given} не число", "нужны только цифры")
        case "greater_than_equal" | "less_than_equal":
            return Wrong(variable, f"{given} вне пределов", "нужно число от 0 до 65535")
    return Wrong(variable, "значение не подходит", "посмотрите пример в deploy/env.example")


def _unknown(env_file: Path | None) -> list[Wrong]:
    """BOT_ variables nobody reads: most likely misspelt, and the right one silently at its default."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    found: dict[str, str] = {}
    for place, values in (("в окружении", _named(os.environ)), (f"в {env_file}", _named(_file(env_file)))):
        for name in values:
            found.setdefault(name, place)
    mistakes = []
    for name, place in found.items():
        if name.upper() in known or name.upper().startswith(NOT_OURS):
            continue
        close = get_close_matches(name.upper(), known, n=1, cutoff=0.6)
        remedy = f"возможно, {close[0]}" if close else "уберите её; список в deploy/env.example"
        mistakes.append(Wrong(name, f"такой настройки нет ({place})", remedy))
    return mistakes


def _named(values: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in values if name.upper().startswith(PREFIX))


def _file(env_file: Path | None) -> Mapping[str, Any]:
    if env_file is None or not env_file.is_file():
        return {}
    try:
        return dotenv_values(env_file, encoding="utf-8")
    except UnicodeDecodeError:
        return {}
