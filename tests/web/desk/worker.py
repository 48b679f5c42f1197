"""Somebody of the staff with a browser: forms as pages give them, cookies as a browser keeps them."""

import re
from collections.abc import Collection
from datetime import datetime
from html import unescape
from uuid import uuid4

import httpx
import pyotp

from bot.accounts.entry import fresh_token
from bot.accounts.password import Passwords
from bot.accounts.roles import Role
from bot.clock import Clock
from storage.database import Database
from storage.staff import Secrets, StaffRow
from storage.staff_sessions import Stage

PASSWORD = "кот на окне смотрит вниз"
CODE = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_known: dict[str, str] = {}


async def hire(
    database: Database,
    clock: Clock,
    role: Role | str = Role.ADMIN,
    *,
    login: str = "",
    name: str = "Ольга Ветрова",
    offices: Collection[str] = (),
    has_code: bool = False,
    is_ready: bool = True,
) -> StaffRow:
    """An account, as after its invitation. offices: none for every office."""
    id_ = uuid4().hex
    person = StaffRow(
        id=id_,
        login=login or f"staff.{id_[:6]}",
        name=name,
        role=str(role),
        offices=tuple(offices),
        every_office=not offices,
        is_on_duty=False,
        is_active=True,
        has_password=is_ready,
        has_code=has_code,
        created_at=clock.now(),
    )
    if PASSWORD not in _known:
        _known[PASSWORD] = await Passwords().hash(PASSWORD)
    async with database.write() as tx:
        assert await tx.staff.add(person)
        if is_ready:
            await tx.staff.keep_secrets(id_, Secrets(_known[PASSWORD], CODE if has_code else ""))
    return person


def code_at(now: datetime) -> str:
    """What the phone shows."""
    return pyotp.TOTP(CODE).at(now)


class Worker:
    """`get` and `post` below /desk; a form's token is taken from the page shown last."""

    def __init__(self, url: str, *, origin: str = "") -> None:
        self.url = url
        self.client = httpx.AsyncClient(
            base_url=url, headers={"Origin": origin or url}, verify=False, trust_env=False, timeout=20
        )
        self.page = ""
        self.csrf = ""

    @property
    def text(self) -> str:
        return unescape(self.page)

    @property
    def cookie(self) -> str:
        return self.client.cookies.get("desk") or ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return self._seen(await self.client.get(f"/desk{path}", headers=headers))

    async def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form. csrf: given, or of the page."""
        return self._seen(await self.client.post(f"/desk{path}", data={"csrf": self.csrf, **fields}))

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        self.page = answer.text
        if found := CSRF.search(answer.text):
            self.csrf = unescape(found[1])
        return answer

    async def log_in(self, login: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        await self.get("/login")
        return await self.post("/login", login=login, password=password, **fields)

    async def appear(self, database: Database, clock: Clock, person: StaffRow, stage: Stage = "inside") -> None:
        """Inside, without the way there."""
        token = fresh_token()
        async with database.write() as tx:
            await tx.staff_sessions.open(token, person.id, stage, now=clock.now())
        self.plant(token)
        self.csrf = ""
        if stage == "inside":
            await self.get("/me")

    def plant(self, token: str) -> None:
        """Put a cookie into the browser, as if the server had set it."""
        self.client.cookies.set("desk", token, domain=self.client.base_url.host, path="/")

    async def close(self) -> None:
        await self.client.aclose()
