"""Staff, their secrets, invitations, sessions and counted tries, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from storage.database import Database
from storage.staff import Secrets, StaffRow
from storage.staff_sessions import StaffSession
from storage.troubles import Trouble
from tests.storage.rows import NOW, table

OLGA = StaffRow("o1", "olga", "Ольга Ветрова", "lead", ("barnaul", "rubtsovsk"), False, True, True, False, False, NOW)


async def add(database: Database, person: StaffRow = OLGA) -> bool:
    async with database.write() as tx:
        return await tx.staff.add(person)


class TestPeople:
    async def test_come_back_as_they_were_written(self, database: Database) -> None:
        assert await add(database)

        async with database.read() as tx:
            assert await tx.staff.get("o1") == OLGA
            assert await tx.staff.by_login("OLGA") == OLGA
            assert await tx.staff.all() == [OLGA]
            assert await tx.staff.names(["o1", "nobody"]) == {"o1": "Ольга Ветрова"}
            assert await tx.staff.get("nobody") is None
            assert await tx.staff.by_login("ivan") is None

    async def test_names_and_logins_lie_sealed(self, database: Database) -> None:
        await add(database)

        stored = repr(await table(database, "SELECT * FROM staff"))

        assert "olga" not in stored
        assert "Ветрова" not in stored

    async def test_a_login_is_given_once_whoever_races(self, database: Database) -> None:
        others = [replace(OLGA, id=f"o{number}", login="Olga") for number in range(5)]

        added = await asyncio.gather(*(add(database, one) for one in others))

        assert added.count(True) == 1
        assert await table(database, "SELECT count(*) FROM staff") == [(1,)]
        assert await table(database, "SELECT DISTINCT staff_id FROM staff_offices") == [(f"o{added.index(True)}",)]

    async def test_change_but_keep_their_login(self, database: Database) -> None:
        await add(database)
        changed = replace(OLGA, name="Ольга Зимина", role="admin", offices=(), every_office=True, is_on_duty=False)
        async with database.write() as tx:
            await tx.staff.change(changed)
            assert await tx.staff.get("o1") == changed
            assert await tx.staff.count_everywhere("admin") == 1

            await tx.staff.activate("o1", is_active=False)
            assert await tx.staff.get("o1") == replace(changed, is_active=False)
            assert await tx.staff.count_everywhere("admin") == 0

    def test_see_their_offices_and_those_who_chose_none(self) -> None:
        everywhere = replace(OLGA, offices=(), every_office=True)

        assert [OLGA.sees(office) for office in ("barnaul", "", "biysk")] == [True, True, False]
        assert everywhere.sees("biysk")
        assert (OLGA.office, everywhere.office) == ("barnaul", "")


class TestSecrets:
    async def test_are_kept_sealed_and_told_of(self, database: Database) -> None:
        await add(database)
        async with database.write() as tx:
            assert await tx.staff.secrets("o1") == Secrets()
            await tx.staff.keep_secrets("o1", Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP"))

            assert await tx.staff.secrets("o1") == Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP")
            person = await tx.staff.get("o1")
        assert person is not None
        assert (person.has_password, person.has_code) == (True, True)
        stored = repr(await table(database, "SELECT * FROM staff_secrets"))
        assert "argon2" not in stored
        assert "JBSWY3" not in stored

    async def test_a_step_counts_once_and_never_an_older_one(self, database: Database) -> None:
        await add(database)
        async with database.write() as tx:
            await tx.staff.keep_secrets("o1", Secrets("x", "y"))

        async def use(step: int) -> bool:
            async with database.write() as tx:
                return await tx.staff.use_step("o1", step)

        assert sorted(await asyncio.gather(*(use(7) for _ in range(4)))) == [False, False, False, True]
        assert not await use(6)
        assert await use(8)

    async def test_a_recovery_code_opens_once(self, database: Database) -> None:
        async with database.write() as tx:
            await tx.staff.keep_recovery("o1", ["abcde-fghjk", "zzzzz-yyyyy"])

            assert not await tx.staff.take_recovery("i1", "abcde-fghjk"), "of somebody else"
            assert await tx.staff.take_recovery("o1", "abcde-fghjk")
            assert not await tx.staff.take_recovery("o1", "abcde-fghjk")
            assert await tx.staff.count_recovery("o1") == 1
            await tx.staff.keep_recovery("o1", ["newer-codes"])
            assert not await tx.staff.take_recovery("o1", "zzzzz-yyyyy")

    async def test_a_reset_leaves_none(self, database: Database) -> None:
        async with database.write() as tx:
            await tx.staff.keep_secrets("o1", Secrets("x", "y"))
            await tx.staff.keep_recovery("o1", ["abcde-fghjk"])
            await tx.staff.forget_secrets("o1")

            assert await tx.staff.secrets("o1") == Secrets()
            assert await tx.staff.count_recovery("o1") == 0


class TestInvitations:
    async def test_are_spent_once_whoever_races(self, database: Database) -> None:
        async with database.write() as tx:
            await tx.staff.invite("o1", "code", until=NOW + timedelta(hours=72))
            assert await tx.staff.invited("code", now=NOW) == "o1"
            assert await tx.staff.invited("code", now=NOW) == "o1", "looking spends nothing"

        async def accept() -> str | None:
            async with database.write() as tx:
                return await tx.staff.accept("code", now=NOW)

        assert sorted(await asyncio.gather(*(accept() for _ in range(4))), key=str) == [None, None, None, "o1"]

    async def test_end_by_time_and_by_a_newer_one(self, database: Database) -> None:
        async with database.write() as tx:
            await tx.staff.invite("o1", "code", until=NOW + timedelta(hours=72))
            assert await tx.staff.invited("code", now=NOW + timedelta(hours=72)) is None
            await tx.staff.invite("o1", "newer", until=NOW + timedelta(hours=80))

            assert await tx.staff.accept("code", now=NOW) is None
            assert await tx.staff.invitations() == {"o1": NOW + timedelta(hours=80)}
            await tx.staff.uninvite("o1")
            assert await tx.staff.accept("newer", now=NOW) is None

    async def test_no_code_stands_in_the_table(self, database: Database) -> None:
        async with database.write() as tx:
            await tx.staff.invite("o1", "secret-code", until=NOW)
            await tx.staff_sessions.open("secret-token", "o1", "inside", now=NOW)

        stored = repr(await table(database, "SELECT * FROM staff_invitations"))
        assert "secret" not in stored + repr(await table(database, "SELECT * FROM staff_sessions"))


async def test_sessions_are_found_by_their_token_alone_and_end(database: Database) -> None:
    later = NOW + timedelta(minutes=5)
    async with database.write() as tx:
        for number in range(3):
            await tx.staff_sessions.open(f"t{number}", "o1", "inside", now=NOW)
        await tx.staff_sessions.open("other", "i1", "code", now=NOW)
        await tx.staff_sessions.seen("t0", now=later)

        assert await tx.staff_sessions.get("t0") == StaffSession("o1", "inside", NOW, later)
        assert await tx.staff_sessions.get("made up") is None
        assert await tx.staff_sessions.end("t2") == "o1"
        assert await tx.staff_sessions.end("t2") is None
        earlier = NOW - timedelta(minutes=1)
        assert await tx.staff_sessions.count("o1", since=earlier, seen=earlier) == 2

        await tx.staff_sessions.end_all("o1", but="t0")
        assert await tx.staff_sessions.get("t1") is None
        assert await tx.staff_sessions.get("t0") is not None
        await tx.staff_sessions.end_all("o1")
        assert await tx.staff_sessions.get("t0") is None
        assert await tx.staff_sessions.get("other") is not None


class TestTries:
    WINDOW = timedelta(minutes=15)

    async def test_are_counted_together_whoever_races(self, database: Database) -> None:
        async def take() -> int:
            async with database.write() as tx:
                return (await tx.tries.take("login", "olga", "10.0.0.1", window=self.WINDOW, now=NOW))[0]

        assert sorted(await asyncio.gather(*(take() for _ in range(6)))) == [1, 2, 3, 4, 5, 6]

    async def test_a_window_that_is_over_begins_anew_and_a_full_one_is_not_drawn_out(self, database: Database) -> None:
        async with database.write() as tx:
            for minute in (0, 5, 14):
                count, until = await tx.tries.take(
                    "login", "olga", window=self.WINDOW, now=NOW + timedelta(minutes=minute)
                )
            assert (count, until) == (3, NOW + self.WINDOW)

            fresh = await tx.tries.take("login", "olga", window=self.WINDOW, now=NOW + self.WINDOW)
            assert fresh == (1, NOW + 2 * self.WINDOW)

    async def test_count_by_kind_and_by_whom_until_cleared(self, database: Database) -> None:
        async with database.write() as tx:
            for _ in range(3):
                await tx.tries.take("login", "olga", "a", window=self.WINDOW, now=NOW)

            assert (await tx.tries.take("code", "olga", "a", window=self.WINDOW, now=NOW))[0] == 1
            assert (await tx.tries.take("login", "olga", "b", window=self.WINDOW, now=NOW))[0] == 1
            await tx.tries.clear("login", "olga", "a")
            assert (await tx.tries.take("login", "olga", "a", window=self.WINDOW, now=NOW))[0] == 1


async def test_what_is_over_is_purged(database: Database) -> None:
    async with database.write() as tx:
        for days, name in ((2, "old"), (0, "new")):
            at = NOW - timedelta(days=days)
            await tx.tries.take("login", name, window=timedelta(minutes=15), now=at)
            await tx.staff_sessions.open(name, name, "inside", now=at)
            await tx.staff.invite(name, name, until=at)

        assert await tx.retention.desk(before=NOW - timedelta(days=1), limit=10) == 3

        assert await tx.staff_sessions.get("new") is not None
        assert await tx.staff.invitations() == {"new": NOW}
    assert await table(database, "SELECT count(*) FROM tries") == [(1,)]


async def test_alarms_of_all_processes_wait_until_they_are_seen(database: Database) -> None:
    earlier = NOW - timedelta(hours=1)
    async with database.write() as tx:
        await tx.troubles.add({}, now=NOW)
        await tx.troubles.add({"feed_failed": 1, "nothing_is_stored": 2}, now=earlier)
        await tx.troubles.add({"feed_failed": 3}, now=NOW)

        day = NOW - timedelta(days=1)
        assert await tx.troubles.unseen(since=day) == [
            Trouble("feed_failed", 4, NOW),
            Trouble("nothing_is_stored", 2, earlier),
        ]
        assert [one.what for one in await tx.troubles.unseen(since=earlier)] == ["feed_failed"]
        await tx.troubles.seen(now=NOW)
        assert await tx.troubles.unseen(since=day) == []
        await tx.troubles.add({"feed_failed": 1}, now=NOW + timedelta(seconds=1))
        assert await tx.troubles.unseen(since=day) == [Trouble("feed_failed", 1, NOW + timedelta(seconds=1))]
