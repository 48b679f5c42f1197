"""A ticket: one citizen's leave to fetch something for a short time, signed. It names nobody, opens nothing else."""

import base64
import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime

Sign = Callable[..., bytes]
_FORM = re.compile(r"([0-9]{1,11})\.([A-Za-z0-9_-]{24})\Z")


def made(sign: Sign, citizen_id: str, until: datetime) -> str:
    seconds = str(int(until.timestamp()))
    return f"{seconds}.{_mac(sign, citizen_id, seconds)}"


def is_valid(sign: Sign, citizen_id: str, ticket: str, now: datetime) -> bool:
    """Whether it was made for this citizen and its time is not over."""
    form = _FORM.match(ticket)
    if form is None or not hmac.compare_digest(form[2], _mac(sign, citizen_id, form[1])):
        return False
    return now <= datetime.fromtimestamp(int(form[1]), UTC)


def _mac(sign: Sign, citizen_id: str, seconds: str) -> str:
    return base64.urlsafe_b64encode(sign("ticket", citizen_id, seconds)[:18]).decode()
