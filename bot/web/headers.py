"""What every answer says to browsers about safety. Source: OWASP secure headers; w3.org/TR/CSP3."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Content-Security-Policy": NOTHING,
}
HSTS = "max-age=31536000"


def page_policy(embed_origins: Sequence[str]) -> str:
    """The policy of the chat page: own files only, framed by these sites only. Raises ValueError for a wrong origin."""
    ancestors = " ".join(origin(one) for one in embed_origins) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )


def print_policy() -> str:
    """The policy of printable pages: own files only, framed by nobody; their one form asks this server."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def origin(text: str) -> str:
    """
    The origin as browsers write it: scheme://host[:port].

    Raises ValueError for anything else: a path, a wildcard for all, a policy smuggled in.
    """
    url = urlsplit(text.strip().rstrip("/"))
    is_plain = not (url.path or url.query or url.fragment or url.username or url.password)
    host = url.hostname or ""
    letters = host.removeprefix("*.").replace(".", "").replace("-", "")
    if url.scheme not in ("https", "http") or not is_plain or not letters.isascii() or not letters.isalnum():
        raise ValueError(f"no origin: {text!r}, an example: https://czn.example")
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{host}{port}"


class SafeHeaders:
    """A hook before sending: adds what the handler did not set. is_https: the public address is https."""

    def __init__(self, *, is_https: bool) -> None:
        self._headers = {**COMMON, **({"Strict-Transport-Security": HSTS} if is_https else {})}

    async def __call__(self, message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
