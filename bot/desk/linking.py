"""One-time codes, said once in a chat, that link the chat to an office or an account to a member of staff."""

import re
import secrets
from datetime import timedelta

from bot.clock import Clock
from storage.database import Database
from storage.staff_chats import Invitation

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike
CODE_CHARS = 8
CODE_LIFE = timedelta(minutes=30)
COMMAND = re.compile(r"\s*/staff(?:@\w+)?\s+([A-Za-z0-9-]{4,20})\s*\Z", re.IGNORECASE)


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_CHARS))


def said_code(text: str) -> str:
    """The code of `/staff CODE`, "" for other words."""
    found = COMMAND.match(text)
    return found[1].replace("-", "").upper() if found else ""


async def invite(database: Database, clock: Clock, invitation: Invitation) -> str:
    """A fresh code, valid for CODE_LIFE."""
    code, now = new_code(), clock.now()
    async with database.write() as tx:
        await tx.staff_chats.invite(code, invitation, expires_at=now + CODE_LIFE, now=now)
    return code
