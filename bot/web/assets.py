"""Files of the page: read once, named by their content, packed once; nothing comes from another host."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from bot.web.gate import AnyRequest

FOLDER = Path(__file__).parent / "static"
VENDOR = FOLDER / "vendor"  # others' files, unchanged, each with its licence beside it
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"
FOR_MINUTES = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class Asset:
    """name: with the hash of the content in it, so that a browser may keep it for ever."""

    name: str
    kind: str
    plain: bytes
    packed: bytes


def asset(file: str, body: bytes) -> Asset:
    stem, dot, suffix = file.rpartition(".")
    name = f"{stem}.{sha256(body).hexdigest()[:12]}{dot}{suffix}"
    return Asset(name, KINDS[dot + suffix], body, gzip.compress(body, mtime=0))


@cache
def load_assets() -> Mapping[str, Asset]:
    """By file name without hash."""
    files = [path for folder in (FOLDER, VENDOR) for path in sorted(folder.iterdir()) if path.suffix in KINDS]
    return MappingProxyType({path.name: asset(path.name, path.read_bytes()) for path in files})


def packed(request: AnyRequest, one: Asset, headers: Mapping[str, str]) -> Response[bytes]:
    """The asset as the browser takes it."""
    takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
    sent = {**headers, "Content-Type": one.kind, "Vary": "Accept-Encoding"}
    if takes_gzip:
        sent["Content-Encoding"] = "gzip"
    return Response(one.packed if takes_gzip else one.plain, headers=sent)


def asset_routes(assets: Mapping[str, Asset]) -> list[HTTPRouteHandler]:
    by_name = {one.name: one for one in assets.values()}

    @get("/static/{name:str}")
    async def static(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
        one = by_name.get(name)
        if one is None:
            raise NotFoundException("no such file")
        return packed(request, one, {"Cache-Control": FOR_EVER})

    return [static]
