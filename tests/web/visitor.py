"""A citizen's page as the server sees it: requests as a browser makes them, the stream of events kept open."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx

WAIT_S = 15.0


class Tab:
    """An open stream: what came in, in order."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.events: list[str] = []
        self.is_over = False
        self.is_open = asyncio.Event()
        self._changed = asyncio.Event()

    def take(self, name: str, data: str, number: str) -> None:
        self.events.append(name)
        if name == "message":
            message = json.loads(data)
            assert number == str(message["number"])
            self.messages.append(message)
        self._changed.set()

    def end(self) -> None:
        self.is_over = True
        self.is_open.set()
        self._changed.set()

    @property
    def numbers(self) -> list[int]:
        return [message["number"] for message in self.messages]

    @property
    def newest(self) -> int:
        return max(self.numbers, default=0)

    def button(self, label: str) -> dict[str, str]:
        """The act of pressing the newest button with this label."""
        for message in reversed(self.messages):
            for row in message["rows"]:
                for one in row:
                    if one["label"] == label:
                        return {"kind": "press", "data": one["data"], "message": str(message["number"])}
        raise AssertionError(f"no button «{label}»")

    async def until(self, is_so: Any, what: str) -> None:
        try:
            async with asyncio.timeout(WAIT_S):
                while not is_so(self):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"never came: {what}; got {self.events} {self.numbers}") from None

    async def until_messages(self, count: int) -> None:
        await self.until(lambda tab: len(tab.messages) >= count, f"{count} messages")


class Visitor:
    """One browser: its cookies, its proof. `bearer`: a framed page instead."""

    def __init__(self, url: str, *, origin: str | None = None) -> None:
        self.url = url
        self.bearer = ""
        self.client = httpx.AsyncClient(
            base_url=url,
            timeout=WAIT_S,
            headers={"Origin": origin or url, "X-Chat": "1"},
            verify=False,
            trust_env=False,
        )

    async def session(self, **wish: Any) -> httpx.Response:
        answer = await self.client.post("/chat/session", json=wish)
        if answer.status_code == 200:
            given = answer.json()
            if "proof" in given:
                self.client.headers["X-Chat-Proof"] = given["proof"]
            if "token" in given:
                self.client.headers["Authorization"] = f"Bearer {given['token']}"
        return answer

    async def send(self, **act: Any) -> httpx.Response:
        return await self.client.post("/chat/messages", json={"id": str(uuid4()), **act})

    async def say(self, text: str) -> None:
        answer = await self.send(kind="text", text=text)
        assert answer.status_code == 202, answer.text

    async def start(self, source: str = "") -> None:
        answer = await self.send(kind="start", source=source)
        assert answer.status_code == 202, answer.text

    @asynccontextmanager
    async def tab(self, after: int = 0, *, by_header: bool = False) -> AsyncIterator[Tab]:
        """A stream, read beside until left."""
        tab = Tab()
        headers = {"Last-Event-ID": str(after)} if by_header else {}
        query = {} if by_header or not after else {"after": str(after)}
        request = self.client.build_request(
            "GET", "/chat/feed", headers=headers, params=query, timeout=httpx.Timeout(WAIT_S, read=None)
        )
        response = await self.client.send(request, stream=True)
        assert response.status_code == 200, response.status_code
        reading = asyncio.create_task(_read(response, tab))
        try:
            await tab.is_open.wait()
            yield tab
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await response.aclose()

    async def close(self) -> None:
        await self.client.aclose()


async def _read(response: httpx.Response, tab: Tab) -> None:
    fields: dict[str, str] = {}
    try:
        async for line in response.aiter_lines():
            tab.is_open.set()
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                if "event" in fields:
                    tab.take(fields["event"], fields.get("data", ""), fields.get("id", ""))
                fields = {}
    finally:
        tab.end()
