"""
One's own entry: password, phone, recovery codes, other browsers, how pages look.

What weakens the door asks for the password once more.
"""

from collections.abc import Sequence
from typing import Any

from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler

from bot.accounts.entry import IDLE, WHOLE, Inside, TooOften, TooWeak, Wrong
from bot.accounts.roles import Right
from bot.web.console.desk import Desk
from bot.web.console.gateway import opened, set_up_phone
from bot.web.console.visit import LOOK, LOOKS, ROOT, Answer, Missing, Visit

LOOK_S = 365 * 24 * 3600


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    entry = desk.entry

    @desk.page("/me", Right.OWN)
    async def me(visit: Visit) -> Answer:
        return await _shown(visit)

    @desk.act("/me/password", Right.OWN)
    async def password(visit: Visit) -> Answer:
        form = await visit.form()
        if form.raw("new") != form.raw("again"):
            return await _shown(visit, status=400, wrong="differs", at="password")
        try:
            entered = await entry.change_password(_inside(visit), visit.token, form.raw("current"), form.raw("new"))
        except TooWeak as error:
            return await _shown(visit, status=400, wrong=str(error.why), at="password")
        except (Wrong, TooOften) as error:
            return await _refused(visit, error, "password")
        return visit.to("/me", said="password_set", cookie=desk.door.cookie(entered.token))

    @desk.page("/me/phone", Right.OWN)
    async def phone(visit: Visit) -> Answer:
        return await set_up_phone(visit)

    @desk.act("/me/phone", Right.OWN)
    async def phone_given(visit: Visit) -> Answer:
        form = await visit.form()
        secret = opened(desk.database.cipher, visit.token, form["secret"]) or ""
        if visit.staff.has_code:
            raise Missing  # another phone: after a reset, or after the present one is let go
        try:
            entered, recovery = await entry.enrol(_inside(visit), visit.token, secret, form["code"])
        except Wrong:
            return await set_up_phone(visit, secret=secret, status=403, wrong="entry")
        moved = Visit(desk, visit.request, entered.token, await entry.who(entered.token))
        return await moved.html(
            "recovery.html", cookie=desk.door.cookie(entered.token), codes=recovery, next=f"{ROOT}/me", is_first=True
        )

    @desk.act("/me/phone/drop", Right.OWN)
    async def phone_dropped(visit: Visit) -> Answer:
        form = await visit.form()
        try:
            entered = await entry.drop_code(_inside(visit), visit.token, form.raw("current"))
        except (Wrong, TooOften) as error:
            return await _refused(visit, error, "phone")
        return visit.to("/me", said="code_dropped", cookie=desk.door.cookie(entered.token))

    @desk.act("/me/recovery", Right.OWN)
    async def recovery(visit: Visit) -> Answer:
        form = await visit.form()
        try:
            codes = await entry.renew_recovery(_inside(visit), form.raw("current"))
        except (Wrong, TooOften) as error:
            return await _refused(visit, error, "recovery")
        return await visit.html("recovery.html", codes=codes, next=f"{ROOT}/me", is_first=False)

    @desk.act("/me/others", Right.OWN)
    async def others(visit: Visit) -> Answer:
        await entry.end_others(_inside(visit), visit.token)
        return visit.to("/me", said="others_ended")

    @desk.act("/me/look", Right.OWN)
    async def look(visit: Visit) -> Answer:
        form = await visit.form()
        chosen = [form[name] for name, values in LOOKS.items() if form[name] in values]
        kept = Cookie(
            key=LOOK, value=".".join(chosen), max_age=LOOK_S, path=ROOT, httponly=True, samesite="lax",
            secure=desk.door.is_secure,
        )  # fmt: skip
        return visit.to("/me", said="look_set", cookie=kept)

    return [me, password, phone, phone_given, phone_dropped, recovery, others, look]


async def _shown(visit: Visit, *, status: int = 200, **told: Any) -> Answer:
    desk, person, now = visit.desk, visit.staff, visit.desk.clock.now()
    async with desk.database.read() as tx:
        left = await tx.staff.count_recovery(person.id)
        linked = await tx.staff.linked(person.id)
        count = await tx.staff_sessions.count(person.id, since=now - WHOLE, seen=now - IDLE)
    return await visit.html(
        "me.html",
        status=status,
        recovery_left=left,
        others=max(count - 1, 0),
        linked=linked,
        needs_code=desk.entry.needs_code(person.role),
        idle_minutes=int(IDLE.total_seconds() // 60),
        whole_hours=int(WHOLE.total_seconds() // 3600),
        **told,
    )


async def _refused(visit: Visit, error: Wrong | TooOften, at: str) -> Answer:
    if isinstance(error, TooOften):
        return await _shown(visit, status=429, wrong="often", until=error.until, at=at)
    return await _shown(visit, status=403, wrong="password", at=at)


def _inside(visit: Visit) -> Inside:
    assert visit.inside is not None, "an act with a right"
    return visit.inside
