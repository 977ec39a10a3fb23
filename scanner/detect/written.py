"""Meeting numbers written without an address. A number counts only with evidence beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.detect.budget import Budget
from scanner.detect.context import Context
from scanner.detect.mention import Mention
from scanner.detect.phrase import Phrase
from scanner.detect.vocabulary import NUMBERED, SIGNS, Vocabulary
from scanner.model import Confidence, Form, Risk
from scanner.platforms import Hit, Platform

_NUMBER = re.compile(
    r"(?<![0-9A-Za-z+@$€£])(?<![0-9A-Za-z]_)(?<![0-9A-Za-z]__)(?<![0-9] )(?<![0-9][\-.,/:])"
    r"[0-9](?:(?:[ .\-]|[ ]?-[ ]?|  )?[0-9]){7,18}(?![a-z0-9@])(?!_{1,2}[a-z0-9])(?![.,:\-][0-9]|%|[OI][0-9])"
)
_BROKEN_NUMBER = re.compile(
    r"(?<![0-9A-Za-z+@$€£])(?<![0-9][ \-.,/:])[0-9]{3,4}(?:[ \-][0-9]{3,4})?[ \t\-]{0,4}\r?\n[> \t]{0,8}"
    r"[0-9]{3,4}(?:[ .\-][0-9]{3,4})?(?![a-z0-9@])(?![ .,:/\-][0-9])"
)
"""A number that a line break cuts between its groups."""
_AND = re.compile(r"[ \t]*(?:[,;/&+]|\n)?[ \t]*(?:(?:and|or|und|oder|et|ou|y|o|e)[ \t]{1,3})?", re.IGNORECASE)
"""What parts the numbers of a list."""
_LOOSE_NUMBER = re.compile(r"(?<![0-9A-Za-z_+@])[0-9OolI](?:[ .\-]?[0-9OolI]){8,15}(?![A-Za-z0-9_])")
_LOOSE_LETTERS = str.maketrans("OolI", "0011")
DIGIT_WORDS = {
    word: str(digit)
    for digit, words in enumerate(
        (
            "zero oh null nul zéro cero",
            "one eins een un uno um",
            "two zwei twee deux dos due dois",
            "three drei drie trois tres tre três",
            "four vier quatre cuatro quattro quatro",
            "five fünf vijf cinq cinco cinque",
            "six sechs zes seis sei",
            "seven sieben zeven sept siete sette sete",
            "eight acht huit ocho otto oito",
            "nine neun negen neuf nueve nove",
        )
    )
    for word in words.split()
}
_WORD = "|".join(sorted(DIGIT_WORDS, key=len, reverse=True))
_NUMBER_IN_WORDS = Phrase(
    rf"(?<![a-z])(?:(?:double|triple)[ ,\-]{{1,3}})?(?:{_WORD})"
    rf"(?:[ ,.\-/]{{1,3}}(?:(?:double|triple)[ ,\-]{{1,3}})?(?:{_WORD})){{7,15}}(?![a-z])",
    (*DIGIT_WORDS, "double", "triple"),
)
_BEFORE = 110
_FOR_TELEPHONES = re.compile(r"access[\s\-]*code", re.IGNORECASE)
"""A label that means the meeting's number only where telephones are asked for that very number."""
_SAYS_NUMBER = re.compile(r"[:#=]|\b(?:id|number|code|no|nr)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:ids|meetings|numbers|codes|rooms)\b", re.IGNORECASE)
_DIALLED = re.compile(
    r"\b(?:dial|call|toll[ \-]?free|phone|ring|tel\.?|hotline|fax)[ \t:]{0,3}\Z", re.IGNORECASE
)
_TO_DIAL = re.compile(r"\b(?:dial|call|phone|tel|toll|conference line)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"[0-9 .\-]{8,24} (?:people|persons|members|users|followers|subscribers|viewers|views|participants"
    r"|attendees|visitors|customers|downloads|shares|dollars|euros?|pounds|points|times|rows|lines|bytes|hours|seconds)\b",
    re.IGNORECASE,
)
"""An amount of something: what stands before it is no number's name."""
_OF_TELEPHONES = re.compile(r"(?:telefonische|電話|电话|전화)[\s\-]*\Z", re.IGNORECASE)
"""What turns "meeting ID" into the name of a telephone conference, in languages that say it so."""
_OVER_LETTERS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e"
"""Marks and vowels that belong to the letter before them, as members of a class."""
_ENDS_IN_WORDS = re.compile(
    rf"[^\W\d_][{_OVER_LETTERS}]{{0,3}}[.®™°]?(?:{NUMBERED})?(?:[{SIGNS}(\[\]】<]|\.{{2,40}}+){{0,16}}\Z|[)）](?:[{SIGNS}]|\.{{2,40}}+){{0,16}}\Z"
)
"""What evidence always ends in; looked for first, because most numbers have none."""
_USUAL = ((3, 4, 4), (3, 3, 4), (3, 3, 3), (4, 3, 4))
_WEBEX_GROUPS = (4, 3, 4)


def written(text: str, context: Context, words: Vocabulary, budget: Budget) -> Iterator[Mention]:
    """Yield the rooms whose number stands in a text after a label or a platform's name."""
    listed: tuple[int, _Evidence] | None = None
    for found in _NUMBER.finditer(text):
        if budget.is_over:
            return
        groups = _groups(found.group())
        evidence = _Evidence(text, found.start(), context, words)
        if not evidence.is_there and listed and _AND.fullmatch(text, listed[0], found.start()):
            evidence = listed[1]
        listed = None
        if not evidence.is_there:
            continue
        if not budget.allows():
            return
        for candidate in (groups, *_shorter(groups), *evidence.regrouped(groups)):
            hit = evidence.room(candidate)
            if hit is not None:
                listed = (found.end(), evidence) if evidence.is_plural else None
                if budget.takes((hit[0].platform, hit[0].key)):
                    yield _mention(hit, found.start(), found.end())
                break
    for found in _BROKEN_NUMBER.finditer(text):
        groups = _groups(found.group())
        if tuple(map(len, groups)) in _USUAL or (len(groups) == 4 and max(map(len, groups)) == 3):
            hit = _Evidence(text, found.start(), context, words).room(groups, labelled=True)
            if hit is not None and budget.allows() and budget.takes((hit[0].platform, hit[0].key)):
                yield _mention(hit, found.start(), found.end())
    for found in _LOOSE_NUMBER.finditer(text):
        if (
            not found.group().isdigit()
            and sum(c.isdigit() for c in found.group()) >= 4
            and _has_letter(found.group())
        ):
            groups = _groups(found.group().translate(_LOOSE_LETTERS))
            hit = _Evidence(text, found.start(), context, words).room(groups, labelled=True)
            if hit is not None and budget.allows():
                yield _mention(hit, found.start(), found.end())
    for found in _NUMBER_IN_WORDS.finditer(text):
        hit = _Evidence(text, found.start(), context, words).room((_spelled(found.group()),))
        if hit is not None and budget.allows():
            yield _mention(hit, found.start(), found.end())


def bare(text: str, taken: set[str]) -> Iterator[Mention]:
    """Yield numbers like meeting IDs without evidence: candidates for a look-up, no findings."""
    for found in _NUMBER.finditer(text):
        groups = _groups(found.group())
        key = "".join(groups)
        if (
            9 <= len(key) <= 11
            and key not in taken
            and (len(groups) == 1 or tuple(map(len, groups)) in _USUAL)
        ):
            hit = Hit(platform="zoom", key=key, risk=Risk.SCHEDULED, kind="id", takes_stated=False)
            yield Mention(
                hit=hit,
                at=found.start(),
                end=found.end(),
                place="",
                form=Form.BARE,
                confidence=Confidence.LOW,
            )


def _mention(found: tuple[Hit, Confidence], at: int, end: int) -> Mention:
    hit, confidence = found
    return Mention(hit=hit, at=at, end=end, place="", form=Form.WRITTEN, confidence=confidence)


def _groups(number: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[0-9]+", number))


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _shorter(groups: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the usual groupings that a longer run begins with: a passcode may follow after a blank."""
    for size in (3, 1):
        if len(groups) > size and (size == 1 or tuple(map(len, groups[:size])) in _USUAL):
            yield groups[:size]


def _spelled(words: str) -> str:
    digits, times = "", 1
    for word in re.findall(r"[^\W\d_]+", words.lower()):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
        else:
            digits += DIGIT_WORDS[word] * times
            times = 1
    return digits


class _Evidence:
    """What stands directly before a number."""

    def __init__(self, text: str, at: int, context: Context, words: Vocabulary) -> None:
        self._at = at
        self._context = context
        self._words = words
        before = text[max(0, at - _BEFORE) : at]
        if not _ENDS_IN_WORDS.search(before):
            before = ""
        self._label = words.id_label.search(before)
        if self._label is not None and _OF_TELEPHONES.search(before[: self._label.start()]):
            self._label, before = None, ""
        self._name = None if self._label else words.name_before.search(before)
        if self._name is not None and self._name.group().count("\n") > 1:
            self._name = None
        self._dialled = self._name is not None and bool(_DIALLED.search(before[: self._name.start()]))
        self._lone = None if self._label or self._name else words.lone_id.search(before)
        self._before = before
        self._line = before[: self._label.start()].rpartition("\n")[2][-60:] if self._label else ""
        self._after = text[at : at + 260]

    @property
    def is_there(self) -> bool:
        """Whether something stands before the number that can make it a meeting's."""
        return not (self._label is None and self._name is None and self._lone is None)

    @property
    def is_plural(self) -> bool:
        """Whether the words before the number are for several."""
        said = self._label or self._name
        return said is not None and _SEVERAL.search(said.group()) is not None

    def room(self, groups: tuple[str, ...], *, labelled: bool = False) -> tuple[Hit, Confidence] | None:
        """Return the room that a number of these digit groups names, or None without evidence."""
        key = "".join(groups)
        if not 8 <= len(key) <= 16:
            return None
        if self._label is not None:
            return self._by_label(key, tuple(map(len, groups)))
        if self._lone is not None:
            return self._by_lone_label(key, tuple(map(len, groups)))
        if (
            self._name is None
            or self._dialled
            or (labelled and not _SAYS_NUMBER.search(self._name.group()))
            or key.startswith("0")
            or _COUNTED.match(self._after)
        ):
            return None
        platform = self._words.table.platforms[self._words.slug(self._name["name"])]
        return _room(platform, key, tuple(map(len, groups)), Confidence.HIGH)

    def regrouped(self, groups: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Yield the digits in one group: after a label they are a meeting's however somebody spaced them."""
        spelled = len(groups) > 8 and max(map(len, groups)) == 1
        paired = len(groups) > 4 and set(map(len, groups[:-1])) == {2}
        if spelled or paired or (self._label is not None and len(groups) > 1 and min(map(len, groups)) > 1):
            yield ("".join(groups),)

    def _by_label(self, key: str, lengths: tuple[int, ...]) -> tuple[Hit, Confidence] | None:
        label = self._label
        assert label is not None
        own = self._words.owner_of_label(label["label"])
        if own is not None:
            return _room(self._words.table.platforms[own], key, lengths, Confidence.HIGH)
        named = (
            self._context.named_in(label.group())
            or self._context.named_in(self._line + label["label"])
            or self._context.named_in(self._line)
            or self._named_after()
        )
        if named is not None and (found := _room(named, key, lengths, Confidence.HIGH)):
            return found
        same = self._context.linked_as(self._at, key)
        if same is not None:
            return _room(same, key, (len(key),), Confidence.HIGH)
        linked = self._context.linked(self._at)
        near = self._context.named_before(self._at)
        if _FOR_TELEPHONES.fullmatch(label["label"]) and lengths != _WEBEX_GROUPS:
            linked = [platform for platform in linked if platform.one_tap]
            near = [platform for platform in near if platform.one_tap]
        for platform in (*linked, *near):
            found = _room(platform, key, lengths, Confidence.HIGH)
            if found is not None:
                return found
        if _FOR_TELEPHONES.fullmatch(label["label"]) and _TO_DIAL.search(self._line):
            return None
        return self._by_length(key, lengths)

    def _by_lone_label(self, key: str, lengths: tuple[int, ...]) -> tuple[Hit, Confidence] | None:
        """Believe a bare "ID" only behind a name, beside a link, or near a platform's name and a passcode."""
        name = self._words.name_before.search(self._before[: self._lone.start()]) if self._lone else None
        platforms = [self._words.table.platforms[self._words.slug(name["name"])]] if name else []
        platforms += self._context.linked(self._at)
        if self._words.passcode.search(self._after):
            platforms += self._context.named_around(self._at)
        return next(filter(None, (_room(p, key, lengths, Confidence.HIGH) for p in platforms)), None)

    def _named_after(self) -> Platform | None:
        found = re.match(r"[0-9OolI .\-]{8,24}[ ]?[(（]([^()（）\n]{2,30})[)）]", self._after)
        return self._context.named_in(found.group(1)) if found else None

    def _by_length(self, key: str, lengths: tuple[int, ...]) -> tuple[Hit, Confidence] | None:
        """Guess by the shape of the number where nothing names a platform."""
        platforms = self._words.table.platforms
        if lengths == _WEBEX_GROUPS and "webex" in platforms:
            return _room(platforms["webex"], key, lengths, Confidence.LOW)
        if len(key) in (10, 11) and "zoom" in platforms:
            return _room(platforms["zoom"], key, lengths, Confidence.LOW)
        in_threes = len(lengths) > 1 and all(length == 3 for length in lengths[:-1]) and lengths[-1] <= 3
        if 12 <= len(key) <= 15 and in_threes and "teams" in platforms:
            return _room(platforms["teams"], key, lengths, Confidence.LOW)
        return None


def _room(
    platform: Platform, key: str, lengths: tuple[int, ...], confidence: Confidence
) -> tuple[Hit, Confidence] | None:
    if len(key) not in platform.digits or (platform.groups and lengths not in platform.groups):
        return None
    risk = platform.number_risk(key)
    hit = Hit(platform=platform.slug, key=key, risk=risk, kind="id", takes_stated=platform.takes_stated)
    return hit, confidence
