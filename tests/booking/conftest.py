"""A book over the shipped schedule, on both databases."""

import pytest

from storage.database import Database
from tests.booking.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
