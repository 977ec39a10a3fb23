"""A real mail server on loopback that keeps what it gets, and can misbehave in the ways real ones do."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Received:
    """One accepted mail: its envelope, its bytes and what they mean."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    encrypted: bool
    account: str

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)  # type: ignore[return-value]

    def body(self, kind: str = "plain") -> str:
        """Return the text of the ``plain`` or ``html`` twin."""
        part = self.mail.get_body(preferencelist=(kind,))
        assert part is not None
        return part.get_content()


@dataclass
class Postbox:
    """A running server and what came in so far; ``offers`` counts the mails it saw, taken or not."""

    host: str
    port: int
    messages: list[Received] = field(default_factory=list)
    offers: int = 0

    def wait_for(self, count: int, *, within: timedelta = timedelta(seconds=60)) -> list[Received]:
        """Return the messages once there are ``count`` of them, or fail."""
        end = time.monotonic() + within.total_seconds()
        while len(self.messages) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.messages) >= count, f"{len(self.messages)} mails came, {count} were expected"
        return self.messages


@contextmanager
def postbox(
    *,
    security: str = "none",
    certificate: Certificate | None = None,
    login: tuple[str, str] | None = None,
    refuse: Mapping[str, str] | None = None,
    refuse_sender: str = "",
    refuse_message: str = "",
    drop_after_data: bool = False,
    most_in_one: int = 0,
    closing: str = "",
    pause: timedelta = timedelta(0),
) -> Iterator[Postbox]:
    """Run a mail server until the block ends.

    ``security`` is ``none``, ``starttls`` or ``tls`` (then with a ``certificate``). ``login`` demands that
    name and password. The refusals are whole replies (``550 no such user``): per recipient, to MAIL FROM,
    to the message. ``drop_after_data`` keeps the mail and breaks the connection instead of saying so.
    After ``most_in_one`` mails a conversation ends with the reply ``closing``, or without a word if that is
    empty. ``pause`` delays the answer to each EHLO.
    """
    box = Postbox(HOST, 0)
    keeper = _Keeper(
        box,
        refuse=refuse or {},
        refuse_sender=refuse_sender,
        refuse_message=refuse_message,
        drop_after_data=drop_after_data,
        most_in_one=most_in_one,
        closing=closing,
        pause=pause,
    )
    context = certificate.server_context() if certificate else None
    protocol = partial(
        SMTP,
        keeper,
        hostname="postbox.example",
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=partial(_check, login) if login else None,
        auth_required=login is not None,
        auth_require_tls=security == "starttls",
    )
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(protocol, HOST, 0, ssl=context if security == "tls" else None)
    )
    box.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@contextmanager
def doorway(behave: Callable[[socket.socket], None]) -> Iterator[Postbox]:
    """Run a server that does to each connection what ``behave`` says, and then closes it."""
    with socket.create_server((HOST, 0)) as listening:
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                with suppress(OSError):
                    connection, _ = listening.accept()
                    threading.Thread(target=serve, args=[connection], daemon=True).start()

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                behave(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield Postbox(HOST, listening.getsockname()[1])
        finally:
            over.set()
            with suppress(OSError), socket.create_connection(listening.getsockname(), timeout=1):
                pass
            thread.join(5)


@contextmanager
def nobody_home() -> Iterator[Postbox]:
    """Hold a port on which nothing listens: connections are refused."""
    with socket.socket() as held:
        held.bind((HOST, 0))
        yield Postbox(HOST, held.getsockname()[1])


class Certificate:
    """A certificate of a private authority. ``authority`` is the file that makes it trusted."""

    def __init__(self, folder: Path, *names: str) -> None:
        issuer = trustme.CA()
        self._issued = issuer.issue_cert(*(names or (HOST, "localhost")))
        self.authority = folder / "authority.pem"
        issuer.cert_pem.write_to_path(str(self.authority))

    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._issued.configure_cert(context)
        return context


class _Keeper:
    """What aiosmtpd asks at each step of a conversation."""

    def __init__(
        self,
        box: Postbox,
        *,
        refuse: Mapping[str, str],
        refuse_sender: str,
        refuse_message: str,
        drop_after_data: bool,
        most_in_one: int,
        closing: str,
        pause: timedelta,
    ) -> None:
        self._box = box
        self._refuse = refuse
        self._refuse_sender = refuse_sender
        self._refuse_message = refuse_message
        self._drop_after_data = drop_after_data
        self._most_in_one = most_in_one
        self._closing = closing
        self._pause = pause
        self._taken: Counter[SMTP] = Counter()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        await asyncio.sleep(self._pause.total_seconds())
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._refuse_sender:
            return self._refuse_sender
        if self._most_in_one and self._taken[server] >= self._most_in_one:
            if not self._closing:
                server.transport.abort()
            return self._closing
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self._refuse:
            return self._refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._box.offers += 1
        if self._refuse_message:
            return self._refuse_message
        self._box.messages.append(
            Received(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                raw=envelope.original_content or b"",
                encrypted=server.transport.get_extra_info("ssl_object") is not None,
                account=session.auth_data or "",
            )
        )
        self._taken[server] += 1
        if self._drop_after_data:
            server.transport.abort()
        return "250 OK"


def _check(
    login: tuple[str, str], server: SMTP, session: Session, envelope: Envelope, way: str, told: object
) -> AuthResult:
    if isinstance(told, LoginPassword) and (told.login.decode(), told.password.decode()) == login:
        return AuthResult(success=True, auth_data=told.login.decode())
    return AuthResult(success=False, handled=False)


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
