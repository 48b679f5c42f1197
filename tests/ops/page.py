"""A citizen's web page without a browser: the same requests, what the bot said as texts and buttons."""

import json
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from bot.flows import FLOWS
from tests.talk import real_content

ANSWER_S = 20.0


def label(key: str, choice: str) -> str:
    """The words on a button of the shipped content."""
    return real_content(FLOWS).texts[key].buttons[choice]


@dataclass
class Screen:
    text: str
    buttons: dict[str, str] = field(default_factory=dict)  # label -> data


class Page:
    """One citizen. A page that is given the cookies of another one goes on with that talk."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        self.seen = 0
        self.screens: list[Screen] = []
        self._client = httpx.AsyncClient(
            base_url=url, cookies=cookies, timeout=ANSWER_S, verify=False, headers={"Origin": url, "X-Chat": "1"}
        )
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        answer = await self._client.post("/chat/session", content="{}")
        assert answer.status_code in (200, 201), answer.text
        self._client.headers["X-Chat-Proof"] = answer.json()["proof"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @property
    def cookies(self) -> dict[str, str]:
        return dict(self._client.cookies)

    async def start(self, source: str = "") -> Screen:
        return await self._act(kind="start", source=source)

    async def say(self, text: str) -> Screen:
        return await self._act(kind="text", text=text)

    async def press(self, label: str) -> Screen:
        """The button of the newest screen that has it."""
        return await self._act(kind="press", data=self.button(label), message=str(self.seen))

    def button(self, label: str) -> str:
        for screen in reversed(self.screens):
            if label in screen.buttons:
                return screen.buttons[label]
        raise AssertionError(f"no button «{label}» among {[list(screen.buttons) for screen in self.screens[-2:]]}")

    async def post(self, **act: str) -> int:
        """Send one act; gives the status."""
        answer = await self._client.post("/chat/messages", json={"id": str(uuid4()), **act})
        return answer.status_code

    async def _act(self, **act: str) -> Screen:
        status = await self.post(**act)
        assert status == 202, status
        await self.read()
        return self.screens[-1]

    async def read(self) -> None:
        """Wait for what the bot says next."""
        is_over = False
        got = len(self.screens)
        while not is_over or len(self.screens) == got:
            query = {"after": str(self.seen), "brief": "1"}
            async with self._client.stream("GET", "/chat/feed", params=query) as stream:
                assert stream.status_code == 200, stream.status_code
                kind = ""
                async for line in stream.aiter_lines():
                    if line.startswith("event:"):
                        kind = line.removeprefix("event:").strip()
                    elif line.startswith("data:") and kind == "message":
                        self._show(json.loads(line.removeprefix("data:")))
            is_over = True

    def _show(self, message: dict[str, Any]) -> None:
        self.seen = max(self.seen, message["number"])
        buttons = {button["label"]: button.get("data", "") for row in message["rows"] for button in row}
        self.screens.append(Screen(message["text"], buttons))
