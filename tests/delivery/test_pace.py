"""The buckets, told the time."""

from itertools import pairwise

import pytest

from bot.delivery.pace import CHATS_KEPT, Pace
from bot.texts.rules import ChannelRules

RULES = ChannelRules(per_second=25, chat_per_second=1, group_per_minute=18)


def moments(pace: Pace, chats: list[str], now: float = 0.0) -> list[float]:
    """When each of these messages may leave, taken as soon as each can be."""
    taken = []
    for chat in chats:
        now = max(pace.next_at(now), pace.chat_at(chat, now))
        taken.append(pace.take(chat, now))
    return taken


def test_the_account_leaves_evenly() -> None:
    taken = moments(Pace(RULES), [f"c{n}" for n in range(100)])

    assert all(later - earlier == pytest.approx(0.04) for earlier, later in pairwise(taken))


def test_a_chat_waits_more_than_a_second_and_a_group_for_three() -> None:
    pace = Pace(RULES)

    chat, group = moments(pace, ["ivan"] * 3), moments(pace, ["-100"] * 3, 100.0)

    assert chat == pytest.approx([0, 1.05, 2.1])
    assert group == pytest.approx([100, 103.5, 107])


def test_no_window_of_a_second_holds_more_than_the_rate_and_the_burst() -> None:
    pace = Pace(ChannelRules(per_second=29, chat_per_second=1))

    taken = moments(pace, [f"c{n}" for n in range(300)], 5.0)

    assert max(sum(start <= moment < start + 1 for moment in taken) for start in taken) <= 30


def test_room_is_what_leaves_before_the_horizon() -> None:
    pace = Pace(RULES)

    room = pace.room(0.0, 0.1)
    taken = [pace.take(f"c{n}", 0.0) for n in range(room)]

    assert room == 3
    assert taken == pytest.approx([0, 0.04, 0.08])
    assert pace.room(0.0, 0.1) == 0
    assert pace.room(pace.next_at(0.0), 0.1) == 3


def test_a_refusal_for_one_chat_holds_that_chat_only() -> None:
    pace = Pace(RULES)

    pace.refused("ivan", 10.0, 7.0)

    assert pace.chat_at("ivan", 10.0) == 17.0
    assert pace.chat_at("olga", 10.0) == pace.next_at(10.0) == 10.0
    assert pace.rate == 25


def test_refusals_for_two_chats_concern_the_account() -> None:
    pace = Pace(RULES)

    pace.refused("ivan", 10.0, 7.0)
    pace.refused("olga", 10.5, 7.0)

    assert pace.rate == 12.5


def test_many_refusals_at_once_halve_once_and_long_storms_stop_at_a_floor() -> None:
    pace = Pace(RULES)

    for _ in range(20):
        pace.refused_all(10.0, 2.0)
    assert pace.rate == 12.5
    assert pace.next_at(10.0) == 12.0

    for second in range(20, 100, 2):
        pace.refused_all(float(second), 0.5)
    assert pace.rate == pytest.approx(0.5)


def test_pauses_grow_while_the_platform_names_none_and_takes_nothing() -> None:
    pace = Pace(RULES)

    pauses = [pace.refused_all(float(second), None) for second in range(0, 200, 10)]
    pace.accepted(200.0)

    assert pauses[:4] == [0.5, 1, 2, 4]
    assert pauses[-1] == 60
    assert pace.refused_all(300.0, None) == 0.5


def test_the_rate_grows_back_quickly_to_nine_tenths_and_wholly_in_minutes() -> None:
    pace = Pace(RULES)
    pace.refused_all(0.0, 0.0)

    pace.next_at(6.0)
    assert pace.rate == pytest.approx(22.5, rel=0.02)

    for second in range(7, 120):
        pace.next_at(float(second))
    assert pace.rate == 25


def test_idle_chats_are_forgotten() -> None:
    pace = Pace(ChannelRules(per_second=1000, chat_per_second=1))

    for n in range(CHATS_KEPT * 20):
        pace.take(f"c{n}", n / 1000)

    assert len(pace._chats) <= 3 * CHATS_KEPT


def test_another_edition_brings_other_limits() -> None:
    pace = Pace(RULES)

    pace.adopt(ChannelRules(per_second=5, chat_per_second=1))

    assert moments(pace, ["a", "b", "c"], 1.0) == pytest.approx([1, 1.2, 1.4])
