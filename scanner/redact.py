"""Take meeting links, addresses of people and long numbers out of a text before it is kept or shown.

Everything here errs towards hiding: an ordinary date or link may go too. Only the standard library is
used, so that log filters can rely on it however early they run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

LINK = "[link]"
MAIL = "[e-mail]"
NUMBER = "[number]"
SECRET = "[secret]"  # noqa: S105
MASK = "***"

EXCERPT_LENGTH = 160

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
    text = _INVISIBLE.sub("", text)
    text = _LINK.sub(LINK, text)
    if "@" in text:
        text = _MAIL.sub(MAIL, text)
    if "-" in text:
        text = _MEET_CODE.sub(LINK, text)
    lowered = text.lower()
    there = {secret for secret in secrets if len(secret) >= 3 and secret.lower() in lowered}
    for secret in sorted(there, key=len, reverse=True):
        text = _without(text, secret)
    if sum(map(lowered.count, _DIGIT_WORDS)) >= _FEWEST:
        text = _NUMBER_WORDS.sub(NUMBER + " ", text)
    return _NUMBER.sub(NUMBER, text)


def _without(text: str, secret: str) -> str:
    """Replace a secret without regard to case; no pattern is compiled, since every document has its own."""
    lowered, wanted = text.lower(), secret.lower()
    if len(lowered) != len(text):
        return re.sub(re.escape(secret), SECRET, text, flags=re.IGNORECASE)
    parts, at = [], 0
    while (found := lowered.find(wanted, at)) >= 0:
        parts += [text[at:found], SECRET]
        at = found + len(wanted)
    return "".join([*parts, text[at:]])


def excerpt(text: str, start: int, end: int, secrets: Iterable[str] = ()) -> str:
    """Return at most 160 characters around ``text[start:end]``, redacted, the span itself as ``[link]``.

    White space is one blank. What is cut off at either side is not marked.
    """
    before, after = _around(text, start, end, secrets)
    room = EXCERPT_LENGTH - len(LINK) - 2
    kept_before = before[-max(room // 2, room - len(after)) :]
    kept_after = after[: room - len(kept_before)]
    return " ".join(part for part in (kept_before.strip(), LINK, kept_after.strip()) if part)


def _around(text: str, start: int, end: int, secrets: Iterable[str]) -> tuple[str, str]:
    """Redact both sides with a margin, so that a link or number cut by the window is still seen whole."""
    margin = 4 * EXCERPT_LENGTH
    before = text[max(0, start - margin) : start]
    after = text[end : end + margin]
    if start > margin:
        before = before[before.find(" ") + 1 :] if " " in before[:-1] else ""
    if end + margin < len(text):
        after = after[: after.rfind(" ")] if " " in after else ""
    secrets = tuple(secrets)
    sides = (" ".join(redact(side, secrets).split()) for side in (before, after))
    left, right = sides
    return left, right


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
