"""`staff` on the command line, and the accounts of the demo, as an operator has them."""

import re
from pathlib import Path

from tests.ops.child import Running, command
from tests.web.desk.worker import Worker

LINK = re.compile(r"http://127\.0\.0\.1:\d+(/desk/invite\?code=([\w-]{43}))")


async def test_the_first_admin_comes_from_the_command_line(tmp_path: Path) -> None:
    empty = await command(tmp_path, "staff", "list")
    assert (empty.code, "Сотрудников ещё нет" in empty.out) == (0, True)
    added = await command(tmp_path, "staff", "add", "olga", "--name", "Ольга Ветрова", "--role", "admin")
    assert (added.code, "администратор, все офисы" in added.out) == (0, True)
    link = LINK.search(added.out)
    assert link
    again = await command(tmp_path, "staff", "add", "OLGA", "--name", "Ольга")
    assert (again.code, "Такой логин уже есть" in again.err) == (1, True)
    last = await command(tmp_path, "staff", "disable", "olga")
    assert (last.code, "единственный администратор" in last.err) == (1, True)
    gone = await command(tmp_path, "staff", "reset", "nobody")
    assert (gone.code, "Такого сотрудника нет" in gone.err) == (1, True)

    async with Running(tmp_path, "run") as bot:
        worker = Worker(bot.url)
        await worker.get(f"/invite?code={link[2]}")
        assert "Здравствуйте, Ольга Ветрова" in worker.text
        answer = await worker.post("/invite", invitation=link[2], password="кот на окне", again="кот на окне")
        assert answer.headers["location"] == "/desk/phone", "an admin needs the code of a phone"
        log = bot.log
        await worker.close()
    listed = await command(tmp_path, "staff", "list")
    assert "olga             Ольга Ветрова: администратор; все офисы; пароль" in listed.out
    assert link[2] not in log


async def test_the_demo_tells_accounts_that_work_and_the_same_next_time(tmp_path: Path) -> None:
    told: list[dict[str, str]] = []
    for _ in range(2):
        async with Running(tmp_path, "demo") as bot:
            lines = await bot.lines(until="specialist")
            assert f"Кабинет сотрудника: {bot.url}/desk" in lines
            accounts = dict(line.split() for line in lines if line.startswith("  "))
            told.append(accounts)
            for login, path in (("admin", "/staff"), ("lead", "/journal"), ("specialist", "/me")):
                worker = Worker(bot.url)
                assert (await worker.log_in(login, accounts[login])).headers["location"] == "/desk"
                assert (await worker.get(path)).status_code == 200
                await worker.close()
            assert all(password not in bot.log for password in accounts.values())

    assert told[0] == told[1]
    assert set(told[0]) == {"admin", "lead", "matcher", "advisor", "specialist"}
