"""
Who writes: a random token that only the browser has. The chat id is its hash, so no token stands in the database.

    page of its own    cookie   token | remembered or not | minute of the last act, all of it signed
    inside a frame     Authorization: Bearer token; third-party cookies are dead

A cookie that is not remembered ends with the browser, or after IDLE without a message: on a shared computer the next
person must not go on with the talk. The signature is by the installation's press key, so a made-up cookie is nobody's.
"""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from urllib.parse import urlsplit

from litestar.datastructures import Cookie

from storage.cipher import Cipher

IDLE = timedelta(minutes=20)  # the page itself ends at 15; the rest is for a slow clock and a slow line
REMEMBERED = timedelta(days=180)
PREFIX_SECURE = "__Host-"  # such a cookie can't be planted from a subdomain
COOKIE = "chat"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")
Guise = Literal["cookie", "bearer"]


@dataclass(frozen=True, slots=True)
class Identity:
    """token: 256 random bits. guise: how it came. acted_at: of the cookie's last act."""

    token: str
    guise: Guise
    acted_at: datetime
    is_remembered: bool = False

    @property
    def chat(self) -> str:
        return sha256(self.token.encode()).hexdigest()


class Identities:
    """Makes, reads and proves identities. public_url: of this installation, empty when there is none."""

    def __init__(self, cipher: Cipher, public_url: str) -> None:
        self._cipher = cipher
        url = urlsplit(public_url)
        self._origin = f"{url.scheme}://{url.netloc}" if url.netloc else ""
        self._is_secure = url.scheme == "https"
        self.cookie_name = (PREFIX_SECURE if self._is_secure else "") + COOKIE

    def fresh(self, guise: Guise, now: datetime) -> Identity:
        return Identity(secrets.token_urlsafe(32), guise, now)

    def of_bearer(self, authorization: str, now: datetime) -> Identity | None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not _TOKEN.match(token):
            return None
        return Identity(token, "bearer", now)

    def of_cookie(self, value: str, now: datetime) -> Identity | None:
        """None for a cookie that is forged, too old or no cookie of ours."""
        token, _, rest = value.partition(".")
        flag, _, rest = rest.partition(".")
        minute, _, mac = rest.partition(".")
        if not _TOKEN.match(token) or not hmac.compare_digest(mac.encode(), self._mac(token, flag, minute).encode()):
            return None
        acted_at = datetime.fromtimestamp(int(minute) * 60, now.tzinfo)
        if now - acted_at > (REMEMBERED if flag == "r" else IDLE):
            return None
        return Identity(token, "cookie", acted_at, flag == "r")

    def cookie(self, identity: Identity, now: datetime) -> Cookie:
        """The cookie as of now."""
        flag = "r" if identity.is_remembered else "s"
        minute = str(int(now.timestamp()) // 60)
        value = f"{identity.token}.{flag}.{minute}.{self._mac(identity.token, flag, minute)}"
        return self._cookie(value, int(REMEMBERED.total_seconds()) if identity.is_remembered else None)

    def no_cookie(self) -> Cookie:
        return self._cookie("", 0)

    def proof(self, identity: Identity) -> str:
        """What a page must send with every act besides the cookie: bound to the identity, unknown to other sites."""
        return _text(self._cipher.mac("web.proof", identity.chat))

    def is_proven(self, identity: Identity, proof: str) -> bool:
        return hmac.compare_digest(self.proof(identity).encode(), proof.encode("utf-8", "replace"))

    def is_own_origin(self, origin: str | None, host: str, fetch_site: str | None) -> bool:
        """Whether a page of ours asks: by Origin, else by Sec-Fetch-Site. Neither: no browser, refused."""
        if origin is None:
            return fetch_site == "same-origin"
        try:
            return origin == self._origin != "" or urlsplit(origin).netloc.lower() == host.lower() != ""
        except ValueError:
            return False

    def _cookie(self, value: str, max_age: int | None) -> Cookie:
        return Cookie(
            key=self.cookie_name,
            value=value,
            max_age=max_age,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )

    def _mac(self, token: str, flag: str, minute: str) -> str:
        return _text(self._cipher.mac("web.cookie", token, flag, minute))


def _text(mac: bytes) -> str:
    return base64.urlsafe_b64encode(mac[:18]).decode()
