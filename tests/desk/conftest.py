"""A citizen who has asked for a person, and the desk that answers; on both databases."""

import pytest

from bot.desk.actor import Actor
from bot.desk.acts import Desk
from bot.flows import FLOWS
from storage.database import Database
from storage.records import CaseRow
from tests.talk import Talk, real_content

OLGA = Actor("olga", "job_matcher", ("barnaul",))
PETR = Actor("petr", "lawyer", ("barnaul",))
LEAD = Actor("vera", "lead", ("barnaul",))
STRANGER = Actor("igor", "lead", ("biysk",))

ASKED = """
    > /start
    < start.hello
    < situation.choose ...
    > /human
    < handover.may_pass [yes] [no]
    > да
    < handover.words [skip]
    > Нужна работа рядом с домом
    < handover.sent [add] [topic] [menu]
"""


@pytest.fixture
def talk(database: Database) -> Talk:
    return Talk(database, FLOWS, real_content(FLOWS))


@pytest.fixture
def desk(talk: Talk) -> Desk:
    return Desk(talk.database, talk.clock, lambda: talk.content)


@pytest.fixture
async def asked(talk: Talk) -> Talk:
    await talk.play(ASKED)
    return talk


async def the_case(talk: Talk) -> CaseRow:
    """The newest one of the citizen, open or closed."""
    id_ = await talk.citizen_id()
    assert id_ is not None
    async with talk.database.read() as tx:
        return (await tx.cases.all_of(id_))[-1]


def keys(answers: list) -> list[str]:  # type: ignore[type-arg]
    return [message.key for message in answers]
