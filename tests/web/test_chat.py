"""The chat's API over a real socket: nothing lost, nothing doubled, nobody else's."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from bot.web.feed import Hub
from bot.web.limits import Rate, Rates
from storage.database import Database
from storage.outbox import Outbox
from storage.records import Fed, Lane, Part
from tests.talk import FixedClock
from tests.web.site import Site
from tests.web.visitor import Visitor

Sites = Callable[..., Awaitable[Site]]
Visitors = Callable[..., Visitor]


async def stored(database: Database) -> tuple[int, int]:
    """Incoming messages that wait, citizens known."""
    async with database.read() as tx:
        waiting, _ = await tx.inbox.waiting()
    return waiting, 0


async def test_a_page_view_makes_nobody_known(site: Site, make_visitor: Visitors) -> None:
    answer = await make_visitor(site.url).client.get("/?from=qr-17")

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "qr-17" not in answer.text


async def test_a_start_is_answered_through_the_stream(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await visitor.start("poster")
        await tab.until_messages(2)

    assert "typing" in tab.events
    assert tab.messages[1]["rows"], "the second message asks for the situation"
    assert tab.numbers == sorted(tab.numbers)


async def test_the_source_of_a_link_is_counted(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await visitor.start("poster")
        await tab.until_messages(1)

    async with site.database.read() as tx:
        counted = await tx.starts.by_tag(since=site.clock.now().date())
    assert counted == [("poster", "web", 1)]


async def test_the_same_message_sent_again_is_answered_once(make_site: Sites, make_visitor: Visitors) -> None:
    site = await make_site(takes_turns=False)
    visitor = make_visitor(site.url)
    await visitor.session()
    act = {"id": str(uuid4()), "kind": "text", "text": "/help"}

    answers = await asyncio.gather(*(visitor.client.post("/chat/messages", json=act) for _ in range(5)))

    assert {answer.status_code for answer in answers} == {202}
    assert await stored(site.database) == (1, 0)
    await site.answer()
    async with visitor.tab() as tab:
        await tab.until_messages(1)
        await visitor.say("/menu")
        await site.answer()
        await tab.until_messages(2)
    assert len(tab.messages) == 2


async def test_two_citizens_may_use_the_same_message_id(make_site: Sites, make_visitor: Visitors) -> None:
    site = await make_site(takes_turns=False)
    visitors = [make_visitor(site.url) for _ in range(2)]
    same = str(uuid4())
    for visitor in visitors:
        await visitor.session()
        await visitor.client.post("/chat/messages", json={"id": same, "kind": "text", "text": "/help"})

    assert (await stored(site.database))[0] == 2


async def test_two_tabs_hear_the_same(visitor: Visitor) -> None:
    async with visitor.tab() as one, visitor.tab() as two:
        await visitor.start()
        await one.until_messages(2)
        await two.until_messages(2)
        await visitor.client.post("/chat/messages", json={"id": str(uuid4()), **one.button("Меню")})
        await one.until_messages(3)
        await two.until_messages(3)

    assert one.messages == two.messages


@pytest.mark.parametrize("by_header", [True, False])
async def test_a_reconnect_loses_and_doubles_nothing(site: Site, visitor: Visitor, by_header: bool) -> None:
    heard: list[int] = []
    texts: list[str] = []
    await visitor.start()
    for round_ in range(4):  # the line breaks after every answer, at another place each time
        async with visitor.tab(max(heard, default=0), by_header=by_header) as tab:
            await tab.until_messages(1)
            heard += tab.numbers
            texts += [message["text"] for message in tab.messages]
        await visitor.say(["/help", "/menu", "/ask", "/help"][round_])
    async with visitor.tab(max(heard)) as tab:
        await tab.until_messages(1)
        await visitor.say("/data")
        await tab.until_messages(2)
        heard += tab.numbers

    whole = await everything(site.database, visitor)
    assert heard == sorted(set(heard))
    assert len(heard) == whole


async def everything(database: Database, visitor: Visitor) -> int:
    """How many messages were ever planned for the visitor."""
    name, value = next(iter(visitor.client.cookies.items()))
    assert name == "chat"
    chat = sha256(value.split(".")[0].encode()).hexdigest()
    async with database.read() as tx:
        find = tx.handle.cipher.find("address", "web", chat)
        sql = "SELECT COUNT(*) FROM outbox WHERE address = "
        if database.dialect == "sqlite":
            rows = await tx.handle.connection.execute_fetchall(f"{sql}?", (find,))
            return int(next(iter(rows))[0])
        return int(await tx.handle.connection.fetchval(f"{sql}$1", find))


async def test_what_was_said_while_the_page_was_closed_waits_for_it(visitor: Visitor) -> None:
    await visitor.start()
    async with visitor.tab() as tab:
        await tab.until_messages(2)
    await visitor.say("/menu")

    async with visitor.tab(tab.newest) as later:
        await later.until_messages(1)

    assert later.numbers[0] > tab.newest


async def test_a_message_of_another_process_comes_by_the_poll(site: Site, visitor: Visitor) -> None:
    """As a reminder or a specialist's answer: nobody here waits for it, and no ring says whose it is."""
    await visitor.start()
    async with visitor.tab() as tab:
        await tab.until_messages(2)
        async with site.database.write() as tx:
            chat = sha256(visitor.client.cookies["chat"].split(".")[0].encode()).hexdigest()
            address = tx.handle.cipher.find("address", "web", chat)
            citizen = await tx.erasures.citizen_of("web", address)
            assert citizen
            now = site.clock.now()
            body = b'{"key":"x","text":"later"}'
            part = Part(citizen, "web", address, uuid4().hex, 0, Lane.REMINDER, "x", body, False, now)
            await tx.outbox.add([part], now=now)
        await tab.until_messages(3)

    assert tab.messages[2]["text"] == "later"


async def test_words_that_nobody_agreed_to_keep_go_once_they_are_seen(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await visitor.start()
        await tab.until_messages(2)
        await visitor.say("/help")
        await tab.until_messages(3)
        answer = await visitor.client.post("/chat/seen", json={"number": tab.newest})
        assert answer.status_code == 202

    chat = sha256(visitor.client.cookies["chat"].split(".")[0].encode()).hexdigest()
    left: list[int] = []
    async with asyncio.timeout(10):
        while left != [tab.newest]:
            async with site.database.read() as tx:
                left = [fed.number for fed in await tx.outbox.feed(chat, after=0, now=site.clock.now())]


async def test_a_message_that_no_secret_opens_is_left_out_and_the_talk_goes_on(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await visitor.start()
        await tab.until_messages(2)
    async with site.database.write() as tx:
        await tx.handle.connection.execute(f"UPDATE outbox SET body = substr(body, 1, 20) WHERE id = {tab.numbers[0]}")

    async with visitor.tab() as again:
        await again.until_messages(1)
        await visitor.say("/help")
        await again.until_messages(2)

    assert again.numbers[0] == tab.numbers[1]


async def test_one_question_of_the_database_serves_all_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    feeds = Outbox.feeds

    async def counted(self: Outbox, chats: Mapping[str, int], **more: Any) -> dict[str, list[Fed]]:
        asked.append(len(chats))
        return await feeds(self, chats, **more)

    monkeypatch.setattr(Outbox, "feeds", counted)
    hub = Hub(site.database, site.clock)
    for number in range(30):
        hub._open(f"chat {number}", 0, is_fresh=True)
    await hub._round()

    assert asked == [30]


async def test_a_stream_of_a_line_that_holds_back_ends_with_the_answer(visitor: Visitor) -> None:
    await visitor.start()

    answer = await visitor.client.get("/chat/feed?brief=1")

    assert answer.text.count("event: message") >= 1
    assert answer.text.rstrip().endswith("event: closing\ndata: {}")


async def test_a_framed_page_has_a_token_instead_of_a_cookie(make_site: Sites, make_visitor: Visitors) -> None:
    site = await make_site(embed_origins=("https://czn.example",))
    visitor = make_visitor(site.url)

    answer = await visitor.session(is_framed=True)

    assert "set-cookie" not in answer.headers
    assert len(answer.json()["token"]) == 43
    async with visitor.tab() as tab:
        await visitor.start()
        await tab.until_messages(1)


async def test_no_token_for_frames_when_no_site_may_frame(site: Site, make_visitor: Visitors) -> None:
    assert (await make_visitor(site.url).session(is_framed=True)).status_code == 400


async def test_no_token_stands_in_the_database(site: Site, visitor: Visitor) -> None:
    await visitor.start()
    async with visitor.tab() as tab:
        await tab.until_messages(1)
    token = visitor.client.cookies["chat"].split(".")[0]

    async with site.database.read() as tx:
        connection = tx.handle.connection
        for table in ("addresses", "inbox", "outbox", "sessions", "citizens"):
            query = f"SELECT * FROM {table}"
            is_sqlite = site.database.dialect == "sqlite"
            rows = await (connection.execute_fetchall(query) if is_sqlite else connection.fetch(query))
            found = [value for row in rows for value in tuple(row)]
            assert found
            for value in found:
                plain = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                assert token.encode() not in plain
                assert sha256(token.encode()).hexdigest().encode() not in plain


class TestWrongRequests:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{",
            b"\xff\xfe",
            b'{"id": "short", "kind": "text", "text": "x"}',
            b'{"id": "0123456789abcdef", "kind": "text", "text": "   "}',
            b'{"id": "0123456789abcdef", "kind": "clock", "data": "x"}',
            b'{"id": "0123456789abcdef", "kind": "staff", "text": "x"}',
            b'{"id": "0123456789abcdef", "kind": "press"}',
            b'{"id": "0123456789abcdef", "kind": "text", "text": "\\ud83d"}',
            b'{"id": "0123456789abcdef", "kind": "press", "data": "x", "message": "1 OR 1"}',
            b'{"id": "0123456789abcdef", "kind": "text", "text": 5}',
            b'{"id": "0123456789abcdef", "kind": "text", "text": "' + b"x" * 4097 + b'"}',
            b"[" * 15_000,
        ],
    )
    async def test_are_refused(self, site: Site, visitor: Visitor, body: bytes) -> None:
        answer = await visitor.client.post("/chat/messages", content=body)

        assert answer.status_code == 400
        assert await stored(site.database) == (0, 0)

    async def test_a_long_body_is_refused_while_it_is_read(self, visitor: Visitor) -> None:
        assert (await visitor.client.post("/chat/messages", content=b"x" * 20_000)).status_code == 413

    @pytest.mark.parametrize("after", ["-1", "1e3", "٣", "9" * 30, "x"])
    async def test_a_wrong_cursor(self, visitor: Visitor, after: str) -> None:
        assert (await visitor.client.get("/chat/feed", params={"after": after})).status_code == 400

    async def test_a_source_of_a_wrong_form_is_left_out(self, site: Site, visitor: Visitor) -> None:
        await visitor.start("<script>")
        async with visitor.tab() as tab:
            await tab.until_messages(1)
        async with site.database.read() as tx:
            assert [tag for tag, _, _ in await tx.starts.by_tag(since=site.clock.now().date())] == ["direct"]

    async def test_a_press_that_was_made_up_is_stale_and_not_an_error(self, visitor: Visitor) -> None:
        await visitor.start()
        async with visitor.tab() as tab:
            await tab.until_messages(2)
            assert (await visitor.send(kind="press", data="1|00|menu.main|plan|AAAAAAAA")).status_code == 202
            await tab.until_messages(3)


class TestAnotherSite:
    async def test_without_the_proof_a_cookie_is_worth_nothing(self, site: Site, visitor: Visitor) -> None:
        del visitor.client.headers["X-Chat-Proof"]

        assert (await visitor.send(kind="text", text="/help")).status_code == 403
        assert await stored(site.database) == (0, 0)

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://["])
    async def test_may_not_act(self, site: Site, visitor: Visitor, origin: str) -> None:
        visitor.client.headers["Origin"] = origin

        for path in ("/chat/session", "/chat/messages", "/chat/seen", "/chat/end"):
            answer = await visitor.client.post(
                path, json={"id": str(uuid4()), "kind": "text", "text": "x", "number": 1}
            )
            assert answer.status_code == 403, path
        assert await stored(site.database) == (0, 0)

    @pytest.mark.parametrize("path", ["/chat/session", "/chat/messages", "/chat/end"])
    async def test_can_not_send_the_own_header(self, visitor: Visitor, path: str) -> None:
        del visitor.client.headers["X-Chat"]

        answer = await visitor.client.post(path, json={"id": str(uuid4()), "kind": "text", "text": "x"})

        assert answer.status_code == 403

    async def test_without_origin_the_browsers_own_word_counts(self, visitor: Visitor) -> None:
        del visitor.client.headers["Origin"]
        assert (await visitor.send(kind="text", text="/help")).status_code == 403
        visitor.client.headers["Sec-Fetch-Site"] = "cross-site"
        assert (await visitor.send(kind="text", text="/help")).status_code == 403
        visitor.client.headers["Sec-Fetch-Site"] = "same-origin"
        assert (await visitor.send(kind="text", text="/help")).status_code == 202

    async def test_the_proof_of_another_identity_is_no_proof(self, site: Site, make_visitor: Visitors) -> None:
        own, other = make_visitor(site.url), make_visitor(site.url)
        await own.session()
        await other.session()
        own.client.headers["X-Chat-Proof"] = other.client.headers["X-Chat-Proof"]

        assert (await own.send(kind="text", text="/help")).status_code == 403

    async def test_gets_no_leave_from_a_preflight(self, site: Site, make_visitor: Visitors) -> None:
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

        answer = await make_visitor(site.url).client.request("OPTIONS", "/chat/messages", headers=headers)

        assert "access-control-allow-origin" not in answer.headers


class TestLimits:
    async def test_a_citizen_who_floods_is_told_when_to_go_on(self, site: Site, visitor: Visitor) -> None:
        answers = [await visitor.send(kind="text", text="/help") for _ in range(12)]

        assert [answer.status_code for answer in answers][:10] == [202] * 10
        assert answers[-1].status_code == 429
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 4

    async def test_new_identities_do_not_help(self, make_site: Sites, make_visitor: Visitors) -> None:
        site = await make_site(
            rates=Rates(*(Rate(burst=burst, per_minute=1) for burst in (10, 15, 100, 100))),
        )
        statuses = []
        for _ in range(4):
            visitor = make_visitor(site.url)
            await visitor.session()
            statuses += [(await visitor.send(kind="text", text="/help")).status_code for _ in range(5)]

        assert statuses == [202] * 15 + [429] * 5

    async def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
        self, make_site: Sites, make_visitor: Visitors
    ) -> None:
        rates = {"rates": Rates(*(Rate(burst=burst, per_minute=1) for burst in (10, 10, 2, 10)))}
        bare = await make_site(**rates)
        statuses = []
        for number in range(3):
            visitor = make_visitor(bare.url)
            visitor.client.headers["X-Forwarded-For"] = f"203.0.113.{number}"
            statuses.append((await visitor.session()).status_code)
        assert statuses == [200, 200, 429]

    async def test_behind_a_trusted_proxy_each_client_counts_alone(
        self, make_site: Sites, make_visitor: Visitors
    ) -> None:
        site = await make_site(
            trusted_proxies=("127.0.0.0/8",),
            rates=Rates(*(Rate(burst=burst, per_minute=1) for burst in (10, 10, 2, 10))),
        )
        statuses = []
        for number in range(3):
            visitor = make_visitor(site.url)
            visitor.client.headers["X-Forwarded-For"] = f"6.6.6.6, 203.0.113.{number}"
            statuses.append((await visitor.session()).status_code)
        assert statuses == [200, 200, 200]

    async def test_the_oldest_of_too_many_tabs_is_closed(self, visitor: Visitor) -> None:
        async with visitor.tab() as first:
            tabs = [visitor.tab() for _ in range(6)]
            for tab in tabs:
                await tab.__aenter__()
            await first.until(lambda tab: tab.is_over, "the end of the first tab")
            for tab in tabs:
                await tab.__aexit__(None, None, None)

        assert first.events == ["ended"]


class TestIdentity:
    async def test_a_session_cookie_by_default(self, site: Site, make_visitor: Visitors) -> None:
        answer = await make_visitor(site.url).session()

        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("chat=")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert "Max-Age" not in cookie
        assert "Expires" not in cookie
        assert "Secure" not in cookie

    async def test_behind_https_the_cookie_is_secure_and_of_this_host(
        self, make_site: Sites, make_visitor: Visitors
    ) -> None:
        site = await make_site(public_url="https://bot.example")
        visitor = make_visitor(site.url, origin="https://bot.example")

        answer = await visitor.session()

        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-chat=")
        assert "Secure" in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"]

    async def test_remembered_on_wish_only_and_forgotten_on_wish(self, visitor: Visitor) -> None:
        before = visitor.client.cookies["chat"].split(".")[0]

        remembered = await visitor.session(remember=True)
        again = await visitor.session()
        forgotten = await visitor.session(remember=False)

        assert "Max-Age=15552000" in remembered.headers["set-cookie"]
        assert remembered.json()["isRemembered"]
        assert again.json()["isRemembered"]
        assert "Max-Age" not in forgotten.headers["set-cookie"]
        assert visitor.client.cookies["chat"].split(".")[0] == before

    async def test_an_idle_session_is_over_on_the_server_too(self, make_site: Sites, make_visitor: Visitors) -> None:
        clock = FixedClock()
        site = await make_site(clock=clock)
        visitor = make_visitor(site.url)
        await visitor.session()
        clock.move(minutes=19)
        await visitor.say("/help")
        clock.move(minutes=19)
        await visitor.say("/help")
        clock.move(minutes=22)

        assert (await visitor.send(kind="text", text="/help")).status_code == 401
        assert (await visitor.client.get("/chat/feed")).status_code == 401
        assert 'data-state=""' in (await visitor.client.get("/")).text

    async def test_a_remembered_one_lives_for_half_a_year(self, make_site: Sites, make_visitor: Visitors) -> None:
        clock = FixedClock()
        site = await make_site(clock=clock)
        visitor = make_visitor(site.url)
        await visitor.session(remember=True)
        clock.move(days=179)
        await visitor.say("/help")
        clock.move(days=181)

        assert (await visitor.send(kind="text", text="/help")).status_code == 401

    async def test_the_end_takes_the_cookie_and_closes_the_tabs(self, visitor: Visitor) -> None:
        before = visitor.client.cookies["chat"].split(".")[0]
        async with visitor.tab() as tab:
            answer = await visitor.client.post("/chat/end", json={})
            await tab.until(lambda tab: tab.is_over, "the end")

        assert tab.events == ["ended"]
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert "chat" not in visitor.client.cookies
        assert (await visitor.send(kind="text", text="/help")).status_code == 401
        await visitor.session()
        assert visitor.client.cookies["chat"].split(".")[0] != before

    async def test_a_new_talk_leaves_the_old_identity(self, visitor: Visitor) -> None:
        before = visitor.client.cookies["chat"].split(".")[0]
        await visitor.session(is_new=True)

        assert visitor.client.cookies["chat"].split(".")[0] != before

    @pytest.mark.parametrize(
        "cookie", ["x", "A" * 43, f"{'A' * 43}.r.29000000.{'A' * 24}", f"{'A' * 43}.r.-1.", "...", "A.r.%FF."]
    )
    async def test_a_made_up_cookie_is_nobodys(self, site: Site, make_visitor: Visitors, cookie: str) -> None:
        visitor = make_visitor(site.url)
        visitor.client.headers["Cookie"] = f"chat={cookie}"

        assert (await visitor.client.get("/chat/feed")).status_code == 401
        assert (await visitor.client.get("/")).status_code == 200

    async def test_the_page_tells_its_own_tab_the_proof(self, visitor: Visitor) -> None:
        text = (await visitor.client.get("/")).text

        assert f'data-proof="{visitor.client.headers["X-Chat-Proof"]}"' in text
        assert visitor.client.cookies["chat"].split(".")[0] not in text


async def test_a_chat_that_is_off_leaves_health_and_hooks(make_site: Sites, make_visitor: Visitors) -> None:
    site = await make_site(policy="off")
    client = make_visitor(site.url).client

    assert (await client.get("/")).status_code == 404
    assert (await client.post("/chat/session", json={})).status_code == 404
    assert (await client.get("/healthz")).status_code == 200
