"""How often a meeting repeats, from the phrases that platforms and people use for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from scanner.invitations.dates import find_date
from scanner.invitations.languages import LANGUAGES, WEEKDAYS, one_of, spaced, words

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNITS = {word: unit for language in LANGUAGES for word, unit in language.units.items()}
_ADVERBS = {word: step for language in LANGUAGES for word, step in language.adverbs.items()}
_ORDINALS = {word: number for language in LANGUAGES for word, number in language.ordinals.items()}
_ALTERNATE = words(lambda language: language.alternate)
_FILLERS = words(lambda language: language.fillers)


def _whole(choices: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{one_of(choices)})(?!\w)")


_EVERY = _whole(words(lambda language: language.every))
_ADVERB = re.compile(_whole(_ADVERBS).pattern + r"(?!\s*:)")
_PLURAL = _whole(
    name for name in WEEKDAYS if name.endswith("s") and name[:-1] in WEEKDAYS and len(name) >= len("lundis")
)
_WORKDAYS = re.compile(rf"\s*(?:{one_of(words(lambda language: language.workday))})s?(?!\w)")
_UNTIL = _whole(words(lambda language: language.until))
_COUNT = re.compile(
    rf"(?<!\d)(\d{{1,4}})\s?(?:{one_of(words(lambda language: language.occurrences))})(?!\w)", re.ASCII
)
_BEFORE_MONTH = re.compile(
    rf"(?<!\w)(?P<ordinal>{one_of(_ORDINALS)})\s+(?P<weekday>{one_of(WEEKDAYS)})\s+(?:\w+\s+)?$"
    r"|(?<!\w)(?:day|tag|jour|día)\s+(?P<day>\d{1,2})\s+(?:\w+\s+)?$"
)
_TOKEN = re.compile(r"\d{1,2}(?:st|nd|rd|th|e|er|\.)?(?!\w)|[^\W\d]+(?:\([^\W\d]{1,2}\))?|[-–,&]|\S")
_LONGEST_PHRASE = 120


@dataclass(frozen=True, slots=True)
class Repetition:
    """A recurrence rule as understood, the weekdays in it, and what is unclear about it."""

    rule: str
    weekdays: tuple[int, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(slots=True)
class _Phrase:
    """The parts of one phrase like "every 2 weeks on Tue, Thu"."""

    unit: str = ""
    interval: int = 1
    ordinal: int | None = None
    day: int | None = None
    weekdays: list[int] = field(default_factory=list)


def find_repeats(text: str, *, today: date) -> Repetition | None:
    """Return what a line in small letters says about repetition, or None if it says nothing.

    A phrase that names weekdays is believed before one that does not. A date after "until" ends the series,
    else a number of occurrences does. "Every second Thursday" means two things and is asked.
    """
    text = spaced(text)
    for phrase in sorted(_phrases(text), key=lambda phrase: not phrase.weekdays):
        rule = _rule(phrase)
        if rule is None:
            continue
        questions: list[str] = []
        if phrase.ordinal == 2 and phrase.weekdays and not phrase.unit:
            questions.append(
                "Does it take place every two weeks, or on the second such weekday of each month?"
            )
            rule = ""
        elif phrase.ordinal is None and phrase.weekdays and phrase.unit == "MONTHLY":
            questions.append("On which such weekday of the month does it take place: the first, the last?")
            rule = ""
        else:
            rule += _end(text, today=today, questions=questions)
        return Repetition(rule, tuple(phrase.weekdays), tuple(questions))
    return None


def _phrases(text: str) -> Iterable[_Phrase]:
    triggers = [(match, True) for match in _EVERY.finditer(text)]
    triggers += [(match, False) for match in _ADVERB.finditer(text)]
    for match, every in sorted(triggers, key=lambda trigger: trigger[0].start()):
        phrase = _Phrase()
        if not every:
            phrase.unit, phrase.interval = _ADVERBS[match.group()]
        workdays = _WORKDAYS.match(text, match.end())
        if every and workdays:
            phrase.weekdays = [0, 1, 2, 3, 4]
        else:
            _follow(phrase, text[match.end() : match.end() + _LONGEST_PHRASE])
        if phrase.unit == "MONTHLY" and not phrase.weekdays:
            _look_back(phrase, text[max(match.start() - 40, 0) : match.start()])
        yield phrase
    for match in _PLURAL.finditer(text):
        before = text[: match.start()].split()[-1:]
        phrase = _Phrase(ordinal=_ORDINALS.get(before[0]) if before else None)
        _follow(phrase, text[match.start() : match.start() + _LONGEST_PHRASE])
        yield phrase


def _follow(phrase: _Phrase, rest: str) -> None:
    """Read on from "every" for as long as the words belong to the phrase."""
    to = False
    for token in _TOKEN.findall(rest):
        word = token.rstrip(".")
        if word in _UNITS and not phrase.unit:
            phrase.unit = _UNITS[word]
            if phrase.ordinal is not None and not phrase.weekdays:
                phrase.interval, phrase.ordinal = max(phrase.ordinal, 1), None
        elif word in _ALTERNATE:
            phrase.interval = 2
        elif word in _ORDINALS and not phrase.weekdays and not (phrase.unit and word[0].isdigit()):
            phrase.ordinal = _ORDINALS[word]
        elif word in WEEKDAYS:
            place = WEEKDAYS[word]
            first = phrase.weekdays[-1] + 1 if to and phrase.weekdays else place
            phrase.weekdays += [
                day for day in range(min(first, place), place + 1) if day not in phrase.weekdays
            ]
        elif word[:1].isdecimal():
            number = int("".join(c for c in word if c.isdecimal()))
            if not phrase.unit and not phrase.weekdays:
                phrase.interval = max(number, 1)
            elif phrase.unit == "MONTHLY" and phrase.day is None and 1 <= number <= 31:
                phrase.day = number
            else:
                return
        elif word not in _FILLERS and word not in ("-", "–", ",", "&"):
            return
        to = word in ("-", "–")


def _look_back(phrase: _Phrase, before: str) -> None:
    """Read "the first Thursday of every month", where the day stands in front."""
    found = _BEFORE_MONTH.search(before)
    if found and found["weekday"]:
        phrase.ordinal, phrase.weekdays = _ORDINALS[found["ordinal"]], [WEEKDAYS[found["weekday"]]]
    elif found:
        phrase.day = int(found["day"])


def _rule(phrase: _Phrase) -> str | None:
    if phrase.weekdays and phrase.ordinal is not None:
        days = ",".join(f"{phrase.ordinal}{_CODES[day]}" for day in phrase.weekdays)
        return _joined("MONTHLY", phrase.interval, f";BYDAY={days}")
    if phrase.weekdays and phrase.unit in ("", "WEEKLY", "DAILY"):
        days = ",".join(_CODES[day] for day in sorted(phrase.weekdays))
        return _joined("WEEKLY", phrase.interval, f";BYDAY={days}")
    if phrase.unit == "MONTHLY" and phrase.day:
        return _joined("MONTHLY", phrase.interval, f";BYMONTHDAY={phrase.day}")
    return _joined(phrase.unit, phrase.interval, "") if phrase.unit else None


def _joined(unit: str, interval: int, rest: str) -> str:
    return f"FREQ={unit}{f';INTERVAL={interval}' if interval > 1 else ''}{rest}"


def _end(text: str, *, today: date, questions: list[str]) -> str:
    for match in _UNTIL.finditer(text):
        after = text[match.end() : match.end() + 40]
        found = find_date(after, today=today)
        if found is None or found.start > len(" wednesday, the "):
            continue
        if len(found.meanings) == 1:
            return f";UNTIL={found.meanings[0]:%Y%m%d}"
        questions.append(f"On which day does the series end? “{found.written}” can mean two days, or none.")
        return ""
    count = _COUNT.search(text)
    return f";COUNT={int(count[1])}" if count and int(count[1]) else ""
