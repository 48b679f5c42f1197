"""What stands before every request of the chat page: who asks, from where, how often, from a page of ours or not."""

import math
from typing import Any

from litestar import Request
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException, TooManyRequestsException

from bot.clock import Clock
from bot.web.address import Addresses
from bot.web.identity import Identities, Identity
from bot.web.limits import Rate, Rates

OWN_HEADER = "x-chat"  # any other site must ask for leave to send it, and never gets it
PROOF_HEADER = "x-chat-proof"

AnyRequest = Request[Any, Any, Any]


class Gate:
    """Raises what answers 401 (no identity), 403 (another site's page) or 429 (too often); touches no database."""

    def __init__(self, identities: Identities, addresses: Addresses, rates: Rates, clock: Clock) -> None:
        self.identities = identities
        self.rates = rates
        self._addresses = addresses
        self._clock = clock

    def known(self, request: AnyRequest) -> Identity | None:
        """By a bearer token, else by the cookie. Another Authorization (a password for the whole site) is not ours."""
        now = self._clock.now()
        authorization = request.headers.get("authorization", "")
        if authorization.lower().startswith("bearer "):
            return self.identities.of_bearer(authorization, now)
        cookie = request.cookies.get(self.identities.cookie_name)
        return self.identities.of_cookie(cookie, now) if cookie else None

    def reader(self, request: AnyRequest) -> Identity:
        """Who may read."""
        identity = self.known(request)
        if identity is None:
            raise NotAuthorizedException("session")
        return identity

    def own_page(self, request: AnyRequest) -> None:
        """The request comes from a page of this installation."""
        headers = request.headers
        is_own = self.identities.is_own_origin(
            headers.get("origin"), headers.get("host", ""), headers.get("sec-fetch-site")
        )
        if not is_own or OWN_HEADER not in headers:
            raise PermissionDeniedException("page")

    def actor(self, request: AnyRequest) -> Identity:
        """Who may act. A cookie comes along by itself, so it needs the proof that only our page knows."""
        identity = self.reader(request)
        if identity.guise == "cookie":
            self.own_page(request)
            if not self.identities.is_proven(identity, request.headers.get(PROOF_HEADER, "")):
                raise PermissionDeniedException("session")
        return identity

    def household(self, request: AnyRequest) -> str:
        peer = request.client.host if request.client else ""
        return self._addresses.household(peer, request.headers)

    def spare(self, rate: Rate, key: str) -> None:
        """Count one more. Raises what answers 429 with the seconds to wait."""
        wait_s = rate.take(key)
        if wait_s:
            raise TooManyRequestsException("busy", headers={"Retry-After": str(math.ceil(wait_s))})
