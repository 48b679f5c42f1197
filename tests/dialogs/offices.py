"""The shipped content with the sample offices of a big city."""

from pathlib import Path

from bot.parts import needs
from bot.settings import CONTENT
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.schema import Content

SAMPLES = Path(__file__).parents[2] / "deploy" / "samples" / "chelyabinsk"
KALININSKY = "ул. Первая, 1"
LENINSKY = "ул. Вторая, 2"


def several_offices() -> Content:
    """Two of the offices have an address, one of them has a leaflet with its own tag."""
    files = {**read_folder(CONTENT), **read_folder(SAMPLES)}
    for name, address in (("chel_kalininsky", KALININSKY), ("chel_leninsky", LENINSKY)):
        file = f"offices/{name}.yaml"
        files[file] = files[file].replace(b"address:", f"address: {address}".encode())
    files["sources.yaml"] += "\nleninsky:\n  office: chel_leninsky\n  note: листовка района\n".encode()
    return load(files, needs())
