"""
The page: `/` as a page of its own, `/embed` inside another site, `/embed.js` the one script tag that puts it there.

Both are the same template. The address never holds a token; `?from=TAG` says which link led here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from bot.clock import Clock
from bot.texts.schema import Content
from bot.web.assets import FOR_MINUTES, Asset, asset, packed
from bot.web.gate import AnyRequest, Gate
from bot.web.headers import page_policy
from bot.web.words import words

TEMPLATES = Path(__file__).parent / "templates"
EMBED = "embed.js"
SCRIPTS = ("text.js", "line.js", "scroll.js", "chat.js")


def environment() -> Environment:
    """Templates that escape whatever is put in, and refuse a name nobody gave."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


class Pages:
    """Renders the page in the edition in force. embed_origins: sites that may frame it; none: nobody."""

    def __init__(
        self,
        content: Callable[[], Content],
        clock: Clock,
        gate: Gate,
        assets: Mapping[str, Asset],
        embed_origins: Sequence[str],
    ) -> None:
        self._content = content
        self._clock = clock
        self._gate = gate
        self._assets = assets
        self._embed_origins = tuple(embed_origins)
        self._template = environment().get_template("chat.html")
        self._words: tuple[tuple[str, object], dict[str, str]] | None = None
        self._script: Asset | None = None

    def routes(self) -> list[HTTPRouteHandler]:
        @get("/", media_type="text/html")
        async def top(request: AnyRequest) -> Response[str]:
            identity = self._gate.known(request) if "cookie" in request.headers else None
            state = "" if identity is None else "remembered" if identity.is_remembered else "here"
            proof = self._gate.identities.proof(identity) if identity else ""
            return self._page(page_policy(()), is_framed=False, state=state, proof=proof)

        @get("/embed", media_type="text/html")
        async def framed() -> Response[str]:
            self._only_embedded()
            return self._page(page_policy(self._embed_origins), is_framed=True, state="", proof="")

        @get(f"/{EMBED}")
        async def script(request: AnyRequest) -> Response[bytes]:
            self._only_embedded()
            # another site's page takes it, so it must be takeable from anywhere
            headers = {"Cache-Control": FOR_MINUTES, "Cross-Origin-Resource-Policy": "cross-origin"}
            return packed(request, self._embed_script(), headers)

        return [top, framed, script]

    def _only_embedded(self) -> None:
        if not self._embed_origins:
            raise NotFoundException("BOT_EMBED_ORIGINS is empty")

    def _page(self, policy: str, **values: Any) -> Response[str]:
        said = self._said()
        html = self._template.render(
            words=said,
            words_json=json.dumps(said, ensure_ascii=False),
            css=self._assets["chat.css"].name,
            scripts=[self._assets[name].name for name in SCRIPTS],
            icon=self._assets["icon.svg"].name,
            **values,
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return Response(html, media_type="text/html", headers=headers)

    def _said(self) -> dict[str, str]:
        """The words, made once per edition and day."""
        content, now = self._content(), self._clock.now()
        wanted = (content.fingerprint, now.date())
        if self._words is None or self._words[0] != wanted:
            self._words = (wanted, words(content, now))
        return self._words[1]

    def _embed_script(self) -> Asset:
        said = self._said()
        own = json.dumps({key: said[key] for key in ("open", "close", "title")}, ensure_ascii=True)
        source = self._assets[EMBED].plain.replace(b'"WORDS"', own.encode())
        if self._script is None or self._script.plain != source:
            self._script = asset(EMBED, source)
        return self._script
