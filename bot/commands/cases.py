"""`python -m bot cases …`: requests for a person, for a centre that works without the console; links to staff chats."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from bot.commands.shell import refuse, say, settings, told, work
from bot.parts import opened

if TYPE_CHECKING:
    from bot.desk.actor import Actor
    from bot.desk.acts import Desk, Done
    from storage.records import CaseRow

app = typer.Typer(help="Обращения людей: список, ответ, рабочие чаты.", no_args_is_help=True)

WHO = Annotated[str, typer.Option("--as", metavar="ЛОГИН", help="кто вы: логин из python -m bot staff list")]
CASE = Annotated[str, typer.Argument(metavar="НОМЕР", help="из cases list; можно первые знаки")]

Act = Callable[["Desk", "Actor", str], Awaitable["Done"]]


@app.command("list")
def list_cases(login: WHO, count: Annotated[int, typer.Option("--last", min=1, max=500)] = 50) -> None:
    """Открытые обращения: срочные и просроченные сначала."""
    from bot.desk.cards import number_of
    from bot.desk.words import say as in_words

    async def look(desk: "Desk", actor: "Actor") -> None:
        content = desk.content()
        found = await desk.queue(actor, limit=count)
        async with desk.database.read() as tx:
            names = await tx.staff.names([case.owner for case in found if case.owner])
        for case in found:
            mark = "СРОЧНО " if case.is_urgent else "ПРОСРОЧЕНО " if case.overdue_at else ""
            state = in_words(
                content,
                f"state_{case.state}",
                name=names.get(case.owner, "—"),
                due=_shown(case.due_at) if case.due_at else "—",
            )
            topic = content.routing.topic(case.topic).label or case.topic
            say(f"{number_of(case.id):10} {_shown(case.created_at)}  {mark}{topic}. {state}")
        if not found:
            say("Открытых обращений нет.")

    _run(login, look)


@app.command("show")
def show_case(number: CASE, login: WHO) -> None:
    """Одно обращение: разговор, заметки, что делали."""
    from bot.desk.cards import number_of

    async def look(desk: "Desk", actor: "Actor") -> None:
        case = await desk.case(actor, await _id(desk, actor, number))
        if case is None:
            refuse(f"Обращения {number} нет или оно не ваше.", 1)
        content = desk.content()
        async with desk.database.read() as tx:
            talk, history = await tx.case_talk.of(case.id), await tx.cases.history(case.id)
            reaches = await desk.reaches(tx, case.citizen_id)
        say(f"{number_of(case.id)}  {content.routing.topic(case.topic).label}  ({case.state})")
        if not reaches:
            say("Бот не может написать этому человеку: чат закрыт. Позвоните.")
        for line in case.context.splitlines():
            say(f"  {line}")
        for one in talk:
            who = {"citizen": "Человек", "staff": content.routing.roles.get(one.role, "Специалист"), "note": "Заметка"}
            words = one.words if one.words else f"[{one.kind}]"
            mark = {"failed": "  (не доставлено)", "waiting": "  (ещё не доставлено)"}.get(one.delivery, "")
            say(f"{_shown(one.said_at)}  {who[one.author]}: {words}{mark}")
        for event in history:
            say(f"{_shown(event.at)}  {event.act} {event.detail}".rstrip())

    _run(login, look)


@app.command("take")
def take_case(number: CASE, login: WHO) -> None:
    """Взять обращение себе."""
    _act(login, number, lambda desk, actor, id_: desk.take(actor, id_))


@app.command("answer")
def answer_case(number: CASE, words: Annotated[str, typer.Argument(metavar="ОТВЕТ")], login: WHO) -> None:
    """Ответить человеку: ответ придёт ему в тот же чат."""
    once = f"command:{uuid4().hex}"
    _act(login, number, lambda desk, actor, id_: desk.answer(actor, id_, words, once=once))


@app.command("close")
def close_case(number: CASE, login: WHO) -> None:
    """Закрыть обращение: бот спросит человека, решили ли вопрос."""
    _act(login, number, lambda desk, actor, id_: desk.close(actor, id_))


@app.command("chat")
def link_chat(
    office: Annotated[str, typer.Argument(metavar="ОФИС", help="имя файла из offices; «все» — для всех офисов")],
    role: Annotated[str, typer.Option("--role", metavar="РОЛЬ", help="lead: чат начальников, с жалобами")] = "",
) -> None:
    """Код, который сделает группу рабочим чатом офиса: напишите его в этой группе."""
    from storage.staff_chats import Invitation

    async def make(desk: "Desk", _: "Actor | None") -> None:
        known = desk.content().offices
        if office != "все" and office not in known:
            refuse(f"Офиса «{office}» нет. Есть: {', '.join(known)}", 1)
        await _tell_code(desk, Invitation("", "" if office == "все" else office, role))

    _run("", make)


@app.command("link")
def link_member(login: Annotated[str, typer.Argument(metavar="ЛОГИН", help="из python -m bot staff list")]) -> None:
    """Код, по которому бот узнает сотрудника в рабочем чате: сотрудник пишет его там сам."""
    from storage.staff_chats import Invitation

    async def make(desk: "Desk", actor: "Actor") -> None:
        await _tell_code(desk, Invitation(actor.id, "", ""))

    _run(login, make)


async def _tell_code(desk: "Desk", invitation: object) -> None:
    from bot.desk.linking import CODE_LIFE, invite
    from storage.staff_chats import Invitation

    assert isinstance(invitation, Invitation)
    code = await invite(desk.database, desk.clock, invitation)
    minutes = int(CODE_LIFE.total_seconds() // 60)
    say(f"Напишите в рабочем чате: /staff {code}")
    say(f"Код действует {minutes} минут и только один раз.")


def _act(login: str, number: str, act: Act) -> None:
    from bot.desk.words import say as in_words

    async def do(desk: "Desk", actor: "Actor") -> None:
        done = await act(desk, actor, await _id(desk, actor, number))
        words = in_words(desk.content(), done.code)
        if not done.is_done:
            refuse(words, 1)
        say(words)

    _run(login, do)


def _run(login: str, do: Callable[["Desk", "Actor"], Awaitable[None]]) -> None:
    async def run() -> None:
        async with opened(settings(quiet=True), publishes=False) as parts:
            await do(parts.desk, await _actor(parts.desk, login))

    with told():
        work(run())


async def _actor(desk: "Desk", login: str) -> "Actor":
    from bot.desk.actor import Actor

    if not login:
        return Actor("", "admin")  # makes codes only
    async with desk.database.read() as tx:
        person = await tx.staff.by_login(login)
    if person is None or not person.is_active:
        refuse(f"Сотрудника «{login}» нет или он отключён. Список: python -m bot staff list", 1)
    return Actor.of(person)


async def _id(desk: "Desk", actor: "Actor", number: str) -> str:
    """The whole id by its beginning, as cards show it. An unknown one is given back."""
    start = number.removeprefix("№").strip().lower()
    found: list[CaseRow] = await desk.queue(actor, limit=1000)
    alike = [case.id for case in found if case.id.startswith(start)]
    if len(alike) > 1:
        refuse(f"Обращений, которые начинаются на {number}, несколько: {', '.join(alike)}", 1)
    return alike[0] if alike else start


def _shown(moment: datetime) -> str:
    return moment.astimezone().strftime("%d.%m %H:%M")
