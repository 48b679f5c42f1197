"""Where a screen's buttons lead: flows by name, and single items, questions and pages."""

from collections.abc import Collection, Mapping

from bot.texts.profile import near
from bot.texts.reader import Reader
from bot.texts.situation import LEADS

KINDS = {"item": "шага плана", "question": "вопроса", "page": "страницы", "info": "жизненной ситуации"}


def read_leads(
    reader: Reader, known: Mapping[str, Collection[str]], *, most: int, flows: Collection[str] = LEADS
) -> tuple[str, ...]:
    """
    The list `leads`. known: kind of a lead ("item", "question" and so on) → ids there are; a kind left out is none.

    most: buttons that fit. flows: those that may be named.
    """
    kinds = [kind for kind in KINDS if kind in known]
    found: dict[str, None] = {}
    for line, lead in reader.words("leads", limit=60):
        kind, colon, ident = lead.partition(":")
        if not colon:
            if lead not in flows:
                every = [*flows, *(f"{kind}:…" for kind in kinds)]
                reader.wrong_at(line, "leads", f"нет кнопки «{lead}»", near(lead, every, ""))
        elif kind not in kinds:
            reader.wrong_at(line, "leads", f"непонятная кнопка «{lead}»", near(kind, [*kinds, *flows], ""))
        elif ident not in known[kind]:
            remedy = near(ident, known[kind], "content") if known[kind] else "уберите её"
            reader.wrong_at(line, "leads", f"«{lead}» ведёт в никуда: нет {KINDS[kind]} «{ident}»", remedy)
        if lead in found:
            reader.wrong_at(line, "leads", f"«{lead}» второй раз", "оставьте одну")
        found[lead] = None
        if reader.is_full:
            break
    if len(found) > most:
        reader.wrong("leads", f"кнопок {len(found)}", f"оставьте не больше {most}")
    return tuple(found)
