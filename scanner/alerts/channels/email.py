"""Mail by SMTP: a text and its HTML twin, threaded, over verified TLS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.headerregistry import Address, Group, HeaderRegistry, MessageIDHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from scanner.alerts.channel import Missed, SecretSetting
from scanner.alerts.smtp import Envelope, Security, Server, hand_over, knock
from scanner.errors import DeliveryError
from scanner.model import Message

PATIENCE = timedelta(seconds=60)
"""How long one conversation with the mail server may take in all."""

_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
_LOOPBACK = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|::1")
_HOST = re.compile(r"[A-Za-z0-9_.:-]{1,253}")
_RECIPIENT = re.compile(r"(?:(?P<name>[^<>\"]{0,100}?)\s*<(?P<inside>[^<>]+)>|(?P<bare>[^<>]+))")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SUBJECT_LENGTH = 120


class _OneLine(UnstructuredHeader):
    """A header that is never folded: the e-mail package would make an encoded word of a long web address."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)  # type: ignore[arg-type]  # typeshed lacks its base
for _name in ("in-reply-to", "references"):
    # Otherwise a long one is folded as an encoded word, which no mail program takes for a message's ID.
    _HEADERS.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type]  # typeshed lacks its base
_POLICY = SMTP.clone(header_factory=_HEADERS)


def _recipient(text: str) -> str:
    read_address(text)
    return text


def read_address(text: str) -> Address:
    """Understand ``name@example.org`` or ``A Name <name@example.org>``; raise ValueError otherwise."""
    match = _RECIPIENT.fullmatch(text.strip())
    local, _, domain = (match["inside"] or match["bare"]).strip().rpartition("@") if match else ("", "", "")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    if (
        not match
        or not text.isprintable()
        or len(local) > 64
        or not _LOCAL_PART.fullmatch(local)
        or len(domain) > 253
        or not _DOMAIN.fullmatch(domain)
    ):
        raise ValueError(
            "this must be an e-mail address, like clerk@example.org or The Clerk <clerk@example.org>"
        )
    return Address(display_name=(match["name"] or "").strip(), username=local, domain=domain)


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("this must be the name of a mail server, like mail.example")
    return text


EmailAddress = Annotated[str, AfterValidator(_recipient)]


class Options(BaseModel):
    """``to`` is all that is needed where this machine runs a mail server."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: Annotated[tuple[EmailAddress, ...], Field(min_length=1, max_length=50)]
    sender: Annotated[EmailAddress | None, Field(alias="from")] = None
    host: Annotated[str, AfterValidator(_host)] = "localhost"
    port: Annotated[int, Field(ge=1, le=65535, strict=True)] | None = None
    security: Security | None = None
    username: str = ""
    password: SecretSetting | None = None

    @model_validator(mode="after")
    def _make_sense_together(self) -> Self:
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password belong together; one of them is missing")
        if self.username and self.protection is Security.NONE and not self._on_this_machine:
            raise ValueError(
                "a password would cross the network readable to all; use security: starttls or tls"
            )
        return self

    @property
    def _on_this_machine(self) -> bool:
        return bool(_LOOPBACK.fullmatch(self.host))

    @property
    def protection(self) -> Security:
        """How the conversation is protected: as written, else STARTTLS except with this very machine."""
        return self.security or (Security.NONE if self._on_this_machine else Security.STARTTLS)

    @property
    def server(self) -> Server:
        """The server to talk to. Reads the password, so it raises ConfigError if that is not there."""
        return Server(
            host=self.host,
            port=self.port or _PORTS[self.protection],
            security=self.protection,
            username=self.username,
            password=self.password.resolve() if self.password else None,
        )

    @property
    def from_address(self) -> Address:
        """Who the mail is from: as written, else the account it is sent with, else a name at their domain."""
        if self.sender:
            return read_address(self.sender)
        try:
            account = read_address(self.username)
        except ValueError:
            account = Address(username="lychgate", domain=read_address(self.to[0]).domain)
        return Address(display_name="Lychgate", username=account.username, domain=account.domain)


def send(
    message: Message,
    options: Options,
    *,
    now: datetime,
    allow: tuple[str, ...] = (),
    patience: timedelta = PATIENCE,
) -> tuple[Missed, ...]:
    """Send one mail to all recipients within ``patience``, or raise DeliveryError.

    Returns the recipients who were refused while others were taken. ``allow`` changes
    nothing: a mail server is named by hand, and most stand in a private network.
    """
    addresses = recipients(message, options)
    if not addresses:
        if message.only:
            return ()  # whom an earlier try missed has stopped the mail since
        raise DeliveryError("everybody whom it writes to has stopped its mail", permanent=True)
    return hand_over(
        [
            Envelope(tuple(those), compose(message, options, now=now, to=those[0]).as_bytes())
            for those in _alike(message, addresses)
        ],
        server=options.server,
        sender=options.from_address.addr_spec,
        patience=patience,
    )


def recipients(message: Message, options: Options) -> tuple[str, ...]:
    """Return whom a mail goes to: those the channel names, and the meeting's own people, each once."""
    everybody = (read_address(each).addr_spec for each in (*options.to, *message.people))
    return tuple(
        each
        for each in dict.fromkeys(everybody)
        if (message.leave is None or each in message.leave) and (not message.only or each in message.only)
    )


def reach(options: Options, *, allow: tuple[str, ...] = (), patience: timedelta = PATIENCE) -> None:
    """Connect to the mail server and log in, or raise DeliveryError; ``allow`` as in ``send``."""
    knock(server=options.server, sender=options.from_address.addr_spec, patience=patience)


def compose(message: Message, options: Options, *, now: datetime, to: str = "") -> EmailMessage:
    """Return the mail: one-line subject, text and HTML twins, threaded by keys, marked as automatic.

    ``to`` is the address whose copy it is: that has its own part and its own way to stop such mail, if the
    message holds any. A meeting's own people do not stand in the mail, so they do not see one another.
    """
    mail = EmailMessage(policy=_POLICY)
    sender = options.from_address
    leave = message.leave
    named = [read_address(each) for each in options.to]
    shown = [each for each in named if leave is None or each.addr_spec in leave]
    if to in message.instead:
        message, shown = message.instead[to], [read_address(to)]
    mail["Subject"] = _one_line(message.subject)
    mail["From"] = sender
    mail["To"] = shown or Group("undisclosed-recipients")
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.key}@{sender.domain}>"
    if message.thread and message.thread != message.key:
        mail["In-Reply-To"] = mail["References"] = f"<{message.thread}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if leave and leave.get(to):
        _let_leave(mail, leave[to])
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail


def _alike(message: Message, addresses: Sequence[str]) -> list[list[str]]:
    """Group the addresses whose copies are alike."""
    groups: dict[str, list[str]] = {}
    for address in addresses:
        is_own = address in message.instead or (message.leave or {}).get(address)
        groups.setdefault(address if is_own else "", []).append(address)
    return list(groups.values())


def _let_leave(mail: EmailMessage, page: str) -> None:
    """Say where such mail can be stopped (RFC 2369), by one click of a mail program if RFC 8058 allows it."""
    mail["List-Unsubscribe"] = f"<{page}>"
    if page.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _one_line(text: str) -> str:
    """Return a header text that stays one line, at most 120 characters, and is taken as it stands.

    The e-mail package decodes ``=?utf-8?q?=0A?=`` when a header is set, and before Python 3.11.10 it
    writes the line feed out (CVE-2024-6923).
    """
    plain = "".join(sign if sign.isprintable() else " " for sign in text).replace("=?", "= ?")
    return " ".join(plain.split())[:_SUBJECT_LENGTH]
