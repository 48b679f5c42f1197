"""
JSON Schemas (draft 2020-12) of all kinds of content files, so that editors complete names and underline mistakes.

They come from what the loader asked while it read a content, and what the code needs of each talk; descriptions stand
here. What takes a second file to judge (links, facts) or two names at once only `check` knows.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from bot.texts.load import look
from bot.texts.office import OFFICE_FIELDS
from bot.texts.schema import LABEL_CHARS, SHORT_LABEL_CHARS, TEXT_CHARS, Need
from bot.texts.shape import NO_BRACES, TEXT, Schema, Shape
from bot.texts.talks import COMMON, LABELS

FOLDER = ".schema"
EDITOR = ".vscode/settings.json"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

CONFIDENCE = (
    "high: официальный текст или несколько источников; medium: один источник; low и verify: не подтверждено, "
    "бот добавит «Уточните это у специалиста»"
)
CONDITION = "Список условий вопрос=ответ"
# by name; a name that means another thing in one kind of file stands there with its kind
ABOUT: Mapping[str, str] = {
    "rules.yaml:from": 'С какого часа, например "21:00"',
    "rules.yaml:to": 'До какого часа, например "09:00"',
    "hearing.yaml:answer": "Насколько похожими должны быть слова, чтобы ответить сразу, от 0 до 1",
    "hearing.yaml:crisis": "Насколько похожими должны быть слова на крик о помощи, от 0 до 1",
    "hearing.yaml:person": "Правила: по каким словам позвать человека",
    "crisis.yaml:says": "Правила: по каким словам это слышно",
    "hearing.yaml:says": "Правила: по каким словам предупредить",
    "crisis.yaml:question": "Вопрос, ответ на который увидит человек",
    "situations/*/days.yaml:title": "Заголовок",
    "surveys/*.yaml:also": "Какие опросы идут следом",
    "surveys/*.yaml:ask": "Сам вопрос, простыми словами",
    "surveys/*.yaml:choices": "Ответы списка: слева имя, справа надпись",
    "surveys/*.yaml:version": "Меняйте вместе со смыслом вопросов: ответы разных версий не складываются",
    "about": "Что это даёт человеку; ничего не обещаем",
    "adds": "Какие ситуации добавить",
    "address": "Адрес; неизвестен — оставьте пустым",
    "after_hours": "Через сколько часов после повода",
    "again_days": "Через сколько дней спросить снова",
    "also": "Как ещё это говорят люди",
    "answer": "Ответ, один экран",
    "answer_hours": "За сколько рабочих часов отвечает специалист",
    "apology_after_minutes": "После скольких минут задержки бот извиняется",
    "ask_after_days": "Через сколько дней спросить, помогло ли",
    "as_of": "На какой день верно, например 2026-02-01",
    "ask": "Сам вопрос",
    "asked_on": "Вопрос о дате: в этот день бот спросит сам",
    "asked": "Когда спрашивать: имя повода и под ним строки",
    "asks": "Какие вопросы задать: имена из profile.yaml, по порядку",
    "check_by": "До какого дня можно показывать, например 2027-02-01",
    "choices": "Ответы: слева имя, справа надпись",
    "citizen_says": "Как человек скажет о себе сам",
    "comment": "Что спросить словами после низкой оценки",
    "confidence": CONFIDENCE,
    "contacts": "Куда ещё направить: адрес и телефон одной строкой",
    "do": "Что сделать, по строке на дело",
    "elsewhere": "Куда идти, пока плана нет",
    "ended_by": "После каких поводов не спрашивать",
    "escalation": "Кому передать, если не помогло",
    "every_days": "Не чаще раза в столько дней",
    "extra": "Ещё строки к «how» для тех, у кого верно условие",
    "first_if": f"{CONDITION}: верно хоть одно — шаг идёт первым",
    "from": "Тот же шаг из плана другой ситуации; здесь только то, что отличается",
    "from_day": "С какого дня, считая от освобождения: день 1",
    "full": "Полный текст",
    "hard_sentence": "Какое предложение считать трудным",
    "help": "Чем помочь, один экран",
    "helpline": "Строка поддержки для тех, кому тяжело",
    "hours": "Часы, например «пн-чт: 9:00-13:00, 14:00-18:00»",
    "how": "Что сделать, по строке на действие",
    "is_default": "Главный офис: да или нет",
    "is_ready": "План готов, есть plan.yaml: да или нет",
    "keep_days": "Сколько дней приглашение ещё имеет смысл",
    "clear": "Наибольшая доля, на которую похож второй вопрос, от 0 до 1",
    "covers": "Сколько из сказанного должно быть в ответе, от 0 до 1",
    "guess": "Насколько похожими должны быть слова, чтобы переспросить, от 0 до 1",
    "keywords": "Слова, которые бывают только в этом вопросе",
    "kinds": "Виды беды, сверху самое срочное",
    "marks": "Слова, без которых похожесть на крик о помощи не считается",
    "not": "Если в сообщении все слова строки, это другой вопрос",
    "person": "По каким словам позвать человека",
    "soft": "Правила: когда сначала назвать телефон, где выслушают",
    "spares": "Похожие слова, из-за которых звать не надо",
    "synonyms": "Слева как говорят люди, справа словами вопросов",
    "touches": "Сколько из сказанного должно быть в похожем вопросе, чтобы переспросить, от 0 до 1",
    "warnings": "Слева имя страницы с предупреждением",
    "zones": "Насколько похожими должны быть слова",
    "kind": "one: один ответ; many: несколько; date: дата",
    "label": "Надпись на кнопке, до 38 знаков, без подстановок",
    "leads": "Куда ведут кнопки: booking, handover, questions, jobs, item:шаг, question:вопрос, page:страница",
    "low": "С какой оценки и ниже спросить словами и предложить специалиста",
    "measure": "Какой показатель считать",
    "mark": "must: предлагать всем; often: многим подходит; rare: некоторым",
    "needs_verification": "Ещё не подтверждено: да или нет",
    "note": "Для отчётов",
    "offers_person": "После низкой оценки предложить специалиста: да или нет",
    "only_if": f"{CONDITION}: показать, если верно хоть одно",
    "opens": "Какие шаги плана открыть снова",
    "order": "Место в списке",
    "people": "Сколько человек спросить за квартал",
    "question": "Вопрос",
    "services.yaml:label": "Название, до 38 знаков",
    "services.yaml:results": "Итоги приёма, после которых эту помощь не называем",
    "removes": "Какие ситуации убрать",
    "reverse": "«да» здесь плохо: да или нет",
    "rotation": "Сколько вопросов за один раз; без строки все",
    "says": "Какими словами об этом пишут",
    "say": "Эта строка",
    "scale": "ten: 0–10; five, four: от «да» до «нет»; yes_no; list: свои ответы; words: словами",
    "sentence_words": "Самое длинное предложение, слов",
    "short": "Короткий экран",
    "short_name": "Короткое название, до 38 знаков",
    "situations": "Кому это: имена папок из situations; пусто — всем",
    "skip_if": f"{CONDITION}: верно хоть одно — шага нет",
    "source": "Откуда взято",
    "stage": "Этап пути",
    "stages": "Этапы плана",
    "take": "Что взять",
    "targets": "Цели показателя, из того же источника",
    "text": "Текст экрана",
    "thresholds": "Границы, по которым считают показатель",
    "timezone": "Например Asia/Barnaul",
    "title": "Надпись на кнопке, до 38 знаков",
    "told": "Как сказать об этом человеку; пусто — не говорим",
    "visits.yaml:label": "Как это видят сотрудники, до 38 знаков",
    "visits.yaml:title": "Заголовок предложения",
    "to_day": "По какой день; один день — не пишите",
    "trigger": "Повод: visit, case_closed, start, plan_done, refused, stage, quarter или event:перемена",
    "value": "Как показать человеку",
    "version": "Меняйте вместе со словами: бот спросит согласие снова",
    "weight": "Вес вопроса в среднем, без строки 1",
    "where": "Где",
    "whole": "Все вопросы сразу: да или нет",
    "is_private": "Видят только начальники: да или нет",
    "later_hours": "На сколько рабочих часов отодвигает «Отвечу позже»",
    "routing.yaml:questions": "Темы вопросов, из которых обращение попадает сюда",
    "flows": "Разделы бота, из которых обращение попадает сюда",
    "routing.yaml:role": "Кто отвечает; пусто — кто свободен",
    "silent_hours": "Через сколько рабочих часов молчания обращение вернётся в очередь",
    "urgent_minutes": "Через сколько минут срочное обращение увидит начальник",
    "words_in_chats": "Когда слова человека видны в рабочем чате",
    "who": "Кто поможет",
    "why": "Зачем",
}


def schemas(files: Mapping[str, bytes], needs: Mapping[str, Need]) -> dict[str, Schema]:
    """Kind of file as a glob → its schema. files: a content without mistakes; needs: as of `load`."""
    shapes: dict[str, Shape] = {}
    look(files, needs, shapes=shapes)
    found = {kind: shape.schema() for kind, shape in shapes.items() if not kind.startswith("texts/")}
    flows: dict[str, dict[str, Need]] = {}
    for key, need in {**COMMON, **needs}.items():
        flow, _, step = key.partition(".")
        flows.setdefault(flow, {})[step] = need
    found |= {f"texts/{flow}.yaml": _talk(flow, steps) for flow, steps in flows.items()}
    return {kind: {"$schema": DRAFT, "title": kind, **_described(kind, found[kind])} for kind in sorted(found)}


def file_of(kind: str) -> str:
    """Where the schema of this kind lies, below the content folder: «.schema/situations-plan.json»."""
    parts = [part for part in kind.removesuffix(".yaml").split("/") if part != "*"]
    return f"{FOLDER}/{'-'.join(parts)}.json"


def rendered(folder: str, files: Mapping[str, bytes], needs: Mapping[str, Need]) -> dict[str, str]:
    """
    File below the content folder → its text: all schemas, and the settings that lead VS Code to them.

    folder: the content folder's own name; with it a file at the top is not taken for one of the same name below.
    """
    every = schemas(files, needs)
    whole: dict[str, object] = {file_of(kind): schema for kind, schema in every.items()}
    globs = {kind: kind if "/" in kind else f"{folder}/{kind}" for kind in every}
    whole[EDITOR] = {"yaml.schemas": {f"./{file_of(kind)}": glob for kind, glob in globs.items()}}
    return {name: json.dumps(one, ensure_ascii=False, indent=1) + "\n" for name, one in whole.items()}


def write(folder: Path, files: Mapping[str, bytes], needs: Mapping[str, Need]) -> int:
    """Write them; how many files."""
    texts = rendered(folder.resolve().name, files, needs)
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return len(texts)


def _described(kind: str, schema: Schema) -> Schema:
    """With the words that editors show beside each name."""
    found = dict(schema)
    for part in ("properties", "patternProperties"):
        if part in schema:
            found[part] = {name: _described(kind, inside) for name, inside in schema[part].items()}
            for name, inside in found[part].items():
                if about := ABOUT.get(f"{kind}:{name}", ABOUT.get(name, "")):
                    found[part][name] = {"description": about, **inside}
    return found


def _talk(flow: str, steps: Mapping[str, Need]) -> Schema:
    """A file of words: each key as the code needs it."""
    found: dict[str, Schema] = {}
    for step, need in steps.items():
        text = _said(need)
        if flow == "common" and step in LABELS:
            found[step] = _label(SHORT_LABEL_CHARS)
        elif need.buttons:
            found[step] = _form({"text": text, "buttons": _form({one: _label(LABEL_CHARS) for one in need.buttons})})
        else:
            found[step] = {"anyOf": [text, _form({"text": text})], "description": text["description"]}
    return _form(found)


def _form(fields: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object", "properties": dict(fields), "required": list(fields), "additionalProperties": False
    }  # fmt: skip


def _label(limit: int) -> Schema:
    return {
        "type": TEXT,
        "pattern": NO_BRACES,
        "maxLength": limit,
        "description": f"Надпись на кнопке, до {limit} знаков",
    }


def _said(need: Need) -> Schema:
    known = ", ".join(f"{{{value.rstrip('?')}}}" for value in need.values)
    about = f"Подстановки: {known}" if known else "Своих подстановок нет"
    common = f"ещё {{fact.…}}, {{office.{'}, {office.'.join(OFFICE_FIELDS)}}}, {{contact.…}}"
    text: Schema = {"type": TEXT, "pattern": "\\S", "maxLength": TEXT_CHARS + 1, "description": f"{about}; {common}"}
    must = [value for value in need.values if not value.endswith("?")]
    inside = [{"pattern": f"\\{{{one}\\}}", "patternErrorMessage": f"Нет подстановки {{{one}}}"} for one in must]
    return {**text, "allOf": inside} if inside else text
