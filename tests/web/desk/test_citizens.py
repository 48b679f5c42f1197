"""Граждане: the base, one card, the plan and the end of it, as staff see them."""

import re
from datetime import timedelta

from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.desk.rules import Report
from bot.desk.shifts import Person
from storage.records import AnswerRow, PlanItemRow
from storage.visits import Next, Result
from tests.storage.rows import table
from tests.web.desk.conftest import Come, Hire, on_both
from tests.web.desk.reception import MATCHER, POINT, a_citizen, at, booked, recorded
from tests.web.desk.requests import request
from tests.web.desk.worker import Worker
from tests.web.site import Site

EVERY = ("ivan", "olga", "petr", "anna")


async def people(site: Site, clock: FixedClock) -> dict[str, str]:
    """Long silent Pyotr, Olga who is booked, Ivan with a request, Anna on her own with her plan."""
    now = clock.now()
    clock.set(now - timedelta(days=40))
    found = {"petr": await a_citizen(site, "petr", office="barnaul", situations=["released"])}
    clock.set(now)
    for name in ("ivan", "olga", "anna"):
        found[name] = await a_citizen(site, name, office="barnaul")
    await request(site, chat="ivan")
    await booked(site, at(site, "10:00"), Person(found["olga"]))
    return found


async def seen(worker: Worker, found: dict[str, str], query: str = "") -> set[str]:
    await worker.get(f"/citizens?{query}")
    return {name for name, id_ in found.items() if f"/citizens/{id_}" in worker.text}


async def test_an_empty_base_says_so(come: Come) -> None:
    worker = await come(Role.SPECIALIST)
    await worker.get("/citizens")
    assert "Никого нет" in worker.text


@on_both
async def test_filters_show_whom_they_name(site: Site, clock: FixedClock, come: Come) -> None:
    found = await people(site, clock)
    worker = await come(Role.SPECIALIST)

    for query, names in {
        "": set(EVERY),
        "bond=case": {"ivan"},
        "bond=visit": {"olga"},
        "bond=quiet": {"petr"},
        "bond=plan": {"anna"},
        "situation=released": {"petr"},
        "heard=ten": {"ivan", "olga", "anna"},
        "heard=month": set(),
        "heard=long": {"petr"},
        "next=centre": set(),
        "bond=made-up&page=x": set(EVERY),
    }.items():
        assert await seen(worker, found, query) == names, query


@on_both
async def test_the_next_action_is_of_the_last_visit(site: Site, clock: FixedClock, come: Come) -> None:
    found = await people(site, clock)
    slot = at(site, "10:30")
    booking = await booked(site, slot, Person(found["anna"]))
    clock.set(slot.starts_at)
    await recorded(site, booking, Report((Result.CONSULTED,), next_step=Next.CENTRE))
    worker = await come(Role.SPECIALIST)

    assert await seen(worker, found, "next=centre") == {"anna"}
    assert await seen(worker, found, "bond=centre") == {"anna"}


async def test_another_offices_people_are_not_there(site: Site, come: Come) -> None:
    found = {"ivan": await a_citizen(site, "ivan", office="rubtsovsk"), "olga": await a_citizen(site, "olga")}
    worker = await come(Role.SPECIALIST, offices=["barnaul"])

    assert await seen(worker, found) == {"olga"}
    assert (await worker.get(f"/citizens/{found['ivan']}")).status_code == 404


@on_both
async def test_a_long_base_comes_in_pages(site: Site, come: Come) -> None:
    for number in range(26):
        await a_citizen(site, f"c{number}")
    worker = await come(Role.SPECIALIST)
    await worker.get("/citizens")
    first = worker.text.count('href="/desk/citizens/')
    await worker.get("/citizens?page=2")

    assert (first, worker.text.count('href="/desk/citizens/')) == (25, 1)
    assert "2 из 2" in worker.text


async def test_a_card_shows_what_is_kept_and_is_noted(site: Site, clock: FixedClock, come: Come) -> None:
    found = await people(site, clock)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/citizens/{found['ivan']}")
    assert "caseiva" not in worker.text.lower().split("обращения")[0]
    assert "/cases/caseivan" in worker.text
    await worker.get(f"/citizens/{found['olga']}")

    assert "Специалист по подбору работы: записан" in worker.text
    rows = await table(site.database, "SELECT subject FROM audit WHERE act = 'read' ORDER BY id")
    assert [row[0] for row in rows] == [f"citizen:{found[name]}" for name in ("ivan", "olga")]


async def test_a_card_leads_to_the_first_free_time(site: Site, come: Come) -> None:
    ivan = await a_citizen(site, "ivan")
    await booked(site, at(site, "09:00"), Person(name="Коля"))
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/citizens/{ivan}")
    (link,) = re.findall(rf'href="/desk(/visits/next/{POINT}\?role={MATCHER}&citizen={ivan})"', worker.text)
    answer = await worker.get(link)

    assert answer.headers["location"].endswith(f"/new?slot={at(site, '09:30').id}&citizen={ivan}")
    await worker.get(answer.headers["location"].removeprefix("/desk"))
    assert f"гражданин {ivan[:6].upper()}" in worker.text
    assert (await worker.get(f"/visits/next/{POINT}?role=plumber&citizen={ivan}")).status_code == 404


@on_both
async def test_a_plan_item_is_taken_out_and_put_back(site: Site, come: Come) -> None:
    ivan = await a_citizen(site, "ivan")
    item = site.content.situations["alimony"].plan[0].id
    worker = await come(Role.SPECIALIST)
    path = f"/citizens/{ivan}"
    await worker.get(path)

    for state in ("not_mine", "open", "done"):
        assert (await worker.post(f"{path}/plan", item=item, state=state)).status_code == 303
        async with site.database.read() as tx:
            rows = (await tx.plan.load([ivan]))[ivan]
        assert [(row.item, row.state) for row in rows] == [(item, state)]
    for wrong in ({"item": "made up", "state": "done"}, {"item": item, "state": "made up"}):
        assert (await worker.post(f"{path}/plan", **wrong)).status_code == 409
        assert "Такого шага" in worker.text


async def test_an_item_that_answers_exclude_is_added_with_a_reason(site: Site, come: Come) -> None:
    """registered: only for who told that they stand registered."""
    ivan = await a_citizen(site, "ivan", situations=["released"])
    worker = await come(Role.SPECIALIST)
    path = f"/citizens/{ivan}"
    await worker.get(path)
    assert '<option value="registered">' in worker.text

    for wrong in ({"item": "registered"}, {"item": "papers", "why": "met"}, {"item": "registered", "why": "слова"}):
        assert (await worker.post(f"{path}/plan/add", **wrong)).status_code == 409
    answer = await worker.post(f"{path}/plan/add", item="registered", why="met")
    assert answer.headers["location"].endswith("said=plan_added")
    await worker.get(path)

    assert '<option value="registered">' not in worker.text
    assert "добавил специалист: выяснилось на приёме" in worker.text
    async with site.database.write() as tx:
        await tx.profile.save([AnswerRow(ivan, "application", "none", site.clock.now())])
    await worker.get(path)
    assert "добавил специалист: выяснилось на приёме" in worker.text
    rows = await table(site.database, "SELECT act FROM audit WHERE act LIKE 'plan%'")
    assert rows == [("plan_added",)]


async def test_the_base_is_filtered_by_a_step_of_the_plan(site: Site, clock: FixedClock, come: Come) -> None:
    found = {name: await a_citizen(site, name, situations=["released"]) for name in ("ivan", "olga", "petr")}
    found["anna"] = await a_citizen(site, "anna", situations=["alimony"])
    async with site.database.write() as tx:
        for name, item, state in (("ivan", "papers", "stuck"), ("olga", "papers", "done"), ("petr", "resume", "done")):
            await tx.plan.save([PlanItemRow(found[name], item, state, "open", None, 1, clock.now())])
    worker = await come(Role.SPECIALIST)

    for query, names in {
        "item=probation": {"ivan", "olga", "petr"},
        "item=papers&mark=stuck": {"ivan"},
        "item=papers&mark=done": {"olga"},
        "item=probation&mark=open": {"ivan", "olga", "petr"},
        "item=papers&mark=not_mine": set(),
        "item=probation&situation=alimony": set(),
        "item=made-up&mark=done": set(found),
        "mark=done": set(found),
    }.items():
        assert await seen(worker, found, query) == names, query
    await worker.get("/citizens?item=papers&mark=stuck")
    assert "не получается" in worker.text
    await worker.get("/citizens")
    titles = {step.id: step.title for step in site.content.situations["released"].plan}
    assert worker.text.count(titles["papers"]) > 1  # where Ivan stands


async def test_who_may_not_delete_is_told_whom_to_ask(site: Site, come: Come, hired: Hire) -> None:
    ivan = await a_citizen(site, "ivan", office="barnaul")
    person = await hired(Role.LEAD, name="Вера Лидина", offices=["barnaul"])
    await hired(Role.LEAD, name="Чужой Офис", offices=["rubtsovsk"])
    for role in (Role.SPECIALIST, Role.JOB_MATCHER, Role.CAREER_ADVISOR):
        worker = await come(role)
        await worker.get(f"/citizens/{ivan}")
        assert f"/citizens/{ivan}/delete" not in worker.text
        assert "руководитель или администратор: Вера Лидина." in worker.text
        assert (await worker.post(f"/citizens/{ivan}/delete")).status_code == 403
    lead = await come(person=person)
    await lead.get(f"/citizens/{ivan}")
    assert f"/citizens/{ivan}/delete" in lead.text
    async with site.database.read() as tx:
        assert ivan in await tx.citizens.load([ivan])


@on_both
async def test_deleting_names_what_goes_and_frees_the_seat(site: Site, clock: FixedClock, come: Come) -> None:
    found = await people(site, clock)
    worker = await come(Role.LEAD)
    path = f"/citizens/{found['olga']}"
    await worker.get(f"{path}/delete")
    assert "запись на приём" in worker.text
    assert "10:00: она отменится" in worker.text
    answer = await worker.post(f"{path}/delete")

    assert answer.headers["location"] == "/desk/citizens?said=citizen_deleted"
    assert (await worker.get(path)).status_code == 404
    assert await seen(worker, found) == {"ivan", "petr", "anna"}
    assert await table(site.database, "SELECT id FROM bookings WHERE active = 1") == []
    rows = await table(site.database, "SELECT actor FROM audit WHERE act = 'citizen_deleted'")
    assert rows[0][0].startswith("staff:")
