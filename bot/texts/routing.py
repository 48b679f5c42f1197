"""File `routing.yaml`: who answers which request, and by when."""

from collections.abc import Collection

from bot.texts.journeys import ROLES
from bot.texts.reader import Reader
from bot.texts.routes import AFTER_TAKE, LEAD, NEVER, QUESTION, RouteTopic, Routing
from bot.texts.schema import frozen

HOURS_MAX = 240
STAFF_ROLES = (*ROLES, "specialist")  # whoever has no narrower one


def read_routing(reader: Reader, questions: Collection[str]) -> Routing:
    """questions: ids of topics of questions there are."""
    roles: dict[str, str] = {}
    if names := reader.child("roles"):
        for role in names.names():
            if role not in STAFF_ROLES:
                names.wrong(role, "не роль", "возьмите роль из README.md, раздел «Обращения»")
            roles[role] = names.text(role, limit=60)
        names.done()
    topics: dict[str, RouteTopic] = {}
    if listed := reader.child("topics"):
        for ident, topic in listed.children():
            topics[ident] = _topic(ident, topic, roles, questions)
        listed.done()
        if QUESTION not in topics:
            reader.wrong("topics", f"нет темы «{QUESTION}»", "верните её: в неё попадает всё, что не подошло к другим")
        _check_twice(listed, topics)
    found = Routing(
        topics=frozen(topics),
        roles=frozen(roles),
        silent_hours=reader.whole("silent_hours", 1, HOURS_MAX),
        later_hours=reader.whole("later_hours", 1, HOURS_MAX),
        urgent_minutes=reader.whole("urgent_minutes", 1, 240),
        words_in_chats=reader.choice("words_in_chats", (AFTER_TAKE, NEVER)),
    )
    reader.done()
    return found


def _topic(ident: str, topic: Reader, roles: Collection[str], questions: Collection[str]) -> RouteTopic:
    role = topic.plain("role", optional=True)
    if role and role not in roles:
        topic.wrong("role", f"ведёт к роли, которой нет в «roles»: «{role[:60]}»", "впишите её туда или смените")
    is_private = topic.flag("is_private", default=False)
    if is_private and role != LEAD:
        topic.wrong("is_private", "у темы, которую видят не только начальники", f"поставьте «role: {LEAD}» или уберите")
    related = topic.words("questions", optional=True)
    for line, one in related:
        if one not in questions:
            topic.wrong_at(line, "questions", f"нет темы вопросов «{one[:60]}»", "имя файла из папки questions")
    hours = topic.number("answer_hours", 1, HOURS_MAX, optional=True)
    found = RouteTopic(
        id=ident,
        label=topic.label("label"),
        role=role,
        says=tuple(word.lower().replace("ё", "е") for word in topic.lines("says", optional=True, is_heard=True)),
        questions=tuple(one for _, one in related),
        flows=tuple(one for _, one in topic.words("flows", optional=True)),
        is_private=is_private,
        answer_hours=int(hours) if hours is not None else None,
    )
    topic.done()
    return found


def _check_twice(listed: Reader, topics: dict[str, RouteTopic]) -> None:
    """A word that leads to two topics leads to the first: told, as nobody sees it otherwise."""
    taken: dict[str, str] = {}
    for topic in topics.values():
        for word in topic.says:
            if word in taken:
                listed.wrong(topic.id, f"слово «{word[:60]}» уже ведёт в «{taken[word]}»", "оставьте его в одной теме")
            taken.setdefault(word, topic.id)
