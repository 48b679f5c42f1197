"""The web chat as a citizen's browser meets it: an identity, one message, the first answer of the feed."""

import http.client
import json
import time
from contextlib import suppress

from bench.child import Child, Died

TRY_S = 0.01
LINE_BYTES = 65536


def first_answer(bot: Child, port: int, *, within_s: float) -> float:
    """Seconds from the start of the process to the bot's first words on the page. Raises Died."""
    bot.until("web chat", lambda: _is_up(port), within_s=within_s, every_s=TRY_S)
    headers = {"Content-Type": "application/json", "X-Chat": "1", "Origin": f"http://127.0.0.1:{port}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=within_s)
    try:
        connection.request("POST", "/chat/session", "{}", headers)
        response = connection.getresponse()
        headers["X-Chat-Proof"] = json.loads(response.read())["proof"]
        headers["Cookie"] = response.headers["Set-Cookie"].partition(";")[0]
        act = json.dumps({"id": "00000000-0000-4000-8000-000000000001", "kind": "start"})
        connection.request("POST", "/chat/messages", act, headers)
        response = connection.getresponse()
        if response.status != 202:
            raise Died(f"{bot.name}: the web chat answers {response.status}: {response.read()!r}")
        response.read()
        connection.request("GET", "/chat/feed?brief=1", headers=headers)
        response = connection.getresponse()
        while line := response.readline(LINE_BYTES):
            if line.startswith(b"event: message"):
                return time.monotonic() - bot.begun
    finally:
        connection.close()
    raise Died(f"{bot.name}: no answer in the web chat\n{bot.tail()}")


def _is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    connection.close()
    return False
