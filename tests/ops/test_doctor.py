"""What `doctor` finds, with the platforms on the loopback and real faults made by hand."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.booking.book import Book
from bot.booking.slots import slots
from bot.channels.port import Finding
from bot.clock import SystemClock
from bot.doctor import examine, line
from bot.parts import needs
from bot.settings import Settings
from bot.texts.files import read_folder
from bot.texts.load import load
from storage.database import open_database
from storage.migrate import migrate
from tests.databases import SECRETS
from tests.ops.child import command
from tests.platforms.max import MaxEmulator
from tests.platforms.telegram import TOKEN, TelegramEmulator
from tests.platforms.vk import VkEmulator
from tests.talk import CONTENT, FixedClock

KEY = ",".join(secret.replace(",", "") for secret in SECRETS)
GROUP = 777
ALL_IS_WELL: dict[str, Any] = {"secret_key": KEY}


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("BOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


async def findings(given: Settings, *, skew: timedelta = timedelta()) -> list[Finding]:
    clock = FixedClock(datetime.now(UTC) + skew) if skew else SystemClock()
    found = [finding async for finding in examine(given, clock)]
    assert all(finding.remedy for finding in found if finding.is_fault and not finding.what.startswith("тексты: "))
    return found


def faults(found: list[Finding]) -> list[str]:
    return [finding.what for finding in found if finding.is_fault]


def told(found: list[Finding]) -> str:
    return "\n".join(line(finding) for finding in found)


@pytest.fixture
async def platforms() -> AsyncIterator[dict[str, Any]]:
    """The three platforms, and the settings that lead there."""
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramEmulator())
        vk = await stack.enter_async_context(VkEmulator(group_id=GROUP, token="vk1.a.right"))
        max_ = await stack.enter_async_context(MaxEmulator(token="max-right"))
        yield {
            "telegram_token": TOKEN,
            "telegram_api_url": telegram.url,
            "vk_token": "vk1.a.right",
            "vk_group_id": GROUP,
            "vk_api_url": vk.url,
            "max_token": "max-right",
            "max_api_url": max_.url,
        }


async def test_a_fresh_machine_has_no_faults(tmp_path: Path) -> None:
    found = await findings(settings())

    assert faults(found) == []
    assert "базы ещё нет" in told(found)
    assert "мессенджеры выключены" in told(found)
    assert not (tmp_path / "data").exists(), "looking makes nothing"


async def test_a_healthy_installation(database_url: str, platforms: dict[str, Any]) -> None:
    found = await findings(settings(database_url=database_url, **ALL_IS_WELL, **platforms))

    assert faults(found) == []
    words = told(found)
    assert "секрет подходит" in words
    assert "@czn_test_bot" in words
    assert "MAX: ключ принят" in words
    assert "часы сходятся с часами сервера telegram" in words
    assert "Asia/Barnaul" in words


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"telegram_token": "42:WRONG"}, "Telegram не принимает токен"),
        ({"vk_token": "vk1.a.wrong"}, "VK"),
        ({"vk_group_id": 778}, "токен VK не от сообщества 778"),
        ({"max_token": "max-wrong"}, "MAX: ключ бота не принят"),
        ({"telegram_api_url": "http://127.0.0.1:9"}, "Telegram не отвечает"),
        ({"vk_api_url": "http://127.0.0.1:9"}, "VK не отвечает"),
        ({"max_api_url": "http://127.0.0.1:9"}, "MAX: сервер недоступен"),
    ],
)
async def test_a_messenger_that_does_not_work_is_told_with_a_remedy(
    platforms: dict[str, Any], wrong: dict[str, Any], word: str
) -> None:
    found = await findings(settings(**{**platforms, **wrong}))

    (fault,) = faults(found)
    assert word in fault
    for secret in ("WRONG", "vk1.a", "max-"):
        assert secret not in told(found)


async def test_a_webhook_nobody_set_is_told(platforms: dict[str, Any]) -> None:
    found = await findings(
        settings(**platforms, public_url="https://chat.example.ru", webhook_secret="a-webhook-secret_42")
    )

    words = told(found)
    assert "MAX: подписки на наш адрес нет" in words
    assert "вебхук ещё не поставлен" in words


async def test_bookings_that_the_schedule_has_no_place_for_are_named(database_url: str, tmp_path: Path) -> None:
    """The files were edited and are not in force yet."""
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    content = load(read_folder(folder), needs())
    database = await open_database(database_url, [KEY])
    now = datetime.now(UTC)
    slot = slots(content, "barnaul_alimony", "career_advisor", now=now)[0]
    async with database.write() as tx:
        assert await Book(tx, content, now).book_for("b", slot, actor="staff", name="Пётр") is not None
    await database.close()
    given = settings(database_url=database_url, content_dir=folder, **ALL_IS_WELL)
    assert "нет места" not in told(await findings(given))

    point = folder / "points" / "barnaul_alimony.yaml"
    point.write_text(point.read_text(encoding="utf-8").replace("  вт:", "  пт:"), encoding="utf-8")

    words = told(await findings(given))
    assert f"записей на приём, для которых в расписании нет места: 1 (barnaul_alimony, {slot.wall[:10]}" in words
    assert "бот сам предупредит людей" in words
    assert "Пётр" not in words


async def test_rows_under_an_older_secret_are_counted(database_url: str) -> None:
    old, new = "the old secret of the tests", "the new secret of the tests"
    database = await open_database(database_url, [old])
    async with database.write() as tx:
        await tx.handle.queries.addresses_add_citizens(tx.handle.connection, [{"id": "c", "created_at": 1}])
        row = {"channel": "vk", "find": "f", "citizen_id": "c", "created_at": 1}
        row["chat"] = tx.handle.cipher.seal(b"1", "addresses", "chat", "f")
        await tx.handle.queries.addresses_add(tx.handle.connection, [row])
    await database.close()

    found = await findings(settings(database_url=database_url, secret_key=f"{new},{old}"))

    assert faults(found) == []
    assert "записей под прежним секретом: 1" in told(found)


async def test_a_changed_audit_row_is_a_fault(database_url: str) -> None:
    database = await open_database(database_url, KEY.split(","))
    now = datetime.now(UTC)
    async with database.write() as tx:
        for number in range(3):
            await tx.audit.add(actor="staff", act="read", subject=f"case {number}", now=now)
        assert await tx.audit.seal() == 3
    sql = "UPDATE audit SET subject = 'nothing' WHERE id = 2"
    async with database.write() as tx:
        if database.dialect == "postgres":
            await tx.handle.connection.execute(sql)
        else:
            await tx.handle.connection.execute_fetchall(sql)
    await database.close()

    (fault,) = faults(await findings(settings(database_url=database_url, **ALL_IS_WELL)))

    assert fault == "журнал действий изменён в обход программы, первая запись 2"


async def test_messages_nobody_takes_are_a_fault(sqlite_url: str) -> None:
    from storage.records import Arrival

    database = await open_database(sqlite_url, KEY.split(","))
    async with database.write() as tx:
        await tx.inbox.store(
            [Arrival("vk", "1", "ivan", "text", 0, b"{}")], now=datetime.now(UTC) - timedelta(minutes=6)
        )
    await database.close()

    (fault,) = faults(await findings(settings(database_url=sqlite_url, **ALL_IS_WELL)))

    assert fault.startswith("сообщений ждёт обработки: 1")


async def test_another_secret_is_a_fault(database_url: str) -> None:
    database = await open_database(database_url, KEY.split(","))
    await database.close()

    (fault,) = faults(
        await findings(settings(database_url=database_url, secret_key="quite another secret of the tests"))
    )

    assert "Секрет не подходит" in fault


async def test_a_database_without_tables_is_to_be_migrated(empty_postgres_url: str) -> None:
    given = settings(database_url=empty_postgres_url, **ALL_IS_WELL)
    found = await findings(given)

    assert "migrate" in told(found)
    assert len(faults(found)) == 1
    await migrate(empty_postgres_url)
    assert faults(await findings(given)) == []


async def test_files_that_others_can_read_are_faults(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("data/secret.key", ".env"):
        (tmp_path / name).write_text("a-secret-that-is-long-enough\n")
        (tmp_path / name).chmod(0o640)

    found = await findings(settings())

    assert len(faults(found)) == 2
    assert "chmod 600 .env" in told(found)


async def test_broken_texts_are_faults_with_file_and_line(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(CONTENT, content)
    menu = content / "texts" / "menu.yaml"
    menu.write_text(menu.read_text(encoding="utf-8").replace("Мой план", "Мой план {kakoy}"), encoding="utf-8")

    found = await findings(settings(content_dir=content))

    assert any("menu.yaml:" in fault for fault in faults(found))


@pytest.mark.parametrize(("skew", "word"), [(timedelta(hours=1), "спешат"), (timedelta(hours=-1), "отстают")])
async def test_a_wrong_clock_is_a_fault(
    postgres_url: str, platforms: dict[str, Any], skew: timedelta, word: str
) -> None:
    one = {name: platforms[name] for name in ("max_token", "max_api_url")}
    found = await findings(settings(database_url=postgres_url, **ALL_IS_WELL, **one), skew=skew)

    wrong = faults(found)
    assert len(wrong) == 2
    assert wrong[0].startswith(f"наши часы {word} от часов сервера базы на 3")
    assert wrong[1].startswith(f"наши часы {word} от часов сервера max на 3")


async def test_the_command_ends_with_one_when_there_is_a_fault(tmp_path: Path, platforms: dict[str, Any]) -> None:
    good = {"BOT_MAX_TOKEN": platforms["max_token"], "BOT_MAX_API_URL": platforms["max_api_url"]}
    well = await command(tmp_path, "doctor", **good)
    ill = await command(tmp_path, "doctor", **{**good, "BOT_MAX_TOKEN": "max-wrong"})

    assert (well.code, well.out.splitlines()[-1]) == (0, "Всё в порядке.")
    assert (ill.code, ill.out.splitlines()[-1]) == (1, "Ошибок: 1.")
    assert "что делать: Возьмите ключ на business.max.ru" in ill.out
