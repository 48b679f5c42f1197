"""Who may change whom: within one's offices, never oneself, never the last who rules."""

from dataclasses import replace

import pytest

from bot.accounts.people import Draft, People, Reason, Refused
from bot.accounts.roles import RIGHTS, Right, Role, may
from bot.clock import FixedClock
from storage.database import Database
from storage.staff import StaffRow

OFFICES = ("barnaul", "biysk", "rubtsovsk")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Rules of our own; what is stored is tested on both in tests/storage."""
    return sqlite_url


class Staffing:
    """People made by the operator; `by(person)` acts as one of them."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self._database, self._clock = database, clock

    def by(self, person: StaffRow | None) -> People:
        return People(self._database, self._clock, person, OFFICES)

    async def add(self, login: str, role: Role, *offices: str) -> StaffRow:
        draft = Draft(login, login.title(), role, offices, every_office=not offices)
        return (await self.by(None).add(draft))[0]


@pytest.fixture
def staffing(database: Database, clock: FixedClock) -> Staffing:
    return Staffing(database, clock)


async def refused(work: object) -> Reason:
    with pytest.raises(Refused) as error:
        await work  # type: ignore[misc]
    return error.value.why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"login": "o"}, Reason.LOGIN),
        ({"login": "ольга ветрова"}, Reason.LOGIN),
        ({"login": "<script>"}, Reason.LOGIN),
        ({"login": "x" * 41}, Reason.LOGIN),
        ({"name": "   "}, Reason.NAME),
        ({"role": "owner"}, Reason.ROLE),
        ({"offices": ()}, Reason.OFFICE),
        ({"offices": ("moscow",)}, Reason.OFFICE),
    ],
)
async def test_what_can_not_be_written_down_is_refused(
    staffing: Staffing, changes: dict[str, object], why: Reason
) -> None:
    draft = replace(Draft("olga", "Ольга", Role.LEAD, ("barnaul",)), **changes)  # type: ignore[arg-type]

    assert await refused(staffing.by(None).add(draft)) is why


async def test_a_login_is_given_once(staffing: Staffing) -> None:
    await staffing.add("olga", Role.LEAD)

    assert await refused(staffing.by(None).add(Draft("Olga", "Другая", Role.LEAD, ("barnaul",)))) is Reason.TAKEN


async def test_an_admin_of_some_offices_reaches_only_these(staffing: Staffing) -> None:
    chief = await staffing.add("chief", Role.ADMIN, "barnaul", "biysk")
    near, far = await staffing.add("near", Role.LEAD, "biysk"), await staffing.add("far", Role.LEAD, "rubtsovsk")
    both = await staffing.add("both", Role.LEAD, "biysk", "rubtsovsk")
    everywhere = await staffing.add("every", Role.SPECIALIST)
    people = staffing.by(chief)

    for one in (far, both, everywhere):
        assert not people.reaches(one)
        assert await refused(people.reset(one.id)) is Reason.REACH
        assert await refused(people.set_active(one.id, is_active=False)) is Reason.REACH
        assert await refused(people.change(one.id, Draft("", "Имя", Role.LEAD, ("biysk",)))) is Reason.REACH
    await people.reset(near.id)


async def test_nobody_gives_away_more_than_they_have(staffing: Staffing) -> None:
    chief = await staffing.add("chief", Role.ADMIN, "barnaul")
    near = await staffing.add("near", Role.LEAD, "barnaul")
    people = staffing.by(chief)

    for draft in (
        Draft("new", "Новый", Role.SPECIALIST, ("biysk",)),
        Draft("new", "Новый", Role.SPECIALIST, ("barnaul", "biysk")),
        Draft("new", "Новый", Role.ADMIN, every_office=True),
    ):
        assert await refused(people.add(draft)) is Reason.REACH
        assert await refused(people.change(near.id, draft)) is Reason.REACH


async def test_nobody_changes_their_own_rights(staffing: Staffing) -> None:
    chief = await staffing.add("chief", Role.ADMIN)
    await staffing.add("second", Role.ADMIN)
    people = staffing.by(chief)

    assert await refused(people.set_active(chief.id, is_active=False)) is Reason.SELF
    assert await refused(people.change(chief.id, Draft("", "Шеф", Role.LEAD, every_office=True))) is Reason.SELF
    changed = await people.change(chief.id, Draft("", "Шефиня", Role.ADMIN, every_office=True, is_on_duty=True))
    assert (changed.name, changed.is_on_duty) == ("Шефиня", True)


async def test_somebody_who_rules_everywhere_is_always_left(staffing: Staffing) -> None:
    chief = await staffing.add("chief", Role.ADMIN)
    await staffing.add("local", Role.ADMIN, "barnaul")
    operator = staffing.by(None)

    assert await refused(operator.set_active(chief.id, is_active=False)) is Reason.LAST
    assert await refused(operator.change(chief.id, Draft("", "Шеф", Role.LEAD, every_office=True))) is Reason.LAST
    assert await refused(operator.change(chief.id, Draft("", "Шеф", Role.ADMIN, ("biysk",)))) is Reason.LAST
    second = await staffing.add("second", Role.ADMIN)
    await operator.set_active(chief.id, is_active=False)
    assert await refused(operator.set_active(second.id, is_active=False)) is Reason.LAST


async def test_who_is_gone_is_told_so(staffing: Staffing) -> None:
    assert await refused(staffing.by(None).reset("nobody")) is Reason.GONE


async def test_each_act_is_in_the_journal_with_who_and_whom(staffing: Staffing, database: Database) -> None:
    chief = await staffing.add("chief", Role.ADMIN)
    one = await staffing.add("one", Role.LEAD, "barnaul")
    people = staffing.by(chief)
    await people.change(one.id, Draft("", "Имя", Role.LEAD, ("barnaul",)))
    await people.change(one.id, Draft("", "Имя", Role.LEAD, ("biysk",)))
    await people.reset(one.id)
    await people.set_active(one.id, is_active=False)

    async with database.read() as tx:
        rows = await tx.audit.page(actors=[f"staff:{chief.id}"], limit=10)
    assert [row.act for row in reversed(rows)] == ["staff_changed", "rights_changed", "staff_reset", "staff_disabled"]
    assert {row.subject for row in rows} == {f"staff:{one.id}"}


def test_rights_grow_with_the_role() -> None:
    assert RIGHTS[Role.SPECIALIST] < RIGHTS[Role.LEAD] < RIGHTS[Role.ADMIN] == set(Right)
    assert not may(Role.LEAD, Right.STAFF)
    assert not may("owner", Right.OWN)
