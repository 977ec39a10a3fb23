"""One HTTP request to an address that somebody configured: guarded, bounded, every failure in a sentence.

Three guards (threat-model.md, rules 13 to 16): the URL rules, every address of the name, and the connection
itself, which goes to an address that was checked and to no other. Redirects are not followed. No sentence
holds the address: it can be a secret.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Timer

import can_ada

from scanner.errors import DeliveryError
from scanner.guard import LOOPBACK, Refused, check_address, check_ip
from scanner.platforms import is_meeting_address

CONNECT_TIME = timedelta(seconds=10)
_MOST_ANSWER = 64 * 1024
_LONGEST_PAUSE = timedelta(hours=24)
_TRY_AGAIN = frozenset({408, 425, 429})
"""Answers of the 4xx class that ask for another try (RFC 9110, 15.5.9; RFC 8470; RFC 6585)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a checked address leads: the host to name, and what to connect to."""

    host: str
    port: int
    path: str
    secure: bool
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status; ``body`` is cut after 64 KiB."""

    host: str
    status: int
    body: bytes
    location: str
    retry_after: str


def find(url: str, *, allow: Collection[str]) -> Target:
    """Check an address and every IP address of its host, or raise DeliveryError; nothing is sent.

    Without TLS only what ``allow`` names is reached: an alert must not cross the network readable to all.
    """
    refusal = check_address(url, allow)
    if refusal is not None:
        raise DeliveryError(f"its address is {refusal}", permanent=True)
    parts = can_ada.parse(url)
    host, secure = parts.hostname.strip("[]"), parts.protocol == "https:"
    port = int(parts.port or (443 if secure else 80))
    pair = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if not secure and pair not in allow:
        raise DeliveryError("its address must begin with https://", permanent=True)
    if host == "localhost":
        addresses: tuple[str, ...] = LOOPBACK
    else:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise DeliveryError(f"the name service knows no host {host}", permanent=False) from None
        addresses = tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))
    for address in addresses:
        refusal = check_ip(address, port, allow)
        if refusal is not None:
            raise DeliveryError(f"{host} is {refusal}", permanent=True)
    return Target(host, port, f"{parts.pathname}{parts.search}", secure, addresses)


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allow: Collection[str], patience: timedelta
) -> None:
    """Post a body within ``patience`` and return if it was taken (2xx), else raise DeliveryError.

    Answers of the 4xx class are permanent except 408, 425 and 429; whatever else goes wrong may pass. A
    ``Retry-After`` is handed on.
    """
    _judge(exchange("POST", url, body, headers, allow=allow, patience=patience))


def exchange(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    allow: Collection[str],
    patience: timedelta,
) -> Answer:
    """Send one request and return its answer within ``patience``, or raise DeliveryError if there is none."""
    target = find(url, allow=allow)
    connection = _Connection(target, patience)
    timer = Timer(patience.total_seconds(), connection.hang_up)
    timer.daemon = True
    timer.start()
    try:
        connection.request(method, target.path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        content = answer.read(_MOST_ANSWER)
    except DeliveryError:
        raise
    except Exception as error:  # noqa: BLE001 - a server can make http.client raise almost anything
        raise DeliveryError(_sentence(error, connection, patience), permanent=False) from None
    finally:
        timer.cancel()
        connection.close()
    return Answer(
        host=target.host,
        status=answer.status,
        body=content,
        location=answer.getheader("Location") or "",
        retry_after=answer.getheader("Retry-After") or "",
    )


def retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """Read a ``Retry-After`` header (RFC 9110, 10.2.3): seconds or a date; None if it says nothing usable."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), _LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    pause = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(pause, timedelta(0)), _LONGEST_PAUSE)


class _Connection(http.client.HTTPConnection):
    """A connection to one of the checked addresses of a target, over verified TLS where it is https."""

    def __init__(self, target: Target, patience: timedelta) -> None:
        super().__init__(target.host, target.port, timeout=patience.total_seconds())
        self._target = target
        self.over = False

    def connect(self) -> None:
        patience = min(CONNECT_TIME.total_seconds(), float(self.timeout or 0))
        fault: OSError = OSError("no address")
        for address in self._target.addresses:
            try:
                plain = socket.create_connection((address, self._target.port), patience)
            except OSError as error:
                fault = error
                continue
            plain.settimeout(self.timeout)
            self.sock = plain
            if self._target.secure:
                context = ssl.create_default_context()
                self.sock = context.wrap_socket(plain, server_hostname=self._target.host)
            return
        raise fault

    def hang_up(self) -> None:
        """End the conversation, whoever waits in it."""
        self.over = True
        if self.sock:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _judge(answer: Answer) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        where = "a meeting" if is_meeting_address(answer.location) else "elsewhere"
        raise DeliveryError(
            f"{answer.host} sends us {where} ({status}); write the address it means", permanent=True
        )
    raise DeliveryError(
        f"{answer.host} did not take it: HTTP {status}",
        permanent=400 <= status < 500 and status not in _TRY_AGAIN,
        retry_after=retry_after(answer.retry_after, now=datetime.now(UTC)),
    )


def _sentence(error: Exception, connection: _Connection, patience: timedelta) -> str:
    host = connection.host
    if connection.over or isinstance(error, TimeoutError):
        return f"{host} did not answer within {patience.total_seconds():g} s"
    match error:
        case Refused():
            return f"{host} is {error}"
        case ssl.SSLCertVerificationError():
            return f"{host} did not prove that it is {host}: {error.verify_message}"
        case ssl.SSLError():
            return f"no protected conversation with {host} came about"
        case ConnectionRefusedError():
            return f"{host} did not answer: nothing listens there"
        case http.client.HTTPException():
            return f"{host} did not answer as a web server does"
        case OSError():
            return f"{host} cannot be reached: the connection broke"
        case _:
            return f"{host} answered something that nobody understands"
