"""
Printable pages: what somebody takes along where no internet is. Server-rendered, no script needed, nothing is kept.

    GET /print                           which situation
    GET /print/<situation>               the page, the steps with boxes to tick, further pages, contacts
    GET /print/<situation>/days?from=…   the first ten days, with dates where a date is given
    ?office=<id>                         another office of the installation
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from bot.clock import Clock
from bot.flows.words.first_days import bounds, counted_from, span
from bot.flows.words.reading import PRINT
from bot.texts import render
from bot.texts.office import Office
from bot.texts.schema import Content
from bot.texts.situation import Situation
from bot.web.assets import Asset
from bot.web.gate import AnyRequest
from bot.web.headers import print_policy
from bot.web.page import environment
from bot.web.paragraphs import paragraphs
from bot.web.words import print_words

HEADERS = {"Content-Security-Policy": print_policy(), "X-Robots-Tag": "noindex"}
FRESH = "no-cache"  # a browser may keep it, and asks each time whether it still holds


class Printables:
    """since: when the edition in force was accepted, shown as the date of the words."""

    def __init__(
        self,
        content: Callable[[], Content],
        clock: Clock,
        assets: Mapping[str, Asset],
        since: Callable[[], datetime | None],
    ) -> None:
        self._content = content
        self._clock = clock
        self._assets = assets
        self._since = since
        self._templates = environment()
        self._templates.filters["paragraphs"] = paragraphs
        self._edition: tuple[str, date] | None = None
        self._kept: dict[tuple[str, str], str] = {}

    def routes(self) -> list[HTTPRouteHandler]:
        @get(PRINT, media_type="text/html")
        async def every(request: AnyRequest) -> Response[str]:
            return self._same(request, "", lambda sheet: sheet.html("print_list.html"))

        @get(f"{PRINT}/{{situation:str}}", media_type="text/html")
        async def one(request: AnyRequest, situation: FromPath[str]) -> Response[str]:
            found = self._content().situations.get(situation)
            if found is None:
                return self._missing(request)
            return self._same(request, found.id, lambda sheet: sheet.html("print_situation.html", situation=found))

        @get(f"{PRINT}/{{situation:str}}/days", media_type="text/html")
        async def days(request: AnyRequest, situation: FromPath[str]) -> Response[str]:
            found = self._content().situations.get(situation)
            if found is None or not found.days:
                return self._missing(request)
            typed = request.query_params.get("from", "").strip()
            if not typed:
                return self._same(request, f"{found.id}/days", lambda sheet: sheet.days(found, None))
            sheet = self._sheet(request)
            released = counted_from(typed, sheet.today)
            # the date is a citizen's: neither this server nor a browser's cache keeps the page
            headers = {**HEADERS, "Cache-Control": "no-store"}
            is_wrong = released is None
            return Response(
                sheet.days(found, released, is_wrong=is_wrong), headers=headers, status_code=400 if is_wrong else 200
            )

        return [every, one, days]

    def _sheet(self, request: AnyRequest) -> "_Sheet":
        content = self._content()
        office = content.office(request.query_params.get("office", ""))
        now = self._clock.now()
        files = {name: self._assets[name].name for name in ("print.css", "print.js", "icon.svg")}
        return _Sheet(self._templates, content, office, now, self._since() or now, files)

    def _same(self, request: AnyRequest, path: str, made: "Callable[[_Sheet], str]") -> Response[str]:
        """A page that is the same for everybody until the edition or the day changes."""
        sheet = self._sheet(request)
        edition = (sheet.content.fingerprint, sheet.today)
        if self._edition != edition:
            self._edition, self._kept = edition, {}
        key = (path, sheet.office.id)
        html = self._kept.get(key)
        if html is None:
            html = self._kept[key] = made(sheet)
        tag = f'"{sha256(html.encode()).hexdigest()[:16]}"'
        headers = {**HEADERS, "Cache-Control": FRESH, "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response("", headers=headers, status_code=304)
        return Response(html, headers=headers)

    def _missing(self, request: AnyRequest) -> Response[str]:
        html = self._sheet(request).html("print_missing.html")
        return Response(html, headers={**HEADERS, "Cache-Control": "no-store"}, status_code=404)


class _Sheet:
    """One page being made: an edition, an office, a day."""

    def __init__(
        self, templates: Any, content: Content, office: Office, now: datetime, since: datetime, files: Mapping[str, str]
    ) -> None:
        self.content = content
        self.office = office
        self.today = render.local(now, office.timezone).date()
        self._templates = templates
        self._since = render.local(since, office.timezone).date()
        self._files = files

    def html(self, template: str, **values: Any) -> str:
        return str(
            self._templates.get_template(template).render(
                words=print_words(self.content, self.office, self.today),
                edition=self._say("edition", date=render.date_words(self._since)),
                content=self.content,
                office=self.office,
                of_office=f"?office={self.office.id}" if self.office.id and len(self.content.offices) > 1 else "",
                fill=self._fill,
                root=PRINT,
                css=self._files["print.css"],
                script=self._files["print.js"],
                icon=self._files["icon.svg"],
                **values,
            )
        )

    def days(self, situation: Situation, released: date | None, *, is_wrong: bool = False) -> str:
        return self.html(
            "print_days.html",
            situation=situation,
            released=released,
            parts=[(span(self.content, part, released, self.today), part) for part in situation.days],
            counted=self._say("counted", date=render.date_words(released)) if released else "",
            wrong=self._say("wrong", **bounds(self.today)) if is_wrong else "",
        )

    def _fill(self, text: str) -> str:
        return render.fill(self.content, text, self.office, today=self.today)

    def _say(self, key: str, **values: str) -> str:
        return render.say(self.content, f"print.{key}", values, office=self.office, today=self.today)
