"""
The pages of the console, in the order of the navigation.

A new noun: a module beside this one with `routes(desk)`, its templates in `templates/desk/`, its words in
`templates/desk/words.html`, a line here, and its routes in the walk of tests/web/desk/test_walk.py.
"""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right
from bot.web.console import (
    calls,
    cases,
    chats,
    citizens,
    content,
    gateway,
    home,
    journal,
    leading,
    letters,
    me,
    reception,
    seats,
    staff,
    troubles,
)
from bot.web.console.desk import Desk, Noun

NOUNS: tuple[Noun, ...] = (
    Noun("home", "", Right.OWN, home.routes),
    Noun("cases", "/cases", Right.CASES, cases.routes, cases.waiting),
    Noun("visits", "/visits", Right.VISITS, reception.routes),
    Noun("citizens", "/citizens", Right.CITIZENS, citizens.routes),
    Noun("calls", "/calls", Right.CALLS, calls.routes, calls.waiting),
    Noun("letters", "/letters", Right.LETTERS, letters.routes, letters.waiting),
    Noun("content", "/content", Right.CONTENT, content.routes),
    Noun("staff", "/staff", Right.STAFF, staff.routes),
    Noun("journal", "/journal", Right.JOURNAL, journal.routes),
)
UNNAMED = (
    gateway.routes,
    me.routes,
    troubles.routes,
    chats.routes,
    seats.routes,
    leading.routes,
)  # pages that are no item of the navigation


def console_routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    return [route for routes in (*UNNAMED, *(noun.routes for noun in desk.nouns)) for route in routes(desk)]
