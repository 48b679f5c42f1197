"""The desk on both databases."""

import pytest

from storage.database import Database
from tests.desk.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
