"""What all commands share: the open installation, tables for people, JSON lines for machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from scanner.actions.workspace import Workspace
from scanner.actions.workspace import opened as open_workspace
from scanner.model import SeverityLevel

out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

SEVERITY_STYLE = {
    SeverityLevel.CRITICAL: "bold white on red",
    SeverityLevel.HIGH: "bold red",
    SeverityLevel.MEDIUM: "yellow",
    SeverityLevel.LOW: "dim",
}


def opened(context: typer.Context) -> AbstractContextManager[Workspace]:
    """Open the installation that the command line, the environment or the default names."""
    return open_workspace(os.environ, context.obj)


def clock() -> datetime:
    """Tell the time. Commands are the edge: below them, time is a value."""
    return datetime.now(UTC)


def as_json(value: object) -> None:
    """Print one JSON value on one line of standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


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
    return f"{moment.astimezone(ZoneInfo(timezone)):%a %-d %b %Y %H:%M} {timezone}"


def stamp(moment: datetime) -> str:
    """Write a moment for machines: RFC 3339 in UTC, to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
