"""The way in and out: what opens, what does not, how often it may be tried, how long it holds."""

import asyncio
import statistics
import time

import pyotp
import pytest

from bot.accounts.entry import CODE_TRIES, TRIES, TRIES_ANYWHERE, Entry, TooOften, TooWeak, Wrong
from bot.accounts.password import Passwords, Weak
from bot.accounts.people import Draft, People
from bot.accounts.roles import EVERYBODY, Role, actor
from bot.clock import FixedClock
from storage.database import Database
from storage.staff import StaffRow
from tests.accounts.conftest import PASSWORD

HOME = "10.0.0.1"


async def invited(database: Database, clock: FixedClock, login: str = "olga", role: Role = Role.SPECIALIST) -> str:
    draft = Draft(login, "Ольга", role, every_office=True)
    return (await People(database, clock, None).add(draft))[1]


async def ready(entry: Entry, database: Database, clock: FixedClock, login: str = "olga") -> StaffRow:
    """Somebody with a password."""
    return (await entry.accept(await invited(database, clock, login), PASSWORD)).staff


async def with_phone(entry: Entry, database: Database, clock: FixedClock) -> tuple[str, list[str]]:
    """A lead: the secret of the phone, and the recovery codes."""
    entered = await entry.accept(await invited(database, clock, role=Role.LEAD), PASSWORD)
    inside = await entry.who(entered.token)
    assert inside is not None
    secret = pyotp.random_base32()
    _, codes = await entry.enrol(inside, entered.token, secret, pyotp.TOTP(secret).at(clock.now()))
    clock.move(minutes=5)
    return secret, codes


class TestInvitations:
    async def test_open_once_and_let_choose_a_password(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        invitation = await invited(database, clock)
        assert await entry.invited(invitation) is not None
        with pytest.raises(TooWeak) as refused:
            await entry.accept(invitation, "короткий")
        assert refused.value.why is Weak.SHORT

        entered = await entry.accept(invitation, PASSWORD)

        assert entered.stage == "inside"
        assert await entry.invited(invitation) is None
        with pytest.raises(Wrong):
            await entry.accept(invitation, PASSWORD)
        assert (await entry.log_in("olga", PASSWORD, HOME)).stage == "inside"

    async def test_of_two_at_once_one_gets_in(self, entry: Entry, database: Database, clock: FixedClock) -> None:
        invitation = await invited(database, clock)

        results = await asyncio.gather(
            *(entry.accept(invitation, f"{PASSWORD} {number}") for number in range(3)), return_exceptions=True
        )

        assert sorted(type(one).__name__ for one in results) == ["Entered", "Wrong", "Wrong"]

    async def test_are_over_after_three_days(self, entry: Entry, database: Database, clock: FixedClock) -> None:
        invitation = await invited(database, clock)
        clock.move(hours=72)

        with pytest.raises(Wrong):
            await entry.accept(invitation, PASSWORD)


class TestPasswords:
    async def test_logins_do_not_mind_capitals_passwords_do(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)

        assert (await entry.log_in(" OLGA ", PASSWORD, HOME)).staff.login == "olga"
        with pytest.raises(Wrong):
            await entry.log_in("olga", PASSWORD.upper(), HOME)

    @pytest.mark.parametrize("login", ["nobody", "fired", "invited"])
    async def test_who_can_not_enter_is_answered_like_a_wrong_password(
        self, entry: Entry, database: Database, clock: FixedClock, login: str
    ) -> None:
        fired = await ready(entry, database, clock, "fired")
        await People(database, clock, None).set_active(fired.id, is_active=False)
        await invited(database, clock, "invited")

        with pytest.raises(Wrong):
            await entry.log_in(login, PASSWORD, HOME)

    async def test_an_unknown_login_takes_as_long_as_a_wrong_password(
        self, database: Database, clock: FixedClock
    ) -> None:
        """With the real cost of a password, so that the rest is small beside it."""
        entry = Entry(database, clock, Passwords())
        await ready(entry, database, clock)

        async def took_s(login: str, number: int) -> float:
            begun = time.process_time()
            with pytest.raises(Wrong):
                await entry.log_in(login, "не тот пароль", f"10.1.{number}.1")
            return time.process_time() - begun

        known, unknown = [], []
        for number in range(9):
            known.append(await took_s("olga", number))
            unknown.append(await took_s("nobody", number))
        assert 0.6 < statistics.median(unknown) / statistics.median(known) < 1.6

    async def test_an_old_token_leads_nowhere_after_a_login(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)
        first = await entry.log_in("olga", PASSWORD, HOME)

        second = await entry.log_in("olga", PASSWORD, HOME, old=first.token)

        assert second.token != first.token
        assert await entry.who(first.token) is None
        assert await entry.who("planted by somebody") is None


class TestTries:
    async def test_five_wrong_passwords_close_the_door_for_that_place(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)
        for _ in range(TRIES):
            with pytest.raises(Wrong):
                await entry.log_in("olga", "не тот пароль", HOME)

        with pytest.raises(TooOften) as refused:
            await entry.log_in("olga", PASSWORD, HOME)
        assert (refused.value.until - clock.now()).total_seconds() == 15 * 60
        assert (await entry.log_in("olga", PASSWORD, "10.9.9.9")).stage == "inside", "from her own place she gets in"
        clock.move(minutes=15)
        assert (await entry.log_in("olga", PASSWORD, HOME)).stage == "inside"

    async def test_an_unknown_login_is_closed_just_the_same(self, entry: Entry) -> None:
        for _ in range(TRIES):
            with pytest.raises(Wrong):
                await entry.log_in("nobody", "x", HOME)

        with pytest.raises(TooOften):
            await entry.log_in("nobody", "x", HOME)

    async def test_guesses_at_once_count_one_by_one(self, entry: Entry, database: Database, clock: FixedClock) -> None:
        await ready(entry, database, clock)

        results = await asyncio.gather(
            *(entry.log_in("olga", f"догадка {number}", HOME) for number in range(TRIES * 4)), return_exceptions=True
        )

        names = [type(one).__name__ for one in results]
        assert (names.count("Wrong"), names.count("TooOften")) == (TRIES, TRIES * 3)

    async def test_one_login_tried_from_everywhere_is_closed_everywhere(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)
        for number in range(TRIES_ANYWHERE):
            with pytest.raises(Wrong):
                await entry.log_in("olga", "x", f"10.0.{number}.1")

        with pytest.raises(TooOften):
            await entry.log_in("olga", PASSWORD, "10.77.0.1")

    async def test_a_right_password_begins_the_count_anew(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)
        for _ in range(3):
            for _ in range(TRIES - 1):
                with pytest.raises(Wrong):
                    await entry.log_in("olga", "не тот пароль", HOME)
            await entry.log_in("olga", PASSWORD, HOME)

    async def test_the_next_process_goes_on_counting(
        self, entry: Entry, database: Database, clock: FixedClock, passwords: Passwords
    ) -> None:
        for _ in range(TRIES):
            with pytest.raises(Wrong):
                await entry.log_in("olga", "x", HOME)

        with pytest.raises(TooOften):
            await Entry(database, clock, passwords).log_in("olga", "x", HOME)


class TestSecondFactor:
    async def test_leads_must_set_it_up_and_give_it(self, entry: Entry, database: Database, clock: FixedClock) -> None:
        secret, _ = await with_phone(entry, database, clock)

        half = await entry.log_in("olga", PASSWORD, HOME)
        inside = await entry.who(half.token)
        assert inside is not None
        assert (half.stage, inside.has_rights) == ("code", False)
        whole = await entry.give_code(half.token, pyotp.TOTP(secret).at(clock.now()))

        assert whole.stage == "inside"
        assert await entry.who(half.token) is None

    async def test_a_code_opens_once(self, entry: Entry, database: Database, clock: FixedClock) -> None:
        secret, _ = await with_phone(entry, database, clock)
        code = pyotp.TOTP(secret).at(clock.now())
        await entry.give_code((await entry.log_in("olga", PASSWORD, HOME)).token, code)

        again = await entry.log_in("olga", PASSWORD, HOME)
        with pytest.raises(Wrong):
            await entry.give_code(again.token, code)
        clock.move(seconds=30)
        assert (await entry.give_code(again.token, pyotp.TOTP(secret).at(clock.now()))).stage == "inside"

    @pytest.mark.parametrize(("seconds", "is_taken"), [(-60, False), (-30, True), (30, True), (60, False)])
    async def test_a_phone_may_be_half_a_minute_off(
        self, entry: Entry, database: Database, clock: FixedClock, seconds: int, is_taken: bool
    ) -> None:
        secret, _ = await with_phone(entry, database, clock)
        half = await entry.log_in("olga", PASSWORD, HOME)
        code = pyotp.TOTP(secret).at(int(clock.now().timestamp()) + seconds)

        if is_taken:
            assert (await entry.give_code(half.token, code)).stage == "inside"
        else:
            with pytest.raises(Wrong):
                await entry.give_code(half.token, code)

    async def test_a_recovery_code_opens_once_however_it_is_typed(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        _, codes = await with_phone(entry, database, clock)
        half = await entry.log_in("olga", PASSWORD, HOME)

        await entry.give_code(half.token, f" {codes[0].replace('-', ' ').upper()} ")

        half = await entry.log_in("olga", PASSWORD, HOME)
        with pytest.raises(Wrong):
            await entry.give_code(half.token, codes[0])
        assert (await entry.give_code(half.token, codes[1])).stage == "inside"

    async def test_wrong_codes_end_the_login_and_a_new_one_does_not_help(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        secret, _ = await with_phone(entry, database, clock)
        half = await entry.log_in("olga", PASSWORD, HOME)
        for _ in range(CODE_TRIES):
            with pytest.raises(Wrong):
                await entry.give_code(half.token, "000000")

        with pytest.raises(TooOften):
            await entry.give_code(half.token, pyotp.TOTP(secret).at(clock.now()))
        assert await entry.who(half.token) is None
        fresh = await entry.log_in("olga", PASSWORD, HOME)
        with pytest.raises(TooOften):
            await entry.give_code(fresh.token, pyotp.TOTP(secret).at(clock.now()))

    async def test_half_way_in_holds_for_ten_minutes(self, entry: Entry, database: Database, clock: FixedClock) -> None:
        secret, _ = await with_phone(entry, database, clock)
        half = await entry.log_in("olga", PASSWORD, HOME)
        clock.move(minutes=11)

        with pytest.raises(Wrong):
            await entry.give_code(half.token, pyotp.TOTP(secret).at(clock.now()))

    async def test_others_need_it_where_the_setting_says_so(
        self, database: Database, clock: FixedClock, passwords: Passwords
    ) -> None:
        strict = Entry(database, clock, passwords, EVERYBODY)

        assert (await strict.accept(await invited(database, clock), PASSWORD)).stage == "enrol"

    async def test_whoever_needs_it_can_not_let_it_go(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        secret, _ = await with_phone(entry, database, clock)
        half = await entry.log_in("olga", PASSWORD, HOME)
        whole = await entry.give_code(half.token, pyotp.TOTP(secret).at(clock.now()))
        inside = await entry.who(whole.token)
        assert inside is not None

        with pytest.raises(Wrong):
            await entry.drop_code(inside, whole.token, PASSWORD)


class TestSessions:
    async def test_end_after_half_an_hour_without_a_sign_of_life(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)
        token = (await entry.log_in("olga", PASSWORD, HOME)).token
        for _ in range(3):
            clock.move(minutes=29)
            assert await entry.who(token) is not None

        clock.move(minutes=31)
        assert await entry.who(token) is None

    async def test_a_page_that_refreshes_itself_is_no_sign_of_life(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)
        token = (await entry.log_in("olga", PASSWORD, HOME)).token
        for _ in range(3):
            clock.move(minutes=10)
            await entry.who(token, is_live=True)

        clock.move(minutes=1)
        assert await entry.who(token) is None

    async def test_end_after_twelve_hours_whatever_happens(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)
        token = (await entry.log_in("olga", PASSWORD, HOME)).token
        for _ in range(48):
            clock.move(minutes=15)
            assert await entry.who(token) is not None

        clock.move(minutes=1)
        assert await entry.who(token) is None

    async def test_end_with_other_rights_a_reset_and_a_closed_account(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        person = await ready(entry, database, clock)
        people = People(database, clock, None)

        async def inside() -> str:
            token = (await entry.log_in("olga", PASSWORD, HOME)).token
            assert await entry.who(token) is not None
            return token

        token = await inside()
        await people.change(person.id, Draft("", "Ольга Зимина", person.role, every_office=True))
        assert await entry.who(token) is not None, "a new name changes no right"
        await people.change(person.id, Draft("", "Ольга", Role.JOB_MATCHER, every_office=True))
        assert await entry.who(token) is None
        token = await inside()
        await people.set_active(person.id, is_active=False)
        assert await entry.who(token) is None
        await people.set_active(person.id, is_active=True)
        assert await entry.who(token) is None
        token = await inside()
        await people.reset(person.id)
        assert await entry.who(token) is None
        with pytest.raises(Wrong):
            await entry.log_in("olga", PASSWORD, HOME)

    async def test_a_new_password_puts_everybody_else_out(
        self, entry: Entry, database: Database, clock: FixedClock
    ) -> None:
        await ready(entry, database, clock)
        stranger = (await entry.log_in("olga", PASSWORD, HOME)).token
        token = (await entry.log_in("olga", PASSWORD, HOME)).token
        inside = await entry.who(token)
        assert inside is not None
        with pytest.raises(Wrong):
            await entry.change_password(inside, token, "не тот пароль", "другие слова для входа")

        entered = await entry.change_password(inside, token, PASSWORD, "другие слова для входа")

        assert await entry.who(entered.token) is not None
        assert await entry.who(token) is None
        assert await entry.who(stranger) is None
        assert (await entry.log_in("olga", "другие слова для входа", HOME)).stage == "inside"

    async def test_who_leaves_is_out(self, entry: Entry, database: Database, clock: FixedClock) -> None:
        await ready(entry, database, clock)
        token = (await entry.log_in("olga", PASSWORD, HOME)).token
        await entry.leave(token)
        await entry.leave(token)

        assert await entry.who(token) is None


async def test_every_entry_and_refusal_is_in_the_journal(entry: Entry, database: Database, clock: FixedClock) -> None:
    person = await ready(entry, database, clock)
    await entry.leave((await entry.log_in("olga", PASSWORD, HOME)).token)
    for login in ("olga", "nobody"):
        with pytest.raises(Wrong):
            await entry.log_in(login, "не тот пароль", HOME)

    async with database.read() as tx:
        rows = await tx.audit.page(actors=None, limit=10)
    assert [(row.actor, row.act) for row in reversed(rows)] == [
        ("operator", "staff_added"),
        (actor(person.id), "password_set"),
        (actor(person.id), "entered"),
        (actor(person.id), "left"),
        (actor(person.id), "entry_refused"),
        ("nobody", "entry_refused"),
    ]
