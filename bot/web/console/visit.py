"""One request to the console: who asks, what the form says, how it is answered."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from litestar import Response
from litestar.datastructures import Cookie
from litestar.exceptions import SerializationException

from bot.accounts.entry import Inside
from bot.accounts.roles import Right, actor, may
from bot.texts.office import Office
from bot.web.console.banner import banner
from bot.web.console.door import FIELD
from bot.web.console.view import HEADERS
from bot.web.gate import AnyRequest
from storage.database import Transaction
from storage.staff import StaffRow
from storage.staff_sessions import Stage

if TYPE_CHECKING:
    from bot.web.console.desk import Desk

ROOT = "/desk"
LIVE = "x-live"  # a part of a page that refreshes itself: no sign of a person
LOOK = "desk-look"
LOOKS = {"theme": ("light", "dark"), "type": ("large",)}
BODY_S = 20.0
READ_EVERY = timedelta(minutes=15)
READS_KEPT = 5000
FIELD_CHARS = 8000
Answer = Response[Any]


class Asks(Exception):
    """Something of the entry is still owed. step: which page asks for it."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class NotAllowed(Exception):
    """why: "right", the role may not; "page", the form is not one of ours, or from another session."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Missing(Exception):
    """There is no such thing, or it is of an office that is not theirs: no difference is told."""


class Form:
    """Fields of a form, as text without control signs at their ends."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        """ "" for a field that is not there."""
        return next(iter(self._fields.get(name, ())), "").replace("\x00", "").strip()[:FIELD_CHARS]

    def raw(self, name: str) -> str:
        """As typed, for passwords."""
        return next(iter(self._fields.get(name, ())), "")[:FIELD_CHARS]

    def all(self, name: str) -> list[str]:
        """Every value of a field that may stand several times."""
        return [value.replace("\x00", "").strip()[:FIELD_CHARS] for value in self._fields.get(name, ())]

    def is_on(self, name: str) -> bool:
        return bool(self[name])


class Visit:
    """
    token: the browser's cookie. inside: None before a login.

    Pages that need a right have somebody inside for sure: `visit.staff`.
    """

    def __init__(self, desk: "Desk", request: AnyRequest, token: str, inside: Inside | None) -> None:
        self.desk = desk
        self.request = request
        self.token = token
        self.inside = inside
        self._form: Form | None = None

    @property
    def staff(self) -> StaffRow:
        if self.inside is None:
            raise Asks("login")
        return self.inside.staff

    @property
    def here(self) -> str:
        """The address of this page, with its filters."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    @property
    def is_live(self) -> bool:
        return LIVE in self.request.headers

    @property
    def office(self) -> Office:
        """Whose time the page shows: the person's first office, else the default one."""
        content = self.desk.content()
        return content.offices.get(self.staff.office if self.inside else "", content.default_office)

    def may(self, right: Right) -> bool:
        return self.inside is not None and self.inside.has_rights and may(self.staff.role, right)

    def within(self, office: str) -> None:
        """Raises Missing for what belongs to an office that is not theirs."""
        if not self.staff.sees(office):
            raise Missing

    def path(self, name: str) -> Any:
        """A part of the address, of the type the route declares."""
        return self.request.path_params[name]

    def query(self, name: str) -> str:
        return str(self.request.query_params.get(name, ""))[:FIELD_CHARS]

    def household(self) -> str:
        """Where they ask from, for counts."""
        peer = self.request.client.host if self.request.client else ""
        return self.desk.addresses.household(peer, self.request.headers)

    async def form(self) -> Form:
        if self._form is None:
            try:
                async with asyncio.timeout(BODY_S):
                    given = await self.request.form()
            except (TimeoutError, ValueError, SerializationException):
                raise NotAllowed("page") from None
            fields = {name: [str(one) for one in given.getall(name)] for name in given}
            self._form = Form(fields)
        return self._form

    async def proven(self) -> None:
        """Raises NotAllowed unless the form is one of ours, made for this very session."""
        if not self.desk.door.is_own_page(self.request):
            raise NotAllowed("page")
        form = await self.form()
        if not self.desk.door.is_proven(self.desk.door.token(self.request), form[FIELD]):
            raise NotAllowed("page")

    async def note(self, tx: Transaction, act: str, subject: str) -> None:
        """An audit row: who reads, changes, exports what. subject: a kind and an id, `citizen:…`; no words."""
        await tx.audit.add(actor=actor(self.staff.id), act=act, subject=subject, now=self.desk.clock.now())

    async def saw(self, act: str, subject: str) -> None:
        """
        As `note`, in a transaction of its own, for a page with personal data.

        A page that stays open and refreshes itself is noted once in READ_EVERY: nobody reads past the journal by it.
        """
        key, now = (self.token, act, subject), self.desk.clock.now()
        last = self.desk.read_at.get(key)
        if self.is_live and last is not None and now - last < READ_EVERY:
            return
        self.desk.read_at.pop(key, None)
        self.desk.read_at[key] = now
        if len(self.desk.read_at) > READS_KEPT:
            self.desk.read_at.pop(next(iter(self.desk.read_at)))
        async with self.desk.database.write() as tx:
            await self.note(tx, act, subject)

    # Answers

    async def html(self, template: str, *, status: int = 200, cookie: Cookie | None = None, **values: Any) -> Answer:
        """
        The page. A request of its live part gets the template's block `live` alone.

        Give the template what it needs; `visit`, `staff`, `csrf`, `now`, `zone`, `offices` are there, and around the
        page `nav` and `banner`.
        """
        views = self.desk.views
        given = self._around()
        if self.is_live and views.has_block(template, "live"):
            return self._html(views.html(template, {**given, **values}, block="live"))
        given |= await self.chrome()
        return self._html(views.html(template, {**given, **values}), status=status, cookie=cookie)

    async def part(self, template: str, **values: Any) -> Answer:
        """A piece of a page, for htmx."""
        return self._html(self.desk.views.html(template, {**self._around(), **values}))

    def to(self, path: str, *, said: str = "", cookie: Cookie | None = None) -> Answer:
        """After an act: to this page below /desk, where `said` names the words that tell what was done."""
        where = f"{ROOT}{path}"
        if said:
            where += ("&" if "?" in where else "?") + urlencode({"said": said})
        return redirect(where, cookie=cookie)

    def _around(self) -> dict[str, Any]:
        content = self.desk.content()
        return {
            "visit": self,
            "staff": self.inside.staff if self.inside else None,
            "is_inside": self.inside is not None and self.inside.has_rights,
            "csrf": self.desk.door.proof(self.token) if self.token else "",
            "now": self.desk.clock.now(),
            "zone": self.office.timezone if self.inside else content.default_office.timezone,
            "offices": content.offices,
            "look": look_of(self.request),
            "said": self.query("said"),
            "wrong": "",
            "at": "",
            "until": None,
            "root": ROOT,
            "here": self.request.url.path,
        }

    async def chrome(self, here: str = "") -> dict[str, Any]:
        """What stands around a page: navigation with what waits, and the banner. here: "" for this page's address."""
        if self.inside is None or not self.inside.has_rights:
            return {"nav": (), "banner": ()}
        path = (here or self.request.url.path).removeprefix(ROOT)
        items = []
        async with self.desk.database.read() as tx:
            for noun in self.desk.nouns:
                if not self.may(noun.right):
                    continue
                count = await noun.count(tx, self.staff) if noun.count else 0
                is_here = path == noun.path or (noun.path != "" and path.startswith(f"{noun.path}/"))
                items.append({"name": noun.name, "path": f"{ROOT}{noun.path}", "count": count, "is_here": is_here})
            notes = await banner(self, tx)
        return {"nav": items, "banner": notes}

    def _html(self, html: str, *, status: int = 200, cookie: Cookie | None = None) -> Answer:
        cookies = [cookie] if cookie else []
        return Response(html, media_type="text/html", headers=dict(HEADERS), status_code=status, cookies=cookies)


def redirect(where: str, *, cookie: Cookie | None = None) -> Answer:
    """303: the browser asks for the page anew, and going back repeats no act."""
    headers = {**HEADERS, "Location": where}
    return Response("", media_type="text/html", headers=headers, status_code=303, cookies=[cookie] if cookie else [])


def away(request: AnyRequest, step: str) -> Answer:
    """To the page of the entry that asks for what is owed; from there back here, if this was a page and no act."""
    where = f"{ROOT}/{step}"
    if request.method == "GET" and LIVE not in request.headers and request.url.path != ROOT:
        query = f"?{request.url.query}" if request.url.query else ""
        where += f"?next={quote(request.url.path + query)}"
    if "hx-request" in request.headers:
        return Response("", media_type="text/html", headers={**HEADERS, "HX-Redirect": where}, status_code=401)
    return redirect(where)


def next_of(wanted: str) -> str:
    """Where to go after the entry: one of our pages, never another site."""
    is_ours = (wanted == ROOT or wanted.startswith(f"{ROOT}/")) and "//" not in wanted and "\\" not in wanted
    return wanted if is_ours and wanted.isprintable() else ROOT


def step_of(stage: Stage) -> str:
    """The page of the entry that this stage is at."""
    return {"code": "code", "enrol": "phone"}.get(stage, "")


def look_of(request: AnyRequest) -> dict[str, str]:
    """How the person wants pages to look: kept in the browser, it says nothing about anybody."""
    given = request.cookies.get(LOOK, "")[:100].split(".")
    return {name: value for name, values in LOOKS.items() for value in values if value in given}
