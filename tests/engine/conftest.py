"""A citizen and the bot with the shipped content, on both databases."""

import pytest

from bot.flows import FLOWS
from storage.database import Database
from tests.talk import Talk, real_content


@pytest.fixture
def talk(database: Database) -> Talk:
    return Talk(database, FLOWS, real_content(FLOWS))
