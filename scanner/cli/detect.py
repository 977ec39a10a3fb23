"""``lychgate detect``: what would be found in files or texts, without a crawl, a database or a key."""

from __future__ import annotations

import json
import mimetypes
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console
from rich.table import Table

from scanner.actions.workspace import read_settings
from scanner.detect import KINDS, Detector
from scanner.errors import ExitCode, InputError
from scanner.model import Detection, Document, Link
from scanner.platforms import table_with
from scanner.settings import environment
from scanner.shelf import user_shelf

MASK = "***"
STANDARD_INPUT = "-"

_TYPES_BY_SUFFIX = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".ics": "text/calendar",
    ".eml": "message/rfc822",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
}


def detect(
    context: typer.Context,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH…", help="Files to read; - is standard input.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file, one line each.")] = False,
    jsonl: Annotated[
        str | None,
        typer.Option(
            "--jsonl",
            metavar="FILE",
            help="Read texts, one JSON object a line with id, text and kind "
            f"({', '.join(KINDS)}); - is standard input.",
        ),
    ] = None,
    bare: Annotated[
        bool, typer.Option("--bare", help="Also numbers of the right length with nothing beside them.")
    ] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show passcodes instead of ***.")] = False,
) -> None:
    """Show which meeting rooms Lychgate sees in files or texts. Nothing is requested or stored.

    [bold]lychgate detect newsletter.html[/bold] prints a table,
    [bold]curl -s https://club.example/ | lychgate detect -[/bold] reads a page from a pipe,
    [bold]lychgate detect --jsonl texts.jsonl[/bold] answers line by line.
    Meeting services of your own are known where schedules.yaml of the data folder names them.
    """
    if jsonl is not None and paths:
        raise typer.BadParameter("give files or --jsonl, not both", param_hint="--jsonl")
    if jsonl is None and not paths:
        raise typer.BadParameter("name a file, or - for standard input", param_hint="PATH…")
    detector = _detector(context.obj)
    try:
        faults = (
            _lines(jsonl, detector, bare=bare, reveal=reveal)
            if jsonl is not None
            else _files(paths or [], detector, as_json=as_json, bare=bare, reveal=reveal)
        )
    except InputError as fault:
        _complain(str(fault))
        raise typer.Exit(ExitCode.USAGE) from None
    if faults:
        raise typer.Exit(ExitCode.USAGE)


def _detector(folder: Path | None) -> Detector:
    """Return what knows the hosts of the settings too, if there are settings: files are read without them."""
    surroundings = environment(os.environ, folder)
    known = surroundings.schedules.is_file()
    own = read_settings(surroundings, os.environ).platforms if known else {}
    return Detector(table_with(own), shelf=user_shelf(os.environ))


def _files(paths: Iterable[str], detector: Detector, *, as_json: bool, bare: bool, reveal: bool) -> int:
    """Report on each file; an unreadable one does not stop the others. Return how many were."""
    faults = 0
    for path in paths:
        try:
            document = _document(path)
        except OSError as fault:
            _complain(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}")
            faults += 1
            continue
        detection = detector.detect(document, bare=bare)
        if as_json:
            _write(_file_report(path, detection, reveal=reveal))
        else:
            _print_table(path, detection, reveal=reveal)
    return faults


def _document(path: str) -> Document:
    if path == STANDARD_INPUT:
        return Document("standard input", sys.stdin.buffer.read())
    suffix = Path(path).suffix.lower()
    kind = _TYPES_BY_SUFFIX.get(suffix) or mimetypes.guess_type(path)[0] or ""
    return Document(path, Path(path).read_bytes(), kind)


def _file_report(path: str, detection: Detection, *, reveal: bool) -> dict[str, object]:
    return {
        "path": path,
        "media_type": detection.media_type,
        "rooms": [_room(link, reveal=reveal) for link in detection.links],
        "cut": detection.cut,
        "notes": list(detection.notes),
    }


def _room(link: Link, *, reveal: bool) -> dict[str, object]:
    passcode = link.passcode
    return {
        "platform": link.room.platform,
        "key": link.room.key,
        "passcode": None if passcode is None else passcode.text if reveal else MASK,
        "passcode_kind": None if passcode is None else str(passcode.kind),
        "form": str(link.form),
        "where": link.where,
        "confidence": str(link.confidence),
    }


def _print_table(path: str, detection: Detection, *, reveal: bool) -> None:
    out = Console(highlight=False, markup=False, emoji=False)
    count = len(detection.links)
    out.print(f"{path} ({detection.media_type}): {count or 'no'} meeting room{'' if count == 1 else 's'}")
    if detection.links:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("platform", "room", "passcode", "how", "where", "risk", "sure"):
            table.add_column(heading, overflow="fold")
        for link in detection.links:
            room = _room(link, reveal=reveal)
            passcode = f"{room['passcode']} ({room['passcode_kind']})" if link.passcode else ""
            table.add_row(
                link.room.platform,
                link.room.key,
                passcode,
                str(link.form),
                link.where,
                str(link.risk) + (", a common sample" if link.sample else ""),
                str(link.confidence),
            )
        out.print(table)
    if detection.cut:
        out.print("The document is longer than what is read; the rest was not searched.")
    for note in detection.notes:
        out.print(f"Note: {note}.")


def _lines(source: str, detector: Detector, *, bare: bool, reveal: bool) -> int:
    """Answer each line in order; a bad one is complained about with its number. Return how many were bad."""
    faults = 0
    for number, line in enumerate(_read_lines(source), start=1):
        if not line.strip():
            continue
        try:
            _write(_answer(line, detector, bare=bare, reveal=reveal))
        except InputError as fault:
            _complain(f"line {number}: {fault}")
            faults += 1
    return faults


def _read_lines(source: str) -> Iterator[str]:
    if source == STANDARD_INPUT:
        yield from _decoded(sys.stdin.buffer)
        return
    try:
        with Path(source).open("rb") as lines:
            yield from _decoded(lines)
    except OSError as fault:
        raise InputError(f"{source} cannot be read: {(fault.strerror or str(fault)).lower()}") from None


def _decoded(lines: IO[bytes]) -> Iterator[str]:
    for line in lines:
        yield line.decode("utf-8", "replace")


def _answer(line: str, detector: Detector, *, bare: bool, reveal: bool) -> dict[str, object]:
    try:
        case = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("this is no JSON object") from None
    if not isinstance(case, dict):
        raise InputError("this is no JSON object")
    for field in ("id", "text", "kind"):
        if field not in case:
            raise InputError(f"the field '{field}' is missing")
    if not isinstance(case["text"], str):
        raise InputError("the field 'text' is no string")
    if case["kind"] not in KINDS:
        raise InputError(f"the kind {case['kind']!r} is none of {', '.join(KINDS)}")
    detection = detector.detect_text(case["text"], case["kind"], bare=bare)
    return {"id": case["id"], "rooms": [_room(link, reveal=reveal) for link in detection.links]}


def _write(value: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _complain(sentence: str) -> None:
    Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True).print(sentence)
