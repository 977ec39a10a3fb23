"""Listen to a stream behind the guards: a WebSocket that ends when its Unit does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
import yarl

from scanner.guard import check_address
from spiders.addresses import host_key
from spiders.fetch import Errand, NotRead, Unanswered, user_agent
from spiders.resolver import GuardedResolver


async def messages(errand: Errand, address: str, *, protocol: str) -> AsyncGenerator[str, None]:
    """Yield the text messages of a stream until it or the time of the Unit ends.

    ``address`` is written with http or https, as the guards know addresses. Raises NotRead if it cannot be
    listened to. A redirect may lead only where the resolver and the connect guard let a connection pass.
    """
    refusal = check_address(address, errand.unit.allow)
    if refusal is not None:
        raise NotRead(refusal, skipped=True)
    limits = errand.unit.limits
    connector = aiohttp.TCPConnector(resolver=GuardedResolver(errand.unit.allow, errand.lookup))
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        headers={"User-Agent": user_agent(errand.unit)},
    )
    async with session:
        try:
            async with (
                asyncio.timeout(limits.connect_time.total_seconds()),
                errand.turns.turn(host_key(address), delay=limits.delay, until=errand.until),
            ):
                socket = await session.ws_connect(
                    yarl.URL(address, encoded=True),
                    protocols=(protocol,),
                    max_msg_size=limits.response_bytes,
                    heartbeat=limits.response_time.total_seconds(),
                )
        except aiohttp.WSServerHandshakeError as fault:
            blocked = fault.status in (401, 403, 429, 451)
            raise NotRead(f"HTTP {fault.status}", blocked=blocked) from fault
        except TimeoutError as late:
            raise Unanswered("connection timed out") from late
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise Unanswered("no connection") from fault
        async with socket:
            while True:
                try:
                    async with asyncio.timeout_at(errand.until):
                        message = await socket.receive()
                except TimeoutError:
                    return
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                yield message.data
