"""Sample accounts for the demo: made once, their passwords kept beside the demo's data, so that they are told again."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from bot.accounts.code import recovery_codes
from bot.accounts.password import Passwords
from bot.accounts.roles import LEADING, Role
from bot.clock import Clock
from storage.database import Database
from storage.staff import StaffRow

FILE = "staff.txt"
SAMPLES = (
    ("admin", "Алла Дёмина", Role.ADMIN),
    ("lead", "Лев Рогов", Role.LEAD),
    ("matcher", "Марина Подборова", Role.JOB_MATCHER),
    ("advisor", "Кирилл Советов", Role.CAREER_ADVISOR),
    ("specialist", "Софья Ответова", Role.SPECIALIST),
)


@dataclass(frozen=True, slots=True)
class Sample:
    login: str
    password: str
    role: Role


async def samples(database: Database, clock: Clock, folder: Path, office: str) -> Sequence[Sample]:
    """
    The sample accounts, working. office: of those who lead nobody. None where somebody else has an account already: a
    place of real work gets no samples.
    """
    known = _read(folder / FILE)
    passwords = {login: known.get(login) or recovery_codes()[0] for login, _, _ in SAMPLES}
    async with database.read() as tx:
        present = {person.login: person for person in await tx.staff.all()}
    if not present.keys() <= passwords.keys():
        return ()
    if passwords != known:
        _write(folder / FILE, passwords)
    hasher = Passwords()
    for login, name, role in SAMPLES:
        if login in present and login in known:
            continue
        person = present.get(login) or StaffRow(
            id=uuid4().hex,
            login=login,
            name=name,
            role=role,
            offices=() if role in LEADING else (office,),
            every_office=role in LEADING,
            is_on_duty=role is Role.LEAD,
            is_active=True,
            has_password=False,
            has_code=False,
            created_at=clock.now(),
        )
        hashed = await hasher.hash(passwords[login])
        async with database.write() as tx:
            await tx.staff.add(person)
            kept = await tx.staff.secrets(person.id)
            await tx.staff.keep_secrets(person.id, replace(kept, password=hashed))
    return [Sample(login, passwords[login], role) for login, _, role in SAMPLES]


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def _write(file: Path, passwords: dict[str, str]) -> None:
    """For its owner's eyes only."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as writing:
        writing.writelines(f"{login} {password}\n" for login, password in passwords.items())
    part.replace(file)
