"""What was said and done about one case, as the rest of the program sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Author = Literal["citizen", "staff", "note"]
Delivery = Literal["", "waiting", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Said:
    """
    One piece of the talk. author: `note` stays among staff. role: of the specialist, by which the citizen knows them.

    actor: staff id. kind: "text", or what came instead of words ("voice", "photo" …). words: None when they are erased.
    delivery: of a specialist's words; "" when nobody knows any more. edited_at: when the author changed the words.
    """

    number: int
    author: Author
    words: str | None
    said_at: datetime
    role: str = ""
    actor: str = ""
    kind: str = "text"
    delivery: Delivery = ""
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Words by the message of a chat that they came in. turn: of the message that brought them to the citizen."""

    case_id: str
    number: int
    citizen_id: str
    author: str
    actor: str
    turn: str


@dataclass(frozen=True, slots=True)
class Happened:
    """actor: staff id, "citizen" or "clock". act: opened, taken, answered, transferred … detail: ids, no words."""

    at: datetime
    actor: str
    act: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """due_at: until when an answer is promised. silent_at: when whoever has the case counts as silent."""

    due_at: datetime | None
    silent_at: datetime | None
