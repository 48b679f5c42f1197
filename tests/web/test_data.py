"""The copy of what is kept, fetched by the page: only by the browser it was offered to, only for a short time."""

from collections.abc import Awaitable, Callable

import pytest

from storage.database import Database
from tests.talk import FixedClock
from tests.web.site import Site
from tests.web.visitor import Tab, Visitor

Sites = Callable[..., Awaitable[Site]]
Visitors = Callable[..., Visitor]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def link(tab: Tab) -> str:
    """Where the newest download button leads."""
    for message in reversed(tab.messages):
        for row in message["rows"]:
            for one in row:
                if "url" in one:
                    return str(one["url"])
    raise AssertionError("no link")


async def offered(visitor: Visitor) -> str:
    """To a consent, then to the button."""
    async with visitor.tab() as tab:
        await visitor.start()
        await tab.until_messages(2)
        for number, label in enumerate(("Вернулся после освобождения", "Больше ничего", "Собрать мой план"), 3):
            await visitor.send(**tab.button(label))
            await tab.until_messages(number)
        await visitor.send(**tab.button("Да, согласен(на)"))
        await tab.until_messages(8)
        await visitor.say("/data")
        await tab.until_messages(9)
        await visitor.send(**tab.button("Скачать копию"))
        await tab.until_messages(10)
        return link(tab)


async def test_the_copy_is_a_file_to_keep_and_no_browser_keeps_it_by_itself(visitor: Visitor) -> None:
    url = await offered(visitor)

    answer = await visitor.client.get(url)

    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="moi-dannye.txt"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    text = answer.content.decode("utf-8-sig")
    assert "Согласие: дано" in text
    assert "Вы: /data" in text
    assert "\r\n" in text


async def test_a_link_is_worth_nothing_to_another_browser(site: Site, make_visitor: Visitors, visitor: Visitor) -> None:
    url = await offered(visitor)
    other = make_visitor(site.url)
    assert (await other.client.get(url)).status_code == 401
    await other.session()
    async with other.tab() as tab:
        await other.start()
        await tab.until_messages(2)

    assert (await other.client.get(url)).status_code == 403
    for wrong in ("/chat/data", "/chat/data?ticket=", f"{url}x", url.replace("=", "=1"), "/chat/data?ticket=1.я"):
        assert (await visitor.client.get(wrong)).status_code == 403


async def test_a_link_works_ten_minutes(make_site: Sites, make_visitor: Visitors) -> None:
    clock = FixedClock()
    site = await make_site(clock=clock)
    visitor = make_visitor(site.url)
    await visitor.session()
    url = await offered(visitor)

    clock.move(minutes=10)
    assert (await visitor.client.get(url)).status_code == 200
    clock.move(seconds=1)
    assert (await visitor.client.get(url)).status_code == 403


async def test_a_framed_page_fetches_it_with_its_token(make_site: Sites, make_visitor: Visitors) -> None:
    site = await make_site(embed_origins=("https://czn.example",))
    visitor = make_visitor(site.url)
    await visitor.session(is_framed=True)

    answer = await visitor.client.get(await offered(visitor))

    assert answer.status_code == 200


async def test_after_deletion_the_old_link_gives_nothing_old(visitor: Visitor, database: Database) -> None:
    url = await offered(visitor)
    async with visitor.tab() as tab:
        await visitor.say("/data")
        await tab.until(lambda tab: "Удалить всё" in str(tab.messages[-1]["rows"]), "/data")
        await visitor.send(**tab.button("Удалить всё"))
        await tab.until(lambda tab: "Да, удалить всё" in str(tab.messages[-1]["rows"]), "a question")
        count = len(tab.messages)
        await visitor.send(**tab.button("Да, удалить всё"))
        await tab.until_messages(count + 2)

    text = (await visitor.client.get(url)).content.decode("utf-8-sig")

    assert "Согласия нет." in text
    assert "Вернулся" not in text
