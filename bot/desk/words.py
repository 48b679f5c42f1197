"""Words of staff chats and of the command line: content owns them (texts/desk.yaml), this says what they take."""

from collections.abc import Mapping

from bot.texts import render
from bot.texts.schema import Content, Need
from storage.call_records import GIVEN_UP, NEEDLESS, CallResult, Reason

OUTCOMES = (
    "done", "unreachable", "other_owner", "closed", "changed", "gone", "not_yours", "empty", "too_long", "repeated",
)  # fmt: skip
REASONS = tuple(f"call_why_{reason}" for reason in Reason)
RESULTS = tuple(f"call_{code}" for code in (*CallResult, GIVEN_UP, NEEDLESS))
KINDS = ("voice", "photo", "video", "file", "location", "contact", "other", "edited", "comment")

NEEDS: Mapping[str, Need] = {
    f"desk.{key}": need
    for key, need in {
        "card": Need(
            ("mark?", "number", "topic", "whom", "office", "channel", "came", "state", "how?"),
            buttons=("take", "later", "transfer", "close"),
        ),
        "urgent": Need(),
        "overdue": Need(),
        "how": Need(),
        "how_elsewhere": Need(),
        "whom_any": Need(),
        "transfer": Need(),
        "words": Need(("number", "words")),
        "sent_other": Need(("number", "what")),
        "cut": Need(),
        "not_linked": Need(),
        "linked": Need(("name",)),
        "chat_linked": Need(("office",)),
        "all_offices": Need(),
        "repeats": Need(("count", "day", "time", "code", "office?")),
        "bad_code": Need(),
        "no_files": Need(),
        "no_case": Need(),
        **{
            f"state_{state}": Need(("name?", "due?"))
            for state in ("new", "taken", "waiting_citizen", "waiting_staff", "closed", "reopened")
        },
        "content_refused": Need(("mistakes", "more?")),
        "content_doubtful": Need(("mistakes", "more?")),
        "content_more": Need(("count",)),
        "content_mended": Need(),
        "state_elsewhere": Need(),
        "state_deleted": Need(),
        **{code: Need() for code in OUTCOMES},
        **{f"kind_{kind}": Need() for kind in KINDS},
        **{key: Need() for key in (*REASONS, *RESULTS)},
    }.items()
}


def say(content: Content, key: str, **values: object) -> str:
    return render.say(content, f"desk.{key}", values)
