"""What a reader in a process of its own says of its document: one JSON line for each finding, as it comes.

A process that is ended half-way has said all it knew until then.
"""

from __future__ import annotations

import json
import resource
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from scanner.model import Segment

_MEMORY = 1024**3
_PROCESSOR_SECONDS = 40


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a reader said. ``pieces`` are in reading order; without ``ended`` it broke off."""

    pieces: tuple[Segment, ...]
    inner: tuple[bytes, ...]
    notes: tuple[str, ...]
    cut: bool
    ended: bool


class Teller:
    """Writes findings, each at once. ``page`` orders pieces that come out of order."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def text(self, text: str, *, page: int, place: str) -> None:
        """Tell running text."""
        self._tell(page=page, place=place, text=text)

    def address(self, address: str, *, page: int, place: str) -> None:
        """Tell an address."""
        self._tell(page=page, place=place, address=address)

    def inner(self, body: bytes) -> None:
        """Tell a whole document that is kept inside."""
        self._tell(inner=b64encode(body).decode("ascii"))

    def note(self, sentence: str) -> None:
        """Tell, in words, what could not be read."""
        self._tell(note=sentence)

    def cut(self) -> None:
        """Tell that a bound was reached."""
        self._tell(cut=True)

    def end(self) -> None:
        """Tell that nothing more comes."""
        self._tell(end=True)

    def _tell(self, **finding: str | int) -> None:
        self._out.write(json.dumps(finding).encode("ascii") + b"\n")
        self._out.flush()


def heard(lines: bytes) -> Findings:
    """Read what was told. A last line that broke off is left out."""
    # Not in the reader's process, which starts in half the time without.
    from scanner.model import Segment, SegmentKind

    pieces: list[tuple[int, Segment]] = []
    inner: list[bytes] = []
    notes: list[str] = []
    cut = ended = False
    for line in lines.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        finding = json.loads(line)
        if "text" in finding:
            pieces.append((finding["page"], Segment(finding["text"], finding["place"])))
        elif "address" in finding:
            segment = Segment(finding["address"], finding["place"], SegmentKind.HREF)
            pieces.append((finding["page"], segment))
        elif "inner" in finding:
            inner.append(b64decode(finding["inner"]))
        elif "note" in finding:
            notes.append(finding["note"])
        cut = cut or "cut" in finding
        ended = ended or "end" in finding
    pieces.sort(key=lambda piece: piece[0])
    return Findings(tuple(segment for _, segment in pieces), tuple(inner), tuple(notes), cut, ended)


def begin() -> tuple[bytes, Teller]:
    """Limit this process, and return the document on standard input and where to tell what is in it.

    It may write no file, leave no core, and use a bounded share of memory and processor; programs that it
    starts inherit that.
    """
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (limit, limit))
    return sys.stdin.buffer.read(), Teller(sys.stdout.buffer)
