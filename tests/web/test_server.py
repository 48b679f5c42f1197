"""The server against slow, huge and endless clients, and at its end."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from tests.ops.child import Running
from tests.web.site import Site
from tests.web.visitor import Visitor

Sites = Callable[..., Awaitable[Site]]
Visitors = Callable[..., Visitor]

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
CONFIG = Path(__file__).parents[2] / "deploy" / "nginx.conf"


@asynccontextmanager
async def slow_clients(port: int, count: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Connections that have begun to speak and never say what they want."""
    opened = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /hooks/telegram HTTP/1.1\r\nHost: bot\r\nX-Slow: ")
        await writer.drain()
        opened.append((reader, writer))
    try:
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.close()


class TestSlowHeaders:
    async def test_too_many_connections_are_refused_and_not_kept_waiting(
        self, make_site: Sites, make_visitor: Visitors
    ) -> None:
        site = await make_site(options={"limit_concurrency": 20})
        client = make_visitor(site.url).client
        async with slow_clients(site.port, 30):
            answer = await client.get("/healthz")
            assert answer.status_code == 503

        async with asyncio.timeout(10):
            while (await client.get("/healthz")).status_code != 200:
                pass

    async def test_who_does_not_finish_the_headers_is_dropped(self, make_site: Sites, make_visitor: Visitors) -> None:
        site = await make_site(options={"limit_concurrency": 20, "headers_s": 0.3})
        async with slow_clients(site.port, 30) as readers, asyncio.timeout(10):
            for reader in readers:
                assert await _last_words(reader) == b""
            assert (await make_visitor(site.url).client.get("/healthz")).status_code == 200

    async def test_drops_between_requests_too_but_no_idle_keep_alive(
        self, make_site: Sites, make_visitor: Visitors
    ) -> None:
        site = await make_site(options={"headers_s": 0.3})
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        for _ in range(2):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n")
            assert b"200 OK" in await reader.readuntil(b"}")
        writer.write(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        async with asyncio.timeout(10):
            assert await _last_words(reader) == b""
        writer.close()


async def test_huge_bodies_do_not_fill_the_memory(make_site: Sites, make_visitor: Visitors) -> None:
    site = await make_site()
    visitor = make_visitor(site.url)
    await visitor.session()
    before = psutil.Process().memory_info().rss

    async def huge() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b"x" * 65_536

    for path in ("/chat/messages", "/chat/session", "/hooks/none") * 3:
        answer = await visitor.client.post(path, content=huge())
        assert answer.status_code in (404, 413)

    assert psutil.Process().memory_info().rss - before < 50 * 2**20


async def test_a_stopping_server_lets_the_pages_go_and_they_come_back(site: Site, visitor: Visitor) -> None:
    await visitor.start()
    async with visitor.tab() as tab:
        await tab.until_messages(2)
        began = time.monotonic()
        await site.down()
        took_s = time.monotonic() - began
        await tab.until(lambda tab: tab.is_over, "the end of the stream")
    assert tab.events[-1] == "closing"
    assert took_s < 3
    await site.up()

    async with visitor.tab(tab.newest) as again:
        await visitor.say("/help")
        await again.until_messages(1)
    assert again.numbers[0] > tab.newest


async def test_sigterm_with_open_streams_ends_within_three_seconds(tmp_path: Path) -> None:
    async with Running(tmp_path, "run") as bot:
        visitors = [Visitor(bot.url) for _ in range(20)]
        tabs = []
        for visitor in visitors:
            await visitor.session()
            stream = visitor.tab()
            tabs.append((stream, await stream.__aenter__()))
        await visitors[0].start()
        await tabs[0][1].until_messages(2)
        began = time.monotonic()
        code = await bot.stop(signal.SIGTERM)
        took_s = time.monotonic() - began
        for stream, tab in tabs:
            await tab.until(lambda tab: tab.is_over, "the end of a stream")
            assert tab.events[-1] == "closing"
            await stream.__aexit__(None, None, None)
        for visitor in visitors:
            await visitor.close()

    assert code == 0
    assert took_s < 3


class TestBehindNginx:
    """The shipped sample, with its ports and certificate replaced. Not run without nginx; in CI that is a failure."""

    @pytest.fixture
    async def proxied(self, make_site: Sites, tmp_path: Path) -> AsyncIterator[tuple[Site, int]]:
        if NGINX is None:
            if os.environ.get("CI") == "true":
                pytest.fail("nginx is missing: apt-get install nginx-light")
            pytest.skip("не запущены: нет nginx (apt-get install nginx-light)")
        site = await make_site(trusted_proxies=("127.0.0.1",), public_url="https://bot.example")
        port = _free_port()
        sample = CONFIG.read_text()
        maker = await asyncio.create_subprocess_exec(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=bot.example",
            "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem", stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert await maker.wait() == 0
        sample = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", sample, flags=re.DOTALL)
        for was, now in (
            ("127.0.0.1:8080", f"127.0.0.1:{site.port}"),
            ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("/etc/letsencrypt/live/bot.example/fullchain.pem", str(tmp_path / "cert.pem")),
            ("/etc/letsencrypt/live/bot.example/privkey.pem", str(tmp_path / "key.pem")),
            ("/var/log/nginx/bot.log", str(tmp_path / "access.log")),
            ("/var/log/nginx/bot-error.log", str(tmp_path / "bot-error.log")),
            ("client_header_timeout 10s", "client_header_timeout 1s"),
        ):
            assert was in sample
            sample = sample.replace(was, now)
        own = tmp_path / "nginx.conf"
        folders = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        own.write_text(
            f"daemon off; worker_processes 1; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n"
            f"events {{ worker_connections 1024; }}\nhttp {{\n{folders}{sample}\n}}\n"
        )
        process = await asyncio.create_subprocess_exec(NGINX, "-p", tmp_path, "-c", own)
        try:
            await _listens(port)
            yield site, port
        finally:
            process.terminate()
            await process.wait()

    @pytest.fixture
    async def client(self, proxied: tuple[Site, int], tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
        trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        trust.check_hostname = False
        headers = {"Host": "bot.example", "Origin": "https://bot.example", "X-Chat": "1"}
        url = f"https://127.0.0.1:{proxied[1]}"
        async with httpx.AsyncClient(base_url=url, verify=trust, headers=headers, trust_env=False) as client:
            yield client

    async def test_slow_headers_do_not_reach_the_bot(
        self, proxied: tuple[Site, int], client: httpx.AsyncClient
    ) -> None:
        site, port = proxied
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        opened = []
        for _ in range(150):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
            writer.write(b"POST /hooks/telegram HTTP/1.1\r\nHost: bot.example\r\nX-Slow: ")
            opened.append((reader, writer))
        assert (await client.get("/healthz")).status_code == 200
        async with asyncio.timeout(15):
            for reader, writer in opened:
                head = await _last_words(reader)
                assert head == b"" or b" 408 " in head
                writer.close()
        assert (await client.get("/healthz")).status_code == 200
        assert site.port

    async def test_a_talk_goes_through_at_once(self, client: httpx.AsyncClient) -> None:
        given = await client.post("/chat/session", json={})
        assert given.status_code == 200
        cookie = given.headers["set-cookie"].split(";")[0]
        assert cookie.startswith("__Host-chat=")
        headers = {"X-Chat-Proof": given.json()["proof"], "Cookie": cookie}
        act = {"id": "0123456789abcdef", "kind": "start"}
        async with asyncio.timeout(10), client.stream("GET", "/chat/feed", headers=headers) as stream:
            assert (await client.post("/chat/messages", json=act, headers=headers)).status_code == 202
            async for line in stream.aiter_lines():
                if line.startswith("data: ") and "number" in line:
                    assert json.loads(line.removeprefix("data: "))["text"]
                    break

    async def test_machines_outside_see_no_figures_and_logs_no_questions(
        self, client: httpx.AsyncClient, tmp_path: Path
    ) -> None:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/readyz")).status_code == 404
        assert (await client.get("/?from=secret-tag")).status_code == 200
        assert (await client.post("/chat/session", content=b"x" * 1_100_000)).status_code == 413

        for number in range(150):  # more than the proxy lets through at once: it notes whom it refuses
            await client.get(f"/print/pre_release/days?from=secret-tag-{number}")

        for log in ("access.log", "error.log", "bot-error.log"):
            assert "secret-tag" not in (tmp_path / log).read_text(), log


async def _last_words(reader: asyncio.StreamReader) -> bytes:
    """What still comes until the other side closes, by whatever way."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def _listens(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
