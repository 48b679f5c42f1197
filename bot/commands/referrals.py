"""`python -m bot referrals …`: who was sent to psychologist, mediator, social contract, and what came of it."""

from collections.abc import Mapping
from typing import Annotated

import typer

from bot.commands.desk import CODE, DAY, POINT, Office, asked, booking_of, code_of, noted, place_of, refused, run, when
from bot.commands.shell import say
from bot.desk import visits
from storage.referrals import Outcome, ReferralRow, State, To

app = typer.Typer(help="Направления: психолог, медиатор, социальный контракт.", no_args_is_help=True)
STATES: Mapping[str, str] = {
    State.OFFERED: "предложено",
    State.AGREED: "согласился",
    State.REFUSED: "отказался",
    State.PASSED: "передано",
    State.DONE: "завершено",
}
OUTCOMES = {Outcome.HELPED: "помогло", Outcome.NOT_HELPED: "не помогло"}
SHOWN = 200


@app.command("offer")
def offer(
    code: CODE,
    to: Annotated[str, typer.Option("--to", metavar="КУДА", help="psychologist, mediator, social_contract")],
    day: DAY = "сегодня",
    point: POINT = "",
) -> None:
    """Предложить другую помощь человеку с приёма. В боте он сам решит, соглашаться ли."""

    async def act(office: Office) -> None:
        place, on = place_of(office, point, day)
        words = {kind: one.label for kind, one in office.content.visits.referrals.items()}
        kind = code_of(To, words, to, "куда")
        async with office.database.write() as tx:
            booking = await booking_of(tx, office.content, place, on, code)
            done = await visits.refer(tx, office.content, booking.id, kind, actor=office.actor, now=office.now)
        refused(done.code)
        assert done.referral is not None
        say(f"Предложено: {words.get(kind, kind)}. Номер {done.referral.id}.")
        if booking.citizen_id is None:
            say(f"Человек без мессенджера: спросите сами и отметьте: referrals mark {done.referral.id} agreed")

    with asked():
        run(act)


@app.command("list")
def show(
    state: Annotated[str, typer.Option("--state", metavar="КАКИЕ", help="offered, agreed, refused, passed, done")] = (
        "agreed"
    ),
) -> None:
    """Направления в одном состоянии, старые сверху. Без ключа: кто согласился и ждёт, когда его просьбу передадут."""

    async def act(office: Office) -> None:
        wanted = code_of(State, STATES, state, "состояние")
        async with office.database.write() as tx:
            found = await tx.referrals.in_state(wanted, limit=SHOWN)
            rows = [(one, await tx.bookings.get(one.booking_id)) for one in found]
            await noted(tx, office, "referrals_read", wanted)
        for one, booking in rows:
            who = "" if booking is None else f"{booking.name or 'из бота'}, приём {when(booking)}, код {booking.code}"
            say(f"{one.id}  {office.content.visits.referrals[one.kind].label:<20}  {_state(one)}  {who}".rstrip())
        say(f"Всего: {len(found)}.")

    with asked():
        run(act)


def _state(one: ReferralRow) -> str:
    outcome = f", {OUTCOMES[one.outcome]}" if one.outcome in OUTCOMES else ""
    return f"{STATES[one.state]}{outcome}"


@app.command("mark")
def mark(
    number: Annotated[str, typer.Argument(metavar="НОМЕР", help="из referrals list")],
    state: Annotated[str, typer.Argument(metavar="ЧТО", help="agreed, refused, passed, done")],
    helped: Annotated[
        bool | None, typer.Option("--helped/--not-helped", help="для done: помогло или нет, если известно")
    ] = None,
) -> None:
    """Отметить: согласился, отказался, передано, завершено. После «передано» бот сам спросит, чем кончилось."""

    async def act(office: Office) -> None:
        wanted = code_of(State, STATES, state, "состояние")
        known = {None: Outcome.UNKNOWN, True: Outcome.HELPED, False: Outcome.NOT_HELPED}[helped]
        outcome = known if wanted is State.DONE else Outcome.UNKNOWN
        async with office.database.write() as tx:
            done = await visits.answer(
                tx, office.content, number, wanted, actor=office.actor, now=office.now, outcome=outcome
            )
        refused(done.code)
        assert done.referral is not None
        say(f"{number}: {_state(done.referral)}.")

    with asked():
        run(act)
