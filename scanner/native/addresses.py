"""Find the addresses that stand in the bytes of a PDF file, readable or not as a whole."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import islice

_STREAM = re.compile(rb"stream\r?\n")
_ADDRESS = re.compile(rb"/URI\s{0,20}(?:\(((?:[^()\\]|\\.){1,4096})\)|<([0-9A-Fa-f\s]{2,8192})>)", re.DOTALL)
_SCRIPT = re.compile(rb"/JS\s{0,20}\(((?:[^()\\]|\\.){1,8192})\)", re.DOTALL)
_IN_SCRIPT = re.compile(rb"https?://[^\s'\"<>()\\]{4,2000}", re.IGNORECASE)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\n": b"",
    b"\r\n": b"",
    b"\r": b"",
}
_STREAMS = 20_000
_ONE_STREAM = 1024 * 1024
_ALL_STREAMS = 32 * 1024 * 1024
_ADDRESSES = 5000
_SCRIPTS = 100


def addresses(body: bytes) -> Iterator[str]:
    """Yield the targets of all URI actions (ISO 32000-2, 12.6.4.8) and addresses in scripts (12.6.4.17).

    Those inside compressed objects too.
    Buttons, bookmarks and damaged files have links that no page shows.
    """
    count = 0
    for source in _sources(body):
        for found in _ADDRESS.finditer(source):
            count += 1
            if count > _ADDRESSES:
                return
            literal = found[1]
            address = _ESCAPE.sub(_unescaped, literal) if literal else bytes.fromhex(_whole(found[2]))
            yield address.decode("utf-8", "replace")
        for script in islice(_SCRIPT.finditer(source), _SCRIPTS):
            for found in _IN_SCRIPT.finditer(_ESCAPE.sub(_unescaped, script[1])):
                yield found[0].decode("utf-8", "replace")


def _whole(digits: bytes) -> str:
    text = re.sub(rb"\s", b"", digits).decode("ascii")
    return text + "0" * (len(text) % 2)


def _sources(body: bytes) -> Iterator[bytes]:
    yield body
    whole = memoryview(body)
    left = _ALL_STREAMS
    for number, found in enumerate(_STREAM.finditer(body)):
        if number == _STREAMS or left <= 0:
            return
        before = body[max(0, found.start() - 300) : found.start()]
        if b"/ObjStm" not in before[before.rfind(b"obj") :]:
            continue
        try:
            source = zlib.decompressobj().decompress(whole[found.end() :], _ONE_STREAM)
        except zlib.error:
            continue
        left -= len(source)
        yield source


def _unescaped(escape: re.Match[bytes]) -> bytes:
    what = escape[1]
    if what[:1].isdigit():
        return bytes((int(what, 8) & 255,))
    return _ESCAPED.get(what, what)
