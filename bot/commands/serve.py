"""The bot at work: as configured, as a demonstration, or for somebody who writes its words."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.app import Role
from bot.app import run as run_app
from bot.commands.shell import log, say, settings, shown, told, work
from bot.settings import Settings, read

if TYPE_CHECKING:
    from bot.texts.mistakes import Mistake


def run(role: Annotated[Role, typer.Option(help="какую часть работы взять на себя")] = Role.ALL) -> None:
    """Запустить бота: всё, что настроено. Остановка: Ctrl-C."""
    with told():
        sys.exit(work(run_app(settings(), role, say)))


def demo() -> None:
    """Показать бота: веб-чат без токенов и настроек, данные в data/demo."""
    with told():
        chosen = _demo_settings("warning")

        def invite(line: str) -> None:
            say(f"{line}\nОткройте этот адрес в браузере. Остановить: Ctrl-C. Данные: {chosen.data_dir}")

        sys.exit(work(run_app(chosen, Role.ALL, invite, samples=say)))


def preview() -> None:
    """Писать тексты и сразу видеть их в веб-чате: правка файла действует через секунду, об ошибках скажет терминал."""
    with told():
        chosen = _demo_settings("critical")
        addresses: list[str] = []

        def invite(line: str) -> None:
            addresses.append(line)
            say(f"{line}\nОткройте этот адрес в браузере и правьте файлы в {shown(chosen.content_dir)}.")
            say("Новые слова видны со следующего ответа бота. Остановить: Ctrl-C.")

        def tell(mistakes: "Sequence[Mistake]", is_live: bool) -> None:
            if not mistakes and not addresses:
                return  # the start itself is no news
            for mistake in mistakes:
                say(str(mistake))
            time = datetime.now().astimezone().strftime("%H:%M:%S")
            count = f"Ошибок: {len(mistakes)}. " if mistakes else ""
            say(f"{time}  {count}{'Новые слова в чате.' if is_live else 'В чате прежние слова.'}")

        sys.exit(work(run_app(chosen, Role.ALL, invite, told=tell)))


def _demo_settings(log_level: str) -> Settings:
    """What is set, else a place of its own for the data."""
    found = read()
    changes: dict[str, Any] = {}
    if not found.model_fields_set & {"data_dir", "database_url"}:
        changes["data_dir"] = Path("data/demo")
    if "log_level" not in found.model_fields_set:
        changes["log_level"] = log_level
    found = found.model_copy(update=changes)
    log(found)
    return found
