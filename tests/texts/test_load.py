"""From a folder to content."""

from dataclasses import FrozenInstanceError
from datetime import date, time
from pathlib import Path

import pytest

from bot.texts.doubts import doubts
from bot.texts.files import fingerprint, read_folder
from bot.texts.load import load, look
from bot.texts.mistakes import BadContent
from bot.texts.schema import Content
from tests.texts.conftest import NEEDS, Files


def test_a_folder_gives_its_yaml_and_md_files_by_relative_name(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "b.yaml").write_bytes(b"a: b\n")
    (tmp_path / "README.md").write_bytes(b"# x")
    (tmp_path / "photo.png").write_bytes(b"x")
    (tmp_path / ".hidden.yaml").write_bytes(b"x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "c.yaml").write_bytes(b"x")

    assert read_folder(tmp_path) == {"README.md": b"# x", "texts/b.yaml": b"a: b\n"}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadContent, match="нет такой папки: проверьте BOT_CONTENT_DIR"):
        read_folder(tmp_path / "nowhere")


def test_files_that_would_be_overlooked_or_are_too_big_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "facts.yml").write_bytes(b"x")
    (tmp_path / "rules.yaml").write_bytes(b"x" * 5_000_001)

    with pytest.raises(BadContent) as raised:
        read_folder(tmp_path)

    assert [str(mistake).removeprefix(str(tmp_path)) for mistake in raised.value.mistakes] == [
        "/facts.yml:1: имя оканчивается на «.yml»: переименуйте: в конце должно быть .yaml",
        "/rules.yaml:1: файл больше 5 МБ: разделите его или уберите лишнее",
    ]


def test_content_keeps_what_the_files_say(content: Content) -> None:
    assert content.texts["booking.confirm"].buttons == {"yes": "Да, записать", "no": "Другое время"}
    assert content.words["human"] == ("позови человека",)
    assert content.words["start"] == ("начнем",)
    assert content.words["yes"] == ("да",)
    assert list(content.situations) == ["released", "other"]
    assert [step.id for step in content.situations["released"].plan] == ["papers", "resume"]
    assert content.situations["released"].plan[0].take == ("справка",)
    assert content.situations["other"].elsewhere == "Задайте вопрос."
    assert list(content.topics) == ["work", "bot"]
    assert content.questions["faq-001"].topic == "work"
    assert content.facts["fee"].check_by == date(2027, 1, 1)
    assert content.default_office.hours[0] == ((time(9), time(13)), (time(14), time(18)))
    assert 5 not in content.default_office.hours
    assert content.rules.quiet_from == time(21)
    assert content.rules.later["three_days"].days == 3
    assert [(one.name, one.link) for one in content.rules.other_channels] == [
        ("MAX", "https://max.ru/centre"),
        ("ВКонтакте", ""),
    ]
    assert content.channels["telegram"].group_per_minute == 18
    assert content.channels["vk"].group_per_minute is None
    assert content.sources["department"].situation == "released"


def test_further_pages_come_in_their_order_each_to_whom_it_is_for(content: Content) -> None:
    assert list(content.pages) == ["rights", "visit"]
    assert [page.id for page in content.pages_of("released")] == ["rights", "visit"]
    assert [page.id for page in content.pages_of("other")] == ["rights"]


def test_the_first_days_come_by_day_and_one_day_is_enough(content: Content) -> None:
    assert [(part.id, part.from_day, part.to_day) for part in content.situations["released"].days] == [
        ("arrival", 1, 1),
        ("accounting", 2, 3),
    ]
    assert content.situations["other"].days == ()


def test_a_page_nobody_confirmed_says_so_to_citizens_and_admins(files: Files) -> None:
    files["pages/rights.yaml"] = files["pages/rights.yaml"].replace(b"high", b"verify")
    content = load(files, NEEDS)

    assert content.pages["rights"].text.endswith("везде.\n\nУточните это у специалиста.")
    assert "pages/rights.yaml:5: страница не подтверждена" in told(files, date(2026, 6, 1))


def test_the_consent_names_its_operator_and_the_terms_of_storage(content: Content) -> None:
    assert content.consent.short == "Нужно ваше согласие. Отвечает Центр занятости."
    assert content.consent.full == "Оператор: Центр занятости.\nХраним 90 дней."


def test_an_answer_nobody_confirmed_says_so(content: Content) -> None:
    assert content.questions["faq-002"].answer == "Дают немного. Уточните это у специалиста."


def test_content_cannot_be_changed(content: Content) -> None:
    with pytest.raises(TypeError):
        content.texts["x"] = content.texts["booking.slot"]  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        content.rules = content.rules  # type: ignore[misc]


def test_the_fingerprint_follows_names_and_bytes_not_the_order(files: Files) -> None:
    turned = dict(reversed(list(files.items())))

    assert load(files, NEEDS).fingerprint == fingerprint(turned)
    assert fingerprint({"a.yaml": b"bc"}) != fingerprint({"a.yamlb": b"c"})
    assert fingerprint({"a.yaml": b"x"}) != fingerprint({"a.yaml": b"y"})


def test_loading_twice_gives_equal_content(files: Files) -> None:
    assert load(files, NEEDS) == load(files, NEEDS)


def told(files: Files, today: date) -> list[str]:
    """What must be confirmed: file, line, what."""
    found = doubts(look(files, NEEDS, root=""), today)
    return [f"{mistake.file}:{mistake.line}: {mistake.what}" for mistake in found]


def test_admins_are_told_what_nobody_confirmed_and_where_it_stands(files: Files) -> None:
    assert told(files, date(2026, 6, 1)) == [
        "consent.yaml:4: оператор персональных данных не подтверждён",
        "facts.yaml:7: «guess» (850 ₽): не подтверждено",
        "offices/main.yaml:14: пусто: uii",
        "questions/work.yaml:18: «faq-002»: ответ не подтверждён",
    ]


def test_a_fact_is_out_of_date_after_its_last_day(files: Files) -> None:
    assert not any("fee" in line for line in told(files, date(2027, 1, 1)))
    assert "facts.yaml:1: «fee» (350 ₽): срок проверки вышел 01.01.2027" in told(files, date(2027, 1, 2))
