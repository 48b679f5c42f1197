"""
The way into the console, and out.

    login, password --> code of the phone --> inside --> out, idle for IDLE, or WHOLE is over
        |                ^ (code)               ^
        +--> no code yet, but the role needs one +  (enrol)
        +--> no code needed ---------------------+
    invitation --> password --> as after a login

Every arrow makes a new session with a new token: one that somebody planted before leads nowhere. What is counted is
counted before a secret is looked at, so guesses at once count as guesses one after another.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.accounts import code as codes
from bot.accounts.password import Passwords, Weak, weakness
from bot.accounts.roles import LEADING, actor
from bot.clock import Clock
from storage.database import Database, Transaction
from storage.staff import Secrets, StaffRow
from storage.staff_sessions import StaffSession, Stage

IDLE = timedelta(minutes=30)
WHOLE = timedelta(hours=12)
HALF_WAY = timedelta(minutes=10)  # for whoever still owes a code
SEEN_EVERY = timedelta(minutes=1)
LOGIN_CHARS = 64
WINDOW = timedelta(minutes=15)
# of one login from one place; of one login from anywhere; of one place, where a whole centre may sit behind
TRIES, TRIES_ANYWHERE, TRIES_FROM_PLACE, CODE_TRIES = 5, 50, 100, 5


class Wrong(Exception):
    """Login, password, code or invitation: it does not open. Which of them is not said."""


class TooOften(Exception):
    """Tried too often. until: when it may be tried again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too often")
        self.until = until


class TooWeak(Exception):
    """The new password will not do. why: what is wrong with it."""

    def __init__(self, why: Weak) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Entered:
    """A new session. token: for the browser alone."""

    token: str
    stage: Stage
    staff: StaffRow


@dataclass(frozen=True, slots=True)
class Inside:
    """A session that holds. has_rights: nothing more is asked for."""

    staff: StaffRow
    session: StaffSession

    @property
    def has_rights(self) -> bool:
        return self.session.stage == "inside"


def fresh_token() -> str:
    return secrets.token_urlsafe(32)


def is_over(session: StaffSession, now: datetime) -> bool:
    if session.stage != "inside":
        return now - session.created_at > HALF_WAY
    return now - session.created_at > WHOLE or now - session.seen_at > IDLE


class Entry:
    """needs_code: roles that must have the second factor; the others may."""

    def __init__(
        self, database: Database, clock: Clock, passwords: Passwords, needs_code: Collection[str] = LEADING
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._needs_code = frozenset(needs_code)

    def needs_code(self, role: str) -> bool:
        return role in self._needs_code

    async def log_in(self, login: str, password: str, place: str, *, old: str = "") -> Entered:
        """
        place: whose address it is, for the count. old: a token the browser has, which ends.

        Raises Wrong for a login that is unknown, disabled or not yet set up as for a wrong password, after the same
        work; TooOften, whoever the login belongs to.
        """
        login = login.strip()[:LOGIN_CHARS].casefold()
        now = self._clock.now()
        async with self._database.write() as tx:
            counts = [
                (await tx.tries.take("login", login, place, window=WINDOW, now=now), TRIES),
                (await tx.tries.take("login anywhere", login, window=WINDOW, now=now), TRIES_ANYWHERE),
                (await tx.tries.take("login from", place, window=WINDOW, now=now), TRIES_FROM_PLACE),
            ]
        for (count, until), most in counts:
            if count > most:
                raise TooOften(until)
        async with self._database.read() as tx:
            person = await tx.staff.by_login(login)
            kept = await tx.staff.secrets(person.id if person else "")
        fits = await self._passwords.fits(password, kept.password)
        is_right = fits and person is not None and person.is_active
        async with self._database.write() as tx:
            await tx.audit.add(
                actor=actor(person.id) if person else "nobody",
                act="entered" if is_right else "entry_refused",
                subject="password",
                now=now,
            )
            if person is None or not is_right:
                refused = True
            else:
                refused = False
                await tx.tries.clear("login", login, place)
                await tx.tries.clear("login anywhere", login)
                entered = await self._begin(tx, person, self._stage(person), old)
        if refused:
            raise Wrong
        return entered

    async def give_code(self, token: str, typed: str) -> Entered:
        """The second factor. Raises Wrong; TooOften: the session is over, the login begins anew."""
        inside = await self.who(token)
        if inside is None or inside.session.stage != "code":
            raise Wrong
        person, now = inside.staff, self._clock.now()
        async with self._database.write() as tx:
            count, until = await tx.tries.take("code", person.id, window=WINDOW, now=now)
            if count > CODE_TRIES:
                await tx.staff_sessions.end(token)
        if count > CODE_TRIES:
            raise TooOften(until)
        async with self._database.write() as tx:
            kept = await tx.staff.secrets(person.id)
            is_right = await self._is_code(tx, person.id, kept.code, typed, now)
            await tx.audit.add(
                actor=actor(person.id), act="entered" if is_right else "entry_refused", subject="code", now=now
            )
            if is_right:
                await tx.tries.clear("code", person.id)
                entered = await self._begin(tx, person, "inside", token)
        if not is_right:
            raise Wrong
        return entered

    async def accept(self, invitation: str, password: str, *, old: str = "") -> Entered:
        """The invited person's first password, or a new one after a reset. Raises Wrong, TooWeak."""
        person = await self.invited(invitation)
        if person is None:
            raise Wrong
        if why := weakness(password, person.login):
            raise TooWeak(why)
        hashed = await self._passwords.hash(password)
        async with self._database.write() as tx:
            now = self._clock.now()
            taken = await tx.staff.accept(invitation, now=now)
            if taken == person.id:
                kept = await tx.staff.secrets(person.id)
                await tx.staff.keep_secrets(person.id, replace(kept, password=hashed))
                await tx.staff_sessions.end_all(person.id)
                await tx.audit.add(actor=actor(person.id), act="password_set", subject="invitation", now=now)
                entered = await self._begin(tx, person, self._stage(person), old)
        if taken != person.id:
            raise Wrong
        return entered

    async def invited(self, invitation: str) -> StaffRow | None:
        """Whose invitation it is: opening the page spends nothing, messengers look at links before people do."""
        async with self._database.read() as tx:
            id_ = await tx.staff.invited(invitation, now=self._clock.now())
            person = await tx.staff.get(id_) if id_ else None
        return person if person is not None and person.is_active else None

    async def who(self, token: str, *, is_live: bool = False) -> Inside | None:
        """
        Whose session it is, None when nobody's or over.

        is_live: a page refreshed itself; that is no sign of a person, so the session grows no longer by it.
        """
        if not token:
            return None
        now = self._clock.now()
        async with self._database.read() as tx:
            session = await tx.staff_sessions.get(token)
            if session is None or is_over(session, now):
                return None
            person = await tx.staff.get(session.staff_id)
        if person is None or not person.is_active:
            return None
        if not is_live and now - session.seen_at >= SEEN_EVERY:
            async with self._database.write() as tx:
                await tx.staff_sessions.seen(token, now=now)
        return Inside(person, session)

    async def leave(self, token: str) -> None:
        async with self._database.write() as tx:
            staff_id = await tx.staff_sessions.end(token)
            if staff_id is not None:
                await tx.audit.add(actor=actor(staff_id), act="left", subject="", now=self._clock.now())

    # Of one's own

    async def change_password(self, inside: Inside, token: str, current: str, new: str) -> Entered:
        """Everybody else who is inside as this person goes out. Raises Wrong, TooOften, TooWeak."""
        person = inside.staff
        kept = await self._proven(person, current)
        if why := weakness(new, person.login):
            raise TooWeak(why)
        hashed = await self._passwords.hash(new)
        async with self._database.write() as tx:
            await tx.staff.keep_secrets(person.id, replace(kept, password=hashed))
            await tx.staff_sessions.end_all(person.id)
            await tx.audit.add(actor=actor(person.id), act="password_set", subject="own", now=self._clock.now())
            return await self._begin(tx, person, "inside", token)

    async def enrol(self, inside: Inside, token: str, secret: str, typed: str) -> tuple[Entered, list[str]]:
        """
        The phone of the person knows the secret: a code of it proves so. Gives recovery codes, to be shown once.

        Raises Wrong.
        """
        person, now = inside.staff, self._clock.now()
        step = codes.step_of(secret, typed, now) if secret else None
        if step is None:
            raise Wrong
        fresh = codes.recovery_codes()
        async with self._database.write() as tx:
            kept = await tx.staff.secrets(person.id)
            await tx.staff.keep_secrets(person.id, replace(kept, code=secret))
            await tx.staff.use_step(person.id, step)
            await tx.staff.keep_recovery(person.id, fresh)
            await tx.staff_sessions.end_all(person.id)
            await tx.audit.add(actor=actor(person.id), act="code_set", subject="own", now=now)
            person = replace(person, has_code=True)
            return await self._begin(tx, person, "inside", token), fresh

    async def renew_recovery(self, inside: Inside, password: str) -> list[str]:
        """New recovery codes; the earlier ones open nothing any more. Raises Wrong, TooOften."""
        await self._proven(inside.staff, password)
        fresh = codes.recovery_codes()
        async with self._database.write() as tx:
            await tx.staff.keep_recovery(inside.staff.id, fresh)
            await tx.audit.add(
                actor=actor(inside.staff.id), act="recovery_renewed", subject="own", now=self._clock.now()
            )
        return fresh

    async def drop_code(self, inside: Inside, token: str, password: str) -> Entered:
        """No second factor any more, for a role that may do without. Raises Wrong, TooOften."""
        person = inside.staff
        if self.needs_code(person.role):
            raise Wrong
        kept = await self._proven(person, password)
        async with self._database.write() as tx:
            await tx.staff.keep_secrets(person.id, replace(kept, code=""))
            await tx.staff.keep_recovery(person.id, ())
            await tx.staff_sessions.end_all(person.id)
            await tx.audit.add(actor=actor(person.id), act="code_dropped", subject="own", now=self._clock.now())
            return await self._begin(tx, replace(person, has_code=False), "inside", token)

    async def end_others(self, inside: Inside, token: str) -> None:
        """Only this browser stays inside."""
        async with self._database.write() as tx:
            await tx.staff_sessions.end_all(inside.staff.id, but=token)
            await tx.audit.add(actor=actor(inside.staff.id), act="others_ended", subject="own", now=self._clock.now())

    # Inside of it

    def _stage(self, person: StaffRow) -> Stage:
        if person.has_code:
            return "code"
        return "enrol" if self.needs_code(person.role) else "inside"

    async def _begin(self, tx: Transaction, person: StaffRow, stage: Stage, old: str) -> Entered:
        if old:
            await tx.staff_sessions.end(old)
        token = fresh_token()
        await tx.staff_sessions.open(token, person.id, stage, now=self._clock.now())
        return Entered(token, stage, person)

    async def _proven(self, person: StaffRow, password: str) -> Secrets:
        """Their secrets, once the password has shown that it is them. Raises Wrong, TooOften."""
        now = self._clock.now()
        async with self._database.write() as tx:
            count, until = await tx.tries.take("own", person.id, window=WINDOW, now=now)
            kept = await tx.staff.secrets(person.id)
        if count > TRIES:
            raise TooOften(until)
        if not await self._passwords.fits(password, kept.password):
            raise Wrong
        async with self._database.write() as tx:
            await tx.tries.clear("own", person.id)
        return kept

    async def _is_code(self, tx: Transaction, staff_id: str, secret: str, typed: str, now: datetime) -> bool:
        if not secret:
            return False
        step = codes.step_of(secret, typed, now)
        if step is not None:
            return await tx.staff.use_step(staff_id, step)
        recovery = codes.read_recovery(typed)
        return bool(recovery) and await tx.staff.take_recovery(staff_id, recovery)
