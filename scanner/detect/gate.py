"""Tell from the bytes alone whether a document can hold a room at all: most cannot, and need no reading.

The answer may be a wrong yes, never a wrong no. Nothing is listed here that the platform table or the
vocabulary knows, so a new platform is let through as soon as its file exists. What makes it complete:

- The bytes become text by the decoding, and its characters are folded by the rules, that detection uses.
- What people put between the letters of a link (blanks, brackets, tags, entities, zero-width marks) is
  taken out of the whole document (``views``), so that one plain search sees through it.
- A host that is found must be followed by something of its platform's shape, a word by a number
  (``traces``); where such a shape ends, and what is glued to it, is not looked at.
- What cannot be seen through so simply (binary files, mail, odd wrappers) is let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from scanner.detect.alike import look_alikes
from scanner.detect.evidence import LET_THROUGH
from scanner.detect.fold import REVERSED_SIGNS, ROT13_SIGNS
from scanner.detect.needles import Needles, Sign
from scanner.detect.traces import Traces
from scanner.detect.unwrap import SHORTENERS
from scanner.detect.views import BASE64_SIGN, USUAL, base64_texts, foreign_letters, joined, readings, squeezed
from scanner.extract import LONGEST, media_type_of
from scanner.extract.commas import is_delimited_table
from scanner.extract.decode import decode
from scanner.extract.inline import has_inline_documents
from scanner.model import Document
from scanner.platforms import Platform, PlatformTable, Shape

SEEN_THROUGH = frozenset({"text/html", "application/xml", "application/json", "text/plain"})
"""What is text as it lies there. All else is let through."""

_BEFORE_HINT = 300
_PATH = 400
_LONGEST_ADDRESS = 4096
_BASE = re.compile(r"<base\b[^>]{1,2000}", re.IGNORECASE)
_AFTER_HOST = frozenset([b"/", b":", b"?", b".", b"#"])
_AT_SIGN = re.compile(rb"(?:@|[0-9]at)[a-z0-9.\-]{0,100}\Z")
_PORT = ".:0123456789"
_SPOKEN = {
    b"dot": b".",
    b"d0t": b".",
    b"punkt": b".",
    b"point": b".",
    b"punto": b".",
    b"ponto": b".",
    b"slash": b"/",
}
"""Words for signs, which strokes may part from their neighbours."""
_ONE_TAP = re.compile(rb",[0-9]{9,11}#|,,(?:\*01\*)?[0-9]{9,11}")
_LETTER_AS_NUMBER = re.compile(
    r"&#(?:[xX]0{0,4}(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA])"
    r"|0{0,4}(?:4[89]|5[0-7]|6[5-9]|[78][0-9]|9[07-9]|1[01][0-9]|12[0-2]));"
)
"""An ASCII letter or digit as an entity. Nobody writes so who does not hide something."""


class Gate:
    """The cheap question asked of every document, for one table of platforms.

    ``fast=False`` does without Hyperscan even where it is installed; the answers are the same.
    """

    def __init__(self, table: PlatformTable, *, fast: bool = True) -> None:
        self._shapes: dict[bytes, list[_LooseShape]] = {}
        for platform in table:
            for host in platform.hosts:
                own = [s for s in platform.shapes if not s.host or re.fullmatch(s.host, host)]
                self._shapes[host.encode()] = [_LooseShape(shape, platform) for shape in own]
            for host in platform.domains:
                self._shapes[host.encode()] = [_LooseShape(shape, platform) for shape in platform.shapes]
            anywhere = [_LooseShape(shape, platform, fast=fast) for shape in platform.anywhere]
            for hint in platform.anywhere_hints:
                self._shapes[hint.encode()] = anywhere
        self._hosts = frozenset(host.encode() for host in table.host_names)
        self._loose = {
            needle: [shape for shape in shapes if shape.anywhere or needle not in self._hosts]
            for needle, shapes in self._shapes.items()
        }
        signs = [sign.rstrip(":") for sign in ROT13_SIGNS] + [sign.strip("/") for sign in REVERSED_SIGNS]
        schemes = [f"{scheme}:" for scheme in table.schemes]
        shorteners = [f"/{host}/" for host in SHORTENERS]
        self._passes = frozenset(map(str.encode, [*signs, *schemes, *shorteners, *LET_THROUGH]))
        self._needles = Needles([*self._shapes, *self._passes, *_SPOKEN], fast=fast)
        self._base64 = Sign(BASE64_SIGN, fast=fast)
        self._traces = Traces(table, fast=fast)

    def opens(self, document: Document) -> bool:
        """Tell whether a document can hold a room. False means that reading it would find none.

        A short link that cannot be seen through opens too: reading the document says so in its notes.
        """
        media_type = media_type_of(document)
        if media_type not in SEEN_THROUGH:
            return True
        decoded = decode(document.body[:LONGEST], document.charset)
        return any(
            self.opens_text(text)
            or self._has_base(text)
            or has_inline_documents(text)
            or (media_type == "text/plain" and is_delimited_table(text))
            for text in (decoded.text, *decoded.others)
        )

    def _has_base(self, text: str) -> bool:
        """Tell whether a page's relative addresses may lead to a meeting host."""
        bases = " ".join(_BASE.findall(text))
        return bool(bases) and self._names_host(joined(USUAL.undone(bases).encode("utf-8", "replace")))

    def opens_text(self, text: str) -> bool:
        """Tell whether a text can hold a room, whatever it was taken from."""
        return _LETTER_AS_NUMBER.search(text) is not None or any(
            self._view_opens(view.encode("utf-8", "replace"))
            for reading in readings(text)
            for view in reading.views(text)
        )

    def _view_opens(self, view: bytes) -> bool:
        text, letters = joined(view), foreign_letters(view)
        return (
            self._address_in(text)
            or _ONE_TAP.search(text) is not None
            or self._traces.within(squeezed(text), view, letters)
            or self._opens_in_base64(view)
            or (bool(letters) and self._names_host(look_alikes(view, letters)))
        )

    def _opens_in_base64(self, view: bytes) -> bool:
        """Look for addresses in base64, of which JSON writes the slashes with a backslash."""
        if b"\\" in view:
            view = view.replace(b"\\/", b"/")
        return self._base64.may_stand_in(view) and self._address_in(joined(base64_texts(view).encode()))

    def _names_host(self, text: bytes) -> bool:
        """Tell whether a host or a hint stands in a text, whatever follows it."""
        return any(needle not in _SPOKEN for needle in self._needles.within(text))

    def _address_in(self, text: bytes) -> bool:
        """Look for addresses, as they stand and with signs for the words they are spoken with."""
        dotted = text.replace(b",", b".")
        needles = self._needles.within(dotted)
        if not needles:
            return False
        if self._followed(dotted, needles, text):
            return True
        words = [word for word in needles if word in _SPOKEN]
        spoken = dotted
        for word in words:
            spoken = _SPOKEN[word].join(part.strip(b"_-") for part in spoken.split(word))
        return bool(words) and self._followed(spoken, self._needles.within(spoken), spoken)

    def _followed(self, text: bytes, needles: Iterable[bytes], written: bytes) -> bool:
        """Tell whether one of these hosts and hints has something of a room's shape after it in a text.

        ``written`` is the same text with commas, which may be dots or stand in an address themselves.
        """
        for needle in needles:
            if needle in self._passes:
                return True
            loose = self._loose.get(needle)
            if loose and any(
                shape.stands_in(text[start:end]) or shape.stands_in(written[start:end])
                for start, end in _around(text, needle)
                for shape in loose
            ):
                return True
            if needle in self._hosts and self._after_host(text, needle, self._shapes[needle], written):
                return True
        return False

    def _after_host(self, text: bytes, host: bytes, shapes: Sequence[_LooseShape], written: bytes) -> bool:
        at = text.find(host)
        while at >= 0:
            end = at + len(host)
            if _AT_SIGN.search(text, max(0, at - 110), at):
                return True
            if text[end : end + 1] in _AFTER_HOST:
                paths = {_path(text, end), _path(written, end)}
                if any(shape.follows(path, text, end) for path in paths for shape in shapes):
                    return True
            at = text.find(host, at + 1)
        return False


class _LooseShape:
    """A shape without regard to where it ends, nor to where it begins if that cannot be told."""

    def __init__(self, shape: Shape, platform: Platform, *, fast: bool = False) -> None:
        self._sign = Sign(b"(?i)" + shape.path.encode(), fast=fast)
        self._path = re.compile(shape.path, re.IGNORECASE)
        self._parameters = tuple(name.encode() for name in shape.query)
        self.anywhere = platform.rewrite is not None

    def stands_in(self, stretch: bytes) -> bool:
        """Tell whether a stretch of text has something of this shape."""
        if not all(name in stretch for name in self._parameters):
            return False
        return self._sign.may_stand_in(stretch) and self._path.search(stretch.decode("ascii")) is not None

    def follows(self, path: str, text: bytes, at: int) -> bool:
        """Tell whether the text after a host can be of this shape; its path begins like ``path``."""
        fits = self._path.search(path) if "/." in path else self._path.match(path)
        return fits is not None and all(
            text.find(name, at, at + _LONGEST_ADDRESS) >= 0 for name in self._parameters
        )


def _path(text: bytes, at: int) -> str:
    """Return the beginning of the path after a host's end."""
    path = text[at : at + _PATH].decode("ascii").lstrip(_PORT)
    return path if path.startswith("/") else "/" + path


def _around(text: bytes, needle: bytes) -> Iterator[tuple[int, int]]:
    """Join the surroundings of all places of a literal into stretches without overlap."""
    start, end = 0, -1
    at = text.find(needle)
    while at >= 0:
        if at - _BEFORE_HINT > end:
            if end >= 0:
                yield start, end
            start = max(0, at - _BEFORE_HINT)
        end = at + len(needle) + _LONGEST_ADDRESS
        at = text.find(needle, at + 1)
    if end >= 0:
        yield start, end
