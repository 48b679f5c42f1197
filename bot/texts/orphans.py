"""What nobody will ever see, and buttons that look alike: written, checked, yet out of reach."""

from collections.abc import Iterable, Mapping

from bot.texts.load import Look
from bot.texts.mistakes import Mistake, Mistakes, listed
from bot.texts.schema import Content, Need
from bot.texts.template import places
from bot.texts.terms import heard
from bot.texts.tree import line_of

Label = tuple[str, str, str, int]  # label, whose it is, file, line


def orphans(seen: Look, needs: Mapping[str, Need]) -> list[Mistake]:
    """All of them by file and line. needs: as of `load`; empty: talks are not judged."""
    content = seen.content
    if content is None:
        return []
    found = Mistakes(seen.root)
    _unused_figures(content, seen, found)
    _unknown_talks(seen, needs, found)
    _hidden_plans(content, seen, found)
    _unasked(content, seen, found)
    _unheard_words(content, seen, found)
    for labels in _screens(content, seen):
        _same_labels(labels, found)
    return found.sorted()


def _unused_figures(content: Content, seen: Look, found: Mistakes) -> None:
    used = {name for passage in seen.passages if passage.is_filled for name in places(passage.text)}
    for key in content.facts:
        if f"fact.{key}" not in used:
            line = line_of(seen.trees.get("facts.yaml"), key)
            remedy = f"вставьте {{fact.{key}}} в текст или удалите"
            found.add("facts.yaml", line, f"«{key}» нигде не показано", remedy)
    for office in content.offices.values():
        file = f"offices/{office.id}.yaml"
        for key in office.contacts:
            if f"contact.{key}" not in used:
                line = line_of(seen.trees.get(file), "contacts", key)
                remedy = f"вставьте {{contact.{key}}} в текст или удалите"
                found.add(file, line, f"контакт «{key}» нигде не показан", remedy)


def _unknown_talks(seen: Look, needs: Mapping[str, Need], found: Mistakes) -> None:
    known = {"common", *(key.partition(".")[0] for key in needs)}
    for file in seen.trees:
        if needs and file.startswith("texts/") and file.removeprefix("texts/").removesuffix(".yaml") not in known:
            found.add(file, 1, "такого разговора в программе нет, слова никто не увидит", "удалите файл")


def _hidden_plans(content: Content, seen: Look, found: Mistakes) -> None:
    for situation in content.situations.values():
        if situation.plan and not situation.is_ready:
            file = f"situations/{situation.id}/situation.yaml"
            line = line_of(seen.trees.get(file), "is_ready")
            remedy = "напишите да, когда план готов, или уберите plan.yaml"
            found.add(file, line, "«is_ready» «нет», а план есть: люди его видят", remedy)


def _unasked(content: Content, seen: Look, found: Mistakes) -> None:
    """Questions about the citizen that nobody asks, and plan items that wait for an answer to them."""
    asked = {question for situation in content.situations.values() for question in situation.asks}
    for ident in content.profile:
        if ident not in asked:
            line = line_of(seen.trees.get("profile.yaml"), ident)
            remedy = "добавьте его в asks файла situation.yaml или удалите"
            found.add("profile.yaml", line, f"вопрос «{ident}» никто не задаёт", remedy)
    for situation in content.situations.values():
        tree = seen.trees.get(f"situations/{situation.id}/plan.yaml")
        for step in situation.plan:
            questions = dict.fromkeys(condition.question for condition in step.only_if)
            if questions and not any(question in situation.asks for question in questions):
                what = f"шаг «{step.id}» ждёт ответа, о котором здесь не спрашивают: {listed(questions)}"
                remedy = "добавьте вопрос в asks файла situation.yaml или уберите only_if"
                line = line_of(tree, step.id, "only_if")
                found.add(f"situations/{situation.id}/plan.yaml", line, what, remedy)
        if situation.plan and all(step.only_if for step in situation.plan):
            what = "у каждого шага есть only_if: без ответов план пуст"
            found.add(f"situations/{situation.id}/plan.yaml", 1, what, "оставьте хотя бы один шаг без условия")


def _unheard_words(content: Content, seen: Look, found: Mistakes) -> None:
    """Words that a citizen may type, but that mean something else already."""
    taken = {word: f"команда «{command}» в words.yaml" for command, words in content.words.items() for word in words}
    for situation in content.situations.values():
        file = f"situations/{situation.id}/situation.yaml"
        for words in dict.fromkeys(heard(one) for one in (situation.citizen_says, *situation.also)):
            other = taken.setdefault(words, f"ситуация «{situation.id}»")
            if other != f"ситуация «{situation.id}»":
                line = line_of(seen.trees.get(file), "citizen_says")
                found.add(file, line, f"слова «{words}» уже заняты: {other}", "оставьте их в одном месте")


def _screens(content: Content, seen: Look) -> Iterable[list[Label]]:
    """Buttons that stand on one screen, screen by screen."""

    def label(words: str, ident: str, file: str, *path: str) -> Label:
        return words, ident, file, line_of(seen.trees.get(file), *path)

    yield [label(one.label, one.id, f"questions/{one.id}.yaml", "label") for one in content.topics.values()]
    for topic in content.topics.values():
        file = f"questions/{topic.id}.yaml"
        yield [label(one.label, one.id, file, "questions", one.id, "label") for one in topic.questions]
    situations = content.situations.values()
    yield [label(one.label, one.id, f"situations/{one.id}/situation.yaml", "label") for one in situations]
    for situation in situations:
        file = f"situations/{situation.id}/plan.yaml"
        yield [label(step.title, step.id, file, step.id, "title") for step in situation.plan]
        pages = content.pages_of(situation.id)
        yield [label(page.label, page.id, f"pages/{page.id}.yaml", "label") for page in pages]
    obstacles, profile = content.obstacles.values(), content.profile.values()
    yield [label(one.label, one.id, "obstacles.yaml", one.id, "label") for one in obstacles]
    yield [label(one.label, one.id, "profile.yaml", one.id, "label") for one in profile]
    yield [label(one.short_name, one.id, f"offices/{one.id}.yaml", "short_name") for one in content.offices.values()]


def _same_labels(labels: Iterable[Label], found: Mistakes) -> None:
    first: dict[str, str] = {}
    for words, ident, file, line in labels:
        other = first.setdefault(heard(words), ident)
        if other != ident:
            what = f"у «{ident}» та же надпись «{words}», что у «{other}»"
            found.add(file, line, what, "сделайте надписи разными: люди их не различат")
