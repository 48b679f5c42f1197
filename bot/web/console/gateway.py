"""
The pages of the entry: login, code, setting up the phone, invitation, leaving.

    /desk/login --> /desk/code, /desk/phone --> where they wanted to go
    /desk/invite?code=… --> password --> as after a login
The invitation stands behind «?»: nginx logs nothing of that, and a page of ours sends no referrer to other sites.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler

from bot.accounts import code as codes
from bot.accounts.entry import Entered, Inside, TooOften, TooWeak, Wrong
from bot.web.console.desk import Desk
from bot.web.console.visit import ROOT, Answer, Asks, Visit, next_of, redirect, step_of
from storage.cipher import Cipher
from storage.errors import Unreadable


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    entry = desk.entry

    @desk.open_page("/login")
    async def login(visit: Visit) -> Answer:
        if visit.inside is not None and visit.inside.has_rights:
            return visit.to("")
        return await visit.html("login.html", next=next_of(visit.query("next")))

    @desk.open_act("/login")
    async def logged_in(visit: Visit) -> Answer:
        form = await visit.form()
        wanted = next_of(form["next"])
        try:
            entered = await entry.log_in(form["login"], form.raw("password"), visit.household(), old=visit.token)
        except (Wrong, TooOften) as error:
            return await visit.html(
                "login.html", status=_status(error), next=wanted, login=form["login"], **_told(error)
            )
        return _on(desk, entered, wanted)

    @desk.open_page("/code")
    async def code(visit: Visit) -> Answer:
        _at(visit, "code")
        return await visit.html("code.html", next=next_of(visit.query("next")))

    @desk.open_act("/code")
    async def code_given(visit: Visit) -> Answer:
        _at(visit, "code")
        form = await visit.form()
        wanted = next_of(form["next"])
        try:
            entered = await entry.give_code(visit.token, form["code"])
        except TooOften as error:
            return await visit.html("login.html", status=429, next=wanted, **_told(error))
        except Wrong as error:
            return await visit.html("code.html", status=403, next=wanted, **_told(error))
        return _on(desk, entered, wanted)

    @desk.open_page("/phone")
    async def phone(visit: Visit) -> Answer:
        return await _phone(visit, _at(visit, "enrol"), codes.fresh_secret(), next_of(visit.query("next")))

    @desk.open_act("/phone")
    async def phone_given(visit: Visit) -> Answer:
        inside = _at(visit, "enrol")
        form = await visit.form()
        secret = opened(desk.database.cipher, visit.token, form["secret"])
        wanted = next_of(form["next"])
        try:
            entered, recovery = await entry.enrol(inside, visit.token, secret or "", form["code"])
        except Wrong as error:
            return await _phone(visit, inside, secret or codes.fresh_secret(), wanted, status=403, **_told(error))
        moved = Visit(desk, visit.request, entered.token, await entry.who(entered.token))
        return await moved.html(
            "recovery.html", cookie=desk.door.cookie(entered.token), codes=recovery, next=wanted, is_first=True
        )

    @desk.open_page("/invite")
    async def invite(visit: Visit) -> Answer:
        invitation = visit.query("code")
        person = await entry.invited(invitation)
        return await visit.html(
            "invite.html", status=200 if person else 404, person=person, invitation=invitation if person else ""
        )

    @desk.open_act("/invite")
    async def accepted(visit: Visit) -> Answer:
        form = await visit.form()
        invitation, password = form["invitation"], form.raw("password")
        person = await entry.invited(invitation)
        if person is not None and password != form.raw("again"):
            return await visit.html("invite.html", status=400, person=person, invitation=invitation, wrong="differs")
        try:
            entered = await entry.accept(invitation, password, old=visit.token)
        except Wrong:
            return await visit.html("invite.html", status=404, person=None, invitation="")
        except TooWeak as error:
            return await visit.html(
                "invite.html", status=400, person=person, invitation=invitation, wrong=str(error.why)
            )
        return _on(desk, entered, ROOT)

    @desk.open_act("/logout")
    async def left(visit: Visit) -> Answer:
        await entry.leave(visit.token)
        return redirect(f"{ROOT}/login?said=left", cookie=desk.door.cookie(desk.door.fresh()))

    return [login, logged_in, code, code_given, phone, phone_given, invite, accepted, left]


def _at(visit: Visit, stage: str) -> Inside:
    """Raises Asks for the step that is owed instead."""
    inside = visit.inside
    if inside is None:
        raise Asks("login")
    if inside.session.stage != stage:
        raise Asks(step_of(inside.session.stage))
    return inside


def _on(desk: Desk, entered: Entered, wanted: str) -> Answer:
    """The next step with the new cookie, or the page that was wanted."""
    step = step_of(entered.stage)
    where = f"{ROOT}/{step}" if step else wanted
    if step and wanted != ROOT:
        where += f"?next={wanted}"
    return redirect(where, cookie=desk.door.cookie(entered.token))


async def _phone(visit: Visit, inside: Inside, secret: str, wanted: str, *, status: int = 200, **told: Any) -> Answer:
    return await visit.html(
        "phone.html",
        status=status,
        next=wanted,
        secret=sealed(visit.desk.database.cipher, visit.token, secret),
        secret_typed=secret,
        qr=codes.qr(secret, inside.staff.login),
        action=f"{ROOT}/phone" if inside.session.stage == "enrol" else f"{ROOT}/me/phone",
        **told,
    )


async def set_up_phone(visit: Visit, *, secret: str = "", status: int = 200, **told: Any) -> Answer:
    """The page with the QR code for somebody who is inside already."""
    assert visit.inside is not None, "a page with a right"
    return await _phone(visit, visit.inside, secret or codes.fresh_secret(), f"{ROOT}/me", status=status, **told)


def sealed(cipher: Cipher, token: str, secret: str) -> str:
    """A new secret, carried by the form until a code proves that the phone knows it; bound to this session."""
    return base64.urlsafe_b64encode(cipher.seal(secret.encode(), "desk", "enrol", token)).decode()


def opened(cipher: Cipher, token: str, carried: str) -> str | None:
    try:
        return cipher.open(base64.urlsafe_b64decode(carried), "desk", "enrol", token).decode()
    except (binascii.Error, ValueError, Unreadable):
        return None


def _told(error: Wrong | TooOften) -> dict[str, Any]:
    return {"wrong": "often", "until": error.until} if isinstance(error, TooOften) else {"wrong": "entry"}


def _status(error: Wrong | TooOften) -> int:
    return 429 if isinstance(error, TooOften) else 403
