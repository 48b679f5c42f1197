"""Talks beside the content are played on the real engine; what they complain of an admin can mend."""

from textwrap import dedent

import pytest

from bot.flows import FLOWS
from bot.messages import Outgoing
from bot.rehearsal.coverage import places, unseen
from bot.rehearsal.stage import Stage
from bot.texts.scenes import Act
from tests.rehearsal.conftest import REHEARSAL, Play, shipped
from tests.talk import real_content

TO_PLAN = """# Первый план

    > /start
    < …
    < …
    > [Вернулся после освобождения]
    < …
    > [Больше ничего]
    < …
    > [Собрать мой план]
    < …
    > да
    < …
    < …
    < …
    > [Потом]
    < Ваш план: 0 из …
"""


def told(play: Play, talk: str) -> list[str]:
    return [str(mistake).removeprefix("bot/content/talks/") for mistake in play(dedent(talk)).mistakes]


def test_shipped_talks_go_as_written_and_come_to_every_screen() -> None:
    report = REHEARSAL.report(shipped(), real_content(FLOWS))

    assert [str(mistake) for mistake in report.mistakes] == []
    assert places(unseen(report, FLOWS.needs()), shipped(), "bot/content") == []


def test_a_talk_that_fits_is_silent(play: Play) -> None:
    assert told(play, TO_PLAN) == []


def test_other_words_are_told_with_the_line_to_write(play: Play) -> None:
    (line,) = told(play, "# Меню\n> меню\n< Добро пожаловать …\n")

    assert line.startswith("t.md:3: «Меню»: ждали «Добро пожаловать …», сказано «Чем помочь?")
    assert "замените строку на «< Чем помочь?" in line
    assert "[Мой план]" in line


def test_other_buttons_are_told(play: Play) -> None:
    missing, extra = told(play, "> меню\n< … [План]\n> меню\n< … [Мой план]\n")

    assert "ждали кнопки [План], есть [Мой план]" in missing
    assert "ждали кнопки [Мой план], есть [Мой план] [Записаться" in extra
    assert told(play, "> меню\n< … [Мой план] […]\n") == []


def test_a_button_that_is_not_there_ends_the_talk(play: Play) -> None:
    (line,) = told(play, "> меню\n< …\n> [Мой плна]\n< что угодно\n")

    assert line == "t.md:3: кнопки [Мой плна] нет: возможно, [Мой план]"


def test_silence_and_more_words_than_written_are_told(play: Play) -> None:
    more, silent = told(play, "> /start\n< …\n> меню\n< …\n< …\n")

    assert more.startswith("t.md:3: перед этой строкой бот сказал ещё «Что сейчас ближе к вам?")
    assert silent == "t.md:5: ждали «…», а бот промолчал: уберите строку или верните этот ответ в тексты"


def test_one_look_finds_the_mistakes_of_all_talks(play: Play) -> None:
    lines = told(play, "# a\n> меню\n< раз …\n# b\n> меню\n< два …\n> меню\n< три …\n")

    assert [line.partition(" ")[0] for line in lines] == ["t.md:3:", "t.md:6:", "t.md:8:"]


def test_accepted_lines_make_the_talk_fit(play: Play) -> None:
    talk = "# a\n\n    > /start\n    < Привет …\n    < … [Нет такой]\n    < Лишнее\n    > меню\n"
    edits = play(talk).edits["talks/t.md"]

    mended = edits.made(talk)

    assert told(play, mended) == []
    assert mended.split("\n")[2] == "    > /start"
    assert "Лишнее" not in mended
    assert "    < Чем помочь?" in mended


def test_time_passes_and_the_reminder_comes(play: Play) -> None:
    talk = f"""{TO_PLAN}
    > 1
    < … [Сделано] […]
    > [Позже]
    < Когда напомнить …
    > [Завтра]
    < Хорошо, напомню завтра, 24 ноября, …
    (прошло 5 часов)
    (прошёл 1 день)
    < Здравствуйте! Вы просили напомнить …
    > [Открыть]
    < …
"""
    assert told(play, talk) == []


def test_buttons_of_numbered_lists_are_pressed_by_their_words(play: Play) -> None:
    assert told(play, TO_PLAN + "    > [Собрать документы]\n    < Собрать документы …\n") == []


def test_talks_know_nothing_of_each_other(play: Play) -> None:
    assert told(play, TO_PLAN + TO_PLAN) == []


def test_talks_that_begin_alike_say_together_what_they_say_alone(play: Play) -> None:
    """Their beginning is played once; marks, days, chats and codes of one must not be seen by the next."""
    ends = (
        "> 1\n< …\n> [Сделано]\n< Готово …\n< другое\n> план\n< … 1 из …\n",
        "(прошло 40 дней)\n> план\n< Ваш план: 0 из …\n",
        "(другой мессенджер)\n> /start\n< Здравствуйте! …\n< иначе\n",
        "> /move\n< …\n> (код)\n< что-то\n",
        "> план\n< Ваш план: 0 из …\n> меню\n< Не так\n",
        "> [Нет такой]\n< …\n",
    )
    talks = [TO_PLAN + "".join(f"    {line}\n" for line in end.splitlines()) for end in ends]
    alone = []
    for number, talk in enumerate(talks):
        before = "".join(talks[:number]).count("\n")
        alone += told(play, "\n" * before + talk)

    together = told(play, "".join(talks))

    assert together == alone
    assert len(alone) >= len(ends) - 2, "most of them have something to complain of"


def test_what_talks_have_in_common_is_played_once(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    do = Stage.do

    async def counted(self: Stage, act: Act) -> list[Outgoing]:
        done.append(act)
        return await do(self, act)

    monkeypatch.setattr(Stage, "do", counted)
    play(TO_PLAN * 3)
    acts = TO_PLAN.count("    > ")

    assert len(done) == acts


def test_the_messenger_that_only_informs_keeps_nothing(play: Play) -> None:
    assert (
        told(play, "(мессенджер только рассказывает)\n> /plan\n< … мессенджер …\n> /plan\n< Здесь я только …\n") == []
    )


def test_a_turn_the_program_cannot_take_is_told(play: Play) -> None:
    flows = FLOWS.by_name["help"]
    asking = flows.asking["text"]

    async def raising(turn: object) -> list[object]:
        raise RuntimeError("a bug")

    flows.asking["text"] = raising  # type: ignore[assignment]
    try:
        (line,) = told(play, "> меню\n< …\n> /help\n< …\n")
    finally:
        flows.asking["text"] = asking

    assert line.startswith("t.md:3: программа не справилась с этой строкой")


def test_the_citizen_goes_on_in_another_messenger(play: Play) -> None:
    """The new chat knows nothing of the old one."""
    assert told(play, "> /start\n< …\n< …\n(другой мессенджер)\n> /start\n< Здравствуйте! …\n< …\n") == []


def test_a_code_that_was_never_shown_is_told(play: Play) -> None:
    (line,) = told(play, "> меню\n< …\n> (код)\n< …\n")

    assert line.startswith("t.md:3: бот ещё не показывал код")
