"""
People who work in the console: names and logins sealed, found by keyed hash; what opens the door stands apart.

    added --> invited --> password, second factor --> inside (storage/staff_sessions.py)
                ^--------- reset --------------------------+     disabled: nothing opens, nothing is lost
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.handle import Handle
from storage.moments import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One of the staff. offices: ids, none of them counts where every_office is set."""

    id: str
    login: str
    name: str
    role: str
    offices: tuple[str, ...]
    every_office: bool
    is_on_duty: bool
    is_active: bool
    has_password: bool
    has_code: bool
    created_at: datetime

    @property
    def office(self) -> str:
        """The first one, "" for every office."""
        return "" if self.every_office or not self.offices else self.offices[0]

    def sees(self, office: str) -> bool:
        """Whether people of this office are theirs. A citizen who has chosen no office ("") is everybody's."""
        return self.every_office or not office or office in self.offices


@dataclass(frozen=True, slots=True)
class Secrets:
    """password: an argon2 hash, code: the second factor's secret in base32; empty while not set."""

    password: str = ""
    code: str = ""


class Staff:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    # Who

    async def add(self, person: StaffRow) -> bool:
        """Write a new one, without secrets. False: the login is taken, nothing is written."""
        row = await self._on.queries.staff_add(
            self._on.connection,
            id=person.id,
            find=self._find(person.login),
            body=self._sealed(person),
            role=person.role,
            every_office=int(person.every_office),
            on_duty=int(person.is_on_duty),
            created_at=to_ms(person.created_at),
        )
        if row is None:
            return False
        await self._place(person)
        return True

    async def change(self, person: StaffRow) -> None:
        """Name, role, offices and the duty mark become these; the login stays what it is."""
        await self._on.queries.staff_change(
            self._on.connection,
            id=person.id,
            body=self._sealed(person),
            role=person.role,
            every_office=int(person.every_office),
            on_duty=int(person.is_on_duty),
        )
        await self._place(person)

    async def activate(self, id_: str, *, is_active: bool) -> None:
        await self._on.queries.staff_activate(self._on.connection, id=id_, active=int(is_active))

    async def get(self, id_: str) -> StaffRow | None:
        rows = [row async for row in self._on.queries.staff_one(self._on.connection, id=id_)]
        offices = [row[0] async for row in self._on.queries.staff_offices_of(self._on.connection, id=id_)]
        return self._opened(rows[0], offices) if rows else None

    async def by_login(self, login: str) -> StaffRow | None:
        id_ = await self._on.queries.staff_id_of(self._on.connection, find=self._find(login))
        return await self.get(str(id_)) if id_ is not None else None

    async def all(self) -> list[StaffRow]:
        """Everybody, disabled ones too, oldest first."""
        offices: dict[str, list[str]] = {}
        async for id_, office in self._on.queries.staff_offices_all(self._on.connection):
            offices.setdefault(id_, []).append(office)
        rows = self._on.queries.staff_all(self._on.connection)
        return [self._opened(row, offices.get(row[0], ())) async for row in rows]

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Names of those that are known among the ids."""
        wanted = set(ids)
        return {person.id: person.name for person in await self.all() if person.id in wanted} if wanted else {}

    async def count(self) -> int:
        return int(await self._on.queries.staff_count(self._on.connection) or 0)

    async def count_everywhere(self, role: str) -> int:
        """How many of this role may enter and see every office."""
        return int(await self._on.queries.staff_count_role(self._on.connection, role=role) or 0)

    async def linked(self, id_: str) -> list[str]:
        """Channels in which an account of theirs is linked (storage/staff_chats.py)."""
        return [row[0] async for row in self._on.queries.staff_linked(self._on.connection, id=id_)]

    # What opens the door

    async def secrets(self, id_: str) -> Secrets:
        row = await self._on.queries.staff_secrets_get(self._on.connection, id=id_)
        if row is None:
            return Secrets()
        return Secrets(**json.loads(self._on.cipher.open(bytes(row[0]), "staff_secrets", "body", id_)))

    async def keep_secrets(self, id_: str, secrets: Secrets) -> None:
        plain = json.dumps({"password": secrets.password, "code": secrets.code}).encode()
        await self._on.queries.staff_secrets_put(
            self._on.connection,
            id=id_,
            body=self._on.cipher.seal(plain, "staff_secrets", "body", id_),
            has_password=int(bool(secrets.password)),
            has_code=int(bool(secrets.code)),
        )

    async def forget_secrets(self, id_: str) -> None:
        """No password, no second factor, no recovery code opens any more."""
        await self._on.queries.staff_secrets_clear(self._on.connection, id=id_)
        await self._on.queries.staff_recovery_clear(self._on.connection, id=id_)

    async def use_step(self, id_: str, step: int) -> bool:
        """Spend a time step of the second factor; False when it, or a later one, is spent already."""
        return await self._on.queries.staff_step(self._on.connection, id=id_, step=step) is not None

    async def keep_recovery(self, id_: str, codes: Sequence[str]) -> None:
        """These recovery codes open from now on, each once; earlier ones do not."""
        await self._on.queries.staff_recovery_clear(self._on.connection, id=id_)
        rows = [{"id": id_, "find": self._on.cipher.find("staff recovery", id_, code)} for code in codes]
        if rows:
            await self._on.queries.staff_recovery_add(self._on.connection, rows)

    async def take_recovery(self, id_: str, code: str) -> bool:
        """Spend a recovery code."""
        find = self._on.cipher.find("staff recovery", id_, code)
        return await self._on.queries.staff_recovery_take(self._on.connection, id=id_, find=find) is not None

    async def count_recovery(self, id_: str) -> int:
        return int(await self._on.queries.staff_recovery_count(self._on.connection, id=id_) or 0)

    # Invitations

    async def invite(self, id_: str, code: str, *, until: datetime) -> None:
        """This code lets the person choose a password; an earlier one no longer does."""
        await self._on.queries.staff_invite(
            self._on.connection, id=id_, find=self._on.cipher.find("staff invitation", code), expires_at=to_ms(until)
        )

    async def invited(self, code: str, *, now: datetime) -> str | None:
        """Whose invitation it is, without spending it; None for a spent, old or made-up one."""
        find = self._on.cipher.find("staff invitation", code)
        found = await self._on.queries.staff_invited(self._on.connection, find=find, now=to_ms(now))
        return str(found) if found is not None else None

    async def accept(self, code: str, *, now: datetime) -> str | None:
        """As `invited`, and spend it: of two at once one gets it."""
        find = self._on.cipher.find("staff invitation", code)
        row = await self._on.queries.staff_invitation_take(self._on.connection, find=find, now=to_ms(now))
        return str(row[0]) if row is not None else None

    async def uninvite(self, id_: str) -> None:
        await self._on.queries.staff_uninvite(self._on.connection, id=id_)

    async def invitations(self) -> dict[str, datetime]:
        """Until when each person's invitation is open, old ones too."""
        rows = self._on.queries.staff_invitations_all(self._on.connection)
        return {row[0]: from_ms(row[1]) async for row in rows}

    # Inside

    def _find(self, login: str) -> str:
        return self._on.cipher.find("staff login", login.casefold())

    def _sealed(self, person: StaffRow) -> bytes:
        plain = json.dumps({"login": person.login, "name": person.name}).encode()
        return self._on.cipher.seal(plain, "staff", "body", person.id)

    def _opened(self, row: Sequence[Any], offices: Sequence[str]) -> StaffRow:
        id_, body, role, active, every_office, on_duty, created_at, has_password, has_code = row
        about: Mapping[str, str] = json.loads(self._on.cipher.open(bytes(body), "staff", "body", id_))
        return StaffRow(
            id=id_,
            login=about["login"],
            name=about["name"],
            role=role,
            offices=tuple(offices),
            every_office=bool(every_office),
            is_on_duty=bool(on_duty),
            is_active=bool(active),
            has_password=bool(has_password),
            has_code=bool(has_code),
            created_at=from_ms(created_at),
        )

    async def _place(self, person: StaffRow) -> None:
        await self._on.queries.staff_offices_clear(self._on.connection, id=person.id)
        rows = [{"id": person.id, "office": office} for office in dict.fromkeys(person.offices)]
        if rows and not person.every_office:
            await self._on.queries.staff_offices_add(self._on.connection, rows)
