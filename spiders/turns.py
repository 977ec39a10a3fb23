"""Whose turn it is at a host: one request at a time, with a pause between two, and how long anyone waits.

Scrapy's own slots and AutoThrottle see one spider only and cannot be cut short. Here several Units of one
process may read one host, robots.txt and Retry-After stretch the pause, and a Unit whose time is up must
not sit out its place in a queue.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

MOST_PAUSE = timedelta(seconds=60)
"""The longest pause between two requests that a slow server or its robots.txt can bring about."""

_MOMENT = 0.05
"""Seconds by which nobody's answer comes too late."""


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0
    """Who has the turn, and who waits for it."""
    free_at: float = 0.0
    asked_for: float = 0.0
    latency: float = 0.0
    closed_until: float = 0.0


class _Wait:
    """The time that a block may take, and its place among the waits under way."""

    __slots__ = ("_timeout", "_waits")

    def __init__(self, waits: set[asyncio.Timeout], until: float) -> None:
        self._waits = waits
        self._timeout = asyncio.timeout_at(until)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        self._waits.add(self._timeout)

    async def __aexit__(self, *raised: Any) -> None:
        self._waits.discard(self._timeout)
        await self._timeout.__aexit__(*raised)


class Turns:
    """The queue at each host of one crawl. Times are those of the running event loop, in seconds."""

    def __init__(self) -> None:
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._waits: set[asyncio.Timeout] = set()
        self._owed = 0.0

    def within(self, until: float) -> _Wait:
        """Let the block run until then, and for as long as ``give_back`` says. Raises TimeoutError."""
        return _Wait(self._waits, until)

    def give_back(self, seconds: float) -> None:
        """Extend every wait under way: nothing could arrive while the process was busy with a page.

        Else one page that takes long to search would make answers of other sources come too late. What
        comes to a moment only is saved up, because to extend all waits for each page takes time too.
        """
        self._owed += seconds
        if self._owed < _MOMENT:
            return
        for wait in self._waits:
            if (end := wait.when()) is not None and not wait.expired():
                wait.reschedule(end + self._owed)
        self._owed = 0.0

    @asynccontextmanager
    async def turn(self, host: str, *, delay: timedelta, until: float) -> AsyncIterator[None]:
        """Wait for this host to be free, and keep it for the length of the block.

        Raises TimeoutError if that would not be before ``until``.
        """
        loop = asyncio.get_running_loop()
        state = self._hosts[host]
        state.wanted += 1
        try:
            # Mostly nobody is before us: then no alarm is set, which every page would pay for.
            async with asyncio.timeout_at(until if state.wanted > 1 else None):
                await state.lock.acquire()
            try:
                now = loop.time()
                begin = max(state.free_at, state.closed_until, now)
                if begin >= until:
                    raise TimeoutError
                if begin > now:
                    await asyncio.sleep(begin - now)
                began = loop.time()
                try:
                    yield
                finally:
                    state.free_at = began + max(delay.total_seconds(), state.asked_for, state.latency)
            finally:
                state.lock.release()
        finally:
            state.wanted -= 1

    def learn(self, host: str, latency: float) -> None:
        """Adapt the pause to how long the host took to answer, as Scrapy's AutoThrottle does (target 1)."""
        state = self._hosts[host]
        pause = max(latency, (state.latency + latency) / 2)
        state.latency = min(pause, MOST_PAUSE.total_seconds())

    def stretch(self, host: str, pause: timedelta) -> None:
        """Keep at least this pause, which the host's robots.txt asks for (at most MOST_PAUSE)."""
        self._hosts[host].asked_for = min(pause, MOST_PAUSE).total_seconds()

    def close(self, host: str, until: float) -> None:
        """Ask nothing of a host before ``until``, because it said so (Retry-After)."""
        state = self._hosts[host]
        state.closed_until = max(state.closed_until, until)

    def closed_until(self, host: str) -> float:
        """Return when a host may be asked again; a time in the past if it never said."""
        return self._hosts[host].closed_until
