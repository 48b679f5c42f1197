"""
Every route of the console: nobody without a login, a right, a form of ours; nothing of another office.

A new route fails here until it stands in ROUTES.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import RIGHTS, Right, Role
from bot.texts.files import read_folder
from bot.texts.packed import pack
from storage.staff_sessions import Stage
from tests.talk import CONTENT
from tests.web.desk.conftest import Come, Hire
from tests.web.desk.mishaps import dead_letter, parked_update
from tests.web.desk.reception import a_booking, a_citizen, point_in
from tests.web.desk.requests import colleague, request
from tests.web.desk.worker import Worker, hire
from tests.web.site import Site

OPEN = None
FOREIGN = "rubtsovsk"
HERE = "barnaul"
Maker = Callable[[Site, str], Awaitable[str]]


@dataclass(frozen=True)
class Walked:
    """
    right: what it needs, OPEN before a login. fields: of a form that does no harm.

    thing: makes what the address names, in this office, and gives the address; every address with a part in braces
    needs one. is_scoped: what it names belongs to an office. is_everywhere: only for who sees every office.
    """

    right: Right | None
    fields: dict[str, str] = field(default_factory=dict)
    thing: Maker | None = None
    is_scoped: bool = True
    is_everywhere: bool = False


async def make_person(site: Site, office: str) -> str:
    return (await hire(site.database, site.clock, Role.SPECIALIST, offices=[office])).id


async def make_letter(site: Site, office: str) -> int:
    return await dead_letter(site.database, site.clock, office)


async def make_update(site: Site, office: str) -> int:
    return await parked_update(site.database, site.clock, office)


async def make_edition(site: Site, office: str) -> int:
    """An edition that is not in force any more."""
    async with site.database.write() as tx:
        files = pack(read_folder(CONTENT))
        number = await tx.editions.accept(fingerprint="first", files=files, now=site.clock.now())
        await tx.editions.accept(fingerprint="second", files=files, now=site.clock.now())
    return number


async def make_chat(site: Site, office: str) -> str:
    """A group chat of the office's staff."""
    id_, find = uuid4().hex, uuid4().hex
    async with site.database.write() as tx:
        await tx.staff_chats.open(id_, "telegram", find, office, "", now=site.clock.now())
    return id_


async def make_unanswered(site: Site, office: str) -> str:
    """A question nobody had an answer to; it belongs to no office."""
    async with site.database.write() as tx:
        await tx.unanswered.add(["где взять валенки"], now=site.clock.now())
        (row, *_) = await tx.unanswered.since(site.clock.now(), limit=1)
    return row.find


def named(made: Callable[[Site, str], Awaitable[object]], path: str) -> Maker:
    """path: with {} for what is made."""

    async def make(site: Site, office: str) -> str:
        return path.format(await made(site, office))

    return make


def of_case(act: str = "", *, is_closed: bool = False) -> Maker:
    """An address of a case, made anew each time: one citizen has one open case."""

    async def made(site: Site, office: str) -> str:
        case = await request(site, office=office, chat=uuid4().hex, ident=uuid4().hex[:16])
        if is_closed:
            desk, actor = await colleague(site)
            assert (await desk.close(actor, case.id)).is_done
        return f"/cases/{case.id}{act}"

    return made


DAY = "/desk/visits/day/{point:str}/{role:str}/{day:str}"
BOOKING = "/desk/visits/booking/{booking_id:str}"


async def of_point(site: Site, office: str) -> str:
    return f"/visits/next/{point_in(site, office)}"


def of_shift(act: str = "") -> Maker:
    async def made(site: Site, office: str) -> str:
        return f"/visits/day/{point_in(site, office)}/job_matcher/2026-11-26{act}"

    return made


def of_booking(act: str = "") -> Maker:
    """An address of a booking with a time of its own: as many as are asked for."""

    async def made(site: Site, office: str) -> str:
        return f"/visits/booking/{(await a_booking(site, office)).id}{act}"

    return made


def of_citizen(act: str = "") -> Maker:
    async def made(site: Site, office: str) -> str:
        return f"/citizens/{await a_citizen(site, office=office)}{act}"

    return made


ROUTES: dict[str, Walked] = {
    "GET /desk/login": Walked(OPEN),
    "POST /desk/login": Walked(OPEN),
    "GET /desk/code": Walked(OPEN),
    "POST /desk/code": Walked(OPEN),
    "GET /desk/phone": Walked(OPEN),
    "POST /desk/phone": Walked(OPEN),
    "GET /desk/invite": Walked(OPEN),
    "POST /desk/invite": Walked(OPEN),
    "POST /desk/logout": Walked(OPEN),
    "GET /desk": Walked(Right.OWN),
    "GET /desk/pulse": Walked(Right.OWN),
    "GET /desk/me": Walked(Right.OWN),
    "POST /desk/me/password": Walked(Right.OWN),
    "GET /desk/me/phone": Walked(Right.OWN),
    "POST /desk/me/phone": Walked(Right.OWN, {"code": "1"}),
    "POST /desk/me/phone/drop": Walked(Right.OWN),
    "POST /desk/me/recovery": Walked(Right.OWN),
    "POST /desk/me/others": Walked(Right.OWN),
    "POST /desk/me/look": Walked(Right.OWN),
    "GET /desk/cases": Walked(Right.CASES),
    "GET /desk/cases/{case_id:str}": Walked(Right.CASES, thing=of_case()),
    "GET /desk/cases/{case_id:str}/close": Walked(Right.CASES, thing=of_case("/close")),
    "GET /desk/cases/{case_id:str}/transfer": Walked(Right.CASES, thing=of_case("/transfer")),
    "POST /desk/cases/{case_id:str}/answer": Walked(Right.CASES, {"words": "Приходите"}, of_case("/answer")),
    "POST /desk/cases/{case_id:str}/canned": Walked(Right.CASES, {"canned": "hello"}, of_case("/canned")),
    "POST /desk/cases/{case_id:str}/close": Walked(Right.CASES, thing=of_case("/close")),
    "POST /desk/cases/{case_id:str}/later": Walked(Right.CASES, {"hours": "8"}, of_case("/later")),
    "POST /desk/cases/{case_id:str}/note": Walked(Right.CASES, {"note": "Перезвонить"}, of_case("/note")),
    "POST /desk/cases/{case_id:str}/reopen": Walked(Right.CASES, thing=of_case("/reopen", is_closed=True)),
    "POST /desk/cases/{case_id:str}/take": Walked(Right.CASES, thing=of_case("/take")),
    "POST /desk/cases/{case_id:str}/transfer": Walked(Right.CASES, {"role": "lawyer"}, of_case("/transfer")),
    "GET /desk/visits": Walked(Right.VISITS),
    "GET /desk/visits/next/{point:str}": Walked(Right.VISITS, thing=of_point),
    f"GET {DAY}": Walked(Right.VISITS, thing=of_shift()),
    f"GET {DAY}/new": Walked(Right.VISITS, thing=of_shift("/new")),
    f"POST {DAY}/new": Walked(Right.VISITS, {"name": "Коля"}, of_shift("/new")),
    f"GET {DAY}/close": Walked(Right.VISITS, thing=of_shift("/close")),
    f"POST {DAY}/close": Walked(Right.VISITS, {"reason": "болезнь"}, of_shift("/close")),
    f"GET {DAY}/list": Walked(Right.VISITS, thing=of_shift("/list")),
    f"POST {DAY}/list": Walked(Right.VISITS, {"seal": "AAAAAA", "file": "csv"}, of_shift("/list")),
    f"GET {BOOKING}": Walked(Right.VISITS, thing=of_booking()),
    f"GET {BOOKING}/move": Walked(Right.VISITS, thing=of_booking("/move")),
    f"POST {BOOKING}/move": Walked(Right.VISITS, {"slot": "none"}, of_booking("/move")),
    f"GET {BOOKING}/cancel": Walked(Right.VISITS, thing=of_booking("/cancel")),
    f"POST {BOOKING}/cancel": Walked(Right.VISITS, thing=of_booking("/cancel")),
    f"POST {BOOKING}/late": Walked(Right.VISITS, thing=of_booking("/late")),
    f"POST {BOOKING}/missed": Walked(Right.VISITS, thing=of_booking("/missed")),
    f"POST {BOOKING}/record": Walked(Right.VISITS, {"result": "consulted"}, of_booking("/record")),
    f"POST {BOOKING}/referral": Walked(Right.VISITS, {"state": "agreed"}, of_booking("/referral")),
    "GET /desk/citizens": Walked(Right.CITIZENS),
    "GET /desk/citizens/{citizen_id:str}": Walked(Right.CITIZENS, thing=of_citizen()),
    "POST /desk/citizens/{citizen_id:str}/plan": Walked(Right.CITIZENS, {"item": "none"}, of_citizen("/plan")),
    "GET /desk/citizens/{citizen_id:str}/delete": Walked(Right.CITIZENS, thing=of_citizen("/delete")),
    "POST /desk/citizens/{citizen_id:str}/delete": Walked(Right.CITIZENS, thing=of_citizen("/delete")),
    "GET /desk/troubles": Walked(Right.LETTERS),
    "POST /desk/troubles/seen": Walked(Right.LETTERS),
    "GET /desk/letters": Walked(Right.LETTERS),
    "GET /desk/letters/send": Walked(Right.LETTERS),
    "POST /desk/letters/send": Walked(Right.LETTERS),
    "POST /desk/letters/{number:int}/send": Walked(Right.LETTERS, thing=named(make_letter, "/letters/{}/send")),
    "GET /desk/letters/{number:int}/drop": Walked(Right.LETTERS, thing=named(make_letter, "/letters/{}/drop")),
    "POST /desk/letters/{number:int}/drop": Walked(Right.LETTERS, thing=named(make_letter, "/letters/{}/drop")),
    "POST /desk/letters/updates/{number:int}/send": Walked(
        Right.LETTERS, thing=named(make_update, "/letters/updates/{}/send")
    ),
    "GET /desk/letters/updates/{number:int}/drop": Walked(
        Right.LETTERS, thing=named(make_update, "/letters/updates/{}/drop")
    ),
    "POST /desk/letters/updates/{number:int}/drop": Walked(
        Right.LETTERS, thing=named(make_update, "/letters/updates/{}/drop")
    ),
    "GET /desk/content": Walked(Right.CONTENT),
    "GET /desk/content/doubts": Walked(Right.CONTENT),
    "GET /desk/content/history": Walked(Right.CONTENT),
    "GET /desk/content/unanswered": Walked(Right.CONTENT),
    "POST /desk/content/unanswered/{find:str}/drop": Walked(
        Right.CONTENT, thing=named(make_unanswered, "/content/unanswered/{}/drop"), is_scoped=False
    ),
    "GET /desk/content/rollback/{number:int}": Walked(
        Right.ROLL_BACK, thing=named(make_edition, "/content/rollback/{}"), is_everywhere=True
    ),
    "POST /desk/content/rollback/{number:int}": Walked(
        Right.ROLL_BACK, thing=named(make_edition, "/content/rollback/{}"), is_everywhere=True
    ),
    "GET /desk/staff": Walked(Right.STAFF),
    "GET /desk/staff/chats": Walked(Right.STAFF),
    "POST /desk/staff/chats/code": Walked(Right.STAFF, {"office": HERE}),
    "GET /desk/staff/chats/{id:str}/drop": Walked(Right.STAFF, thing=named(make_chat, "/staff/chats/{}/drop")),
    "POST /desk/staff/chats/{id:str}/drop": Walked(Right.STAFF, thing=named(make_chat, "/staff/chats/{}/drop")),
    "POST /desk/me/link": Walked(Right.OWN),
    "GET /desk/staff/new": Walked(Right.STAFF),
    "POST /desk/staff/new": Walked(Right.STAFF),
    "GET /desk/staff/{id:str}": Walked(Right.STAFF, thing=named(make_person, "/staff/{}")),
    "POST /desk/staff/{id:str}": Walked(Right.STAFF, thing=named(make_person, "/staff/{}")),
    "GET /desk/staff/{id:str}/{act:str}": Walked(Right.STAFF, thing=named(make_person, "/staff/{}/disable")),
    "POST /desk/staff/{id:str}/{act:str}": Walked(Right.STAFF, thing=named(make_person, "/staff/{}/disable")),
    "GET /desk/journal": Walked(Right.JOURNAL),
    "GET /desk/journal/seals": Walked(Right.JOURNAL, is_everywhere=True),
}
GUARDED = [name for name, walked in ROUTES.items() if walked.right is not OPEN]
ACTS = [name for name in ROUTES if name.startswith("POST")]


def declared(site: Site) -> dict[str, HTTPRouteHandler]:
    assert site.application is not None
    found = {}
    for route in site.application.routes:
        for handler in getattr(route, "route_handlers", ()):
            if route.path == "/desk" or route.path.startswith("/desk/"):
                for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                    found[f"{method} {route.path}"] = handler
    return found


async def address(site: Site, name: str, office: str = HERE) -> str:
    """The address below /desk, with the thing it names."""
    walked, path = ROUTES[name], name.partition(" ")[2].removeprefix("/desk")
    return await walked.thing(site, office) if walked.thing is not None else path


async def ask(worker: Worker, name: str, path: str, **fields: str) -> int:
    """The status of one request, as a browser makes it."""
    if name.startswith("GET"):
        return (await worker.get(path)).status_code
    return (await worker.post(path, **{**ROUTES[name].fields, **fields})).status_code


async def test_every_route_is_walked_with_the_right_it_declares(site: Site) -> None:
    routes = declared(site)

    assert routes.keys() == ROUTES.keys(), "a new route: write it down in ROUTES"
    assert {name: handler.opt["right"] for name, handler in routes.items()} == {
        name: walked.right for name, walked in ROUTES.items()
    }
    assert not [name for name, one in ROUTES.items() if "{" in name and one.thing is None]


async def test_without_a_login_everything_leads_to_it(site: Site, make_worker: Callable[[], Worker]) -> None:
    for name in GUARDED:
        worker = make_worker()
        await worker.get("/login")
        path = await address(site, name)
        answer = await (worker.get(path) if name.startswith("GET") else worker.post(path))

        assert answer.status_code == 303, name
        assert answer.headers["location"].startswith("/desk/login"), name


@pytest.mark.parametrize(("stage", "step"), [("code", "/desk/code"), ("enrol", "/desk/phone")])
async def test_half_way_in_nothing_opens(
    site: Site, make_worker: Callable[[], Worker], hired: Hire, stage: Stage, step: str
) -> None:
    person = await hired(Role.ADMIN, has_code=stage == "code")
    worker = make_worker()
    await worker.appear(site.database, site.clock, person, stage)
    await worker.get(step.removeprefix("/desk"))
    for name in GUARDED:
        path, csrf = await address(site, name), worker.csrf
        answer = await (worker.get(path) if name.startswith("GET") else worker.post(path))
        worker.csrf = csrf

        assert answer.status_code == 303, name
        assert answer.headers["location"].startswith(step), name


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_opens_what_it_has_the_right_to_and_nothing_else(site: Site, come: Come, role: Role) -> None:
    for name in GUARDED:
        right = ROUTES[name].right
        assert right is not None
        worker = await come(role, offices=() if ROUTES[name].is_everywhere else [HERE])
        status = await ask(worker, name, await address(site, name))

        if right in RIGHTS[role]:
            page_of_refusal = "Сюда нет доступа" in worker.text or "Страница устарела" in worker.text
            assert status not in (401, 404, 405, 500, 503), (name, status)
            assert not page_of_refusal, name
        else:
            assert status == 403, (name, status)
            assert "Сюда нет доступа" in worker.text, name


async def test_a_role_that_nobody_knows_may_nothing(site: Site, come: Come) -> None:
    worker = await come("owner")

    for name in GUARDED:
        assert await ask(worker, name, await address(site, name)) == 403, name


async def test_no_act_without_the_form_token_of_this_session(
    site: Site, come: Come, make_worker: Callable[..., Worker]
) -> None:
    stranger = await come(Role.ADMIN)
    for name in ACTS:
        worker = make_worker() if ROUTES[name].right is OPEN else await come(Role.ADMIN)
        await worker.get("/login")
        path = await address(site, name)

        for csrf in ("", "made up", stranger.csrf):
            assert await ask(worker, name, path, csrf=csrf) == 403, (name, csrf)
            assert "Страница устарела" in worker.text, name


async def test_no_act_from_another_site(site: Site, come: Come) -> None:
    for name in ACTS:
        worker = await come(Role.ADMIN)
        path, csrf = await address(site, name), worker.csrf
        for origin in ("https://evil.example", "null"):
            worker.client.headers["Origin"] = origin
            assert await ask(worker, name, path, csrf=csrf) == 403, (name, origin)
        del worker.client.headers["Origin"]
        assert await ask(worker, name, path, csrf=csrf) == 403, (name, "no browser at all")


async def test_what_belongs_to_another_office_is_not_there(site: Site, come: Come) -> None:
    for name in (one for one in GUARDED if ROUTES[one].is_everywhere or (ROUTES[one].thing and ROUTES[one].is_scoped)):
        right = ROUTES[name].right
        role = next(role for role in (Role.LEAD, Role.ADMIN) if right in RIGHTS[role])
        worker = await come(role, offices=[HERE])

        assert await ask(worker, name, await address(site, name, FOREIGN)) == 404, name


async def test_every_page_is_private_and_runs_only_files_of_ours(site: Site, come: Come) -> None:
    worker = await come(Role.ADMIN)
    for name in (one for one in ROUTES if one.startswith("GET")):
        answer = await worker.get(await address(site, name))

        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert answer.headers["cache-control"] == "no-store", name
        assert " style=" not in worker.page, name
        assert " onclick=" not in worker.page, name
        assert "<script>" not in worker.page, name
