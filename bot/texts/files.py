"""
The files of the content: which there may be and who reads each (the module on the right), and their bytes.

    texts/<flow>.yaml              what the bot says                                  talks
    profile.yaml                   questions about the citizen                        profile
    situations/<id>/situation.yaml, page.yaml                                         journeys
    situations/<id>/plan.yaml      items of the plan                                  steps
    situations/<id>/days.yaml      «Первые 10 дней»                                   reading
    pages/<id>.yaml                further reading                                    reading
    obstacles.yaml                 what may be in the way of an item                  obstacles
    questions/<topic>.yaml         answers                                            journeys
    facts.yaml, offices/<id>.yaml  figures, phones, addresses                         figures
    rules.yaml, channels.yaml, consent.yaml, sources.yaml, words.yaml, style.yaml     terms
    events.yaml                    changes in life                                    events
    roles.yaml, points/<id>.yaml, calendar.yaml    who receives, where and when       points
    services.yaml, visits.yaml     services; names of what is recorded of a visit     services
    routing.yaml                   who answers which request                          routing
    surveys/<id>.yaml              questionnaires                                     surveys
    canned.yaml                    answers that staff need again and again            canned
    hearing.yaml, crisis.yaml      how words are understood                           hearing
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

from bot.texts.mistakes import BadContent, Mistake, Mistakes, listed, nearest
from bot.texts.reader import ID
from bot.texts.tree import FILE_BYTES

ONCE = (
    "words",
    "rules",
    "channels",
    "consent",
    "sources",
    "facts",
    "style",
    "profile",
    "obstacles",
    "events",
    "roles",
    "calendar",
    "services",
    "visits",
    "routing",
    "canned",
    "hearing",
    "crisis",
)
FOLDERS = ("texts", "questions", "offices", "pages", "points", "surveys")
PARTS = ("situation", "page", "plan", "days")
FILES = 2000


def read_folder(path: Path) -> dict[str, bytes]:
    """
    Content files below the folder: name relative to it, with "/", → bytes, sorted by name.

    Takes .yaml and .md; hidden files and other kinds are passed over. Raises BadContent: no such folder, a file that
    can't be read, a file over 5 MB, too many files, a .yml (it would be overlooked).
    """
    root = str(path)
    if not path.is_dir():
        raise BadContent([Mistake(root, 1, "нет такой папки", "проверьте BOT_CONTENT_DIR")])
    found: dict[str, bytes] = {}
    mistakes = Mistakes(root)
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        kind = file.suffix.lower()
        if any(part.startswith(".") for part in PurePosixPath(name).parts) or kind not in (".yaml", ".yml", ".md"):
            continue
        try:
            if not file.is_file():
                continue
            if file.suffix not in (".yaml", ".md"):
                mistakes.add(name, 1, f"имя оканчивается на «{file.suffix}»", "переименуйте: в конце должно быть .yaml")
            elif file.stat().st_size > FILE_BYTES:
                mistakes.add(name, 1, "файл больше 5 МБ", "разделите его или уберите лишнее")
            elif len(found) >= FILES:
                mistakes.add(name, 1, f"файлов больше {FILES}", "уберите лишние")
                break
            else:
                found[name] = file.read_bytes()
        except OSError as error:
            mistakes.add(name, 1, f"файл не прочитать ({type(error).__name__})", "проверьте права на файл и на папку")
    mistakes.complain()
    return found


def fingerprint(files: Mapping[str, bytes]) -> str:
    """SHA-256 of names and bytes, hexadecimal: the same files give the same one in any order."""
    whole = sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{len(files[name])}\0".encode())
        whole.update(files[name])
    return whole.hexdigest()


def kind_of(file: str) -> str:
    """What kind of file this is, as a glob: «questions/*.yaml»."""
    folder, _, rest = file.partition("/")
    if not rest:
        return file
    return f"{folder}/*/{rest.partition('/')[2]}" if folder == "situations" else f"{folder}/*.yaml"


def is_known(name: str, mistakes: Mistakes) -> bool:
    """The program reads a file of this name; where not, that is noted."""
    stem, *rest = name.removesuffix(".yaml").split("/")
    if not rest and stem in ONCE:
        return True
    if len(rest) == 1 and stem in FOLDERS and ID.match(rest[0]):
        return True
    if len(rest) == 2 and stem == "situations" and ID.match(rest[0]) and rest[1] in PARTS:
        return True
    if rest and (stem in FOLDERS or stem == "situations") and not ID.match(rest[0]):
        mistakes.add(name, 1, "имя файла или папки не подходит", "до 24 знаков: строчные латинские буквы, цифры, - и _")
        return False
    known = [f"{one}.yaml" for one in ONCE] + [f"{folder}/….yaml" for folder in FOLDERS]
    known += [f"situations/…/{part}.yaml" for part in PARTS]
    close = nearest(name, known) or nearest(name.rpartition("/")[2], known)
    mistakes.add(
        name,
        1,
        "программа такого файла не знает",
        f"возможно, {close}" if close else f"удалите его или назовите: {listed(known)}",
    )
    return False


def is_part(file: str) -> bool:
    """A part of a life situation."""
    folder, _, rest = file.partition("/")
    ident, _, part = rest.partition("/")
    return folder == "situations" and bool(ID.match(ident)) and part.removesuffix(".yaml") in PARTS
