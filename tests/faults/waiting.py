"""Waiting for what must come: a condition is asked again and again until a deadline, never "long enough"."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from time import monotonic

import pytest

EVERY_S = 0.03


async def until(
    is_true: Callable[[], bool | Awaitable[bool]],
    seconds: float,
    what: str | Callable[[], str],
    *,
    every_s: float = EVERY_S,
) -> None:
    """Return as soon as the condition holds; fail with `what` when it does not within so many seconds."""
    deadline = monotonic() + seconds
    while True:
        answer = is_true()
        if isawaitable(answer):
            answer = await answer
        if answer:
            return
        if monotonic() > deadline:
            pytest.fail(f"not within {seconds:.0f} s: {what if isinstance(what, str) else what()}")
        await asyncio.sleep(every_s)
