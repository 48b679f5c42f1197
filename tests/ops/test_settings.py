"""What an operator may get wrong in the settings, and what is said of it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, read
from tests.ops.child import ROOT, command

Given = Callable[..., Settings]
TOKEN = "123456:ABC-def_ghi"
SECRET = "a-webhook-secret_42"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    """Settings from exactly these variables."""
    for name in list(os.environ):
        if name.upper().startswith("BOT_"):
            monkeypatch.delenv(name)

    def read_them(env_file: Path | None = None, **variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return read(env_file)

    return read_them


def mistakes(given: Given, **variables: str) -> dict[str, str]:
    with pytest.raises(BadSettings) as caught:
        given(**variables)
    return {mistake.variable: f"{mistake.what}: {mistake.remedy}" for mistake in caught.value.mistakes}


def test_nothing_set_is_a_small_centre_with_a_web_chat(given: Given) -> None:
    settings = given()

    assert settings.database == "sqlite:///data/bot.db"
    assert (settings.web_host, settings.web_port) == ("127.0.0.1", 8080)
    assert [name for name in ("telegram", "vk", "max", "web") if settings.is_on(name)] == ["web"]


def test_the_database_follows_the_data_folder(given: Given) -> None:
    assert given(BOT_DATA_DIR="/var/lib/bot").database == "sqlite:////var/lib/bot/bot.db"


def test_empty_variables_are_not_given(given: Given) -> None:
    settings = given(BOT_TELEGRAM_TOKEN="", BOT_PUBLIC_URL="", BOT_VK_GROUP_ID="", BOT_TELEGRAM_MODE="")

    assert not settings.is_on("telegram")
    assert settings.mode("telegram") == "polling"


def test_all_mistakes_are_told_at_once(given: Given) -> None:
    found = mistakes(
        given,
        BOT_DATABASE_URL="mysql://somewhere/db",
        BOT_WEB_PORT="80a",
        BOT_TELEGRAM_TOKEN="no colon",
        BOT_TELEGRAM_POLICY="secret",
        BOT_VK_TOKEN="vk1.a.key",
        BOT_VK_GROUP_ID="club12",
        BOT_MAX_TOKEN="key",
        BOT_MAX_MODE="webhook",
        BOT_PUBLIC_URL="http://chat.example.ru",
        BOT_WEBHOOK_SECRET="short",
        BOT_TRUSTED_PROXIES="10.0.0.0/8, nobody",
        BOT_EMBED_ORIGINS="https://site.ru/page",
        BOT_REGION_CODE="Алтай",
        BOT_SECRET_KEY="word",
        BOT_LOG_LEVEL="loud",
        BOT_CONTENT_DIR="/no/such/folder",
        BOT_MAX_CA_FILE="/no/such/file",
        BOT_TELEGRAM_PROXY="proxy:3128",
    )

    assert set(found) == {
        "BOT_DATABASE_URL",
        "BOT_WEB_PORT",
        "BOT_TELEGRAM_TOKEN",
        "BOT_TELEGRAM_POLICY",
        "BOT_VK_GROUP_ID",
        "BOT_MAX_MODE",
        "BOT_PUBLIC_URL",
        "BOT_WEBHOOK_SECRET",
        "BOT_TRUSTED_PROXIES",
        "BOT_EMBED_ORIGINS",
        "BOT_REGION_CODE",
        "BOT_SECRET_KEY",
        "BOT_LOG_LEVEL",
        "BOT_CONTENT_DIR",
        "BOT_MAX_CA_FILE",
        "BOT_TELEGRAM_PROXY",
    }
    assert "можно: full, information, off" in found["BOT_TELEGRAM_POLICY"]


@pytest.mark.parametrize(
    ("variables", "variable", "word"),
    [
        ({"BOT_TELEGRAM_TOKEN": TOKEN, "BOT_PUBLIC_URL": "https://a.ru"}, "BOT_WEBHOOK_SECRET", "не задан"),
        (
            {"BOT_MAX_TOKEN": "key", "BOT_MAX_MODE": "webhook", "BOT_WEBHOOK_SECRET": SECRET},
            "BOT_MAX_MODE",
            "PUBLIC_URL",
        ),
        ({"BOT_DATABASE_URL": "postgresql://u:hidden@h/db"}, "BOT_SECRET_KEY", "PostgreSQL"),
        ({"BOT_VK_TOKEN": "vk1.a.key"}, "BOT_VK_GROUP_ID", "токен VK"),
        ({"BOT_TELEGRAM_TOKEN": "abc"}, "BOT_TELEGRAM_TOKEN", "@BotFather"),
        ({"BOT_MAX_TOKEN": "two words"}, "BOT_MAX_TOKEN", "пробелы"),
        ({"BOT_SECRET_KEY": "a-secret-that-is-long-enough,short"}, "BOT_SECRET_KEY", "16"),
        ({"BOT_DATABASE_URL": "sqlite:///:memory:"}, "BOT_DATABASE_URL", "sqlite:///"),
        ({"BOT_WEB_PORT": "70000"}, "BOT_WEB_PORT", "65535"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    given: Given, variables: dict[str, str], variable: str, word: str
) -> None:
    found = mistakes(given, **variables)

    assert list(found) == [variable]
    assert word in found[variable]


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("BOT_TELEGRAM_POLCY", "BOT_TELEGRAM_POLICY"),
        ("BOT_TELEGRAM_TOKENS", "BOT_TELEGRAM_TOKEN"),
        ("BOT_DATABASE", "BOT_DATABASE_URL"),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest_one(given: Given, misspelt: str, meant: str) -> None:
    assert f"возможно, {meant}" in mistakes(given, **{misspelt: "off"})[misspelt]


def test_a_misspelt_name_in_the_file_is_told_too(given: Given, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("BOT_WEB_PORTS=1\nOTHER=2\n")

    with pytest.raises(BadSettings, match=r"BOT_WEB_PORTS.*возможно, BOT_WEB_PORT"):
        given(file)


def test_the_environment_comes_before_the_file(given: Given, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("BOT_WEB_PORT=1000\nBOT_WEB_HOST=0.0.0.0\n")

    settings = given(file, BOT_WEB_PORT="2000")

    assert (settings.web_port, settings.web_host) == (2000, "0.0.0.0")


def test_a_file_in_another_encoding_is_told(given: Given, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("# настройки\nBOT_WEB_PORT=1\n".encode("cp1251"))

    with pytest.raises(BadSettings, match="UTF-8"):
        given(file)


def test_a_public_address_brings_webhooks(given: Given) -> None:
    settings = given(
        BOT_PUBLIC_URL="https://chat.example.ru/",
        BOT_WEBHOOK_SECRET=SECRET,
        BOT_TELEGRAM_TOKEN=TOKEN,
        BOT_VK_MODE="polling",
    )

    assert settings.hook_url("telegram") == "https://chat.example.ru/hooks/telegram"
    assert settings.hook_url("vk") == ""


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:8080"])
def test_loopback_needs_no_encryption(given: Given, host: str) -> None:
    assert given(BOT_PUBLIC_URL=f"http://{host}").public_url == f"http://{host}"


def test_a_channel_that_is_off_asks_for_nothing(given: Given) -> None:
    settings = given(BOT_VK_TOKEN="vk1.a.key", BOT_VK_POLICY="off", BOT_TELEGRAM_TOKEN="?", BOT_TELEGRAM_POLICY="off")

    assert not settings.is_on("vk")


def test_no_secret_is_ever_printed(given: Given) -> None:
    values = {
        "BOT_DATABASE_URL": "postgresql://user:pass-word-1@host/db",
        "BOT_SECRET_KEY": "pass-word-2-long-enough",
        "BOT_WEBHOOK_SECRET": "pass-word-3-long-enough",
        "BOT_METRICS_TOKEN": "pass-word-4",
        "BOT_TELEGRAM_TOKEN": "12:pass-word-5",
        "BOT_TELEGRAM_PROXY": "http://user:pass-word-6@host:1",
        "BOT_VK_TOKEN": "pass-word-7",
        "BOT_VK_GROUP_ID": "5",
        "BOT_MAX_TOKEN": "pass-word-8",
    }
    settings = given(**values)

    assert "pass-word" not in f"{settings!r} {settings} {settings.model_dump()}"
    assert set(values.values()) - {"5"} <= set(settings.secrets())


@pytest.mark.parametrize(
    "variable",
    [
        "BOT_DATABASE_URL",
        "BOT_SECRET_KEY",
        "BOT_WEBHOOK_SECRET",
        "BOT_METRICS_TOKEN",
        "BOT_TELEGRAM_TOKEN",
        "BOT_TELEGRAM_PROXY",
        "BOT_VK_TOKEN",
        "BOT_MAX_TOKEN",
    ],
)
def test_no_wrong_secret_is_printed_either(given: Given, variable: str) -> None:
    with pytest.raises(BadSettings) as caught:
        given(**{variable: "наша тайна", "BOT_VK_GROUP_ID": "x"})

    assert "тайна" not in str(caught.value)
    assert variable in str(caught.value)


def test_the_example_names_every_setting_and_no_other(given: Given, tmp_path: Path) -> None:
    example = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
    named = {line.lstrip("#").partition("=")[0] for line in example.splitlines() if line.lstrip("#").startswith("BOT_")}

    assert named == {f"BOT_{name.upper()}" for name in Settings.model_fields}

    file = tmp_path / ".env"
    file.write_text(example, encoding="utf-8")
    assert given(file).policy("telegram") == "information", "the sample of a state centre"


async def test_wrong_settings_end_the_command_with_two(tmp_path: Path) -> None:
    done = await command(tmp_path, "run", BOT_WEB_PORT="x", BOT_VK_TOKEN="vk1.a.key")

    assert done.code == 2
    assert "BOT_WEB_PORT" in done.err
    assert "BOT_VK_GROUP_ID" in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "data").exists()
