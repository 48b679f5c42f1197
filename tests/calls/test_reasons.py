"""Why somebody is to be called: the rules alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.calls.reasons import Terms, reasons_of
from bot.texts.calling import CallRules
from storage.call_records import Callee, Reason

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # noon of a Monday in Barnaul
TERMS = Terms(CallRules(skips=("pre_release",)), 3, "Asia/Barnaul", NOW)
IVAN = Callee(
    "ivan", "barnaul", NOW, is_stopped=False, situations=("released",), heard_at=NOW, channel="vk", is_reachable=True,
    is_lost=False, off_at=None, contact_at=None,
)  # fmt: skip


def days(number: int) -> datetime:
    return NOW - timedelta(days=number)


def why(callee: Callee) -> list[str]:
    return [str(call.reason) for call in reasons_of(callee, TERMS)]


def started(ago: int, **more: object) -> Callee:
    """Agreed so many days ago, wrote just now."""
    return replace(IVAN, consent_at=days(ago), **more)


def test_nobody_is_called_for_having_just_come() -> None:
    assert why(IVAN) == []


@pytest.mark.parametrize("topic", ["call_back", "survey"])
def test_who_asked_for_it_is_called_at_once(topic: str) -> None:
    asked = replace(IVAN, case_id="c1", case_topic=topic, case_at=NOW)

    (call,) = reasons_of(asked, TERMS)

    assert (call.reason, call.subject, call.due_at, call.role) == (topic, "c1", NOW, "")


def test_a_request_of_another_kind_is_answered_in_the_chat() -> None:
    assert why(replace(IVAN, case_id="c1", case_topic="jobs", case_at=NOW)) == []


def test_who_closed_the_chat_is_called_only_where_there_is_something_to_say() -> None:
    lost = replace(IVAN, is_reachable=False, is_lost=True)

    assert why(lost) == []
    assert why(replace(lost, booking_id="b1", booked_at=NOW)) == ["unreachable"]
    assert why(replace(lost, case_id="c1", case_topic="jobs")) == ["unreachable"]
    assert why(replace(lost, case_id="c1", is_reachable=True)) == []


def test_a_call_about_a_complaint_is_the_leads_and_never_of_who_it_is_about() -> None:
    lost = replace(IVAN, is_reachable=False, is_lost=True, case_id="c1", case_role="lead", case_excluded="petrova")

    (call,) = reasons_of(lost, TERMS)

    assert (call.role, call.excluded) == ("lead", "petrova")


@pytest.mark.parametrize(
    ("visit", "found"),
    [
        ({"is_no_show": True}, ["no_show"]),
        ({"is_no_show": True, "is_stopped": True}, []),
        ({"is_no_show": True, "booking_id": "b2"}, []),
        ({"resume": "promised", "visit_at": days(6)}, []),
        ({"resume": "promised", "visit_at": days(7)}, ["resume"]),
        ({"resume": "paper", "visit_at": days(7)}, []),
        ({"next_step": "repeat", "repeats": 2}, []),
        ({"next_step": "repeat", "repeats": 3}, ["repeats"]),
        ({"next_step": "repeat", "repeats": 3, "is_settled": True}, []),
    ],
)
def test_what_did_not_happen_after_a_visit_is_called_about(visit: dict[str, object], found: list[str]) -> None:
    missed = replace(IVAN, visit_id="b1", **{"visit_at": days(1), **visit})

    assert why(missed) == found


def test_a_missed_visit_waits_a_day_for_a_new_booking() -> None:
    (call,) = reasons_of(replace(IVAN, visit_id="b1", visit_at=NOW, is_no_show=True), TERMS)

    assert call.due_at == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # eight in the morning in Barnaul


@pytest.mark.parametrize(
    ("ago", "contact", "found"),
    [
        (4, None, []),
        (5, None, ["first_days"]),
        (10, None, ["first_days"]),
        (10, 2, []),
        (11, None, []),
        (15, None, ["interval"]),
        (40, 14, []),
        (40, 15, ["interval"]),
        (181, None, []),
    ],
)
def test_somebody_speaks_with_everybody_in_the_first_ten_days_then_twice_a_month(
    ago: int, contact: int | None, found: list[str]
) -> None:
    assert why(started(ago, contact_at=days(contact) if contact is not None else None)) == found


def test_a_contact_of_before_the_start_does_not_count() -> None:
    assert why(started(5, contact_at=days(6))) == ["first_days"]


def test_each_period_has_a_call_of_its_own_that_is_overdue_since_its_day() -> None:
    (first,) = reasons_of(started(16), TERMS)
    (second,) = reasons_of(started(31), TERMS)

    assert (first.subject, second.subject) == ("interval:2026-11-22", "interval:2026-11-22")
    assert first.due_at == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert why(started(31, open=(Reason.INTERVAL,))) == []


def test_who_says_nothing_for_long_is_called_once_for_that_silence() -> None:
    silent = started(60, heard_at=days(30), contact_at=days(31))

    assert why(silent) == ["interval", "quiet"]
    assert why(replace(silent, contact_at=days(3))) == []
    assert why(replace(silent, heard_at=days(29))) == ["interval"]
    assert reasons_of(silent, TERMS)[1].subject == "quiet:2026-10-24"


@pytest.mark.parametrize(
    "about",
    [
        {"situations": ()},
        {"situations": ("pre_release",)},
        {"is_stopped": True},
        {"is_settled": True},
        {"case_id": "c1", "case_topic": "jobs"},
        {"booking_id": "b1"},
        {"consent_at": None},
    ],
)
def test_calls_by_the_calendar_are_not_for(about: dict[str, object]) -> None:
    assert why(replace(started(20), **about)) == []


def test_two_situations_at_once_are_not_skipped_for_one_of_them() -> None:
    assert why(started(20, situations=("pre_release", "alimony"))) == ["interval"]


def test_who_wants_no_calls_gets_none_until_they_ask_for_one() -> None:
    off = started(20, off_at=days(3), visit_id="b1", visit_at=days(2), is_no_show=True)

    assert why(off) == []
    assert why(replace(off, case_id="c1", case_topic="call_back", case_at=days(4))) == []
    assert why(replace(off, case_id="c1", case_topic="survey", case_at=NOW)) == []
    assert "call_back" in why(replace(off, case_id="c1", case_topic="call_back", case_at=NOW))
