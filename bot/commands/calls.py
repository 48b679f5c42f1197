"""`python -m bot calls …`: whom to call today and what came of it, for a centre that works without the console."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from bot.commands.cases import WHO, run_as
from bot.commands.shell import refuse, say

if TYPE_CHECKING:
    from bot.desk.actor import Actor
    from bot.desk.acts import Desk

app = typer.Typer(help="Звонки людям: кому, почему, чем кончилось.", no_args_is_help=True)

CALLEE = Annotated[str, typer.Argument(metavar="НОМЕР", help="из calls list; можно первые знаки")]
AHEAD_HOURS = 24
REFUSED = {
    "changed": "Этому человеку уже позвонил другой сотрудник. Посмотрите: python -m bot calls show НОМЕР",
    "nothing": "Звонить этому человеку уже не нужно.",
    "no_time": "Напишите, через сколько часов перезвонить: --in-hours, не больше 1440.",
    "too_late": "Отменить уже нельзя: прошло слишком много времени.",
    "repeated": "Этот итог уже записан.",
}


@app.command("list")
def list_calls(login: WHO, count: Annotated[int, typer.Option("--last", min=1, max=500)] = 50) -> None:
    """Кому позвонить сегодня и почему: просроченные сначала. Телефонов в списке нет."""
    from bot.desk.calls import eyes_of
    from bot.desk.words import say as in_words

    async def look(desk: "Desk", actor: "Actor") -> None:
        now, eyes = desk.clock.now(), eyes_of(actor)
        async with desk.database.write() as tx:
            due = await tx.calls.due(eyes, until=now + timedelta(hours=AHEAD_HOURS), now=now, today=now, limit=count)
            rows = await tx.calls.open_of(eyes, [one.citizen_id for one in due])
            await tx.audit.add(actor=f"staff:{actor.id}", act="calls_read", subject="calls", now=now)
        for one in due:
            why = dict.fromkeys(row.reason for row in rows if row.citizen_id == one.citizen_id)
            words = "; ".join(in_words(desk.content(), f"call_why_{reason}") for reason in why)
            tries = f" (попыток: {one.tries})" if one.tries else ""
            say(f"{_number(one.citizen_id):8} {_shown(one.due_at)}  {words}{tries}")
        if not due:
            say("Звонить никому не нужно.")

    run_as(login, look)


@app.command("show")
def show_call(number: CALLEE, login: WHO) -> None:
    """Телефон, слова человека и прежние звонки. Кто смотрел, видно в журнале."""
    from bot.desk.calls import contact
    from bot.desk.words import say as in_words

    async def look(desk: "Desk", actor: "Actor") -> None:
        citizen_id, now = await _id(desk, actor, number), desk.clock.now()
        async with desk.database.write() as tx:
            known = await contact(tx, actor, citizen_id)
            attempts = [one for one in await tx.calls.attempts(citizen_id) if not one.is_undone]
            await tx.audit.add(actor=f"staff:{actor.id}", act="call_read", subject=f"citizen:{citizen_id}", now=now)
        for phone in known.phones:
            say(f"Телефон: {phone}")
        for words in known.words:
            say(f"Человек: {words}")
        if not known.phones and not known.words:
            say("Телефона нет. Напишите человеку: python -m bot cases")
        for one in attempts:
            say(f"{_shown(one.at)}  {in_words(desk.content(), f'call_{one.result}')}")

    run_as(login, look)


@app.command("result")
def record_result(
    number: CALLEE,
    result: Annotated[
        str,
        typer.Argument(
            metavar="ИТОГ", help="reached, no_answer, busy, wrong_number, not_to_call, later, booked, passed"
        ),
    ],
    login: WHO,
    hours: Annotated[int, typer.Option("--in-hours", metavar="ЧАСОВ", min=0, help="для later: когда перезвонить")] = 0,
) -> None:
    """Записать, чем кончился звонок. Что дальше, бот решит сам: повторит, напишет человеку или уберёт из списка."""
    from bot.desk import calls
    from bot.desk.words import say as in_words
    from storage.call_records import CallResult

    async def act(desk: "Desk", actor: "Actor") -> None:
        code = next((one for one in CallResult if one == result), None)
        if code is None:
            refuse(f"Итога «{result}» нет. Есть: {', '.join(CallResult)}", 1)
        citizen_id, now = await _id(desk, actor, number), desk.clock.now()
        again_at = now + timedelta(hours=hours) if hours else None
        async with desk.database.write() as tx:
            last = (await tx.calls.last_attempts([citizen_id])).get(citizen_id)
            phones = (await calls.contact(tx, actor, citizen_id)).phones
            done = await calls.record(
                tx, desk.content(), actor, citizen_id, code, once=uuid4().hex, seen=last.id if last else "", now=now,
                again_at=again_at, wrong=tx.calls.find(phones[0]) if phones else "",
            )  # fmt: skip
        if done.code != calls.DONE:
            refuse(REFUSED[done.code], 1)
        say(f"Записано: {in_words(desk.content(), f'call_{code}').lower()}.")

    run_as(login, act)


@app.command("undo")
def undo_result(login: WHO) -> None:
    """Отменить свой последний итог, пока не прошло несколько минут."""
    from bot.desk import calls

    async def act(desk: "Desk", actor: "Actor") -> None:
        async with desk.database.write() as tx:
            done = await calls.undo(tx, desk.content(), actor, now=desk.clock.now())
        if done.code != calls.DONE:
            refuse(REFUSED[done.code], 1)
        say("Итог отменён.")

    run_as(login, act)


async def _id(desk: "Desk", actor: "Actor", number: str) -> str:
    """The citizen's whole id by its beginning, of those the actor may call."""
    from bot.desk.calls import eyes_of

    start = number.strip().lower()
    now = desk.clock.now()
    async with desk.database.read() as tx:
        due = await tx.calls.due(eyes_of(actor), until=now + timedelta(days=366), now=now, today=now)
    alike = [one.citizen_id for one in due if one.citizen_id.startswith(start)]
    if len(alike) != 1:
        told = f"В списке нет никого с номером {number}" if not alike else f"С {number} начинается несколько номеров"
        refuse(f"{told}. Список: python -m bot calls list", 1)
    return alike[0]


def _number(citizen_id: str) -> str:
    return citizen_id[:6].upper()


def _shown(moment: datetime) -> str:
    return moment.astimezone().strftime("%d.%m %H:%M")
