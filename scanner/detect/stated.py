"""Find the passcodes that a text states: the word for it in many languages, then a value that can be one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.detect.budget import Budget
from scanner.detect.instead import BEFORE_CODE, INSTEAD, NO_PASSCODE
from scanner.detect.mention import Mention
from scanner.detect.vocabulary import NUMBERED, PICTURES, Vocabulary
from scanner.model import Form

REACH = 2000
"""Characters between a meeting and a passcode within which they can belong together."""

_SEPARATOR = re.compile(
    r"(?P<paren>[ \t]*+[(（][^()（）\n]{0,40}[)）]|,[ ][^,.\n:]{2,30}(?=:)|\.(?=:)"
    r"|[ ](?:to|zum|pour|para|per)[ ](?:join|enter|beitreten|rejoindre|entrar|unirse|entrare)"
    r"[^.\n:]{0,20}(?=:)|[ ](?:for|für|pour|para|per|voor)[ ](?P<purpose>[^.,\n:]{2,30}?)"
    r"(?=:|[ ](?:is|ist|est|es|è|lautet)[ ])|[ ](?:is|ist|est|es|è)[ ][^.,\n:]{0,20}"
    r"(?:same|gleiche?|selbe|même|mism[ao]|mesm[ao]|stess[ao])[^.,\n:]{0,30}(?=:)"
    rf"|{NUMBERED})?"
    rf"(?P<sep>[ \t]*+(?:[*_~`\"'>|)]{{0,4}}[ \t]*+"
    rf"(?:[:=]|[{PICTURES}]|[-=]>|[是为為は는은]"
    rf"|(?:is|will[ ]be|ist|est|es|è|é|là|lautet|jest|ay|är"
    rf"|(?:is[ ]now|(?:has[ ](?:been[ ])?)?changed[ ]to))(?=[\s:])|-{{1,2}}"
    r"|\.{2,40}+|(?<![:=])(?<![:=] )#)){0,3})"
    r"[ \t]*+(?P<quote>(?:[*_~`\"'“”„″«‹‘’<>|\[({（「『【《][ \t]?+){0,6})[ \t]*+"
    rf"(?P<line>(?:\r?\n[>\s|*]{{0,12}}){{0,3}})(?P<value>[^{PICTURES}\s\"“”„″«»‹›<>|，。、；（）「」『』【】《》()\[\]{{}}`\\]{{1,64}})"
)
_EXPLICIT = re.compile(rf"[:=]\Z|\.\.\Z|[{PICTURES}]\Z")
_IS = ("is", "ist", "est", "es", "è", "é", "lautet")
_TERSE = re.compile(r"pwd?|mdp|passwd", re.IGNORECASE)
"""Labels that nobody writes in a sentence about passcodes."""
_PAIRS = re.compile(
    r"[0-9]{2}(?: [0-9]{2}){1,4}(?![0-9 ]*[0-9])"
    r"|[0-9]{3} [0-9]{3,4}(?![0-9 ]*[0-9])"
    r"|[0-9](?: [0-9]){3,9}(?![0-9 ]*[0-9])"
)
_NUMBER = re.compile(r"[0-9]{3,4}(?:[ .\-][0-9]{3,4}){2}(?![0-9])")
"""What is a meeting's number: a table whose cells are lines may have it below the word for a passcode."""
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_BESIDE = re.compile(r"[ \t]*[/|][ \t]*(?=[^\s:/]*[0-9])(?P<value>[^\s:/|,;()]{3,32})(?=[\s.,;)|]|\Z)")
_NEXT_WORD = re.compile(r"[ \t]+[^\W\d_]")
_NOT_BEFORE_CODE = re.compile(r"(?<![0-9A-Za-zÀ-ÿ/=.])(?P<word>[A-Za-zÀ-ÿ]{1,60})[ \-]\Z")
_OTHER_SECRET = re.compile(
    r"(?:\b(?:host|phone|telephone|dial-in|old|former|previous|alte[rs]?|ancien|wi-?fi|wlan|router|panelist|account|login|recording|participant|attendee"
    r"|no|without|sans|ohne|kein|sin)[ \-]{1,2}"
    r"(?:account[ \-])?)\Z",
    re.IGNORECASE,
)
_OTHER_PURPOSE = re.compile(
    r"wi-?fi|wlan|record|aufzeichnung|router|account|konto|login|website|host"
    r"|\b(?:doors?|gates?|building|entrance|printer|car park|parking|area|forum|files?|folder|documents?|pdf"
    r"|tür|haustür|eingang|tor|drucker|porte|portail|puerta|porta)\b",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r"\b(?:all|both|every|each|alle[nr]?|beiden?|jede[ns]?|tou(?:te)?s|les[ ]deux|tod[oa]s|amb[oa]s"
    r"|tutt[ei]|entramb[ei]|elke)\b",
    re.IGNORECASE,
)
"""What a passcode is said to be for that opens several meetings."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters that no passcode has: a sentence goes on in them."""
_IN_ADDRESS = re.compile(r"(?://|[?&#])[^\s<>\"'|，。、；）】」]{0,290}\Z")
_GLUED = re.compile(r"[^\W_][.,;)\]]?\Z")
"""The end of an address that the word for a passcode is glued to, as texts torn out of a page have it."""
_ENDS = re.compile(r"[*_~]{0,3}[ \t]*(?:\n|\Z|[.,;)\]][*_~]{0,3}(?:\s|\Z))")
"""The end of a line, or of a part of its sentence."""
_SET_OFF = re.compile(r"[(,;][ ]?\Z")
"""What sets a word for a passcode off: what stands behind it is one, if nothing follows."""
_GOES_ON = re.compile(r"[ \-][0-9]")
_AFTER = 200
"""Characters behind a passcode that can tell what of it is punctuation."""
_LABEL_AFTER = re.compile(r"[ \t]*[:：]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A passcode stated in a flow's text."""

    at: int
    text: str
    value_at: int
    end: int
    is_common: bool = False
    """It is said to be for all meetings."""
    platform: str | None = None
    """Whose passcode it is said to be: "Zoom passcode"."""


def statements(
    text: str, words: Vocabulary, mentions: Sequence[Mention], budget: Budget
) -> Iterator[Statement]:
    """Yield the passcodes stated within reach of the mentions, in order.

    What is a room's own number is no passcode, though a word for one stands before it: "(access code)".
    """
    numbers = sorted((mention.at, mention.end) for mention in mentions if mention.form is Form.WRITTEN)
    for start, end in _windows([mention.at for mention in mentions], len(text)):
        for label in words.passcode.finditer(text, start, end):
            if not budget.allows():
                return
            stated = _statement(text, label, words)
            number = _around(stated.value_at, numbers) if stated is not None else None
            if number is not None:
                stated = _behind(text, label, number[1])
            if stated is not None:
                yield stated


def _around(position: int, spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    before = bisect_right(spans, (position, position + REACH)) - 1
    return spans[before] if before >= 0 and spans[before][0] <= position < spans[before][1] else None


def _behind(text: str, label: re.Match[str], at: int) -> Statement | None:
    """Return the passcode that stands behind a number if one label is for both: "ID/Passcode: 1 / 2"."""
    found = _BESIDE.match(text, at)
    return Statement(label.start(), found["value"], found.start("value"), found.end()) if found else None


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


def _statement(text: str, label: re.Match[str], words: Vocabulary) -> Statement | None:
    before = text[max(0, label.start() - 24) : label.start()]
    if _OTHER_SECRET.search(before):
        return None
    in_address = _IN_ADDRESS.search(text, max(0, label.start() - 300), label.start())
    if in_address and not (_GLUED.search(before) and _LABEL_AFTER.match(text, label.end())):
        return None
    word = _NOT_BEFORE_CODE.search(before) if label["weak"] and "/" not in label["weak"] else None
    if word is not None and not BEFORE_CODE.fullmatch(word["word"]):
        return None
    found = _SEPARATOR.match(text, label.end())
    if found is None:
        return None
    if found["purpose"] and _OTHER_PURPOSE.search(found["purpose"]):
        return None
    is_glued = found.start("value") == label.end() and label.group()[-1:].isascii()
    if is_glued and not _TERSE.fullmatch(label.group()):
        return None
    value = _value(text, found)
    if value is None:
        return None
    sep = found["sep"].strip(" \t*_~`\"'>|)")
    line_break = bool(found["line"])
    explicit = bool(_EXPLICIT.search(sep)) or (bool(found["quote"].strip("*_>| ")) and not line_break)
    has_digit = any(character.isdigit() for character in value)
    if not has_digit and re.search(r"[<{]", found["quote"]):
        return None
    mixed = has_digit or bool(re.search(r"[a-z][A-Z]|[A-Z]{2}[a-z]|[^\w.]", value))
    if line_break and not has_digit:
        rest = text[found.end("value") : found.end("value") + _AFTER].partition("\n")[0].strip(" \t.*_")
        if rest or (not sep and not explicit):
            return None
    ends_line = _ENDS.match(text, found.start("value") + len(value)) is not None
    set_off = _SET_OFF.search(before) or _TERSE.fullmatch(label.group())
    told = sep in _IS or (set_off and not INSTEAD.fullmatch(value))
    if not explicit and not mixed and not (told and ends_line):
        return None
    goes_on = _NEXT_WORD.match(text, found.end("value")) is not None
    if label["weak"] is not None and not has_digit and (goes_on or not explicit):
        return None
    # "Access code" is mostly a meeting number: only a short one that ends there is a passcode.
    is_number = len(value) > 8 or _GOES_ON.match(text, found.end("value"))
    if is_number and label["weak"] is not None and label["weak"].lower().startswith("access"):
        return None
    is_common = found["paren"] is not None and _COMMON.search(found["paren"]) is not None
    said = (before.rpartition("\n")[2], f"{label.group()}{found['paren'] or ''}")
    platform = next(filter(None, (_named(part, words) for part in said)), None)
    return Statement(label.start(), value, found.start("value"), found.end("value"), is_common, platform)


def _named(said: str, words: Vocabulary) -> str | None:
    """Return the slug of the platform that stands at the end of the words round a label."""
    name = list(words.names.finditer(said))[-1:]
    is_last = name and not said[name[0].end() :].lower().replace("meeting", "").strip(" -:*_)")
    return words.slug(name[0]["name"]) if is_last else None


def _value(text: str, found: re.Match[str]) -> str | None:
    """Return the passcode without what only surrounds it, or None where there is none."""
    at = found.start("value")
    pairs = _PAIRS.match(text, at)
    if pairs is not None:
        return pairs.group().replace(" ", "")
    value = _ADDRESS.split(found["value"], maxsplit=1)[0]
    if found["quote"].rstrip().endswith("'"):
        value = value.partition("'")[0]
    if found["line"] and _NUMBER.match(text, at):
        return None
    after = text[found.end("value") : found.end("value") + _AFTER]
    value = value.rstrip(".,;:'’*_~")
    if (
        value.endswith(("!", "?"))
        and after[:1] in (" ", "\t")
        and after.strip()
        and not after.lstrip(" \t").startswith("\n")
        and found["sep"].strip() not in (":", "=")
    ):
        value = value[:-1]
    value = value.strip("'‘’")
    if value[:-1].isdigit():
        value = value.removesuffix("#")
    if value.startswith("/") and not found["sep"]:
        return None
    if _CJK.search(value):
        return None
    if NO_PASSCODE.fullmatch(value) or not 3 <= len(value) <= 32:
        return None
    if INSTEAD.fullmatch(value) and _NEXT_WORD.match(after):
        return None
    if not re.search(r"[^\W_xX]", value) or "://" in value or value.startswith(("http", "www.")):
        return None
    if _LABEL_AFTER.match(after) and not any(character.isdigit() for character in value):
        return None
    return value
