"""The text of an invitation as people read it, whatever it was pasted from: plain text, a page or a mail."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from scanner.errors import InputError
from scanner.extract.html import looks_like_markup
from scanner.extract.pasted import visible_text

_MOST_PARTS = 40
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9\-]{1,60}:(?:[ \t]|$)")
_MAIL_ONLY = re.compile(
    r"^(?:mime-version|message-id|received|return-path|content-type|content-transfer-encoding):", re.I | re.M
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """A pasted invitation taken apart.

    ``kind`` is the detector's word for ``raw``; ``text`` is what people read; ``calendar`` is a calendar
    part that a mail carries, else empty.
    """

    kind: str
    raw: str
    text: str
    subject: str = ""
    calendar: str = ""

    @property
    def lines(self) -> list[str]:
        """The lines people read, each without invisible characters."""
        return [_seen(line) for line in self.text.splitlines()]


def take_apart(text: str) -> Pasted:
    """Tell what was pasted (``text``, ``html``, ``email`` or ``ics``) and return the text in it."""
    start = text.lstrip("\ufeff \t\r\n")
    if start[:15].upper() == "BEGIN:VCALENDAR":
        return Pasted(kind="ics", raw=start, text="", calendar=start)
    if _is_mail(start):
        return _mail(start)
    if looks_like_markup(start):
        return Pasted(kind="html", raw=start, text=visible_text(start))
    return Pasted(kind="text", raw=start, text=start)


def _is_mail(text: str) -> bool:
    head, blank, _ = text.replace("\r\n", "\n").partition("\n\n")
    return bool(blank and _HEADER.match(head) and _MAIL_ONLY.search(head))


def _mail(text: str) -> Pasted:
    lowered = text.lower()
    if lowered.count("multipart/") + lowered.count("message/rfc822") > _MOST_PARTS:
        raise InputError("This mail has too many parts inside each other; paste the invitation itself.")
    message = message_from_bytes(text.encode("utf-8", "surrogateescape"), policy=policy.default)
    plain = _parts(message, "text/plain")
    pages = _parts(message, "text/html")
    return Pasted(
        kind="email",
        raw=text,
        text="\n\n".join(plain)
        if any(part.strip() for part in plain)
        else "\n\n".join(map(visible_text, pages)),
        subject=str(message.get("subject", "")),
        calendar=next(iter(_parts(message, "text/calendar")), ""),
    )


def _parts(message: EmailMessage, kind: str) -> list[str]:
    parts = (part for part in message.walk() if part.get_content_type() == kind)
    return [_content(part) for part in parts]


def _content(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _seen(line: str) -> str:
    """Drop invisible characters, and write every kind of blank as a blank."""
    shown = (c for c in line if unicodedata.category(c) not in ("Cf", "Cc", "Cs") or c == "\t")
    return "".join(" " if c.isspace() else c for c in shown).strip()
