"""A message as a letter: what it says, in parts, and the forms in which people read them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from scanner.alerts.steps import Step
from scanner.model import Message

_SUBJECT_LENGTH = 120
_WIDTH = 78
_IN_SHORT = frozenset({"Starts", "Severity", "Also told", "Open now", "Source"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the link stands, and how and since when."""

    address: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What both templates say, each in its own way."""

    notice: str = ""
    """What has to be read before everything else."""
    subject: str
    subject_end: str = ""
    headline: str
    sentence: str
    facts: tuple[tuple[str, str], ...] = ()
    places_title: str = ""
    places: tuple[Place, ...] = ()
    more_places: int = 0
    show: str = ""
    steps: tuple[Step, ...] = ()
    closing: tuple[str, ...] = ()
    acknowledge: str = ""
    desk: str = ""


def rendered(
    letter: Letter, *, key: str, group: str, why: str, thread: str, facts: Mapping[str, object]
) -> Message:
    """Return the message that says a letter in every form."""
    return Message(
        key=key,
        subject=_subject(group, letter),
        text=_TEXT.render(letter=letter, group=group, why=why),
        html=_HTML.render(letter=letter, group=group, why=why),
        thread=thread,
        short=_short(letter),
        facts=facts,
    )


def _short(letter: Letter) -> str:
    """Return a letter for a chat or a telephone: what happened, how bad, the first thing to do."""
    lines = [letter.notice] if letter.notice else []
    lines += [letter.sentence, *(f"{label}: {text}" for label, text in letter.facts if label in _IN_SHORT)]
    lines += [f"{letter.places_title}: {place.address}" for place in letter.places[:2]]
    lines += [f"Now: {step.what} {step.how}" for step in letter.steps[:1]]
    if letter.desk:
        lines.append(f"Say that you are on it: {letter.desk}")
    elif letter.acknowledge:
        lines.append(f"More: {letter.show}. Say that you are on it: {letter.acknowledge}")
    return "\n".join(lines)


def _subject(group: str, letter: Letter) -> str:
    """Return ``[Group] what happened - meeting in …``; what is too long loses its middle, not its end."""
    room = _SUBJECT_LENGTH - len(letter.subject_end)
    front = f"[{group}] {letter.subject}"
    return (front if len(front) <= room else front[: room - 1] + "…") + letter.subject_end


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("scanner.alerts"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["wrapped"] = _wrapped
    return templates


_TEXT = _templates().get_template("alert.txt")
_HTML = _templates().get_template("alert.html")
