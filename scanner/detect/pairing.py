"""Which passcode belongs to which room.

A passcode stated in the text beats a plain one in the link, that beats a token, and the digits of a
dial-in string come last. Of several stated ones the first counts: later ones are for telephones.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.detect.mention import Mention
from scanner.detect.vocabulary import Vocabulary
from scanner.model import Passcode, PasscodeKind

REACH = 2000
"""Characters between a meeting and a passcode within which they can belong together."""

STATED, PLAIN, TOKEN, SPARE, NONE = 4, 3, 2, 1, 0
"""Ranks of a passcode, by where it stood."""

_SEPARATOR = re.compile(
    r"(?P<paren>[ \t]*[(（][^()（）\n]{0,40}[)）])?"
    r"(?P<sep>[ \t]*(?:[*_~`\"'>|)]{0,4}[ \t]*"
    r"(?:[:=]|(?:is|ist|est|es|è|é|lautet|jest|ay|är)(?=[\s:])|-{1,2}|#)){0,2})"
    r"[ \t]*(?P<quote>[*_~`\"'“”„«‘>|\[(（「]{0,4})[ \t]*"
    r"(?P<line>(?:\r?\n[>\s|*]{0,12}){0,3})(?P<value>[^\s\"“”„«»<>|，。、；（）「」【】()\[\]{}`\\]{1,64})"
)
_PAIRS = re.compile(
    r"[0-9]{2}(?: [0-9]{2}){1,4}(?![0-9 ]*[0-9])"
    r"|[0-9]{3} [0-9]{3,4}(?![0-9 ]*[0-9])"
    r"|[0-9](?: [0-9]){3,9}(?![0-9 ]*[0-9])"
)
_NO_PASSCODE = frozenset(
    [
        "none",
        "no",
        "not",
        "n/a",
        "na",
        "nil",
        "null",
        "tba",
        "tbd",
        "tbc",
        "required",
        "needed",
        "necessary",
        "protected",
        "see",
        "will",
        "sent",
        "provided",
        "available",
        "upon",
        "on",
        "same",
        "in",
        "to",
        "by",
        "the",
        "this",
        "that",
        "a",
        "an",
        "and",
        "or",
        "for",
        "with",
        "from",
        "your",
        "our",
        "my",
        "via",
        "please",
        "if",
        "is",
        "are",
        "was",
        "be",
        "has",
        "have",
        "keine",
        "keins",
        "kein",
        "ohne",
        "nicht",
        "erforderlich",
        "aucun",
        "aucune",
        "sans",
        "requis",
        "ninguna",
        "ninguno",
        "sin",
        "nessuna",
        "nessuno",
        "nenhuma",
        "geen",
        "brak",
        "false",
        "true",
        "undefined",
        "meeting",
        "zoom",
        "webinar",
        "hidden",
        "private",
        "secret",
        "removed",
        "redacted",
        "below",
        "above",
        "here",
        "protection",
        "reset",
        "policy",
        "field",
        "manager",
        "hash",
        "settings",
        "setting",
        "change",
        "changed",
        "wird",
        "separat",
        "siehe",
        "todo",
    ]
)
_NOT_BEFORE_CODE = re.compile(r"(?P<word>[A-Za-zÀ-ÿ]+)[ \-]\Z")
_BEFORE_CODE = frozenset(
    [
        "the",
        "and",
        "with",
        "use",
        "entry",
        "secret",
        "enter",
        "und",
        "mit",
        "et",
        "avec",
        "con",
        "e",
        "y",
        "room",
    ]
)
_OTHER_SECRET = re.compile(
    r"(?:\b(?:host|wi-?fi|wlan|router|panelist|account|login|recording|participant|attendee"
    r"|no|without|sans|ohne|kein|sin)[ \-]{1,2}"
    r"(?:account[ \-])?)\Z",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(?://|[?&#;])[^\s<>\"'|，。、；）】」]{0,290}\Z")
_GOES_ON = re.compile(r"[ \-][0-9]")
_AFTER = 200
"""Characters behind a passcode that can tell what of it is punctuation."""
_LABEL_AFTER = re.compile(r"[ \t]*[:：]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A passcode stated in a flow's text."""

    at: int
    text: str
    end: int


@dataclass(slots=True)
class _Meeting:
    """Mentions that are doors of one meeting: one platform, each sort of key once."""

    platform: str
    rooms: dict[str, tuple[str, str]] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)
    takers: set[tuple[str, str]] = field(default_factory=set)
    passcode: str | None = None


def statements(text: str, words: Vocabulary, near: Sequence[int]) -> Iterator[Statement]:
    """Yield the passcodes stated within reach of the given positions, in order."""
    for start, end in _windows(near, len(text)):
        for label in words.passcode.finditer(text, start, end):
            stated = _statement(text, label)
            if stated is not None:
                yield stated


def _windows(near: Sequence[int], length: int) -> Iterator[tuple[int, int]]:
    """Join the surroundings of all positions into spans without overlap."""
    start = end = -1
    for position in sorted(near):
        low, high = max(0, position - REACH), min(length, position + REACH)
        if start < 0:
            start, end = low, high
        elif low <= end:
            end = max(end, high)
        else:
            yield start, end
            start, end = low, high
    if start >= 0:
        yield start, end


def _statement(text: str, label: re.Match[str]) -> Statement | None:
    before = text[max(0, label.start() - 24) : label.start()]
    if _OTHER_SECRET.search(before) or _IN_ADDRESS.search(text, max(0, label.start() - 300), label.start()):
        return None
    word = _NOT_BEFORE_CODE.search(before) if label["weak"] is not None else None
    if word is not None and word["word"].lower() not in _BEFORE_CODE:
        return None
    found = _SEPARATOR.match(text, label.end())
    if found is None:
        return None
    value = _value(text, found)
    if value is None:
        return None
    sep = found["sep"].strip(" \t*_~`\"'>|)")
    line_break = bool(found["line"])
    explicit = sep in (":", "=", "::") or (bool(found["quote"].strip("*_>| ")) and not line_break)
    has_digit = any(character.isdigit() for character in value)
    mixed = has_digit or bool(re.search(r"[a-z][A-Z]|[A-Z]{2}[a-z]|[^\w.]", value))
    if line_break and not has_digit:
        rest = text[found.end("value") : found.end("value") + _AFTER].partition("\n")[0].strip(" \t.*_")
        if rest or (not sep and not explicit):
            return None
    ends_line = not text[found.end("value") : found.end("value") + 2].strip(" \t.,;")[:1]
    if (
        not explicit
        and not mixed
        and not (sep in ("is", "ist", "est", "es", "è", "é", "lautet") and ends_line)
    ):
        return None
    if label["weak"] is not None and not (has_digit or explicit):
        return None
    # "Access code" is mostly a meeting number: only a short one that ends there is a passcode.
    is_number = len(value) > 8 or _GOES_ON.match(text, found.end("value"))
    if is_number and label["weak"] is not None and label["weak"].lower().startswith("access"):
        return None
    return Statement(label.start(), value, found.end("value"))


def _value(text: str, found: re.Match[str]) -> str | None:
    """Return the passcode without what only surrounds it, or None where there is none."""
    at = found.start("value")
    pairs = _PAIRS.match(text, at)
    if pairs is not None:
        return pairs.group().replace(" ", "")
    value = found["value"]
    after = text[found.end("value") : found.end("value") + _AFTER]
    value = value.rstrip(".,;:'’*_")
    if (
        value.endswith(("!", "?"))
        and after[:1] in (" ", "\t")
        and after.strip()
        and not after.lstrip(" \t").startswith("\n")
        and found["sep"].strip() not in (":", "=")
    ):
        value = value[:-1]
    value = value.strip("'‘’")
    if value.lower() in _NO_PASSCODE or not 3 <= len(value) <= 32:
        return None
    if re.fullmatch(r"[xX*•._\-…#?]+", value) or "://" in value or value.startswith(("http", "www.")):
        return None
    if _LABEL_AFTER.match(after) and not any(character.isdigit() for character in value):
        return None
    return value


def paired(
    mentions: Sequence[Mention], stated: Sequence[Statement], barriers: Sequence[int], text: str
) -> dict[tuple[str, str], tuple[Passcode | None, int]]:
    """Return the passcode of every room with its rank, by the rules above.

    A statement belongs to the nearest meeting before it; one that stands before the only meeting within
    reach belongs to that. ``barriers`` are places of recordings, whose passcodes are their own.
    """
    meetings = _meetings(mentions)
    keys = {mention.hit.key for mention in mentions}
    places = _Places(meetings, barriers, text)
    for statement in stated:
        if statement.text not in keys:
            meeting = places.meeting_of(statement)
            if meeting is not None and meeting.passcode is None:
                meeting.passcode = statement.text
    result: dict[tuple[str, str], tuple[Passcode | None, int]] = {}
    for meeting in meetings:
        for room in meeting.takers:
            if meeting.passcode is not None and result.get(room, (None, NONE))[1] < STATED:
                result[room] = Passcode(meeting.passcode, PasscodeKind.PLAIN), STATED
    for mention in mentions:
        passcode, rank = _carried(mention)
        if rank > result.get(mention.room, (None, -1))[1]:
            result[mention.room] = passcode, rank
    return result


def _carried(mention: Mention) -> tuple[Passcode | None, int]:
    passcode = mention.hit.passcode
    if passcode is None:
        return None, NONE
    if mention.spare:
        return passcode, SPARE
    return passcode, PLAIN if passcode.kind is PasscodeKind.PLAIN else TOKEN


def _meetings(mentions: Sequence[Mention]) -> list[_Meeting]:
    """Put the doors of one meeting together, in reading order."""
    meetings: list[_Meeting] = []
    latest: dict[tuple[str, str], _Meeting] = {}
    for mention in sorted(mentions, key=lambda mention: mention.at):
        meeting = latest.get(mention.room)
        if meeting is None or mention.at - meeting.positions[-1] > REACH:
            meeting = _open_meeting(mention, meetings)
        if meeting is None:
            meeting = _Meeting(mention.hit.platform)
            meetings.append(meeting)
        latest[mention.room] = meeting
        meeting.rooms.setdefault(mention.hit.kind, mention.room)
        meeting.positions.append(mention.at)
        if mention.hit.takes_stated:
            meeting.takers.add(mention.room)
    return meetings


def _open_meeting(mention: Mention, meetings: Sequence[_Meeting]) -> _Meeting | None:
    """Return the meeting just mentioned on the same platform, if it has no door of this sort yet."""
    for meeting in reversed(meetings[-8:]):
        if meeting.platform == mention.hit.platform:
            free = mention.hit.kind not in meeting.rooms
            return meeting if free and mention.at - meeting.positions[-1] <= REACH else None
    return None


class _Places:
    """Where meetings that take a passcode are mentioned, and where recordings stand in between."""

    def __init__(self, meetings: Sequence[_Meeting], barriers: Sequence[int], text: str) -> None:
        self._text = text
        self._barriers = sorted(barriers)
        self._takers = [meeting for meeting in meetings if meeting.takers]
        self._positions = sorted(
            (position, number)
            for number, meeting in enumerate(self._takers)
            for position in meeting.positions
        )

    def meeting_of(self, statement: Statement) -> _Meeting | None:
        """Return the meeting that a stated passcode belongs to."""
        before = bisect_right(self._positions, (statement.at, len(self._takers))) - 1
        nearest = self._positions[before] if before >= 0 else None
        paragraph, end = self._paragraph(statement)
        if nearest is None or nearest[0] < paragraph:
            following = self._only_one(statement.at, end)
            if following is not None:
                return following
        if nearest is None:
            return self._only_one(statement.at, statement.at + REACH)
        position, number = nearest
        barrier = bisect_right(self._barriers, statement.at) - 1
        if statement.at - position > REACH or (barrier >= 0 and self._barriers[barrier] > position):
            return None
        return self._takers[number]

    def _paragraph(self, statement: Statement) -> tuple[int, int]:
        start = self._text.rfind("\n\n", max(0, statement.at - REACH), statement.at)
        end = self._text.find("\n\n", statement.end, statement.end + REACH)
        return start, end if end >= 0 else min(len(self._text), statement.end + REACH)

    def _only_one(self, start: int, end: int) -> _Meeting | None:
        low, high = bisect_left(self._positions, (start, -1)), bisect_left(self._positions, (end + 1, -1))
        numbers = {number for _, number in self._positions[low:high][:64]}
        return self._takers[numbers.pop()] if len(numbers) == 1 else None
