"""A citizen who is asked: what leads to it, the scheduler's look, what was answered."""

from collections.abc import Callable, Sequence

from bot.chores.surveying import Surveying
from bot.engine.press import Presses
from bot.messages import Kind, Outgoing
from bot.surveys import triggers
from storage.survey_records import InvitationRow
from tests.storage.rows import table
from tests.talk import Talk

Another = Callable[..., Talk]
CHANNELS = ("web", "telegram", "vk")
PERSONAL = ("алимент", "приста", "освобо", "колони", "суд", "план", "работ", "занятост", "при[её]м", r"\bопрос")


async def visited(talk: Talk, visit: str = "visit 1") -> None:
    """Staff marked a visit as served."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        await triggers.after_visit(
            tx, talk.content, citizen_id=citizen.id, visit_id=visit, office="", now=talk.clock.now()
        )


async def ticked(talk: Talk, **by: float) -> list[Outgoing]:
    """What the bot says by itself, so much later."""
    if by:
        talk.clock.move(**by)
    await Surveying(talk.database, talk.clock, talk.content, CHANNELS).plan()
    return await talk.tick()


async def invited(talk: Talk, trigger: str = "visit") -> Talk:
    """The invitation has come."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        now = talk.clock.now()
        await triggers.happened(tx, talk.content, trigger, citizen_id=citizen.id, subject="one", office="", now=now)
    asked = [one for survey in talk.content.surveys.values() for one in survey.asked.values()]
    after = next(one.after_hours for one in asked if one.trigger == trigger)
    assert keys(await ticked(talk, hours=after)) == ["survey.invite"]
    return talk


async def invitation(talk: Talk) -> InvitationRow:
    """The newest one that has come."""
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        return [row for row in await tx.surveys.of_citizen(citizen.id) if row.state != "planned"][-1]


async def no_month(talk: Talk) -> None:
    """The question a month after consent is another matter."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        await tx.surveys.end(citizen.id, "nps", "month")


async def answers(talk: Talk) -> dict[str, str | None]:
    """Everything answered by anybody: `survey.question` → value."""
    rows = await table(talk.database, "SELECT survey, question, value FROM survey_answers ORDER BY survey, question")
    return {f"{survey}.{question}": value for survey, question, value in rows}


def keys(said: Sequence[Outgoing]) -> list[str]:
    return [message.key for message in said]


async def searches(talk: Talk) -> None:
    """A step of the search is marked."""
    step = next(one for one in talk.content.situations["released"].plan if one.stage == "matching")
    await talk.send(Kind.PRESS, data=button(talk, await id_of(talk), "plan.item", f"stuck:{step.id}"))


async def days_pass(talk: Talk, number: int) -> list[str]:
    """Keys of what came by itself meanwhile."""
    return [key for _ in range(number) for key in keys(await ticked(talk, days=1))]


async def id_of(talk: Talk) -> str:
    return (await talk.citizen()).id


def button(talk: Talk, citizen: str, place: str, choice: str) -> str:
    """Data of a button of some earlier screen."""
    return Presses(talk.database.cipher).make(citizen, place, choice, 0)
