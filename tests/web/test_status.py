"""What machines ask, and what every answer says to browsers."""

import re
from collections.abc import Awaitable, Callable

import pytest

from bot.channels.port import Presence
from bot.web.address import Addresses
from bot.web.headers import page_policy
from tests.web.site import Site
from tests.web.visitor import Visitor

Sites = Callable[..., Awaitable[Site]]
Visitors = Callable[..., Visitor]


async def test_a_ready_site_says_so(make_site: Sites, make_visitor: Visitors) -> None:
    site = await make_site(presences=lambda: {"vk": Presence(is_up=True)})
    client = make_visitor(site.url).client

    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ok", "database": "ok", "content": site.content.fingerprint[:12], "channels": {"vk": "ok"},
    }  # fmt: skip


VK, MAX = Presence(why="no route"), Presence(is_up=True)


@pytest.mark.parametrize(
    ("policy", "channels", "code", "status"),
    [
        ("full", {"vk": VK, "max": MAX}, 200, "degraded"),
        ("full", {"vk": VK}, 200, "degraded"),
        ("off", {"vk": VK, "max": MAX}, 200, "degraded"),
        ("off", {"vk": VK}, 503, "down"),
        ("off", {"max": MAX}, 200, "ok"),
        ("off", {}, 200, "ok"),
    ],
)
async def test_a_channel_that_is_down_is_named_and_takes_no_other_off_the_air(
    make_site: Sites, make_visitor: Visitors, policy: str, channels: dict[str, Presence], code: int, status: str
) -> None:
    """A process without channels of its own, a worker, is ready when it can work."""
    site = await make_site(presences=lambda: channels, policy=policy)

    answer = await make_visitor(site.url).client.get("/readyz")

    assert answer.status_code == code
    assert answer.json()["status"] == status
    assert answer.json()["channels"] == {name: one.why or "ok" for name, one in channels.items()}


async def test_without_content_or_database_it_lives_but_is_not_ready(make_site: Sites, make_visitor: Visitors) -> None:
    def nothing() -> None:
        raise RuntimeError("no edition yet")

    site = await make_site(content=nothing)
    client = make_visitor(site.url).client
    assert (await client.get("/readyz")).json()["content"] == "none"
    await site.database.close()

    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "down"
    assert (await client.get("/healthz")).status_code == 200


class TestMetrics:
    async def test_are_for_this_machine(self, site: Site, visitor: Visitor) -> None:
        answer = await visitor.client.get("/metrics")

        assert answer.status_code == 200
        assert "bot_incoming_stored_total" in answer.text
        assert "bot_web_streams" in answer.text

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
    async def test_a_proxy_on_this_machine_is_not_this_machine(self, visitor: Visitor, header: str) -> None:
        assert (await visitor.client.get("/metrics", headers={header: "127.0.0.1"})).status_code == 403

    async def test_nor_is_a_trusted_one(self, make_site: Sites, make_visitor: Visitors) -> None:
        site = await make_site(trusted_proxies=("127.0.0.1",))

        assert (await make_visitor(site.url).client.get("/metrics")).status_code == 403

    async def test_a_token_opens_them(self, make_site: Sites, make_visitor: Visitors) -> None:
        site = await make_site(trusted_proxies=("127.0.0.1",), metrics_token="a token of metrics")
        client = make_visitor(site.url).client

        right = await client.get("/metrics", headers={"Authorization": "Bearer a token of metrics"})
        wrong = await client.get("/metrics", headers={"Authorization": "Bearer a token of metric"})

        assert (right.status_code, wrong.status_code) == (200, 403)


class TestSafety:
    async def test_the_page_runs_own_files_only_and_stands_in_no_frame(self, visitor: Visitor) -> None:
        answer = await visitor.client.get("/")

        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers

    async def test_refusals_are_as_careful(self, visitor: Visitor) -> None:
        for path in ("/nowhere", "/static/../identity.py", "/static/%2e%2e/identity.py", "/chat/feed?after=x"):
            answer = await visitor.client.get(path)
            assert answer.status_code in (400, 404)
            assert "default-src 'none'" in answer.headers["content-security-policy"]

    async def test_only_named_sites_may_frame_the_chat(self, make_site: Sites, make_visitor: Visitors) -> None:
        site = await make_site(embed_origins=("https://czn.example", "https://www.czn.example/"))
        client = make_visitor(site.url).client

        framed = await client.get("/embed")
        script = await client.get("/embed.js")

        assert "frame-ancestors https://czn.example https://www.czn.example;" in (
            framed.headers["content-security-policy"] + ";"
        )
        assert script.headers["cross-origin-resource-policy"] == "cross-origin"
        assert '"WORDS"' not in script.text
        assert "frame-ancestors 'none'" in (await client.get("/")).headers["content-security-policy"]

    async def test_without_them_there_is_nothing_to_frame(self, visitor: Visitor) -> None:
        assert (await visitor.client.get("/embed")).status_code == 404
        assert (await visitor.client.get("/embed.js")).status_code == 404

    @pytest.mark.parametrize(
        "origin",
        ["*", "https://*", "czn.example", "https://a.b/path", "https://a; script-src *", "'self'", "data:", ""],
    )
    def test_a_wrong_origin_does_not_start(self, origin: str) -> None:
        with pytest.raises(ValueError, match="origin"):
            page_policy([origin])

    async def test_files_may_be_kept_for_ever_and_come_packed(self, visitor: Visitor) -> None:
        page = (await visitor.client.get("/")).text
        for name in ("chat.css", "text.js", "line.js", "scroll.js", "chat.js", "icon.svg"):
            stem, _, kind = name.partition(".")
            found = re.search(rf"/static/{stem}\.[0-9a-f]{{12}}\.{kind}", page)
            assert found
            path = found[0]
            answer = await visitor.client.get(path)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["content-encoding"] == "gzip"
            plain = await visitor.client.get(path, headers={"Accept-Encoding": "identity"})
            assert "content-encoding" not in plain.headers
            assert plain.text == answer.text

    async def test_nothing_comes_from_another_host(self, visitor: Visitor) -> None:
        page = (await visitor.client.get("/")).text

        assert "http://" not in page
        assert "https://" not in page


class TestAddresses:
    def test_nobody_names_a_client_but_a_trusted_proxy(self) -> None:
        addresses = Addresses(())

        assert addresses.client("10.0.0.1", {"x-forwarded-for": "1.2.3.4"}) == "10.0.0.1"

    def test_what_stands_left_of_the_client_is_made_up(self) -> None:
        addresses = Addresses(("10.0.0.0/8", "::1"))

        assert addresses.client("10.0.0.1", {"x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.0.0.2"}) == "1.2.3.4"
        assert addresses.client("::1", {"x-forwarded-for": "2001:db8::7"}) == "2001:db8::7"
        assert addresses.client("10.0.0.1", {"x-forwarded-for": "nonsense"}) == "10.0.0.1"
        assert addresses.client("10.0.0.1", {}) == "10.0.0.1"
        assert addresses.client("::ffff:10.0.0.1", {"x-forwarded-for": "1.2.3.4"}) == "1.2.3.4"

    def test_a_house_shares_its_ipv6_network(self) -> None:
        addresses = Addresses(())

        assert addresses.household("2001:db8::1", {}) == addresses.household("2001:db8::ffff", {})
        assert addresses.household("2001:db8::1", {}) != addresses.household("2001:db8:0:1::1", {})

    def test_a_wrong_proxy_does_not_start(self) -> None:
        with pytest.raises(ValueError):
            Addresses(("proxy.example",))
