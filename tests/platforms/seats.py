"""Where staff answer a citizen from: a group chat of their messenger, or the console in a browser. The same acts."""

import re
from html import unescape
from types import TracebackType
from typing import Protocol, Self

from tests.platforms.office import ACCOUNT, OLGA, WORDS, Office
from tests.web.desk.worker import Worker, hire

_CASE = re.compile(r'href="/desk(/cases/[^"/?]+)"')


class Seat(Protocol):
    """actor: id of who sits there. queue: what is seen before a case is taken; talk: of the one that was."""

    actor: str

    async def queue(self) -> str: ...
    async def take(self) -> None: ...
    async def talk(self) -> str: ...
    async def answer(self, words: str, *, note: str) -> None: ...
    async def close(self) -> None: ...
    async def is_over(self) -> bool: ...


class Chat:
    """Olga in the group."""

    actor = OLGA.id

    def __init__(self, office: Office) -> None:
        self._office, self._group = office, office.group

    async def queue(self) -> str:
        return "\n".join(shown.text for shown in self._group.screen)

    talk = queue

    async def take(self) -> None:
        await self._press("Взять")

    async def answer(self, words: str, *, note: str) -> None:
        to = self._office.found(WORDS)
        await self._office.staff(lambda: self._group.say(ACCOUNT, f"{words}\n//{note}", to=to))

    async def close(self) -> None:
        await self._press("Закрыть")

    async def is_over(self) -> bool:
        return self._office.found("Обращение").buttons == [] and WORDS not in await self.talk()

    async def _press(self, label: str) -> None:
        card = self._office.found("Обращение")
        await self._office.staff(lambda: self._group.press(ACCOUNT, card, self._office.button(card, label)))


class Console:
    """`async with Console(office)`: a specialist of the same role, logged in."""

    def __init__(self, office: Office) -> None:
        assert office.site is not None
        self._office, self._site = office, office.site
        self._worker = Worker(office.site.url)

    async def __aenter__(self) -> Self:
        database, clock = self._site.database, self._site.clock
        person = await hire(database, clock, OLGA.role, offices=OLGA.offices)
        await self._worker.appear(database, clock, person)
        self.actor = person.id
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._worker.close()

    async def queue(self) -> str:
        await self._worker.get("/cases")
        (self._path,) = set(_CASE.findall(unescape(self._worker.page)))
        return self._worker.text

    async def talk(self) -> str:
        await self._worker.get(self._path)
        return self._worker.text

    async def take(self) -> None:
        await self._act("/take")

    async def answer(self, words: str, *, note: str) -> None:
        await self._act("/answer", words=words)
        await self._act("/note", note=note)

    async def close(self) -> None:
        await self._act("/close")

    async def is_over(self) -> bool:
        return "вопрос решён" in await self.talk()

    async def _act(self, act: str, **fields: str) -> None:
        await self.talk()
        answer = await self._worker.post(f"{self._path}{act}", **fields)
        assert answer.status_code == 303, answer.text
        await self._office.work()
