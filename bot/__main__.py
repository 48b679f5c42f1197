"""
The command line: `python -m bot …`, also installed as `czn-bot …`. What each command does: `bot/commands/`.

Exit codes: 0 done, 1 it could not be done (the reason is on stderr), 2 the settings are wrong.
"""

import typer

from bot.commands import (
    cases,
    check,
    database,
    doctor,
    editions,
    point,
    questions,
    referrals,
    serve,
    staff,
    starts,
    surveys,
    talk,
    visits,
)

app = typer.Typer(
    help="Чат-бот центра занятости: Telegram, VK, MAX и веб-чат.",
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

COMMANDS = (
    serve.run,
    serve.demo,
    serve.preview,
    talk.talk,
    check.check,
    database.migrate,
    database.backup,
    database.restore,
    database.purge,
    doctor.doctor,
    starts.starts,
    questions.answers,
)
GROUPS = {
    "cases": cases.app,
    "staff": staff.app,
    "visits": visits.app,
    "report": surveys.report,
    "survey": surveys.survey,
    "point": point.app,
    "referrals": referrals.app,
    "questions": questions.app,
    "content": editions.app,
}

for command in COMMANDS:
    app.command()(command)
staff.app.command("link")(cases.link_member)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Entry point of `czn-bot`."""
    app()


if __name__ == "__main__":
    main()
