"""What admins read of questions: those without an answer, and those that are confused."""

from pathlib import Path

from bot.asked import review_lines, reviewed
from bot.texts.load import load
from tests.ops.child import command
from tests.texts.conftest import NEEDS
from tests.texts.sample import SAMPLE


async def test_questions_without_an_answer_are_listed_for_admins(tmp_path: Path) -> None:
    typed = "/start\nрыбалка на щуку зимой\nстолица австралии, я Иванов\nрыбалка на щуку зимой\n"
    assert (await command(tmp_path, "talk", typed=typed)).code == 0

    done = await command(tmp_path, "questions", "unanswered", "--days", "7")

    assert done.code == 0
    assert done.out.splitlines()[:2] == ["    2  рыбалка на щуку зимой", "    1  столица австралии я …"]
    assert "Всего за дней 7: 3." in done.out


def test_the_review_names_phrases_that_lead_elsewhere() -> None:
    texts = {**SAMPLE}
    texts["questions/work.yaml"] = texts["questions/work.yaml"].replace("берут ли]", "берут ли, сколько дают денег]")
    content = load({name: text.encode() for name, text in texts.items()}, NEEDS)

    lines = review_lines(content, reviewed(content))

    assert "faq-001: «сколько дают денег» ведёт: faq-002 «Сколько дают», своего нет среди трёх" in lines
    assert "  1  faq-001 «Возьмут ли» → faq-002 «Сколько дают»" in lines
    assert lines[-1].startswith("Способов спросить: ")
