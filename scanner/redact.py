"""Take meeting links, addresses of people and long numbers out of a text before it is kept or shown.

Everything here errs towards hiding: an ordinary date or link may go too. Only the standard library is
used, so that log filters can rely on it however early they run.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from urllib.parse import unquote, urlsplit

LINK = "[link]"
MAIL = "[e-mail]"
NUMBER = "[number]"
SECRET = "[secret]"  # noqa: S105
MASK = "***"

EXCERPT_LENGTH = 160
_MARGIN = 4 * EXCERPT_LENGTH
"""Characters beside a span that are looked at: a link or number that an excerpt cuts is seen whole."""
_SHORTEST = 3
_FEW = 20
"""Secrets that are looked for one by one; of more, each place of a text is tried."""

_END = r"[^\s<>\"'|\u201c\u201d\u300c\u300d]"
_LINK = re.compile(
    rf"(?<![a-z0-9])[a-z][a-z0-9+.\-]{{1,31}}:/{{1,3}}{_END}{{2,}}"
    rf"|(?<![a-z0-9])(?:tel|sips?|mailto|callto|h323|msteams|ms-teams):{_END}{{2,}}"
    rf"|//[\w\-]{{1,63}}\.{_END}+"
    rf"|(?<![\w@.\-])(?:[\w\-]{{1,63}}\.){{1,8}}[a-z][a-z0-9\-]{{1,30}}(?::[0-9]{{1,5}})?[/?#]{_END}+",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")
_NUMBER = re.compile(r"[+(]?\d(?:[\s.,()\-\u2010-\u2015/#*]{0,2}\d){5,}")
_DIGIT_WORDS = ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_FEWEST = 6
_NUMBER_WORDS = re.compile(
    rf"\b(?:(?:{'|'.join(_DIGIT_WORDS)})\b[\s,.\-]{{0,3}}){{{_FEWEST},40}}", re.IGNORECASE
)
_MEET_CODE = re.compile(r"\b[a-z]{3}-[a-z]{4}-[a-z]{3}\b|\b[a-z]{4}-[a-z]{3}-[a-z]{3}\b", re.IGNORECASE)
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\u20e3]"
)

_MEETING_HOST = re.compile(
    r"(?:^|[.\-])(?:zoom(?:gov|us)?|zhumu|teams|webex|webexgov|jitsi|jit|gotomeeting|gotomeet|gotowebinar|goto|whereby"
    r"|bluejeans|meet|hangouts|chime|bbb|zoomcrc)\.",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"(?:^|[_\-.])(?:pwd|passcode|passwd|password|pass|pw|psw|pin|tk|zak|token|jwt|key|code|secret|auth|sig|signature"
    r"|session|sid|mtid|confno|meetingid|meeting_id)$",
    re.IGNORECASE,
)
_ID_IN_ADDRESS = re.compile(r"(?<![0-9])[0-9](?:[ .\-]?[0-9]){8,10}(?![0-9])")
_HEX_OR_TOKEN = re.compile(r"(?<![A-Za-z0-9])[met][0-9a-f]{32}(?![A-Za-z0-9])", re.IGNORECASE)
_INNER_ADDRESS = re.compile(r"//[^/\s]+\.|(?:[\w\-]+\.)+[a-z]{2,}/", re.IGNORECASE)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace every link, e-mail address, number of six or more digits and given secret.

    ``secrets`` are replaced wherever they stand, whatever their case, if they have three characters or more.
    """
    return _Redacted(text, _Secrets(secrets)).text


def excerpt(text: str, start: int, end: int, secrets: Iterable[str] = ()) -> str:
    """Return at most 160 characters around ``text[start:end]``, redacted, the span itself as ``[link]``.

    White space is one blank. What is cut off at either side is not marked.
    """
    return excerpts(text, [(start, end)], secrets)[0]


def excerpts(text: str, spans: Sequence[tuple[int, int]], secrets: Iterable[str] = ()) -> list[str]:
    """Return the excerpts around all spans of one text: what surrounds several is redacted once."""
    known = _Secrets(secrets)
    shown: dict[tuple[int, int], str] = {}
    for (low, high), inside in _regions(text, sorted(set(spans))):
        redacted = _Redacted(text[low:high], known)
        for start, end in inside:
            shown[start, end] = _excerpt(*redacted.around(start - low, end - low))
    return [shown[span] for span in spans]


def _excerpt(before: str, after: str) -> str:
    before, after = (" ".join(side.split()) for side in (before, after))
    room = EXCERPT_LENGTH - len(LINK) - 2
    kept_before = before[-max(room // 2, room - len(after)) :]
    kept_after = after[: room - len(kept_before)]
    return " ".join(part for part in (kept_before.strip(), LINK, kept_after.strip()) if part)


def _regions(
    text: str, spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], list[tuple[int, int]]]]:
    """Yield the surroundings of spans, joined where they meet, and the spans in each."""
    at = 0
    while at < len(spans):
        inside = [spans[at]]
        low, high = spans[at][0] - _MARGIN, spans[at][1] + _MARGIN
        while (at := at + 1) < len(spans) and spans[at][0] - _MARGIN <= high:
            inside.append(spans[at])
            high = max(high, spans[at][1] + _MARGIN)
        first, last = inside[0][0], max(end for _, end in inside)
        if low > 0:
            low = text.find(" ", low, max(low, first - 1)) + 1 or first
        if high < len(text):
            blank = text.rfind(" ", last, high)
            high = blank if blank >= 0 else last
        yield (max(0, low), high), inside


class _Secrets:
    """What must not be shown, to be found in many texts whatever its case."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = frozenset(secret.lower() for secret in secrets if len(secret) >= _SHORTEST)
        self._lengths: dict[str, set[int]] = {}
        if len(self._secrets) > _FEW:
            for secret in self._secrets:
                self._lengths.setdefault(secret[:_SHORTEST], set()).add(len(secret))

    def within(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where secrets stand in a text."""
        lowered = text.lower()
        if len(lowered) != len(text):
            for secret in self._secrets:
                yield from (found.span() for found in re.finditer(re.escape(secret), text, re.IGNORECASE))
        elif self._lengths:
            for at in range(len(lowered) - _SHORTEST + 1):
                for length in self._lengths.get(lowered[at : at + _SHORTEST], ()):
                    if lowered[at : at + length] in self._secrets:
                        yield at, at + length
        else:
            for secret in self._secrets:
                at = -1
                while (at := lowered.find(secret, at + 1)) >= 0:
                    yield at, at + len(secret)


class _Redacted:
    """A text with what must not be shown replaced; places in it are known by those in the original."""

    def __init__(self, text: str, secrets: _Secrets) -> None:
        self._unseen = [found.start() for found in _INVISIBLE.finditer(text)]
        if self._unseen:
            text = _INVISIBLE.sub("", text)
        self._source = text
        self._hidden = list(_joined(_hidden(text, secrets)))

    @property
    def text(self) -> str:
        """The whole text, redacted."""
        return self._shown(0, len(self._source))

    def around(self, start: int, end: int) -> tuple[str, str]:
        """Return what stands before and behind a span of the original, redacted."""
        start, end = (at - bisect_left(self._unseen, at) for at in (start, end))
        return self._shown(max(0, start - _MARGIN), start), self._shown(end, end + _MARGIN)

    def _shown(self, start: int, end: int) -> str:
        """Return the redacted text between two places; what is hidden at either of them is not shown."""
        parts: list[str] = []
        for low, high, instead in self._hidden[bisect_left(self._hidden, start, key=itemgetter(1)) :]:
            if low >= end or high > end:
                end = min(low, end)
                break
            if low >= start:
                parts += [self._source[start:low], instead]
            start = max(start, high)
        return "".join([*parts, self._source[start:end]])


def _hidden(text: str, secrets: _Secrets) -> Iterator[tuple[int, int, str]]:
    """Yield where a text must be redacted, and what stands there instead."""
    yield from ((start, end, SECRET) for start, end in secrets.within(text))
    patterns = [(_LINK, LINK)]
    if "@" in text:
        patterns.append((_MAIL, MAIL))
    if "-" in text:
        patterns.append((_MEET_CODE, LINK))
    lowered = text.lower()
    if sum(map(lowered.count, _DIGIT_WORDS)) >= _FEWEST:
        patterns.append((_NUMBER_WORDS, NUMBER + " "))
    for pattern, instead in (*patterns, (_NUMBER, NUMBER)):
        yield from ((*found.span(), instead) for found in pattern.finditer(text))


def _joined(hidden: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Join what overlaps, under the name of what begins first."""
    before: tuple[int, int, str] | None = None
    for low, high, instead in sorted(hidden, key=lambda place: (place[0], -place[1])):
        if before and low < before[1]:
            before = before[0], max(before[1], high), before[2]
            continue
        if before:
            yield before
        before = low, high, instead
    if before:
        yield before


def redact_address(address: str) -> str:
    """Return an ordinary page address as it is, with meeting IDs, links and tokens inside it masked.

    An address on a host that looks like a meeting's keeps its host only.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return MASK
    if not host:
        return redact(address)
    start = f"{parts.scheme}://{host}{port}" if parts.scheme else f"//{host}{port}"
    if _MEETING_HOST.search(host):
        return f"{start}/{MASK}"
    path = "/".join(_mask_part(part) for part in parts.path.split("/"))
    if _INNER_ADDRESS.search(unquote(parts.path)) and "://" in unquote(parts.path).replace(":/", "://"):
        path = f"/{MASK}"
    query = "&".join(_mask_pair(pair) for pair in parts.query.split("&")) if parts.query else ""
    fragment = _mask_part(parts.fragment) if "=" not in parts.fragment else MASK
    return start + path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _mask_part(part: str) -> str:
    plain = unquote(part)
    if _MEET_CODE.fullmatch(plain):
        return MASK
    masked = _HEX_OR_TOKEN.sub(MASK, _ID_IN_ADDRESS.sub(MASK, plain))
    return part if masked == plain else masked.replace(" ", "%20")


def _mask_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    plain = unquote(unquote(value))
    if not equals:
        return _mask_part(name)
    if _SECRET_NAME.search(name) or _INNER_ADDRESS.search(plain) or "@" in plain:
        return f"{name}={MASK}"
    return f"{name}={_mask_part(value)}"
