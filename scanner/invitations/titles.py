"""What an invitation calls its meeting."""

from __future__ import annotations

import re
import unicodedata

from scanner.detect import detect_text
from scanner.invitations.languages import LANGUAGES, one_of, words
from scanner.model import Passcode

_LONGEST_TITLE = 200
_LONGEST_LINE = 1000
_MOST_LINES = 400
_LABELS = words(lambda language: language.title)
_NEXT_LABEL = words(lambda language: (*language.when, *language.date, *language.zone))
_TITLE = re.compile(
    rf"(?:^|[.!|]\s+)[\s>*•-]*(?:{one_of(_LABELS)})\s?[:：]\**\s*(?P<title>.+?)"
    rf"(?:\s+\**(?:{one_of(_NEXT_LABEL)})\s?[:：].*)?$",
    re.IGNORECASE,
)
_INVITING = tuple(
    re.compile(rf"[\s>*]*{pattern}", re.IGNORECASE) for language in LANGUAGES for pattern in language.inviting
)
_HOSTED = re.compile(r"[\s>*]*(?:hosted by|organisiert von|organisé par|organizado por)\s", re.IGNORECASE)
_FORWARDED = re.compile(r"(?:(?:re|fw|fwd|aw|wg|tr|rv|sv)\s?:\s*)+", re.IGNORECASE)
_CALENDAR_SUBJECT = re.compile(
    r"(?:(?:updated )?invitation|einladung|aktualisierte einladung|invitation modifiée|invitación|invito"
    r"|convite|uitnodiging|zaproszenie|inbjudan|招待|邀请|邀請|초대|приглашение|davet|lời mời|undangan|دعوة)"
    r"\s?[:：] "
    r"(?P<title>.+?)(?: @ .*)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.\-]{1,20}:/+|www\.)\S+", re.IGNORECASE)
_PROSE = re.compile(r"[.:!?,]$|^(?:hi|hello|dear|hallo|liebe|bonjour|hola)\b", re.IGNORECASE)


def find_title(lines: list[str], *, date_line: int = -1) -> str | None:
    """Return the title, or None where the invitation has none.

    It stands behind a label ("Topic:"), on the line before "Hosted by", on the line before the date as
    Google Meet writes it (``date_line``), or is made of the first sentence's "… is inviting you".
    """
    lines = [line[:_LONGEST_LINE] for line in lines[:_MOST_LINES]]
    for line in lines:
        found = _TITLE.search(line)
        title = subject_title(found["title"]) if found else None
        if title:
            return title
    for number, line in enumerate(lines):
        if number and _HOSTED.match(line):
            title = clean_title(_last_written(lines[:number]))
            if title:
                return title
    above = _last_written(lines[:date_line]) if date_line > 0 else ""
    if above and not _PROSE.search(above) and not any(pattern.match(above) for pattern in _INVITING):
        title = clean_title(above)
        if title:
            return title
    for line in lines:
        for pattern in _INVITING:
            host = pattern.match(line)
            name = clean_title(host["who"]) if host else None
            if name:
                return f"Meeting of {name}"
    return None


def clean_title(text: str) -> str | None:
    """Return a title fit to be shown and sent: one line, no link, at most 200 characters.

    Titles go into alerts, which carry no link and no passcode, so a link is cut out of it, and what names a
    room even then is no title: None, as for a title with nothing left.
    """
    title = one_line(_ADDRESS.sub(" ", text)).strip(" *_-–|")
    return title if title and not detect_text(title, "text").links else None


def one_line(text: str) -> str:
    """Return a title that somebody chose, on one line, without invisible signs, at most 200 characters."""
    printable = "".join(
        " " if c.isspace() else c for c in text if unicodedata.category(c)[0] != "C" or c.isspace()
    )
    return " ".join(printable.split())[:_LONGEST_TITLE].strip()


def subject_title(subject: str) -> str | None:
    """Return the title in the subject of a mail, without "Fwd:" and what calendars write around it."""
    bare = _FORWARDED.sub("", " ".join(subject.split()), count=1)
    invitation = _CALENDAR_SUBJECT.fullmatch(bare)
    return clean_title(invitation["title"] if invitation else bare)


def tells(title: str, passcodes: tuple[Passcode, ...]) -> bool:
    """Say whether a title gives away a passcode; a plain word that is both ("yoga") gives away nothing."""
    shown = title.casefold()
    secrets = (p.text.casefold() for p in passcodes if len(p.text) >= 4 and any(c.isdigit() for c in p.text))
    return any(secret in shown for secret in secrets)


def _last_written(lines: list[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
