"""The one way out: every request of a crawl, robots.txt and redirects included, passes through here.

A download handler of our own, because Scrapy's throw a body away when it is too large, too slow or broken
off, and none of them asks a guard. It never touches a page's text, so no charset is guessed here.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.tracing import Trace
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response

from scanner import __version__
from scanner.detect import KNOWN, Detector
from scanner.guard import REFUSED, Refused, check_address
from scanner.model import Unit
from spiders import decode
from spiders.addresses import host_key, resolve
from spiders.answers import retry_after
from spiders.resolver import GuardedResolver, Lookup
from spiders.rough import ask_roughly
from spiders.turns import Turns

ROBOTS_TOKEN = "Lychgate"  # noqa: S105
"""The product token that robots.txt rules are matched with (RFC 9309, section 2.2.1)."""

MOST_BYTES = "most_bytes"
"""Key of ``Request.meta``: a limit on the body of this one answer, below that of the Unit."""

WHY_CUT = "why_cut"
"""Key of ``Request.meta``: why a body is not whole, once it has been fetched in part."""

TIME_LIMIT = "time limit reached"
COME_BACK_LATER = "the server asked to come back later"
NO_ANSWER = "timed out"
TOO_SLOW = "the transfer took too long"
BROKEN_OFF = "the transfer broke off"
IN_PART = "the server sent only a part"
MALFORMED = "the answer is malformed"
NO_HTTP = "not an HTTP answer"

# Policies and cookies grow long: browsers take a quarter of a MiB of headers, and so may an honest server.
_HEADER_BYTES = 64 * 1024
_HEADERS = 2_000
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class NotRead(IgnoreRequest):
    """An address was not read. Its text is why; ``skipped`` says that it was left out on purpose.

    One of the exceptions that Scrapy passes on without a traceback in the log.
    """

    def __init__(self, why: str, *, skipped: bool = False, blocked: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.skipped = skipped
        self.blocked = blocked


class Unanswered(NotRead):
    """The server could not be talked to at all, so no other address of it can be read now."""


class Fleeting(Unanswered):
    """A fault that may be over in a moment: worth another try."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What one Unit's requests share: its limits, its end in the event loop's time, and the turns."""

    unit: Unit
    until: float
    turns: Turns
    lookup: Lookup
    detector: Detector = KNOWN
    """What tells whether a refused answer shows a room all the same."""
    sitemaps: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The sitemaps that the robots.txt of an origin names, once that has been read."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What came of an answer, decoded, and why that is not all of it."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    why_cut: str


@lru_cache(maxsize=256)
def refusal_of(address: str, allow: tuple[str, ...]) -> str | None:
    """Return what ``check_address`` does; of one address each layer asks, and only the first takes time."""
    return check_address(address, allow)


def user_agent(unit: Unit) -> str:
    """Say who we are, and whom the owner of a page can ask about it."""
    contact = "".join(letter for letter in unit.contact if " " < letter < "\x7f" and letter not in "()")
    return f"Lychgate/{__version__} (+{contact})" if contact else f"Lychgate/{__version__}"


class _Connector(aiohttp.TCPConnector):
    """Open connections within a time of our own: aiohttp's runs on while a page is searched."""

    def __init__(self, turns: Turns, limit: timedelta, *, resolver: AbstractResolver) -> None:
        super().__init__(resolver=resolver)
        self._turns = turns
        self._most_wait = limit.total_seconds()

    async def _create_connection(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> ResponseHandler:
        async with self._turns.within(asyncio.get_running_loop().time() + self._most_wait):
            return await super()._create_connection(req, traces, timeout)


class GuardedHandler:
    """Scrapy's download handler for http and https: guards, turns, limits, and bodies cut but kept."""

    lazy = False

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        unit = errand.unit
        self._resolver = GuardedResolver(unit.allow, errand.lookup)
        self._session = aiohttp.ClientSession(
            connector=_Connector(errand.turns, unit.limits.connect_time, resolver=self._resolver),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # ours are those of Turns
            headers={
                "User-Agent": user_agent(unit),
                "Accept": _ACCEPT,
                "Accept-Encoding": decode.ACCEPTED,
            },
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            max_headers=_HEADERS,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardedHandler:
        """Make the handler of one Unit; its spider carries the errand."""
        errand = getattr(crawler.spider, "errand", None)
        assert isinstance(errand, Errand)
        return cls(errand)

    async def download_request(self, request: Request) -> Response:
        """Fetch one address within the Unit's limits. Raises NotRead or one of its kinds."""
        refusal = refusal_of(request.url, self._errand.unit.allow)
        if refusal is None and resolve("", request.url) != request.url:
            # What was checked and what aiohttp connects to are read by two parsers: they see the same only
            # in an address that has nothing left to normalise.
            refusal = f"{REFUSED}: unusual spelling of the address"
        if refusal is not None:
            raise NotRead(refusal, skipped=True)
        host = host_key(request.url)
        limits = self._errand.unit.limits
        try:
            async with self._errand.turns.turn(host, delay=limits.delay, until=self._errand.until):
                return await self._ask(request, host)
        except TimeoutError as late:
            closed = self._errand.turns.closed_until(host) >= self._errand.until
            raise NotRead(COME_BACK_LATER if closed else TIME_LIMIT, skipped=True) from late

    async def close(self) -> None:
        """Close what connections are still open."""
        await self._session.close()

    async def _ask(self, request: Request, host: str) -> Response:
        limits = self._errand.unit.limits
        loop = asyncio.get_running_loop()
        began = loop.time()
        until = min(began + limits.response_time.total_seconds(), self._errand.until)
        url = yarl.URL(request.url, encoded=True)
        headers = dict(request.headers.to_tuple_list())
        limit = min(limits.response_bytes, request.meta.get(MOST_BYTES, limits.response_bytes))
        try:
            async with self._errand.turns.within(until):
                answer = await self._session.get(url, headers=headers, allow_redirects=False)
        except aiohttp.ConnectionTimeoutError as late:
            raise Unanswered("connection timed out") from late
        except TimeoutError as late:
            self._errand.turns.learn(host, loop.time() - began)
            raise Unanswered(NO_ANSWER) from late
        except (aiohttp.ClientError, ValueError) as fault:
            reason = _explain(fault)
            taken = (
                await self._ask_again(url, headers, until=until, limit=limit)
                if reason.why == NO_HTTP
                else None
            )
            if taken is None:
                raise reason from fault
        else:
            self._errand.turns.learn(host, loop.time() - began)
            async with answer:
                taken = await self._read(answer, until=until, limit=limit)
        request.meta[WHY_CUT] = taken.why_cut or (IN_PART if taken.status == 206 else "")
        response = Response(request.url, status=taken.status, headers=Headers(taken.headers), body=taken.body)
        pause = retry_after(response, datetime.now(UTC)) if taken.status in (429, 503) else None
        if pause is not None:
            self._errand.turns.close(host, loop.time() + pause.total_seconds())
        return response

    async def _read(self, answer: aiohttp.ClientResponse, *, until: float, limit: int) -> _Taken:
        body = bytearray()
        why = ""
        try:
            if answer.content.is_eof():  # all of it came with its head, or there is nothing to come
                body += answer.content.read_nowait()
            else:
                _acknowledge(answer)
                async with self._errand.turns.within(until):
                    async for piece in answer.content.iter_any():
                        body += piece
                        if len(body) > limit:
                            why = decode.TOO_LARGE
                            break
        except TimeoutError:
            why = TOO_SLOW
        except (aiohttp.ClientError, OSError):
            why = BROKEN_OFF
            # What arrived together with the break waits in the buffer, which the public calls deny by now.
            body += answer.content._read_nowait(-1)
        if why:
            answer.close()
        encodings = ",".join(answer.headers.getall("Content-Encoding", ()))
        decoded, fault = decode.decode(bytes(body), encodings, limit=limit)
        return _Taken(answer.status, answer.raw_headers, decoded, why or fault)

    async def _ask_again(
        self, url: yarl.URL, headers: Mapping[str, str], *, until: float, limit: int
    ) -> _Taken | None:
        """Ask for an answer that aiohttp would not have, and take it as browsers do."""
        resolved = await self._resolver.resolve(url.raw_host or "", url.port or 0)
        rough = await ask_roughly(
            url,
            {**self._session.headers, **headers},
            addresses=[found["host"] for found in resolved],
            until=until,
            limit=limit,
        )
        if rough is None:
            return None
        body, fault = decode.decode(rough.body, rough.value(b"content-encoding"), limit=limit)
        return _Taken(rough.status, rough.headers, body, fault or MALFORMED)


def _acknowledge(answer: aiohttp.ClientResponse) -> None:
    """Acknowledge the head of an answer at once (tcp(7), TCP_QUICKACK).

    Servers that write head and body apart hold the body back until then, and the kernel would wait 40 ms.
    """
    transport = answer.connection.transport if answer.connection else None
    connected = transport.get_extra_info("socket") if transport else None
    if connected is not None and hasattr(socket, "TCP_QUICKACK"):
        with suppress(OSError):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _explain(fault: Exception) -> NotRead:
    """Say in a few words that count well why nothing was answered."""
    match fault:
        case aiohttp.ClientConnectorCertificateError():
            return Unanswered("certificate not valid")
        case aiohttp.ClientConnectorError(os_error=Refused() as refused):
            return NotRead(str(refused), skipped=True)
        case aiohttp.ClientConnectorDNSError():
            return Unanswered("name not found")
        case aiohttp.ClientSSLError():
            return Unanswered("no secure connection")
        case aiohttp.ClientConnectorError(os_error=OSError(errno=errno.ECONNREFUSED)):
            return Fleeting("connection refused")
        case aiohttp.ClientConnectorError():
            return Fleeting("no connection")
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return Fleeting("connection closed without an answer")
        case _:
            return NotRead(NO_HTTP)
