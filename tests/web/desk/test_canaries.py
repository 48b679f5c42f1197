"""
Personal strings that citizens wrote and staff type: they stand on the pages that are for them, and in no log, metric,
title, address, header or redirect of the console.
"""

import logging
import re
from collections.abc import Iterator
from html import unescape
from itertools import cycle, repeat
from pathlib import Path
from random import Random
from urllib.parse import unquote_plus

import httpx
import pytest
import structlog
from prometheus_client import generate_latest

import bot.web
from bot import journal
from bot.accounts.roles import Role
from bot.desk.shifts import Person
from tests.people import hits, secrets
from tests.storage.rows import execute
from tests.web.desk.conftest import Come
from tests.web.desk.reception import LATER, at, booked
from tests.web.desk.requests import request
from tests.web.desk.test_walk import ACTS, ROUTES, address
from tests.web.desk.worker import Worker
from tests.web.site import Site
from tests.web.visitor import Visitor

TYPED = secrets(Random(7), 300)
WORDS = cycle(TYPED)
FIELD = re.compile(r'<(?:input|textarea)[^>]*\bname="([a-z_]+)"')
ADDRESS = re.compile(r'(?:href|src|action|formaction|hx-[a-z]+|content)="([^"]*)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
OURS = {"csrf", "once", "version", "seal"}
TEMPLATES = Path(bot.web.__file__).parent / "templates" / "desk"
DAY = f"/visits/day/barnaul_alimony/job_matcher/{LATER}"
LISTS = ["", "/cases", "/visits", DAY, f"{DAY}/list", f"{DAY}/close", "/citizens", "/letters", "/journal", "/troubles"]
LISTS += ["/content/unanswered"]
EVIL = '=HYPERLINK(1)<script>alert(1)</script>"><img src=x>'
FREE = ("words", "note", "name", "phone", "reason", "secret", "login", "username", "paper", "citizen", "application")


@pytest.fixture
def _journal(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The log at its most talkative; afterwards as it was."""
    root = logging.getLogger()
    kept = (list(root.handlers), root.level, structlog.get_config())
    journal.set_up(level="debug", is_json=True)
    yield
    root.handlers[:], level, config = kept
    root.setLevel(level)
    structlog.configure(**config)


def fields() -> list[str]:
    """Every field that some form of the console has."""
    found = {name for file in TEMPLATES.rglob("*.html") for name in FIELD.findall(file.read_text(encoding="utf-8"))}
    return sorted((found | set(FREE)) - OURS)


def told(answer: httpx.Response) -> str:
    """What a browser keeps in its history, sends on and logs: title, addresses, headers."""
    page = unescape(answer.text) if "html" in answer.headers.get("content-type", "") else ""
    parts = [*TITLE.findall(page), *ADDRESS.findall(page), *answer.headers.values(), str(answer.request.url)]
    return "\n".join(f"{part}\n{unquote_plus(part)}" for part in parts)


async def people(site: Site, words: Iterator[str], count: int = 12) -> list[str]:
    """Citizens who wrote and were written down with such strings; gives the pages that are about them."""
    pages = []
    for number in range(count):
        case = await request(site, office="barnaul", chat=f"chat{number}", words=next(words))
        async with site.database.write() as tx:
            await tx.citizens.agree(case.citizen_id, version="1", now=site.clock.now())
            await tx.citizens.place(case.citizen_id, "barnaul")
        person = Person(name=next(words), phone="+79130000000")
        slot = at(site, f"{10 + number // 2}:{'00' if number % 2 == 0 else '30'}", LATER) if number < 4 else None
        pages += [f"/cases/{case.id}{act}" for act in ("", "/close", "/transfer")]
        pages.append(f"/citizens/{case.citizen_id}")
        if slot is not None:
            booking = await booked(site, slot, person)
            pages += [f"/visits/booking/{booking.id}{act}" for act in ("", "/move", "/cancel")]
    return pages


@pytest.mark.usefixtures("_journal")
async def test_what_citizens_wrote_is_in_no_title_and_no_address(
    site: Site, come: Come, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = await people(site, (one.text for one in WORDS))
    worker, shown = await come(Role.ADMIN), 0
    for path in [*LISTS, *pages]:
        answer = await worker.get(path)
        assert answer.status_code == 200, path
        assert hits(TYPED, told(answer)) == [], path
        shown += bool(hits(TYPED, worker.text))

    assert shown >= 12, "they are shown to whom they concern"
    log = capsys.readouterr()
    assert hits(TYPED, log.err + log.out + generate_latest().decode()) == []


async def test_markup_and_formulas_of_citizens_are_words_on_every_page(site: Site, come: Come) -> None:
    pages = await people(site, repeat(EVIL), count=2)
    worker, shown = await come(Role.ADMIN), 0
    for path in [*LISTS, *pages]:
        await worker.get(path)
        assert "<script>alert" not in worker.page, path
        assert "<img src=x" not in worker.page, path
        shown += EVIL in worker.text

    assert shown >= 8


@pytest.mark.usefixtures("_journal")
async def test_what_staff_type_goes_into_no_log_and_no_redirect(
    site: Site, come: Come, capsys: pytest.CaptureFixture[str]
) -> None:
    names, worker = fields(), await come(Role.ADMIN)
    assert {"words", "note", "login"} <= set(names)
    for name in ACTS:
        if ROUTES[name].right is None or name.endswith(("/me/others", "/{act:str}")):
            continue  # it would end this session
        typed = {field: next(WORDS).text for field in names}
        known = ROUTES[name].fields
        path = await address(site, name)
        await worker.get("/me")
        answer = await worker.post(path, **{**typed, **{field: known[field] for field in known if field not in FREE}})
        assert answer.status_code < 500, name
        assert hits(TYPED, told(answer)) == [], name
    await _at_the_door(site, worker)

    log = capsys.readouterr()
    assert hits(TYPED, log.err + log.out + generate_latest().decode()) == []


async def _at_the_door(site: Site, worker: Worker) -> None:
    """A login that is wrong, in every field and in the address."""
    stranger = Worker(site.url)
    try:
        await stranger.get("/login")
        typed = [next(WORDS).text for _ in range(4)]
        answer = await stranger.post("/login", login=typed[0], password=typed[1], next=typed[2])
        assert hits(TYPED, told(answer)) == []
        await stranger.get(f"/invite?code={typed[3]}")
        await stranger.get(f"/{typed[0]}")
    finally:
        await stranger.close()


@pytest.mark.usefixtures("_journal")
async def test_a_request_that_fails_leaves_its_class_alone(
    site: Site, come: Come, visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table is gone, so whatever is asked for and typed ends in an error of the database."""
    worker = await come(Role.ADMIN)
    case = await request(site, office="barnaul", words=TYPED[0].text)
    statuses = []
    for table in ("case_words", "inbox", "citizens"):
        await execute(site.database, f"ALTER TABLE {table} RENAME TO away")
        try:
            for secret in TYPED[7:12]:  # a name, a home, an article, a diagnosis, an address
                statuses.append((await worker.get(f"/citizens/{secret.text.replace('/', '')}")).status_code)
                statuses.append((await worker.post(f"/cases/{case.id}/note", note=secret.text)).status_code)
                sent = await visitor.send(kind="text", text=secret.text)
                statuses.append(sent.status_code)
        finally:
            await execute(site.database, f"ALTER TABLE away RENAME TO {table}")

    assert {500, 503} & set(statuses)
    log = capsys.readouterr()
    assert "request_failed" in log.err
    assert hits(TYPED, unquote_plus(log.err + log.out) + generate_latest().decode()) == []
