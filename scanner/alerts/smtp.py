"""One conversation with a mail server, bounded in time, every way it can go wrong said in a sentence.

A 5xx answer to the recipients or to the message is a permanent failure. Everything else is transient, a
wrong password and an untrusted certificate included: people repair those, and the alert must go out then.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from threading import Timer

from scanner.alerts.channel import Missed
from scanner.errors import DeliveryError
from scanner.secret import Secret

_REPLY_LENGTH = 160
_CLOSING = 421
"""The server ends the conversation (RFC 5321, section 3.8)."""
_Refusal = tuple[int, bytes]


class Security(StrEnum):
    """How a conversation is protected: TLS after asking for it, TLS from the start, or not at all."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server and how to be let in."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: Secret | None = None

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A complete mail and the addresses it goes to."""

    recipients: tuple[str, ...]
    letter: bytes


def hand_over(
    envelopes: Sequence[Envelope], *, server: Server, sender: str, patience: timedelta
) -> tuple[Missed, ...]:
    """Send complete mails, or raise DeliveryError.

    Returns the recipients who were refused while others were taken. ``patience`` bounds a
    conversation as a whole, however slowly the server drips its answers; certificates are verified. A server
    that ends a conversation because it takes no more mails in it is called again, while there is time.
    """
    until = time.monotonic() + patience.total_seconds()
    left, taken = list(envelopes), False
    refused: dict[str, _Refusal] = {}
    while left:
        begun = len(left)
        with _conversation(server, sender, patience) as smtp:
            while left:
                may_call_again = len(left) < begun and time.monotonic() < until
                try:
                    turned_away = _send(smtp, sender, left[0], others_were_taken=taken)
                except smtplib.SMTPServerDisconnected:
                    if may_call_again:
                        break
                    raise
                if may_call_again and any(code == _CLOSING for code, _ in turned_away.values()):
                    break
                taken = taken or len(turned_away) < len(left[0].recipients)
                refused |= turned_away
                del left[0]
            if not left and not taken:
                raise smtplib.SMTPRecipientsRefused(refused)
            with suppress(OSError):
                smtp.quit()
    return tuple(_refusals(refused, server))


def knock(*, server: Server, sender: str, patience: timedelta) -> None:
    """Connect and log in without sending anything; raise DeliveryError if that does not work."""
    with _conversation(server, sender, patience) as smtp, suppress(smtplib.SMTPServerDisconnected):
        smtp.quit()


def _send(
    smtp: smtplib.SMTP, sender: str, envelope: Envelope, *, others_were_taken: bool
) -> dict[str, _Refusal]:
    """Send one mail and return who was refused: everybody, if others were taken before and this is not."""
    try:
        return smtp.sendmail(sender, envelope.recipients, envelope.letter)
    except smtplib.SMTPRecipientsRefused as error:
        return error.recipients
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        if not others_were_taken:
            raise
        reply = error.smtp_error
        answer = reply if isinstance(reply, bytes) else reply.encode()
        return dict.fromkeys(envelope.recipients, (error.smtp_code, answer))


@contextmanager
def _conversation(server: Server, sender: str, patience: timedelta) -> Iterator[smtplib.SMTP]:
    """Hold a protected conversation in which the server has let us in."""
    seconds = patience.total_seconds()
    context = ssl.create_default_context()
    smtp = (
        smtplib.SMTP_SSL(local_hostname=_own_name(), timeout=seconds, context=context)
        if server.security is Security.TLS
        else smtplib.SMTP(local_hostname=_own_name(), timeout=seconds)
    )
    # The name that the certificate must bear. smtplib takes it in its constructor only, which would wait
    # for the whole greeting before anything could end it.
    smtp._host = server.host  # type: ignore[attr-defined]
    with _sentences(server, sender, patience), _hanging_up(smtp, after=seconds):
        code, reply = smtp.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, reply)
        if server.security is Security.STARTTLS:
            smtp.starttls(context=context)
        if server.password:
            smtp.login(server.username, server.password.reveal())
        yield smtp


@contextmanager
def _hanging_up(smtp: smtplib.SMTP, *, after: float) -> Iterator[None]:
    """End the conversation when time is over, whoever is waiting in it, and raise TimeoutError then."""
    until = time.monotonic() + after

    def hang_up() -> None:
        if smtp.sock:
            with suppress(OSError):
                smtp.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(after, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except OSError as error:
        # The clock says whose doing it was: to smtplib the socket's own time-out is a server that hung up.
        if time.monotonic() >= until:
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
        smtp.close()


@contextmanager
def _sentences(server: Server, sender: str, patience: timedelta) -> Iterator[None]:
    """Turn whatever goes wrong into a DeliveryError without a cause: those can hold the password."""
    permanent = False
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        permanent = all(_for_good(code) for code, _ in error.recipients.values())
        sentence = f"{server} takes mail for none of the recipients: " + "; ".join(
            map(str, _refusals(error.recipients, server))
        )
    except smtplib.SMTPAuthenticationError as error:
        sentence = f"{server} does not accept this username and password ({error.smtp_code})"
    except smtplib.SMTPDataError as error:
        permanent = _for_good(error.smtp_code)
        sentence = f"{server} did not take the message: {_reply(error.smtp_code, error.smtp_error, server)}"
    except smtplib.SMTPSenderRefused as error:
        sentence = f"{server} does not let {sender} send: {_reply(error.smtp_code, error.smtp_error, server)}"
    except smtplib.SMTPResponseException as error:
        sentence = f"{server} turned us away: {_reply(error.smtp_code, error.smtp_error, server)}"
    except smtplib.SMTPServerDisconnected:
        sentence = f"{server} hung up in the middle of the conversation"
    except smtplib.SMTPException as error:
        sentence = f"{server} does not offer what the settings ask for: {error}"
    except UnicodeEncodeError:
        sentence = "the username or password holds a letter that an SMTP login cannot carry"
    except TimeoutError:
        sentence = f"{server} did not answer within {patience.total_seconds():g} s"
    except ssl.SSLCertVerificationError as error:
        sentence = f"{server} did not prove that it is {server.host}: {error.verify_message}"
    except ssl.SSLError as error:
        sentence = f"no protected conversation with {server} came about ({error.reason or 'TLS failed'})"
    except ConnectionRefusedError:
        sentence = f"{server} did not answer: nothing listens there"
    except socket.gaierror:
        sentence = f"the name service knows no host {server.host}"
    except OSError as error:
        sentence = f"{server} cannot be reached: {error.strerror or 'the connection broke'}"
    else:
        return
    raise DeliveryError(sentence, permanent=permanent) from None


def _refusals(refused: Mapping[str, _Refusal], server: Server) -> Iterator[Missed]:
    for recipient, (code, reply) in refused.items():
        says = f"{recipient} was refused: {_reply(code, reply, server)}"
        yield Missed(says, recipient, permanent=_for_good(code))


def _for_good(code: int) -> bool:
    """Whether asking again is useless (RFC 5321, section 4.2.1)."""
    return 500 <= code <= 599


def _reply(code: int, reply: bytes | str, server: Server) -> str:
    """Quote the server on one short line, without the password should it have echoed that."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    if server.password:
        text = text.replace(server.password.reveal(), "***")
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return f"{code} {plain[:_REPLY_LENGTH]}".rstrip()


def _own_name() -> str:
    """Return a name for EHLO without asking the name service, as smtplib would."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
