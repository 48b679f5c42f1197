"""
Pages of the console as HTML: templates of `templates/desk/`, their words, what stands around every page.

Words for staff stand in the templates and in `templates/desk/words.html`; code names them by key.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from bot.texts import render
from bot.web.assets import Asset
from bot.web.console import times
from bot.web.page import environment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "same-origin",  # without it a form of ours comes with the origin "null"
}
SCRIPTS = ("htmx.js", "desk.js")


class Views:
    """Renders templates. assets: by file name."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._templates = _environment()
        self._files = {
            "css": assets["desk.css"].name,
            "icon": assets["icon.svg"].name,
            "scripts": [assets[name].name for name in SCRIPTS],
        }

    def html(self, template: str, values: Mapping[str, Any], *, block: str = "") -> str:
        """
        A page, or one block of it that refreshes itself.

        values must have `now` and `zone`, for times.
        """
        found = self._templates.get_template(f"desk/{template}")
        given = {**self._files, **values}
        if block:
            return "".join(found.blocks[block](found.new_context(given)))
        return found.render(given)

    def has_block(self, template: str, block: str) -> bool:
        return block in self._templates.get_template(f"desk/{template}").blocks


@cache
def _environment() -> Environment:
    """Compiled once: it takes a third of the time in which an application is made."""
    templates = environment()
    templates.filters |= {"moment": _moment, "day": _day, "clock": _clock, "plural": _plural}
    templates.globals["words"] = templates.get_template("desk/words.html").module
    templates.globals["ui"] = templates.get_template("desk/ui.html").module
    return templates


@pass_context
def _moment(context: Context, at: datetime) -> str:
    return times.moment(at, context["now"], context["zone"])


@pass_context
def _day(context: Context, at: datetime) -> str:
    return times.day(at, context["now"], context["zone"])


@pass_context
def _clock(context: Context, at: datetime) -> str:
    return render.time_words(at, context["zone"])


def _plural(number: int, one: str, few: str, many: str) -> str:
    """«1 письмо», «2 письма», «5 писем»."""
    return render.counted(number, one, few, many)
