"""`staff`: accounts of the console, for a centre's first admin and for when nobody can get in any more."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.accounts.people import INVITED_FOR, Draft, People, Reason, Refused
from bot.accounts.roles import EVERY_OFFICE, Role
from bot.clock import SystemClock
from bot.commands.shell import refuse, say, settings, told, work
from bot.parts import explained, opened_database
from bot.settings import Settings
from storage.database import Database
from storage.staff import StaffRow

app = typer.Typer(help="Сотрудники: доступ в кабинет /desk.", no_args_is_help=True)

ROLES = {
    Role.SPECIALIST: "специалист",
    Role.JOB_MATCHER: "специалист по подбору работы",
    Role.CAREER_ADVISOR: "карьерный консультант",
    Role.LEAD: "руководитель",
    Role.ADMIN: "администратор",
}
REFUSED = {
    Reason.LOGIN: "Логин не подходит: нужно от 2 до 40 букв, цифр, точек и дефисов, например ivanova.o",
    Reason.TAKEN: "Такой логин уже есть. Кто есть: python -m bot staff list",
    Reason.NAME: "Имя пустое: укажите --name «Имя Фамилия»",
    Reason.OFFICE: "Укажите офис: --office ИМЯ (имя файла из offices/ без .yaml) или --office все",
    Reason.LAST: "Это единственный администратор всех офисов. Сначала добавьте второго.",
    Reason.GONE: "Такого сотрудника нет. Кто есть: python -m bot staff list",
}
EVERY = ("все", EVERY_OFFICE)
Job = Callable[[Database, Settings], Awaitable[None]]

LOGIN = Annotated[str, typer.Argument(metavar="ЛОГИН", help="имя для входа")]


@app.command("add")
def add(
    login: LOGIN,
    name: Annotated[str, typer.Option("--name", metavar="ИМЯ", help="как зовут, видят коллеги")],
    role: Annotated[Role, typer.Option("--role", help="что делает")] = Role.SPECIALIST,
    office: Annotated[
        list[str] | None, typer.Option("--office", metavar="ОФИС", help="можно несколько раз; «все» — все офисы")
    ] = None,
    duty: Annotated[bool, typer.Option("--duty", help="дежурный: первым узнаёт о срочном")] = False,
) -> None:
    """Добавить сотрудника и получить ссылку, по которой он придумает пароль."""

    async def job(database: Database, given: Settings) -> None:
        known = _offices(given.content_dir)
        wanted = office or (known if len(known) == 1 and role is not Role.ADMIN else [])
        every = (not wanted and role is Role.ADMIN) or any(one in EVERY for one in wanted)
        draft = Draft(login, name, role, tuple(one for one in wanted if one not in EVERY), every, duty)
        person, invitation = await People(database, SystemClock(), None, known).add(draft)
        say(f"Добавлен сотрудник {person.login}: {ROLES[role]}, {_where(person)}.")
        _tell_link(given, invitation)

    _run(job)


@app.command("list")
def everybody() -> None:
    """Кто работает в кабинете: логин, роль, офисы, может ли войти."""

    async def job(database: Database, _: Settings) -> None:
        async with database.read() as tx:
            people = await tx.staff.all()
        for person in people:
            role = ROLES[Role(person.role)] if person.role in set(Role) else person.role
            duty = ", дежурный" if person.is_on_duty else ""
            say(f"{person.login:<16} {person.name}: {role}{duty}; {_where(person)}; {_way_in(person)}")
        if not people:
            say("Сотрудников ещё нет. Добавьте администратора: python -m bot staff add ЛОГИН --name ИМЯ --role admin")

    _run(job)


@app.command("reset")
def reset(login: LOGIN) -> None:
    """Сбросить пароль и код с телефона; получить новую ссылку. Сотрудник выйдет везде, где вошёл."""

    async def job(database: Database, given: Settings) -> None:
        _, invitation = await People(database, SystemClock(), None).reset(await _id(database, login))
        say(f"Пароль и код сотрудника {login} больше не действуют.")
        _tell_link(given, invitation)

    _run(job)


@app.command("disable")
def disable(login: LOGIN) -> None:
    """Закрыть доступ сотруднику. Ничего не удаляется; вернуть: staff enable."""
    _run(lambda database, _: _set(database, login, is_active=False))


@app.command("enable")
def enable(login: LOGIN) -> None:
    """Вернуть доступ сотруднику: пароль и права прежние."""
    _run(lambda database, _: _set(database, login, is_active=True))


async def _set(database: Database, login: str, *, is_active: bool) -> None:
    await People(database, SystemClock(), None).set_active(await _id(database, login), is_active=is_active)
    say(f"Доступ сотруднику {login} {'открыт' if is_active else 'закрыт, все его входы завершены'}.")


def _run(job: Job) -> None:
    async def whole(given: Settings) -> None:
        async with opened_database(given) as (database, _):
            await job(database, given)

    with told():
        given = settings(quiet=True)
        try:
            with explained():
                work(whole(given))
        except Refused as refused:
            refuse(REFUSED.get(refused.why, f"Не получилось: {refused.why}"), 1)


async def _id(database: Database, login: str) -> str:
    async with database.read() as tx:
        person = await tx.staff.by_login(login.strip())
    if person is None:
        raise Refused(Reason.GONE)
    return person.id


def _offices(folder: Path) -> list[str]:
    return sorted(file.stem for file in (folder / "offices").glob("*.yaml"))


def _where(person: StaffRow) -> str:
    return "все офисы" if person.every_office else ", ".join(person.offices)


def _way_in(person: StaffRow) -> str:
    if not person.is_active:
        return "доступ закрыт"
    if not person.has_password:
        return "пароля ещё нет"
    return "пароль и код" if person.has_code else "пароль"


def _tell_link(given: Settings, invitation: str) -> None:
    site = given.public_url or f"http://{given.web_host}:{given.web_port}"
    say(f"Ссылка для входа, передайте её лично: {site}/desk/invite?code={invitation}")
    hours = int(INVITED_FOR.total_seconds() // 3600)
    say(f"Она работает один раз, {hours} ч. Потеряется — сделайте новую: python -m bot staff reset ЛОГИН")
