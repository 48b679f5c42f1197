"""What staff do to a citizen's plan while they talk to the bot."""

from bot.desk import plans
from tests.talk import Talk

STAFF = "staff:petrova"


async def left_out(talk: Talk) -> list[str]:
    """Items of the citizen's situations that the answers exclude."""
    async with talk.database.read() as tx:
        return [step.id for step in (await plans.plan_of(tx, talk.content, (await talk.citizen()).id)).left_out]


async def added(talk: Talk, item: str = "") -> list[str]:
    """A specialist adds this item, else the first that the answers exclude; gives what the citizen hears."""
    id_ = (await talk.citizen()).id
    async with talk.database.write() as tx:
        wanted = item or (await plans.plan_of(tx, talk.content, id_)).left_out[0].id
        assert await plans.add(tx, talk.content, id_, wanted, "met", actor=STAFF, now=talk.clock.now())
    return [message.key for message in await talk.work()]
