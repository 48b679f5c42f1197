"""Passwords that will not do, codes of phones and on paper, sample accounts of the demo."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.accounts import code
from bot.accounts.entry import Entry, Wrong
from bot.accounts.password import Passwords, Weak, weakness
from bot.accounts.people import Draft, People
from bot.accounts.roles import Role
from bot.accounts.samples import samples
from bot.clock import FixedClock
from storage.database import Database

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", RFC 6238, appendix B


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("кот 12345", Weak.SHORT),
        ("к" * 201, Weak.LONG),
        ("12345678901234", Weak.SIMPLE),
        ("aaaaaaaaaaaa", Weak.SIMPLE),
        ("password123", Weak.SIMPLE),
        ("Пароль2026", Weak.SIMPLE),
        ("я ivanova из Барнаула", Weak.OWN),
        ("кот на окне", None),
        ("9mum5-b9c8b", None),
    ],
)
def test_a_password_is_long_and_not_the_first_one_would_try(password: str, why: Weak | None) -> None:
    assert weakness(password, "ivanova") is why


async def test_a_hash_is_argon2id_and_fits_its_password_alone() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("кот на окне")

    assert hashed.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert await passwords.fits("кот на окне", hashed)
    assert not await passwords.fits("кот на окнe", hashed)
    assert not await passwords.fits("кот на окне", "")
    assert not await passwords.fits("кот на окне", "damaged")


@pytest.mark.parametrize(("second", "digits"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")])
def test_codes_are_those_of_the_standard(second: int, digits: str) -> None:
    now = datetime.fromtimestamp(second, UTC)

    assert code.step_of(RFC_SECRET, f" {digits[:3]} {digits[3:]}", now) == second // 30
    assert code.step_of(RFC_SECRET, digits[::-1], now) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "²³⁴⁵⁶⁷", "１２３４５６"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert code.step_of(RFC_SECRET, typed, datetime(2026, 11, 23, tzinfo=UTC)) is None


def test_the_picture_is_plain_svg_without_a_word() -> None:
    drawn = code.qr(RFC_SECRET, "ivanova<o>")

    assert drawn.startswith("<svg")
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert "ivanova" not in drawn, "the login is in the dots, not in the markup"


def test_recovery_codes_differ_and_are_read_as_people_type_them() -> None:
    codes = code.recovery_codes()

    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{5}-[a-z2-9]{5}", one) for one in codes)
    assert code.read_recovery(f" {codes[0].upper().replace('-', '')} ") == codes[0]
    assert code.read_recovery("nonsense") == ""


class TestSamples:
    async def test_work_and_are_the_same_next_time(
        self, database: Database, clock: FixedClock, entry: Entry, tmp_path: Path
    ) -> None:
        made = await samples(database, clock, tmp_path, "barnaul")
        again = await samples(database, clock, tmp_path, "barnaul")

        assert made == again
        assert {one.role for one in made} == set(Role)
        relaxed = Entry(database, clock, Passwords(), ())
        for one in made:
            assert (await relaxed.log_in(one.login, one.password, "here")).stage == "inside"
        assert (tmp_path / "staff.txt").stat().st_mode & 0o077 == 0

    async def test_passwords_differ_from_place_to_place(
        self, database: Database, clock: FixedClock, tmp_path: Path
    ) -> None:
        made = await samples(database, clock, tmp_path, "barnaul")
        (tmp_path / "staff.txt").unlink()
        other = await samples(database, clock, tmp_path, "barnaul")

        assert {one.password for one in made}.isdisjoint(one.password for one in other)
        entry = Entry(database, clock, Passwords(), ())
        with pytest.raises(Wrong):
            await entry.log_in("admin", made[0].password, "here")
        assert (await entry.log_in("admin", other[0].password, "here")).stage == "inside"

    async def test_are_not_made_where_somebody_works(
        self, database: Database, clock: FixedClock, tmp_path: Path
    ) -> None:
        await People(database, clock, None).add(Draft("olga", "Ольга", Role.ADMIN, every_office=True))

        assert await samples(database, clock, tmp_path, "barnaul") == ()
        assert not (tmp_path / "staff.txt").exists()
