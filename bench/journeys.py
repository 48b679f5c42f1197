"""Content of any size: the shipped texts, with as many plan items and questions as asked for."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.texts.files import read_folder

ITEMS = 50  # of one plan
ANSWERS = 50  # of one topic
WITHOUT_NUDGE = re.compile(rb"^nudge:\n(?:[ \t#].*\n)+", re.MULTILINE)


def content_files(shipped: Path, steps: int) -> Mapping[str, bytes]:
    """Files of an edition with `steps` plan items and answers, half and half, beside the shipped texts."""
    left_out = ("situations/", "questions/", "pages/", "talks/")
    kept = {name: body for name, body in read_folder(shipped).items() if not name.startswith(left_out)}
    for name in ("sources.yaml", "obstacles.yaml", "events.yaml"):  # they lead to what is left out
        kept.pop(name, None)
    kept["rules.yaml"] = WITHOUT_NUDGE.sub(b"", kept["rules.yaml"])  # it names events
    return kept | dict(_situations(steps // 2)) | dict(_topics(steps - steps // 2))


def _situations(items: int) -> Iterator[tuple[str, bytes]]:
    for number, start in enumerate(range(0, items, ITEMS)):
        folder = f"situations/case-{number}"
        yield (
            f"{folder}/situation.yaml",
            _yaml(
                f"label: Случай {number}",
                f"citizen_says: со мной случай {number}",
                f"order: {number}",
                "is_ready: да",
            ),
        )
        yield (
            f"{folder}/page.yaml",
            _yaml(
                f"name: Случай номер {number}",
                "audience: Для всех, кого это касается.",
                "about: Здесь рассказано, что делать.",
                "services: подбор работы",
                "where_to_go: В центр занятости.",
            ),
        )
        yield f"{folder}/plan.yaml", "".join(_item(n) for n in range(start, min(start + ITEMS, items))).encode()


def _item(number: int) -> str:
    return (
        f"item-{number}:\n"
        f"  title: Сделать дело номер {number}\n"
        "  stage: info_search\n"
        "  why: Без этого не пойдёт дальше.\n"
        "  how:\n"
        "    - Позвоните в центр занятости.\n"
        "    - Возьмите документы.\n"
        "  where: В центре занятости.\n"
        "  who: Поможет специалист.\n"
    )


def _topics(answers: int) -> Iterator[tuple[str, bytes]]:
    for number, start in enumerate(range(0, answers, ANSWERS)):
        lines = [f"label: Тема {number}", f"order: {number}", "questions:"]
        for n in range(start, min(start + ANSWERS, answers)):
            lines += [
                f"  ask-{n}:",
                f"    label: Вопрос номер {n}",
                f"    question: Что делать в случае номер {n}?",
                "    answer: Спросите специалиста центра занятости.",
                "    source: проба",
                "    confidence: high",
            ]
        yield f"questions/topic-{number}.yaml", _yaml(*lines)


def _yaml(*lines: str) -> bytes:
    return "\n".join((*lines, "")).encode()
