"""A citizen's request for a person, as the road leaves it: stored by real turns."""

from bot.desk.actor import Actor
from bot.desk.acts import Desk
from storage.records import CaseRow
from tests.storage.rows import meet
from tests.web.desk.worker import hire
from tests.web.site import Site


async def request(
    site: Site,
    *,
    office: str = "",
    chat: str = "ivan",
    words: str = "Нет паспорта, как быть?",
    topic: str = "question",
    role: str = "",
    ident: str = "",
    **about: object,
) -> CaseRow:
    """An open case of a citizen who is in the web chat."""
    now = site.clock.now()
    citizen_id = await meet(site.database, chat, now=now)
    async with site.database.write() as tx:
        case = CaseRow(
            id=ident or f"case{chat}"[:16],
            citizen_id=citizen_id,
            channel="web",
            topic=topic,
            state="new",
            without_consent=False,
            created_at=now,
            words=(words,) if words else (),
            office=office,
            role=role,
            **about,  # type: ignore[arg-type]
        )
        assert await tx.cases.open(case)
    return case


async def colleague(site: Site) -> tuple[Desk, Actor]:
    """Somebody else of the staff, who acts beside the page."""
    person = await hire(site.database, site.clock, "specialist", name="Пётр Ильин")
    return Desk(site.database, site.clock, lambda: site.content), Actor.of(person)
