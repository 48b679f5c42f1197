"""
What every page of the console works with, and what stands before each of them.

    request -> session? -> stage? -> right? -> form token (acts) -> the page's own function -> answer
                 |           |         +-- 403     +-- 403, nothing is done
                 |           +-- the step of the entry that is still owed
                 +-- the login page, and back here after it

A module per noun has `routes(desk)`; it declares pages and acts with the right they need:

    @desk.page("/letters", Right.LETTERS)
    async def letters(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            ...
        return await visit.html("letters.html", letters=letters)

    @desk.act("/letters/{number:int}/send", Right.LETTERS)
    async def send(visit: Visit) -> Answer:
        form = await visit.form()
        ...
        return visit.to("/letters", said="letter_sent")
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from litestar import Response, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from bot.accounts.entry import Entry
from bot.accounts.password import Passwords
from bot.accounts.roles import LEADING, Right, may
from bot.clock import Clock
from bot.telemetry import alarm
from bot.texts.schema import Content, Need
from bot.web.address import Addresses
from bot.web.assets import Asset
from bot.web.console.door import Door
from bot.web.console.view import HEADERS, Views
from bot.web.console.visit import LIVE, ROOT, Answer, Asks, Missing, NotAllowed, Visit, away, step_of
from bot.web.gate import AnyRequest
from bot.web.identity import Identities
from storage.database import Database, Transaction
from storage.errors import Unavailable
from storage.staff import StaffRow

FORM_BYTES = 64 * 1024
Page = Callable[[Visit], Awaitable[Answer]]
Count = Callable[[Transaction, StaffRow, datetime], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class DeskParts:
    """
    What only the console needs of the outside.

    needs_code: roles that must have the second factor. content_dir: where the files are that admins edit. needs: what
    the program asks of the content. public_url: for invitations, empty without one. informing: channels that carry no
    personal words.
    """

    needs_code: Collection[str] = LEADING
    content_dir: Path = Path("bot/content")
    needs: Mapping[str, Need] = field(default_factory=dict)
    public_url: str = ""
    has_chat: bool = True
    informing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Noun:
    """
    One item of the navigation. name: of its words. path: below /desk. right: without it nobody sees the item.

    count: what waits there, shown beside the name; None where nothing can wait.
    """

    name: str
    path: str
    right: Right
    routes: "Callable[[Desk], Sequence[HTTPRouteHandler]]"
    count: Count | None = None


class Desk:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        content: Callable[[], Content],
        parts: DeskParts,
        assets: Mapping[str, Asset],
        addresses: Addresses,
        identities: Identities,
        nouns: Sequence[Noun],
    ) -> None:
        self.database = database
        self.clock = clock
        self.content = content
        self.parts = parts
        self.nouns = nouns
        self.addresses = addresses
        self.views = Views(assets)
        self.door = Door(database.cipher, identities, is_secure=parts.public_url.startswith("https://"))
        self.read_at: dict[tuple[str, str, str], datetime] = {}  # when which page was noted as read last
        self.entry = Entry(database, clock, Passwords(), parts.needs_code)

    def page(self, path: str, right: Right) -> Callable[[Page], HTTPRouteHandler]:
        """A page for those who are inside and have the right. path: below /desk, with `{name:type}` as Litestar has."""

        def declared(shown: Page) -> HTTPRouteHandler:
            async def handler(request: AnyRequest) -> Answer:
                return await self._answered(request, lambda: self._shown(request, right, shown))

            return get(f"{ROOT}{path}", opt={"right": right}, status_code=200)(handler)

        return declared

    def act(self, path: str, right: Right) -> Callable[[Page], HTTPRouteHandler]:
        """As `page`, for a form that changes something: it comes from our page, with the token of this session."""

        def declared(done: Page) -> HTTPRouteHandler:
            async def handler(request: AnyRequest) -> Answer:
                return await self._answered(request, lambda: self._done(request, right, done))

            return post(f"{ROOT}{path}", opt={"right": right}, status_code=200, request_max_body_size=FORM_BYTES)(
                handler
            )

        return declared

    def open_page(self, path: str) -> Callable[[Page], HTTPRouteHandler]:
        """A page before anybody is inside."""

        def declared(shown: Page) -> HTTPRouteHandler:
            async def handler(request: AnyRequest) -> Answer:
                return await self._answered(request, lambda: self._opened(request, shown))

            return get(f"{ROOT}{path}", opt={"right": None}, status_code=200)(handler)

        return declared

    def open_act(self, path: str) -> Callable[[Page], HTTPRouteHandler]:
        """A form before anybody is inside; its token belongs to the cookie the page came with."""

        def declared(done: Page) -> HTTPRouteHandler:
            async def handler(request: AnyRequest) -> Answer:
                async def proven(visit: Visit) -> Answer:
                    await visit.proven()
                    return await done(visit)

                return await self._answered(request, lambda: self._opened(request, proven))

            return post(f"{ROOT}{path}", opt={"right": None}, status_code=200, request_max_body_size=FORM_BYTES)(
                handler
            )

        return declared

    # What stands before

    async def _shown(self, request: AnyRequest, right: Right, shown: Page) -> Answer:
        visit = await self._visit(request)
        self._let(visit, right)
        return await shown(visit)

    async def _done(self, request: AnyRequest, right: Right, done: Page) -> Answer:
        visit = await self._visit(request)
        await visit.proven()
        self._let(visit, right)
        return await done(visit)

    async def _opened(self, request: AnyRequest, shown: Page) -> Answer:
        token = self.door.token(request)
        is_new = not token
        visit = Visit(self, request, token or self.door.fresh(), await self.entry.who(token))
        answer = await shown(visit)
        if is_new and not any(cookie.key == self.door.cookie_name for cookie in answer.cookies):
            answer.cookies = [*answer.cookies, self.door.cookie(visit.token)]
        return answer

    async def _visit(self, request: AnyRequest) -> Visit:
        token = self.door.token(request)
        return Visit(self, request, token, await self.entry.who(token, is_live=LIVE in request.headers))

    def _let(self, visit: Visit, right: Right) -> None:
        """Raises what leads to the entry, or says no."""
        if visit.inside is None:
            raise Asks("login")
        if not visit.inside.has_rights:
            raise Asks(step_of(visit.inside.session.stage))
        if not may(visit.staff.role, right):
            raise NotAllowed("right")

    async def _answered(self, request: AnyRequest, made: Callable[[], Awaitable[Answer]]) -> Answer:
        """Whatever is raised becomes a page that people understand."""
        try:
            return await made()
        except Asks as asks:
            return away(request, asks.step)
        except NotAllowed as refused:
            return self._plain(f"refused_{refused.why}", 403)
        except Missing:
            return self._plain("missing", 404)
        except Unavailable:
            return self._plain("unavailable", 503)
        except HTTPException:
            raise
        except Exception as error:  # its class and the route only: its text and the address may hold somebody's words
            alarm("request_failed", path=request.scope.get("path_template", ""), error=type(error).__name__)
            return self._plain("failed", 500)

    def refused(self, error: HTTPException) -> Answer:
        """What the framework refuses below /desk: an address that is none, a form that is too large."""
        return self._plain("missing" if error.status_code in (404, 405) else "refused_page", error.status_code)

    def _plain(self, words: str, status: int) -> Answer:
        """A page that needs neither a session nor the database."""
        values = {"what": words, "look": {}, "now": self.clock.now(), "zone": "UTC"}
        html = self.views.html("plain.html", values)
        return Response(html, media_type="text/html", headers=dict(HEADERS), status_code=status)
