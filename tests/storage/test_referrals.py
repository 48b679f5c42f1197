"""Where else a person was sent, on both databases: states, one of a kind alive, two histories joined."""

import asyncio
from datetime import timedelta

import pytest

from storage.database import Database, Transaction
from storage.referrals import BEFORE, Outcome, ReferralRow, State, To
from tests.storage.rows import NOW, address, meet


async def offer(
    tx: Transaction, id_: str = "r1", citizen_id: str | None = "ivan", kind: To = To.PSYCHOLOGIST, *, days: int = 0
) -> ReferralRow | None:
    now = NOW + timedelta(days=days)
    return await tx.referrals.offer(id_, citizen_id=citizen_id, booking_id="b1", kind=kind, by="petrova", now=now)


async def test_a_referral_goes_its_way_with_the_moment_of_each_step(database: Database) -> None:
    async with database.write() as tx:
        made = await offer(tx)
        assert made is not None
        assert (made.state, made.offered_at, made.offered_by, made.version) == (State.OFFERED, NOW, "petrova", 1)

        for day, state in enumerate((State.AGREED, State.PASSED, State.DONE), start=1):
            at = NOW + timedelta(days=day)
            outcome = Outcome.HELPED if state is State.DONE else Outcome.UNKNOWN
            changed = await tx.referrals.change("r1", state, by="ivanova", now=at, outcome=outcome)
            assert changed is not None
            assert changed.state is state

        assert changed.outcome is Outcome.HELPED
        assert (changed.answered_at, changed.passed_at, changed.done_at) == tuple(
            NOW + timedelta(days=day) for day in (1, 2, 3)
        )
        assert (changed.changed_by, changed.version) == ("ivanova", 4)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("before", list(State))
async def test_only_ways_of_the_table_are_open(database: Database, before: State, state: State) -> None:
    way = {
        State.OFFERED: (),
        State.AGREED: (State.AGREED,),
        State.PASSED: (State.AGREED, State.PASSED),
        State.DONE: (State.AGREED, State.DONE),
        State.REFUSED: (State.REFUSED,),
    }[before]
    async with database.write() as tx:
        await offer(tx)
        for step in way:
            assert await tx.referrals.change("r1", step, by="x", now=NOW) is not None

        changed = await tx.referrals.change("r1", state, by="x", now=NOW)

        is_open = state is before or before in BEFORE.get(state, ())
        assert (changed is not None) == is_open
        kept = await tx.referrals.get("r1")
        assert kept is not None
        assert kept.state is (state if is_open else before)


async def test_of_one_kind_one_is_alive_for_one_person(database: Database) -> None:
    async with database.write() as tx:
        assert await offer(tx) is not None
        assert await offer(tx, "r2") is None
        assert await offer(tx, "r3", kind=To.MEDIATOR) is not None
        assert await offer(tx, "r4", "olga") is not None
        assert await offer(tx, "r5", None) is not None
        assert await offer(tx, "r6", None) is None  # the same visit of a person without a messenger

        await tx.referrals.change("r1", State.REFUSED, by="citizen", now=NOW)
        assert await offer(tx, "r7") is not None
        assert await tx.referrals.change("r1", State.AGREED, by="citizen", now=NOW) is None

        assert [one.id for one in await tx.referrals.of_citizen("ivan")] == ["r1", "r3", "r7"]
        assert [one.id for one in await tx.referrals.in_state(State.OFFERED)] == ["r3", "r4", "r5", "r7"]
        assert await tx.referrals.count(since=NOW) == [
            (To.MEDIATOR, State.OFFERED, 1),
            (To.PSYCHOLOGIST, State.OFFERED, 3),
            (To.PSYCHOLOGIST, State.REFUSED, 1),
        ]


async def test_of_many_offers_at_once_one_is_made(database: Database) -> None:
    async def attempt(number: int) -> bool:
        async with database.write() as tx:
            return await offer(tx, f"r{number}") is not None

    assert (await asyncio.gather(*(attempt(number) for number in range(8)))).count(True) == 1


async def test_how_often_the_bot_asked_is_counted(database: Database) -> None:
    async with database.write() as tx:
        await offer(tx)
        await tx.referrals.asked("r1")
        await tx.referrals.asked("r1")
        kept = await tx.referrals.get("r1")
        assert kept is not None
        assert kept.asked == 2


async def test_two_histories_joined_keep_all_and_the_newer_of_a_kind_alive(database: Database) -> None:
    old, new = await meet(database, "old"), await meet(database, "new")
    async with database.write() as tx:
        await offer(tx, "old-psych", old)
        await offer(tx, "new-psych", new, days=1)
        await offer(tx, "new-mediator", new, To.MEDIATOR)
        await offer(tx, "old-contract", old, To.SOCIAL_CONTRACT)
        await tx.referrals.change("old-contract", State.REFUSED, by="citizen", now=NOW)
        await offer(tx, "new-contract", new, To.SOCIAL_CONTRACT)
        await tx.moves.issue(old, "CODE", expires_at=NOW + timedelta(minutes=15))
        moved = await tx.moves.claim(
            "CODE", by=new, channel="web", address=address(database, "new"), tries=5, stays=(), now=NOW
        )
        assert moved is not None

        kept = await tx.referrals.of_citizen(moved.citizen.id)
        assert {one.id for one in kept} == {"new-psych", "new-mediator", "old-contract", "new-contract"}
        assert await tx.referrals.of_citizen(new) == []
