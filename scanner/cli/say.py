"""What all commands share: the open installation, tables for people, JSON lines for machines."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scanner.actions.workspace import Workspace
from scanner.actions.workspace import opened as open_workspace
from scanner.errors import InputError
from scanner.model import SeverityLevel

Answer = TypeVar("Answer")

_JOINERS = "\u200c\u200d"
"""Invisible, but words in Persian or Hindi and some emoji are wrong without them."""


def visible(text: str) -> str:
    """Return a text that a terminal only shows: no escape sequences, no marks that turn the writing round.

    What people and pages wrote ends up on screens. Each sign that is not to be seen becomes ``�``.
    """
    return "".join(sign if sign in "\n\t" or _is_harmless(sign) else "\ufffd" for sign in text)


def _is_harmless(sign: str) -> bool:
    category = unicodedata.category(sign)
    return sign in _JOINERS or not (category.startswith("C") or category in ("Zl", "Zp"))


class _Screen(Console):
    """A console on which text is text, whoever wrote it."""

    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(visible(text), **how)


ORGANISATION = "lychgate.organisation"
"""Where the context keeps the organisation that the command line named."""

out = _Screen(highlight=False, markup=False, emoji=False, soft_wrap=True)
err = _Screen(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

SEVERITY_STYLE = {
    SeverityLevel.CRITICAL: "bold white on red",
    SeverityLevel.HIGH: "bold red",
    SeverityLevel.MEDIUM: "yellow",
    SeverityLevel.LOW: "dim",
}


def opened(context: typer.Context) -> AbstractContextManager[Workspace]:
    """Open the installation that the command line, the environment or the default names."""
    named = context.meta.get(ORGANISATION)
    return open_workspace(os.environ, context.obj, organisation=named)


def clock() -> datetime:
    """Tell the time. Commands are the edge: below them, time is a value."""
    return datetime.now(UTC)


def ask(question: str, check: Callable[[str], Answer], *, default: str | None = None) -> Answer:
    """Ask until the answer passes its check, which raises InputError; return what the check made of it."""
    while True:
        try:
            return check(typer.prompt(question, default=default))
        except InputError as error:
            err.print(str(error))


def number(text: str) -> int:
    """Read the number of a meeting or exposure, as their lists show it."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InputError(f"{text!r} is not the number of an entry. The list shows the numbers: 1, 2, 3 …")
    return int(text)


def as_json(value: object) -> None:
    """Print one JSON value on one line of standard output; signs not to be seen are written as ``\\u…``."""
    line = json.dumps(value, ensure_ascii=False)
    sys.stdout.write("".join(sign if _is_harmless(sign) else f"\\u{ord(sign):04x}" for sign in line) + "\n")


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print rows under headings, folding long cells instead of cutting them."""
    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for column in drawn.columns:
        column.overflow = "fold"
    for row in rows:
        drawn.add_row(*row)
    out.print(drawn, soft_wrap=False)


def when(moment: datetime, timezone: str) -> str:
    """Write a moment in a zone, naming the zone: ``Thu 26 Nov 2026 19:00 Europe/London``."""
    return f"{short_when(moment, timezone)} {timezone}"


def short_when(moment: datetime, timezone: str) -> str:
    """Write a moment in a zone that stands elsewhere, as in a heading: ``Thu 26 Nov 2026 19:00``."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%a %-d %b %Y %H:%M}"


def stamp(moment: datetime) -> str:
    """Write a moment for machines: RFC 3339 in UTC, to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
