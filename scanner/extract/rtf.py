"""Read Rich Text files: their text, and where their links lead."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from scanner.extract.flow import Family, Segments
from scanner.extract.markup import Pieces
from scanner.extract.zip import Cut
from scanner.model import Document

_START = b"{\\rtf"
_TOKEN = re.compile(
    r"(?P<bytes>(?:\\'[0-9a-fA-F]{2})+)|\\u(?P<letter>-?[0-9]{1,6}) ?"
    r"|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,9})? ?|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\\\r\n]"
)
_SIGNS = (
    {"par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "cell": "\t", "tab": "\t"}
    | {"emdash": "-", "endash": "-", "lquote": "'", "rquote": "'", "ldblquote": '"', "rdblquote": '"'}
    | {"~": "\u00a0", "_": "-", "\n": "\n", "\r": "\n", "\\": "\\", "{": "{", "}": "}"}
)
_SILENT = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "pict", "objdata", "listtable", "listoverridetable", "rsidtbl"}
    | {"generator", "themedata", "colorschememapping", "datastore", "latentstyles", "xmlnstbl", "filetbl"}
)
"""What a program keeps for itself."""
_FIELD = "fldinst"
_FIELD_ADDRESS = re.compile(r"HYPERLINK\s+(?:\\[a-z]\s+)?\"?([^\"\s]+)")
_DEEPEST = 10_000


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds up to the next closing brace."""

    destination: str = ""
    fallback: int = 1
    """Characters after one by number that stand for it in old programs."""


def _segments(document: Document, depth: int) -> Segments:
    reader = _Reader()
    cut = False
    try:
        reader.read(document.body.decode("latin-1"))
    except Cut:
        cut = True
    return Segments(flows=(reader.pieces.flow(),), media_type=FAMILY.media_type, cut=cut)


class _Reader:
    """Collects text while tokens pass by (Rich Text Format 1.9.1)."""

    def __init__(self) -> None:
        self.pieces = Pieces("text")
        self._group = _Group()
        self._around: list[_Group] = []
        self._field: list[str] = []
        self._codec = "cp1252"
        self._passed_over = 0

    def read(self, source: str) -> None:
        """Read a file."""
        at = 0
        while found := _TOKEN.match(source, at):
            at = found.end()
            if found["brace"]:
                self._on_brace(found["brace"])
            elif found["word"] == "bin":
                at += max(0, int(found["number"] or 0))
            elif found["word"] or found["sign"] == "*":
                self._on_word(found["word"] or "*", found["number"])
            elif found["letter"]:
                self._say(chr(int(found["letter"]) % 0x10000))
                self._passed_over = self._group.fallback
            elif found["bytes"]:
                self._say_below(
                    bytes.fromhex(found["bytes"].replace("\\'", "")).decode(self._codec, "replace")
                )
            else:
                self._say_below(_SIGNS.get(found["sign"] or "", "") or found["text"] or "")
        self._close_field()

    def _on_brace(self, brace: str) -> None:
        self._passed_over = 0
        if brace == "{":
            if len(self._around) == _DEEPEST:
                raise Cut
            self._around.append(self._group)
        elif self._around:
            was, self._group = self._group, self._around.pop()
            if was.destination == _FIELD != self._group.destination:
                self._close_field()

    def _on_word(self, word: str, number: str | None) -> None:
        self._passed_over = 0
        if word in _SILENT or word == _FIELD:
            self._group = replace(self._group, destination=word)
        elif word == "uc":
            self._group = replace(self._group, fallback=max(0, int(number or 1)))
        elif word == "ansicpg":
            self._codec = _codec(f"cp{number}")
        elif word in _SIGNS:
            self._say(_SIGNS[word])

    def _say_below(self, text: str) -> None:
        """Say what is no fallback of a character before."""
        self._say(text[self._passed_over :])
        self._passed_over = max(0, self._passed_over - len(text))

    def _say(self, text: str) -> None:
        if self._group.destination == _FIELD:
            self._field.append(text)
        elif not self._group.destination:
            self.pieces.text(text)

    def _close_field(self) -> None:
        if found := _FIELD_ADDRESS.search("".join(self._field)):
            self.pieces.address(found[1])
        self._field = []


def _codec(name: str) -> str:
    """Return the codec of a code page of Windows, or the usual one."""
    try:
        return codecs.lookup(name).name if name[2:].isdecimal() else "cp1252"
    except LookupError:
        return "cp1252"


FAMILY = Family(
    media_type="application/rtf",
    media_types=frozenset(),
    looks=lambda body: body[:64].lstrip().startswith(_START),
    segments=_segments,
    rank=16,
)
