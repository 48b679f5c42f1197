"""The way in over HTTP: cookies and tokens that somebody planted, answers that tell a stranger nothing."""

import re
from collections.abc import Awaitable, Callable

import pyotp
import pytest

from bot.accounts.entry import TRIES, fresh_token
from bot.accounts.people import Draft, People
from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.web.console.desk import DeskParts
from tests.web.desk.conftest import Come, Hire
from tests.web.desk.worker import PASSWORD, Worker, code_at
from tests.web.site import Site

Workers = Callable[..., Worker]


class TestPlanted:
    async def test_a_cookie_from_before_the_login_is_worth_nothing_after_it(
        self, hired: Hire, make_worker: Workers
    ) -> None:
        """Session fixation: a stranger's token, put into the victim's browser, never becomes a session."""
        await hired(Role.SPECIALIST, login="olga")
        planted = fresh_token()
        victim, stranger = make_worker(), make_worker()
        for one in (victim, stranger):
            one.plant(planted)

        assert (await victim.log_in("olga")).headers["location"] == "/desk"

        assert victim.cookie != planted
        assert (await victim.get("")).status_code == 200
        assert (await stranger.get("")).headers["location"] == "/desk/login"

    async def test_each_step_of_the_entry_brings_a_new_cookie(
        self, hired: Hire, make_worker: Workers, clock: FixedClock
    ) -> None:
        await hired(Role.LEAD, login="olga", has_code=True)
        worker = make_worker()
        seen = []
        await worker.get("/login")
        seen.append(worker.cookie)
        await worker.post("/login", login="olga", password=PASSWORD)
        seen.append(worker.cookie)
        await worker.get("/code")
        await worker.post("/code", code=code_at(clock.now()))
        seen.append(worker.cookie)
        await worker.get("/me")
        await worker.post("/logout")
        seen.append(worker.cookie)

        assert len(set(seen)) == 4
        for old in seen[:3]:
            thief = make_worker()
            thief.plant(old)
            assert (await thief.get("")).headers["location"].startswith("/desk/login")

    async def test_a_form_token_of_another_session_opens_nothing(self, come: Come) -> None:
        victim, stranger = await come(Role.SPECIALIST), await come(Role.SPECIALIST)

        assert (await victim.post("/me/look", csrf=stranger.csrf, theme="dark")).status_code == 403
        await victim.get("/me")
        assert (await victim.post("/me/look", theme="dark")).status_code == 303

    async def test_a_form_token_dies_with_the_role(
        self, site: Site, come: Come, hired: Hire, clock: FixedClock
    ) -> None:
        person = await hired(Role.SPECIALIST, login="olga")
        worker = await come(person=person)
        people = People(site.database, clock, None)
        await people.change(person.id, Draft("", "Ольга", Role.ADMIN, every_office=True))

        assert (await worker.post("/me/look", theme="dark")).headers["location"] == "/desk/login"
        assert (await worker.get("/staff")).headers["location"].startswith("/desk/login")

    async def test_nobody_is_logged_in_by_a_strangers_page(self, hired: Hire, make_worker: Workers) -> None:
        await hired(Role.SPECIALIST, login="evil")
        victim = make_worker()
        await victim.get("/login")
        csrf, victim.csrf = victim.csrf, ""

        assert (await victim.post("/login", login="evil", password=PASSWORD)).status_code == 403
        victim.client.headers["Origin"] = "https://evil.example"
        assert (await victim.post("/login", csrf=csrf, login="evil", password=PASSWORD)).status_code == 403


class TestCookies:
    async def test_are_for_this_server_alone(self, make_worker: Workers) -> None:
        cookie = (await make_worker().get("/login")).headers["set-cookie"]

        assert re.match(r"desk=[\w-]{43}; HttpOnly; Path=/; SameSite=lax\Z", cookie, re.IGNORECASE)

    async def test_behind_https_can_not_be_planted_from_elsewhere(
        self, make_site: Callable[..., Awaitable[Site]], clock: FixedClock, make_worker: Workers
    ) -> None:
        url = "https://bot.example"
        site = await make_site(clock=clock, takes_turns=False, public_url=url, desk=DeskParts(public_url=url))
        worker = Worker(site.url)
        answer = await worker.get("/login")
        await worker.close()

        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-desk=")
        assert "; Secure" in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"]


class TestAnswers:
    async def test_unknown_login_wrong_password_and_closed_account_look_the_same(
        self, site: Site, hired: Hire, make_worker: Workers, clock: FixedClock
    ) -> None:
        await hired(Role.SPECIALIST, login="olga")
        fired = await hired(Role.SPECIALIST, login="oleg")
        await People(site.database, clock, None).set_active(fired.id, is_active=False)
        pages = set()
        for login, password in (("olga", "не тот"), ("oleg", PASSWORD), ("anna", PASSWORD)):
            worker = make_worker()
            answer = await worker.log_in(login, password)
            assert answer.status_code == 403
            pages.add(worker.page.replace(login, "LOGIN").replace(worker.csrf, "CSRF"))

        assert len(pages) == 1

    async def test_too_many_tries_are_told_with_the_time(self, hired: Hire, make_worker: Workers) -> None:
        await hired(Role.SPECIALIST, login="olga")
        worker = make_worker()
        for _ in range(TRIES):
            await worker.log_in("olga", "не тот")

        answer = await worker.log_in("olga")

        assert answer.status_code == 429
        assert "Слишком много попыток. Попробуйте снова сегодня в 12:15." in worker.text

    async def test_an_invitation_that_is_looked_at_is_not_spent(
        self, site: Site, make_worker: Workers, clock: FixedClock
    ) -> None:
        draft = Draft("olga", "Ольга <img src=x>", Role.SPECIALIST, ("barnaul",))
        _, code = await People(site.database, clock, None).add(draft)
        worker = make_worker()
        for _ in range(3):
            assert (await worker.get(f"/invite?code={code}")).status_code == 200
        assert "<img" not in worker.page
        assert "Ольга <img src=x>" in worker.text
        for password, again, words in (
            ("короткий", "короткий", "не меньше 10"),
            (PASSWORD, f"{PASSWORD}!", "не совпали"),
            ("olga и её кот", "olga и её кот", "есть ваш логин"),
        ):
            answer = await worker.post("/invite", invitation=code, password=password, again=again)
            assert answer.status_code == 400
            assert words in worker.text

        answer = await worker.post("/invite", invitation=code, password=PASSWORD, again=PASSWORD)

        assert answer.headers["location"] == "/desk"
        assert (await worker.get(f"/invite?code={code}")).status_code == 404
        assert "Ссылка не действует" in worker.text

    @pytest.mark.parametrize(
        ("wanted", "where"),
        [
            ("/desk/journal?act=entered", "/desk/journal?act=entered"),
            ("//evil.example", "/desk"),
            ("https://evil.example/desk/", "/desk"),
            ("/desk/\\evil.example", "/desk"),
            ("/desk//evil.example", "/desk"),
            ("/deskevil", "/desk"),
            ("/desk/x\r\nSet-Cookie: a=b", "/desk"),
            ("javascript:alert(1)", "/desk"),
        ],
    )
    async def test_after_the_login_nobody_is_sent_to_another_site(
        self, hired: Hire, make_worker: Workers, wanted: str, where: str
    ) -> None:
        await hired(Role.SPECIALIST, login="olga")

        assert (await make_worker().log_in("olga", next=wanted)).headers["location"] == where

    async def test_a_part_that_refreshes_itself_sends_to_the_login_when_the_session_is_over(
        self, come: Come, clock: FixedClock
    ) -> None:
        worker = await come(Role.LEAD)
        assert (await worker.get("/letters", **{"X-Live": "1", "HX-Request": "true"})).text.startswith('<div id="live"')
        clock.move(minutes=31)

        answer = await worker.get("/letters", **{"X-Live": "1", "HX-Request": "true"})

        assert answer.status_code == 401
        assert answer.headers["hx-redirect"] == "/desk/login"

    async def test_a_form_that_is_too_large_or_no_form_is_refused(self, come: Come) -> None:
        worker = await come(Role.SPECIALIST)

        assert (await worker.post("/me/look", theme="x" * 100_000)).status_code == 413
        answer = await worker.client.post("/desk/me/look", content=b"{}", headers={"Content-Type": "application/json"})
        assert answer.status_code == 403


class TestOwnEntry:
    async def test_the_phone_is_set_up_used_and_let_go(
        self, hired: Hire, come: Come, make_worker: Workers, clock: FixedClock
    ) -> None:
        person = await hired(Role.SPECIALIST, login="olga")
        worker = await come(person=person)
        await worker.get("/me/phone")
        carried = re.search(r'name="secret" value="([^"]+)"', worker.page)
        typed = re.search(r'class="secret">([^<]+)<', worker.page)
        assert carried
        assert typed
        secret = typed[1].replace(" ", "")
        assert (await worker.post("/me/phone", secret=carried[1], code="000000")).status_code == 403
        assert "Код не подошёл" in worker.text
        answer = await worker.post("/me/phone", secret=carried[1], code=pyotp.TOTP(secret).at(clock.now()))
        assert answer.status_code == 200
        assert len(re.findall(r"<li><code>", worker.page)) == 10

        clock.move(minutes=1)
        other = make_worker()
        assert (await other.log_in("olga")).headers["location"] == "/desk/code"
        await worker.get("/me")
        assert (await worker.post("/me/phone/drop", current="не тот")).status_code == 403
        assert (await worker.post("/me/phone/drop", current=PASSWORD)).status_code == 303
        assert (await make_worker().log_in("olga")).headers["location"] == "/desk"

    async def test_a_secret_made_for_another_session_is_refused(self, come: Come, clock: FixedClock) -> None:
        stranger, victim = await come(Role.SPECIALIST), await come(Role.SPECIALIST)
        await stranger.get("/me/phone")
        carried = re.search(r'name="secret" value="([^"]+)"', stranger.page)
        typed = re.search(r'class="secret">([^<]+)<', stranger.page)
        assert carried
        assert typed
        code = pyotp.TOTP(typed[1].replace(" ", "")).at(clock.now())

        assert (await victim.post("/me/phone", secret=carried[1], code=code)).status_code == 403

    async def test_a_new_password_needs_the_present_one(self, hired: Hire, come: Come, make_worker: Workers) -> None:
        worker = await come(person=await hired(Role.SPECIALIST, login="olga"))
        new = "совсем другие слова"

        assert (await worker.post("/me/password", current="не тот", new=new, again=new)).status_code == 403
        assert "Пароль не подходит" in worker.text
        assert (await worker.post("/me/password", current=PASSWORD, new="мало", again="мало")).status_code == 400
        assert (await worker.post("/me/password", current=PASSWORD, new=new, again=new)).status_code == 303
        assert (await make_worker().log_in("olga", new)).headers["location"] == "/desk"

    async def test_other_browsers_can_be_left(self, hired: Hire, come: Come) -> None:
        person = await hired(Role.SPECIALIST)
        first, second = await come(person=person), await come(person=person)
        await first.get("/me")
        assert "Вы вошли ещё в 1 браузере" in first.text

        await first.post("/me/others")

        assert (await first.get("/me")).status_code == 200
        assert "Вы вошли только здесь" in first.text
        assert (await second.get("/me")).headers["location"].startswith("/desk/login")
