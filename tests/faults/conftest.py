"""Every test of this folder is marked `faults`; processes of a test end with it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.faults.extent import FULL
from tests.faults.nursery import Nursery
from tests.faults.product import ROOT, Product

TIMEOUT_S = 3600 if FULL else 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """Makes products whose files stand in tmp_path, or in `folder`; kills them after the test."""
    made: list[Product] = []

    def make(url: str, settings: dict[str, str] | None = None, **how: Any) -> Product:
        made.append(Product(how.pop("folder", tmp_path), url, settings, **how))
        return made[-1]

    yield make
    for one in made:
        one.discard()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    opened = Nursery(tmp_path_factory.mktemp("nursery"), ROOT)
    yield opened
    opened.close()


@pytest.fixture
def quick(product: Callable[..., Product], nursery: Nursery) -> Callable[..., Product]:
    """As `product`; the processes are forked ready-made."""
    return partial(product, nursery=nursery)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a summary line that is seen without -s."""

    def tell(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", flush=True)

    return tell
