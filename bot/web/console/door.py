"""
Cookie and form token of the console: what a browser must bring to be let in, and to be listened to.

    cookie      256 random bits, nothing else; the row of the session is found by their hash
    form token  HMAC of the cookie under the press key: bound to the session, gone with it, never stored

Before a login the cookie leads to no row; it only binds the form token, so that nobody can log a stranger in. Each step
of an entry brings a new cookie (bot/accounts/entry.py).
"""

import base64
import hmac
import re

from litestar.datastructures import Cookie

from bot.accounts.entry import fresh_token
from bot.web.gate import AnyRequest
from bot.web.identity import PREFIX_SECURE, Identities
from storage.cipher import Cipher

COOKIE = "desk"
FIELD = "csrf"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")


class Door:
    """identities: tells which pages are ours. is_secure: browsers reach us by https."""

    def __init__(self, cipher: Cipher, identities: Identities, *, is_secure: bool) -> None:
        self._cipher = cipher
        self._identities = identities
        self.is_secure = is_secure
        self.cookie_name = (PREFIX_SECURE if is_secure else "") + COOKIE

    def token(self, request: AnyRequest) -> str:
        """What the browser brought, "" for nothing that could be one of ours."""
        token = request.cookies.get(self.cookie_name, "")
        return token if _TOKEN.match(token) else ""

    def cookie(self, token: str) -> Cookie:
        """Ends with the browser. `lax`: a link from a messenger opens the page; acts need the form token anyway."""
        return Cookie(key=self.cookie_name, value=token, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def fresh(self) -> str:
        """A token for a browser without one, or for who has left."""
        return fresh_token()

    def proof(self, token: str) -> str:
        """The form token that belongs to this cookie."""
        return base64.urlsafe_b64encode(self._cipher.mac("desk.csrf", token)[:18]).decode()

    def is_proven(self, token: str, proof: str) -> bool:
        return bool(token) and hmac.compare_digest(self.proof(token).encode(), proof.encode("utf-8", "replace"))

    def is_own_page(self, request: AnyRequest) -> bool:
        headers = request.headers
        return self._identities.is_own_origin(
            headers.get("origin"), headers.get("host", ""), headers.get("sec-fetch-site")
        )
