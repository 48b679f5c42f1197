"""The page in a real browser: what a citizen sees, does with fingers or keys, and what happens when the line breaks."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, Route, expect

from bot.web.limits import Rate, Rates
from tests.web.site import Site

pytestmark = pytest.mark.browser

Sites = Callable[..., Awaitable[Site]]
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The page can't tell the databases apart; tests/web/test_chat.py runs on both."""
    return sqlite_url


@pytest.fixture(params=["phone", "desktop"])
def device(request: pytest.FixtureRequest) -> dict[str, Any]:
    return PHONE if request.param == "phone" else DESKTOP


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """`await open_page(url, **context)`. At the end: no error in any page, no request to another host."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    async def make(url: str, *, context: BrowserContext | None = None, **options: Any) -> Page:
        if context is None:
            context = await browser.new_context(**options)
            contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.on("request", lambda request: _only_here(request, errors))
        await page.goto(url)
        return page

    yield make
    for context in contexts:
        await context.close()
    assert errors == []


def _only_here(request: Request, errors: list[str]) -> None:
    if not re.match(r"(http://(127\.0\.0\.1|localhost):\d+/|data:|blob:)", request.url):
        errors.append(f"asked {request.url}")


def bubbles(page: Page) -> Any:
    return page.locator(".bot")


def choices(page: Page) -> Any:
    """Buttons of the newest message."""
    return page.locator(".message:not(.mine):not(.spent) .buttons button")


async def press(page: Page, label: str) -> None:
    """Press a button of the newest screen and wait for the answer."""
    before = await bubbles(page).count()
    await choices(page).filter(has_text=re.compile(f"^{re.escape(label)}$")).click()
    await expect(bubbles(page).nth(before)).to_be_attached()


async def begin(page: Page) -> None:
    await page.get_by_role("button", name="Начать разговор").click()
    await expect(bubbles(page)).to_have_count(2)


async def to_the_plan(page: Page, situation: str = "Вернулся после освобождения") -> None:
    await begin(page)
    for label in (situation, "Больше ничего", "Собрать мой план", "Да, согласен(на)"):
        await press(page, label)
    await expect(bubbles(page).last).to_contain_text("Зачем это")
    await say(page, "Потом")
    await expect(bubbles(page).last).to_contain_text("Ваш план")


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Ваше сообщение").fill(text)
    await page.get_by_role("button", name="Отправить").click()


async def last_words(page: Page) -> str:
    return str(await bubbles(page).last.inner_text())


async def test_from_the_first_screen_to_the_third_step_of_the_plan(
    site: Site, open_page: Callable[..., Awaitable[Page]], device: dict[str, Any]
) -> None:
    page = await open_page(f"{site.url}/?from=poster", **device)
    await to_the_plan(page)

    await press(page, "3")

    assert "Зачем" in await last_words(page)
    await press(page, "Сделано")
    assert "1 из" in await last_words(page)
    assert page.url == f"{site.url}/?from=poster"
    async with site.database.read() as tx:
        assert await tx.starts.by_tag(since=site.clock.now().date()) == [("poster", "web", 1)]


@pytest.mark.parametrize("situation", ["pre_release", "alimony"])
async def test_the_other_journeys_come_to_a_step_that_is_done(
    site: Site, open_page: Callable[..., Awaitable[Page]], situation: str
) -> None:
    page = await open_page(site.url, **PHONE)
    await to_the_plan(page, site.content.situations[situation].label)

    await press(page, "1")
    await press(page, "Сделано")

    assert "1 из" in await last_words(page)


async def test_everything_is_in_reach_of_a_thumb(
    site: Site, open_page: Callable[..., Awaitable[Page]], device: dict[str, Any]
) -> None:
    page = await open_page(site.url, **device)
    await to_the_plan(page)

    found = await page.evaluate("""() => {
        const main = document.querySelector('main');
        const all = (what) => [...document.querySelectorAll(what)].filter((one) => one.checkVisibility());
        const size = (one) => parseFloat(getComputedStyle(one).fontSize);
        const words = (some) => some.map((one) => one.textContent);
        return {
            low: words(all('button, textarea, label:has(input), a.button')
                .filter((one) => one.getBoundingClientRect().height < 44)),
            small: words(all('body *').filter((one) => one.textContent.trim() && size(one) < 15)),
            high: document.documentElement.scrollHeight > innerHeight,
            wide: document.documentElement.scrollWidth > innerWidth || main.scrollWidth > main.clientWidth,
            input: size(document.querySelector('textarea')),
        };
    }""")

    assert found["low"] == []
    assert found["small"] == []
    assert not found["wide"]
    assert not found["high"], "only the talk scrolls"
    assert found["input"] >= 16
    await expect(page.get_by_label("Ваше сообщение")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("button", name="Завершить")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(
    site: Site, open_page: Callable[..., Awaitable[Page]], scheme: str
) -> None:
    page = await open_page(site.url, color_scheme=scheme, **PHONE)
    await to_the_plan(page)

    worst = await page.evaluate("""() => {
        const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const light = (color) => {
            const [r, g, b] = color.match(/[\\d.]+/g).map((v) => linear(v / 255));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = (one) => {
            const color = getComputedStyle(one).backgroundColor;
            return /, 0\\)$/.test(color) && one.parentElement ? ground(one.parentElement) : color;
        };
        const contrast = (one) => {
            const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
            return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.textContent.slice(0, 30)];
        };
        return [...document.querySelectorAll('h1, .bot, .own, button, label, #device-text')]
            .filter((one) => one.checkVisibility()).map(contrast).sort((a, b) => a[0] - b[0])[0];
    }""")

    assert worst[0] >= 4.5, worst


async def test_the_keyboard_alone_is_enough(site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
    page = await open_page(site.url, **DESKTOP)
    for _ in range(3):  # skip link, the start button
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent") == "Начать разговор":
            break
    await page.keyboard.press("Enter")
    await expect(bubbles(page)).to_have_count(2)
    assert await page.evaluate("document.activeElement.id") == "input"

    await page.keyboard.type("1")
    await page.keyboard.press("Enter")
    await expect(bubbles(page)).to_have_count(3)
    await choices(page).first.focus()
    await page.keyboard.press("Enter")
    await expect(bubbles(page)).to_have_count(4)
    await page.keyboard.press("Tab")  # from the pressed button to the first one of the answer

    assert await page.evaluate("document.activeElement.textContent") == await choices(page).first.inner_text()
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Shift+Enter")
    await page.get_by_label("Ваше сообщение").focus()
    await page.keyboard.type("раз")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("два")
    assert await page.get_by_label("Ваше сообщение").input_value() == "раз\nдва"


async def test_a_screen_reader_finds_names_and_hears_answers(
    site: Site, open_page: Callable[..., Awaitable[Page]]
) -> None:
    page = await open_page(site.url, **PHONE)
    await to_the_plan(page)

    log = page.get_by_role("log", name="Разговор")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).to_contain_text("Помощник: ")
    await expect(page.get_by_role("textbox", name="Ваше сообщение")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
    await expect(choices(page).first).to_have_accessible_name(re.compile(r"^1\. \S{3}"))
    nameless = await page.evaluate("""() => [...document.querySelectorAll('button')]
        .filter((one) => !(one.getAttribute('aria-label') || one.textContent).trim()).length""")
    assert nameless == 0
    assert await page.evaluate("document.documentElement.lang") == "ru"


async def test_a_talk_outlives_a_restart_of_the_server(site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
    page = await open_page(site.url, **PHONE)
    await begin(page)
    await site.down()

    await say(page, "/help")
    await expect(page.locator("#line")).to_contain_text("Нет связи")
    await expect(page.locator(".own")).to_have_count(1)
    await say(page, "/menu")
    await site.up()

    await expect(bubbles(page)).to_have_count(4, timeout=20_000)
    await expect(page.locator("#line")).to_be_hidden()
    await expect(page.locator(".own")).to_have_count(2)
    await expect(page.locator(".state")).to_have_count(0)
    await press(page, "Мой план")


async def test_an_answer_of_the_server_that_is_lost_doubles_nothing(
    site: Site, open_page: Callable[..., Awaitable[Page]]
) -> None:
    page = await open_page(site.url, **PHONE)
    await begin(page)
    sent: list[Any] = []

    async def lose(route: Route) -> None:
        sent.append(route.request.post_data_json)
        if len(sent) < 3:
            await route.fetch()  # the server stores it, the page never learns
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/chat/messages", lose)
    await say(page, "/help")
    await expect(bubbles(page)).to_have_count(3, timeout=20_000)
    await expect(page.locator(".state")).to_have_count(0, timeout=20_000)

    assert len({one["id"] for one in sent}) == 1
    await page.unroute("**/chat/messages")
    await say(page, "/menu")
    await expect(bubbles(page)).to_have_count(4)
    await expect(page.locator(".own")).to_have_count(2)


async def test_who_writes_too_fast_is_told_so_and_nothing_is_lost(
    make_site: Sites, open_page: Callable[..., Awaitable[Page]]
) -> None:
    narrow, *wide = (Rate(burst=burst, per_minute=60) for burst in (3, 99, 99, 99))
    site = await make_site(rates=Rates(narrow, *wide))
    page = await open_page(site.url, **PHONE)
    await begin(page)

    for text in ("/help", "/menu", "/help", "/menu"):
        await say(page, text)
    await expect(page.locator("#line")).to_contain_text("Слишком много")

    await expect(page.locator("#line")).to_be_hidden(timeout=20_000)
    await expect(bubbles(page)).to_have_count(6, timeout=20_000)


async def test_a_reload_keeps_the_talk_in_its_tab(site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
    page = await open_page(site.url, **PHONE)
    await begin(page)
    await press(page, "Другое")
    before = await page.locator("#talk").inner_text()

    await page.reload()

    await expect(page.locator("#talk")).to_have_text(re.compile(r"."))
    assert await page.locator("#talk").inner_text() == before
    await say(page, "/help")
    await expect(page.locator(".own")).to_have_count(2)
    await expect(page.locator(".state")).to_have_count(0)


async def test_two_tabs_of_one_browser_show_one_talk(site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
    one = await open_page(site.url, **DESKTOP)
    await begin(one)
    two = await open_page(site.url, context=one.context)
    await two.get_by_role("button", name="Продолжить разговор").click()
    await expect(bubbles(two)).not_to_have_count(0)

    await say(two, "/help")

    await expect(one.locator(".own")).to_have_text(re.compile("/help"))
    await expect(bubbles(one)).to_have_count(3)
    assert await last_words(one) == await last_words(two)


async def test_a_stranger_at_the_same_computer_starts_a_talk_of_his_own(
    site: Site, open_page: Callable[..., Awaitable[Page]]
) -> None:
    one = await open_page(site.url, **DESKTOP)
    await begin(one)
    token = (await one.context.cookies())[0]["value"].split(".")[0]
    two = await open_page(site.url, context=one.context)
    await expect(two.locator(".bot")).to_have_count(0)

    await two.get_by_role("button", name="Начать новый").click()

    await expect(bubbles(two)).to_have_count(2)
    assert (await one.context.cookies())[0]["value"].split(".")[0] != token


async def test_the_end_erases_screen_storage_and_cookie(site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
    page = await open_page(site.url, **PHONE)
    await begin(page)
    other = await open_page(site.url, context=page.context)
    await other.get_by_role("button", name="Продолжить разговор").click()
    await expect(bubbles(other)).not_to_have_count(0)
    token = (await page.context.cookies())[0]["value"].split(".")[0]
    assert token not in await page.evaluate("document.cookie + JSON.stringify({...sessionStorage, ...localStorage})")

    await page.get_by_role("button", name="Завершить", exact=True).click()
    await page.get_by_role("button", name="Вернуться").click()
    await expect(bubbles(page)).to_have_count(2)
    await page.get_by_role("button", name="Завершить", exact=True).click()
    async with page.expect_response("**/chat/end"):
        await page.get_by_role("button", name="Завершить и стереть с экрана").click()

    for tab in (page, other):
        await expect(bubbles(tab)).to_have_count(0)
        assert await tab.evaluate("JSON.stringify({...sessionStorage, ...localStorage})") == "{}"
    assert await page.context.cookies() == []
    await expect(page.get_by_role("status").first).to_contain_text("стёрт")
    await begin(page)
    assert (await page.context.cookies())[0]["value"].split(".")[0] != token


async def test_the_end_without_a_line_says_so_and_is_made_good_later(
    site: Site, open_page: Callable[..., Awaitable[Page]]
) -> None:
    page = await open_page(site.url, **PHONE)
    await begin(page)
    token = (await page.context.cookies())[0]["value"].split(".")[0]
    await site.down()

    await page.get_by_role("button", name="Завершить", exact=True).click()
    await page.get_by_role("button", name="Завершить и стереть с экрана").click()
    await expect(page.locator("#notice")).to_contain_text("связи нет")
    await expect(bubbles(page)).to_have_count(0)
    await site.up()
    await page.get_by_role("button", name="Начать разговор").click()

    await expect(bubbles(page)).to_have_count(2)
    assert (await page.context.cookies())[0]["value"].split(".")[0] != token


class TestAnIdleScreen:
    async def test_warns_and_is_emptied(self, site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
        page = await open_page("about:blank", **PHONE)
        await page.clock.install()
        await page.goto(site.url)
        await begin(page)

        await page.clock.fast_forward("13:30")
        await expect(page.get_by_text("Вы ещё здесь?")).to_be_visible()
        await page.get_by_role("button", name="Я здесь").click()
        await page.clock.fast_forward("10:00")
        await expect(bubbles(page)).to_have_count(2)
        await page.clock.fast_forward("06:00")

        await expect(bubbles(page)).to_have_count(0)
        await expect(page.locator("#notice")).to_contain_text("Экран очищен")
        assert await page.evaluate("JSON.stringify({...sessionStorage})") == "{}"

        async def has_no_cookie() -> None:
            while await page.context.cookies():
                pass

        await asyncio.wait_for(has_no_cookie(), 10)

    async def test_of_a_remembered_citizen_stays(self, site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
        page = await open_page("about:blank", **PHONE)
        await page.clock.install()
        await page.goto(site.url)
        await begin(page)
        async with page.expect_response("**/chat/session"):
            await page.get_by_role("checkbox").check()
        await expect(page.locator("#device-text")).to_contain_text("вас помнит")

        await page.clock.fast_forward("30:00")
        await expect(bubbles(page)).to_have_count(2)
        later = await open_page(site.url, context=page.context)

        await expect(bubbles(later)).not_to_have_count(0)
        assert (await page.context.cookies())[0]["expires"] > 0


async def test_markup_is_words_and_links_are_safe(site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
    page = await open_page(site.url, **PHONE)
    await begin(page)
    words = '<img src=x onerror="document.title=1"> https://czn.example/a?b=1. javascript:alert(1) +7 (3852) 55-55-55'

    await say(page, words)

    own = page.locator(".own")
    await expect(own).to_contain_text(words)
    assert await own.locator("img").count() == 0
    links = await own.locator("a").evaluate_all("all => all.map((one) => [one.getAttribute('href'), one.rel])")
    assert links == [["https://czn.example/a?b=1", "noopener noreferrer"], ["tel:+73852555555", ""]]


async def test_what_is_kept_comes_as_a_file(
    site: Site, open_page: Callable[..., Awaitable[Page]], device: dict[str, Any]
) -> None:
    page = await open_page(site.url, **device)
    await to_the_plan(page)
    await say(page, "/data")
    await press(page, "Скачать копию")

    async with page.expect_download() as coming:
        await choices(page).filter(has_text="Скачать файл").click()

    download = await coming.value
    assert download.suggested_filename == "moi-dannye.txt"
    text = (await download.path()).read_bytes().decode("utf-8-sig")
    assert "Вернулся после освобождения" in text


async def test_a_hidden_talk_leaves_the_page_and_does_not_come_back_with_it(
    site: Site, open_page: Callable[..., Awaitable[Page]]
) -> None:
    page = await open_page(site.url, **PHONE)
    await to_the_plan(page)
    await say(page, "/menu")
    await expect(bubbles(page).last).to_contain_text("Чем помочь")
    await press(page, "Ещё")
    await choices(page).filter(has_text=re.compile("^6$")).click()
    await expect(bubbles(page).last).to_contain_text("убрать с экрана")

    await choices(page).filter(has_text="Скрыть переписку").click()

    for _ in range(2):
        await expect(bubbles(page)).to_have_count(1)
        await expect(bubbles(page).last).to_contain_text("Полезные ссылки")
        assert "план" not in (await page.locator("#talk").inner_text()).lower()
        stored = await page.evaluate("JSON.stringify({...sessionStorage})")
        assert "освобожден" not in stored
        await page.reload()
    await say(page, "меню")
    await expect(bubbles(page).last).to_contain_text("Чем помочь")


async def test_old_buttons_look_spent_and_still_work(site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
    page = await open_page(site.url, **PHONE)
    await begin(page)
    await press(page, "Вернулся после освобождения")
    spent = page.locator(".spent .buttons button")
    await expect(spent.first).to_have_class(re.compile("chosen"))
    before = await bubbles(page).count()

    await spent.filter(has_text="Плачу алименты").click()

    await expect(bubbles(page).nth(before)).to_be_attached()
    border = "getComputedStyle(document.querySelector('.spent button:not(.chosen)')).borderStyle"
    assert await page.evaluate(border) == "dashed"


async def test_a_line_that_holds_answers_back_still_brings_them(
    site: Site, open_page: Callable[..., Awaitable[Page]]
) -> None:
    """As some offices' filters do: nothing is let through before the whole answer is there."""
    page = await open_page("about:blank", **PHONE)
    await page.clock.install()

    async def hold_back(route: Route) -> None:
        if "brief=1" in route.request.url:
            answer = await route.fetch()
            await route.fulfill(response=answer)

    await page.route("**/chat/feed**", hold_back)
    await page.goto(site.url)
    await page.get_by_role("button", name="Начать разговор").click()
    await expect(page.locator("#typing")).to_be_visible()
    await page.clock.fast_forward("00:09")

    await expect(bubbles(page)).to_have_count(2, timeout=20_000)
    await page.unroute_all(behavior="ignoreErrors")


async def test_without_scripts_a_phone_is_shown(site: Site, open_page: Callable[..., Awaitable[Page]]) -> None:
    page = await open_page(site.url, java_script_enabled=False)

    await expect(page.locator("noscript p").first).to_contain_text(site.content.default_office.name)
    await expect(page.locator("noscript a")).to_have_attribute("href", "/print")
    await expect(page.get_by_label("Ваше сообщение")).to_be_hidden()


class Centre:
    """The site of a centre: another origin, a strict policy of its own, the one script tag. bot: url of the chat."""

    def __init__(self) -> None:
        self.bot = ""
        self.origin = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        tag = f'<script src="{self.bot}/embed.js" defer data-from="czn_site"></script>'
        body = f'<!doctype html><title>ЦЗН</title><h1>Центр занятости</h1><a href="#">ссылка</a>{tag}'.encode()
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
            f"Content-Security-Policy: default-src 'self'; script-src {self.bot}; frame-src {self.bot}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


class TestInsideAnotherSite:
    @pytest.fixture
    async def centre(self) -> AsyncIterator[Centre]:
        centre = Centre()
        server = await asyncio.start_server(centre.serve, "127.0.0.1", 0)
        centre.origin = f"http://localhost:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield centre

    async def test_one_script_tag_brings_the_chat(
        self, make_site: Sites, centre: Centre, open_page: Callable[..., Awaitable[Page]], device: dict[str, Any]
    ) -> None:
        site = await make_site(embed_origins=(centre.origin,))
        centre.bot = site.url
        page = await open_page(centre.origin, **device)
        tokens: list[str] = []
        page.on("request", lambda one: tokens.append(one.headers["authorization"]) if "/chat/m" in one.url else None)
        button = page.get_by_role("button", name="Задать вопрос")
        await button.click()
        chat = page.frame_locator("iframe")
        await chat.get_by_role("button", name="Начать разговор").click()
        await expect(chat.locator(".bot")).to_have_count(2)
        frame = page.frames[1]
        assert frame.url == f"{site.url}/embed?from=czn_site"
        assert all(re.fullmatch(r"Bearer [\w-]{43}", token) for token in tokens)
        assert len(set(tokens)) == 1
        assert await page.context.cookies() == []

        await chat.get_by_label("Ваше сообщение").focus()
        await page.keyboard.press("Escape")
        await expect(page.locator("iframe")).to_be_hidden()
        await expect(button).to_be_focused()
        await button.click()
        await expect(chat.locator(".bot")).to_have_count(2)
        await chat.get_by_role("button", name="Закрыть").click()
        await expect(page.locator("iframe")).to_be_hidden()

        async with site.database.read() as tx:
            assert await tx.starts.by_tag(since=site.clock.now().date()) == [("czn_site", "web", 1)]

    async def test_a_site_that_is_not_named_shows_nothing(
        self, make_site: Sites, centre: Centre, browser: Browser
    ) -> None:
        site = await make_site(embed_origins=("https://czn.example",))
        centre.bot = site.url
        page = await browser.new_page()
        await page.goto(centre.origin)

        async with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
            await page.get_by_role("button", name="Задать вопрос").click()
        await expect(page.frame_locator("iframe").locator("#form")).to_have_count(0)
        await page.close()
