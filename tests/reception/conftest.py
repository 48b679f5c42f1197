"""The reception on both databases."""

import pytest

from storage.database import Database
from tests.reception.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
