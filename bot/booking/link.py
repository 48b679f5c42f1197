"""
The signed link that fetches a visit's calendar file: it names a booking and nobody, and opens nothing else.

Whoever has the link has the file, as with any paper: phones fetch it in another program than the messenger.
"""

import base64
import hmac
import re
from collections.abc import Callable

PATH = "/calendar"  # of the installation's site; what follows is the pass
_FORM = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{24})\Z")

Sign = Callable[..., bytes]


def pass_for(sign: Sign, booking: str) -> str:
    """The last part of the link: fetches this booking's entry as it then stands, nothing else."""
    return f"{booking}.{_mac(sign, booking)}"


def booking_of(sign: Sign, given: str) -> str | None:
    """Whose entry the pass fetches; None for one that was not made here."""
    form = _FORM.match(given)
    if form is None or not hmac.compare_digest(form[2], _mac(sign, form[1])):
        return None
    return form[1]


def _mac(sign: Sign, booking: str) -> str:
    return base64.urlsafe_b64encode(sign("calendar", booking)[:18]).decode()
