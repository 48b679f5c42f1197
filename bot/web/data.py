"""
GET /chat/data?ticket=…    what is kept about the citizen, as a file to carry away

The ticket stands in a button of the chat («Мои данные») and is worth nothing without the identity it was made for.
"""

from collections.abc import Callable
from functools import partial

from litestar import Response, get
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import HTTPRouteHandler

from bot.channels.web import DATA_PATH, NAME
from bot.clock import Clock
from bot.engine import ticket
from bot.flows.words.extract import extract_text
from bot.texts import render
from bot.texts.schema import Content
from bot.web.gate import AnyRequest, Gate
from storage.database import Database

BOM = "\ufeff"  # Windows' own editor else takes Russian for another alphabet


def data_route(database: Database, clock: Clock, content: Callable[[], Content], gate: Gate) -> HTTPRouteHandler:
    sign = partial(database.cipher.mac, "turn")

    @get(DATA_PATH)
    async def data(request: AnyRequest) -> Response[bytes]:
        identity = gate.reader(request)
        gate.spare(gate.rates.streams, gate.household(request))
        given, now = request.query_params.get("ticket", ""), clock.now()
        async with database.read() as tx:
            citizen_id = await tx.erasures.citizen_of(NAME, database.cipher.find("address", NAME, identity.chat))
            if citizen_id is None or not ticket.is_valid(sign, citizen_id, given, now):
                raise PermissionDeniedException("expired")
            extract = await tx.extracts.of(citizen_id)
        text = BOM + extract_text(content(), extract, now).replace("\n", "\r\n") + "\r\n"
        name = "".join(one for one in render.say(content(), "web.file_name", {}) if one.isascii() and one not in '"\\')
        headers = {"Content-Disposition": f'attachment; filename="{name.strip()}"', "Cache-Control": "no-store"}
        return Response(text.encode("utf-8", "replace"), media_type="text/plain", headers=headers)

    return data
