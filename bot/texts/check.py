"""Checks across files, and what admins are told: mistakes, and figures that nobody confirmed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.texts.mistakes import Mistakes, listed, nearest
from bot.texts.reader import Passage
from bot.texts.schema import OFFICE_FIELDS, Content, Fact, Mistake, Office, Style
from bot.texts.template import NAME, has_stray_brace, places
from bot.texts.terms import heard

PHONE = re.compile(r"(?<![\d-])(?:\+?[78][\s( -]{0,3})?\(?\d{3,4}\)?[\s-]{0,2}\d{2,3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)")
AMOUNT = re.compile(r"\d[\d\s]{0,15}(?:[.,]\d{1,6})?\s?(?:тыс\.?\s?|млн\.?\s?)?(?:₽|руб\w*|р\.)", re.IGNORECASE)
SENTENCE = re.compile(r"[.!?…;:\n]+")
WORD = re.compile(r"[\w-]+")


def check_passages(
    passages: Iterable[Passage],
    facts: Mapping[str, Fact],
    offices: Mapping[str, Office],
    style: Style,
    mistakes: Mistakes,
) -> None:
    """Placeholders, figures and house style of every text."""
    contacts = {"czn_phone", *(key for office in offices.values() for key in office.contacts)}
    known = {"fact": tuple(facts), "office": OFFICE_FIELDS, "contact": tuple(sorted(contacts))}
    forbidden = [
        (re.compile(rf"(?<!\w){re.escape(word)}\w*"), word, instead) for word, instead in style.forbidden.items()
    ]
    for passage in passages:
        if mistakes.is_full(passage.file):
            continue
        _check_places(passage, known, mistakes)
        if not passage.has_figures:
            _check_figures(passage, mistakes)
        if not passage.is_heard:
            _check_style(passage, forbidden, style.sentence_words, mistakes)


def _check_places(passage: Passage, known: Mapping[str, Sequence[str]], mistakes: Mistakes) -> None:
    def wrong(what: str, remedy: str) -> None:
        mistakes.add(passage.file, passage.line, f"в «{passage.place}» {what}", remedy)

    if has_stray_brace(passage.text):
        wrong("фигурная скобка без пары", "закройте её или уберите")
    for name in places(passage.text)[:50]:
        space, dot, key = name.partition(".")
        if not NAME.match(name):
            wrong(f"непонятная подстановка {{{name[:60]}}}", _possible(name, (), passage.values or ()))
        elif dot and space in known:
            if key not in known[space]:
                options = [f"{space}.{option}" for option in known[space]]
                wrong(f"нет подстановки {{{name[:60]}}}", _possible(name, options, ()))
        elif passage.values is not None and name not in passage.values:
            wrong(
                f"нет подстановки {{{name[:60]}}}",
                _possible(name, [f"{word}." for word in known] if dot else (), passage.values),
            )


def _possible(name: str, options: Sequence[str], values: Sequence[str]) -> str:
    every = [*values, *options]
    close = nearest(name, every)
    if close:
        return f"можно {{{close}}}"
    if not every:
        return "уберите её, здесь подстановок нет"
    return "можно " + listed((f"{{{option}}}" for option in every), limit=8)


def _check_figures(passage: Passage, mistakes: Mistakes) -> None:
    text = passage.text[:5000]
    if found := AMOUNT.search(text):
        what = f"в «{passage.place}» сумма «{found[0].strip()[:40]}»"
        mistakes.add(passage.file, passage.line, what, "запишите её в facts.yaml, а здесь оставьте {fact.имя}")
    elif found := PHONE.search(text):
        what = f"в «{passage.place}» телефон «{found[0].strip()[:40]}»"
        mistakes.add(
            passage.file,
            passage.line,
            what,
            "запишите его в facts.yaml или offices, а здесь оставьте {fact.имя} или {contact.имя}",
        )


def _check_style(
    passage: Passage, forbidden: Sequence[tuple[re.Pattern[str], str, str]], words: int, mistakes: Mistakes
) -> None:
    text = heard(passage.text[:5000])
    for pattern, word, instead in forbidden:
        if word in text and pattern.search(text):
            mistakes.add(
                passage.file, passage.line, f"в «{passage.place}» слово «{word}»", f"напишите иначе: {instead}"
            )
    for sentence in SENTENCE.split(passage.text[:5000]):
        count = len(WORD.findall(sentence))
        if count > words:
            start = " ".join(sentence.split()[:4])
            what = f"в «{passage.place}» слишком длинное предложение «{start[:60]}…»: слов {count}"
            mistakes.add(passage.file, passage.line, what, f"разделите его, чтобы было не больше {words}")


def report(mistakes: Sequence[Mistake]) -> str:
    """What `check` prints: a line per mistake and how many there are."""
    if not mistakes:
        return "Ошибок нет."
    return "\n".join([*(str(mistake) for mistake in mistakes), f"Ошибок: {len(mistakes)}."])


def doubts(content: Content, today: date) -> list[str]:
    """What admins must confirm, in Russian, empty when nothing is left. Citizens see these figures with a mark."""
    found = []
    for fact in content.facts.values():
        if today > fact.check_by:
            found.append(f"facts.yaml: «{fact.key}» ({fact.value}): срок проверки вышел {fact.check_by:%d.%m.%Y}")
        elif fact.is_doubtful(today):
            found.append(f"facts.yaml: «{fact.key}» ({fact.value}): не подтверждено")
    for office in content.offices.values():
        file = f"offices/{office.id}.yaml"
        if office.needs_verification:
            found.append(f"{file}: адрес, телефон и часы не подтверждены")
        empty = [key for key, value in {"phone": office.phone, **office.contacts}.items() if not value]
        if empty:
            found.append(f"{file}: пусто: {listed(empty, limit=20)}")
    if content.consent.operator.needs_verification:
        found.append("consent.yaml: оператор персональных данных не подтверждён")
    found += [
        f"questions/{question.topic}.yaml: «{question.id}»: ответ не подтверждён"
        for question in content.questions.values()
        if question.confidence in ("low", "verify")
    ]
    return found
