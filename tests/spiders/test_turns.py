"""Nobody waits longer than they may, and nobody's time is spent by another's page."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from spiders.turns import Turns


def test_a_wait_ends_when_its_time_is_up() -> None:
    async def wait() -> None:
        async with Turns().within(asyncio.get_running_loop().time() + 0.01):
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


@pytest.mark.parametrize("given_back", [True, False])
def test_what_a_page_took_to_search_is_given_back_to_those_who_waited(given_back: bool) -> None:
    """What they wait for has come in the meantime, but nothing ran that could have taken it."""

    async def wait() -> str:
        turns = Turns()
        loop = asyncio.get_running_loop()
        theirs, ours = await _connected()
        async with turns.within(loop.time() + 0.2):
            ours.write(b"here")
            reading = asyncio.create_task(_read_later(theirs))
            await asyncio.sleep(0)
            time.sleep(0.4)  # a page is searched
            if given_back:
                turns.give_back(60)
            return await reading

    if given_back:
        assert asyncio.run(wait()) == "here"
    else:
        with pytest.raises(TimeoutError):
            asyncio.run(wait())


def test_time_given_back_when_nobody_waits_is_nobodys() -> None:
    async def wait() -> None:
        turns = Turns()
        turns.give_back(60)
        async with turns.within(asyncio.get_running_loop().time() + 0.01):
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


def test_who_gives_up_waiting_for_a_turn_takes_it_from_nobody() -> None:
    async def queue() -> list[str]:
        turns = Turns()
        now = asyncio.get_running_loop().time()
        had: list[str] = []

        async def take(name: str, until: float) -> None:
            try:
                async with turns.turn("host", delay=timedelta(0), until=now + until):
                    had.append(name)
                    await asyncio.sleep(0.2)
            except TimeoutError:
                had.append(f"{name} gave up")

        await asyncio.gather(take("first", 60), take("hasty", 0.05), take("patient", 60))
        await take("last", 60)
        return had

    assert asyncio.run(queue()) == ["first", "hasty gave up", "patient", "last"]


async def _connected() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    arrived: asyncio.Future[asyncio.StreamReader] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda reader, _: arrived.set_result(reader), "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    return await arrived, writer


async def _read_later(reader: asyncio.StreamReader) -> str:
    await asyncio.sleep(0.3)
    return (await reader.read(4)).decode()
