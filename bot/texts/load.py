"""Files → checked content. One look finds every mistake of every file; with any of them nothing is given out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.texts.assembly import Assembly
from bot.texts.files import is_known
from bot.texts.mistakes import BadContent, Mistake, Mistakes
from bot.texts.reader import Passage
from bot.texts.scenes import read_scenes
from bot.texts.schema import Content, Need
from bot.texts.shape import Shape
from bot.texts.tree import Branch, grow

Grower = Callable[[str, bytes, Mistakes], Branch | None]


@dataclass(frozen=True, slots=True)
class Look:
    """
    What one look at the files found.

    content: None when whole parts are absent; with mistakes beside it, it must not go live. passages: every text for
    people. trees: file → its tree, unreadable files left out. files: as given. root: folder named in mistakes.
    """

    content: Content | None
    mistakes: tuple[Mistake, ...]
    passages: tuple[Passage, ...]
    trees: Mapping[str, Branch]
    files: Mapping[str, bytes]
    root: str


def load(files: Mapping[str, bytes], needs: Mapping[str, Need], root: str = "bot/content") -> Content:
    """
    Content of these files (names as `read_folder` gives them), checked whole.

    needs: text key → what the code asks of it; empty: any keys are accepted. root: folder named in mistakes. A pure
    function of its arguments. Raises BadContent with all mistakes at once.
    """
    seen = look(files, needs, root)
    if seen.mistakes:
        raise BadContent(seen.mistakes)
    assert seen.content is not None, "no mistake, no content"
    return seen.content


def look(
    files: Mapping[str, bytes],
    needs: Mapping[str, Need],
    root: str = "bot/content",
    *,
    grower: Grower = grow,
    shapes: dict[str, Shape] | None = None,
) -> Look:
    """
    As `load`, but tells instead of raising, for who wants to see more than content.

    grower: how a file is read. shapes: filled with what each kind of file is asked for.
    """
    mistakes = Mistakes(root)
    trees: dict[str, Branch] = {}
    for name in sorted(files):
        if name.endswith(".md") or not is_known(name, mistakes):
            continue
        tree = grower(name, files[name], mistakes)
        if tree is not None:
            trees[name] = tree
    assembly = Assembly(files, trees, needs, mistakes, shapes)
    content = assembly.content()
    read_scenes(files, mistakes)
    return Look(content, tuple(mistakes.sorted()), tuple(assembly.passages), trees, files, root)
