"""
Who works here: added, changed, invited anew, let go. By an admin in the console, by an operator on the command line.

An admin of some offices reaches only people of these offices and gives away no more than these. Somebody who sees every
office and may change people is always left.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from uuid import uuid4

from bot.accounts.roles import Role, actor
from bot.clock import Clock
from storage.database import Database, Transaction
from storage.staff import StaffRow

INVITED_FOR = timedelta(hours=72)
NAME_CHARS = 120
LOGIN = re.compile(r"[^\W_][\w.@-]{1,39}\Z")
OPERATOR = "operator"  # in the audit: whoever has the command line


class Reason(StrEnum):
    LOGIN = "login"  # no login at all
    TAKEN = "login_taken"
    NAME = "name"
    ROLE = "role"
    OFFICE = "office"  # none chosen, or one that does not exist
    REACH = "reach"  # of another office
    SELF = "self"  # nobody takes their own rights away
    LAST = "last_admin"
    GONE = "gone"


class Refused(Exception):
    """It is not done. why: for words."""

    def __init__(self, why: Reason) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is to be. offices: ids, empty with every_office."""

    login: str
    name: str
    role: str
    offices: tuple[str, ...] = ()
    every_office: bool = False
    is_on_duty: bool = False


class People:
    """by: who acts, None for the operator, who reaches everybody. known_offices: ids of the content in force."""

    def __init__(
        self, database: Database, clock: Clock, by: StaffRow | None, known_offices: Collection[str] | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._by = by
        self._known_offices = known_offices

    async def add(self, draft: Draft) -> tuple[StaffRow, str]:
        """The new person and the code of the invitation. Raises Refused."""
        draft = self._checked(draft)
        person = StaffRow(
            id=uuid4().hex,
            login=draft.login,
            name=draft.name,
            role=draft.role,
            offices=draft.offices,
            every_office=draft.every_office,
            is_on_duty=draft.is_on_duty,
            is_active=True,
            has_password=False,
            has_code=False,
            created_at=self._clock.now(),
        )
        async with self._database.write() as tx:
            if not await tx.staff.add(person):
                raise Refused(Reason.TAKEN)
            await self._note(tx, "staff_added", person.id)
            return person, await self._invite(tx, person.id)

    async def change(self, id_: str, draft: Draft) -> StaffRow:
        """
        Name, role, offices, duty mark; the login stays. Raises Refused.

        With a role or offices that differ, everybody inside as this person goes out and comes in with the new rights.
        """
        async with self._database.write() as tx:
            person = await self._reached(tx, id_)
            draft = self._checked(replace(draft, login=person.login))
            changed = replace(
                person,
                name=draft.name,
                role=draft.role,
                offices=draft.offices,
                every_office=draft.every_office,
                is_on_duty=draft.is_on_duty,
            )
            has_other_rights = _rights(changed) != _rights(person)
            if has_other_rights:
                self._not_oneself(id_)
                await self._not_last(tx, person, after=changed)
            await tx.staff.change(changed)
            if has_other_rights:
                await tx.staff_sessions.end_all(id_)
            await self._note(tx, "rights_changed" if has_other_rights else "staff_changed", id_)
        return changed

    async def reset(self, id_: str) -> tuple[StaffRow, str]:
        """Password and second factor are gone; the code of a new invitation. Raises Refused."""
        async with self._database.write() as tx:
            person = await self._reached(tx, id_)
            await tx.staff.forget_secrets(id_)
            await tx.staff_sessions.end_all(id_)
            await self._note(tx, "staff_reset", id_)
            return person, await self._invite(tx, id_)

    async def set_active(self, id_: str, *, is_active: bool) -> StaffRow:
        """Let somebody go, or back. Raises Refused."""
        async with self._database.write() as tx:
            person = await self._reached(tx, id_)
            if not is_active:
                self._not_oneself(id_)
                await self._not_last(tx, person, after=None)
                await tx.staff_sessions.end_all(id_)
                await tx.staff.uninvite(id_)
            await tx.staff.activate(id_, is_active=is_active)
            await self._note(tx, "staff_enabled" if is_active else "staff_disabled", id_)
        return replace(person, is_active=is_active)

    def reaches(self, person: StaffRow) -> bool:
        by = self._by
        if by is None or by.every_office:
            return True
        return not person.every_office and bool(person.offices) and set(person.offices) <= set(by.offices)

    def _checked(self, draft: Draft) -> Draft:
        login, name = draft.login.strip().casefold(), " ".join(draft.name.split())[:NAME_CHARS]
        if not LOGIN.match(login):
            raise Refused(Reason.LOGIN)
        if not name:
            raise Refused(Reason.NAME)
        if draft.role not in set(Role):
            raise Refused(Reason.ROLE)
        offices = () if draft.every_office else tuple(dict.fromkeys(draft.offices))
        if not offices and not draft.every_office:
            raise Refused(Reason.OFFICE)
        if self._known_offices is not None and not set(offices) <= set(self._known_offices):
            raise Refused(Reason.OFFICE)
        by = self._by
        if by is not None and not by.every_office and (draft.every_office or not set(offices) <= set(by.offices)):
            raise Refused(Reason.REACH)
        return replace(draft, login=login, name=name, offices=offices)

    async def _reached(self, tx: Transaction, id_: str) -> StaffRow:
        person = await tx.staff.get(id_)
        if person is None:
            raise Refused(Reason.GONE)
        if not self.reaches(person):
            raise Refused(Reason.REACH)
        return person

    def _not_oneself(self, id_: str) -> None:
        if self._by is not None and self._by.id == id_:
            raise Refused(Reason.SELF)

    async def _not_last(self, tx: Transaction, person: StaffRow, *, after: StaffRow | None) -> None:
        def rules(one: StaffRow) -> bool:
            return one.role == Role.ADMIN and one.every_office and one.is_active

        is_lost = rules(person) and not (after is not None and rules(after))
        if is_lost and await tx.staff.count_everywhere(Role.ADMIN) <= 1:
            raise Refused(Reason.LAST)

    async def _invite(self, tx: Transaction, id_: str) -> str:
        invitation = secrets.token_urlsafe(32)
        await tx.staff.invite(id_, invitation, until=self._clock.now() + INVITED_FOR)
        return invitation

    async def _note(self, tx: Transaction, act: str, id_: str) -> None:
        by = actor(self._by.id) if self._by is not None else OPERATOR
        await tx.audit.add(actor=by, act=act, subject=actor(id_), now=self._clock.now())


def _rights(person: StaffRow) -> tuple[object, ...]:
    return person.role, person.every_office, frozenset(person.offices)
