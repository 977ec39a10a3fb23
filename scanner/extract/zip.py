"""Open ZIP files as they come: whole, cut short, or made to explode.

The standard library's ``zipfile`` refuses a file whose end is missing and reads the whole directory before
it says how long it is; downloads are cut at a limit, and strangers write directories. The layout is that of
PKWARE's APPNOTE 6.3, sections 4.3.7 to 4.3.16.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MEMBERS = 2000
"""Members of one file that are listed."""

START = b"PK\x03\x04"
_IN_DIRECTORY = b"PK\x01\x02"
_END = b"PK\x05\x06"
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LAST = struct.Struct("<4sHHHHIIH")
_NEXT = re.compile(b"PK(?:\x03\x04|\x01\x02|\x07\x08)")

_ENCRYPTED = 0x1
_SIZES_FOLLOW = 0x8
_STORED, _DEFLATED = 0, 8
_IN_EXTRA = 0xFFFFFFFF

_STEP = 64 * 1024
_EXPLODES = 300
"""Bytes out for one byte in, kept up beyond the first MiB: no text or office document shrinks that far."""


@dataclass(frozen=True, slots=True)
class Member:
    """One packed file: its bytes, and how they are packed."""

    name: str
    packed: memoryview
    method: int
    encrypted: bool

    @property
    def readable(self) -> bool:
        """Tell whether it can be unpacked here: stored or deflated, and not encrypted."""
        return not self.encrypted and self.method in (_STORED, _DEFLATED)

    def chunks(self, limit: int) -> Iterator[bytes]:
        """Unpack piece by piece up to ``limit`` bytes, as far as the packed bytes make sense.

        Raises Cut at the end when there was more, or when what came was broken.
        """
        pieces = self._stored() if self.method == _STORED else self._inflated()
        given = 0
        for piece in pieces:
            yield piece[: limit - given]
            given += len(piece)
            if given > limit:
                raise Cut

    def _stored(self) -> Iterator[bytes]:
        for start in range(0, len(self.packed), _STEP):
            yield bytes(self.packed[start : start + _STEP])

    def _inflated(self) -> Iterator[bytes]:
        given = 0
        for piece, taken in inflated(self.packed):
            given += len(piece)
            yield piece
            if given > 1024 * 1024 and given > _EXPLODES * taken:
                raise Cut


def inflated(packed: memoryview) -> Iterator[tuple[bytes, int]]:
    """Unpack one deflate stream: pieces of at most 256 KiB, each with the packed bytes taken so far.

    Raises Cut where the stream breaks off or makes no sense, after all that came before.
    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    taken = 0
    waiting = b""
    while not inflater.eof:
        if not waiting:
            waiting = bytes(packed[taken : taken + _STEP])
            taken += len(waiting)
        fed = bool(waiting)
        before = inflater.copy()
        try:
            piece = inflater.decompress(waiting, 4 * _STEP)
        except zlib.error as error:
            yield _until_broken(before, waiting), taken
            raise Cut from error
        waiting = inflater.unconsumed_tail
        if piece or inflater.eof:
            yield piece, taken - len(waiting) - len(inflater.unused_data)
        elif not fed:
            raise Cut


def _until_broken(inflater: zlib._Decompress, packed: bytes) -> bytes:
    """Unpack byte by byte: a call that meets an error gives nothing of what came before it."""
    pieces: list[bytes] = []
    try:
        for at in range(len(packed)):
            pieces.append(inflater.decompress(packed[at : at + 1]))
    except zlib.error:
        return b"".join(pieces)
    return b"".join(pieces)


class Cut(Exception):
    """What is packed goes on beyond what was, or could be, unpacked."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The members of a ZIP file in the order of their bytes; ``cut`` if some were left out."""

    members: tuple[Member, ...]
    cut: bool


def listed(body: bytes) -> Listing:
    """List the members by the directory at the end, or without one by the mark each member begins with."""
    members: list[Member] = []
    cut = False
    end = 0
    found = sorted(_directory(body)) or None
    for at, size, name in found or _marks(body):
        member = _member(body, at, size, name)
        if member is None or at < end:  # a member that overlaps another is how one byte becomes many
            cut = True
            continue
        if len(members) == MEMBERS:
            return Listing(tuple(members), True)
        members.append(member)
        end = at + _LOCAL.size + len(member.packed)
    return Listing(tuple(members), cut or found is None)


def _directory(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield position, packed size and name of each member that the directory at the end names."""
    last = body.rfind(_END)
    if last < 0 or len(body) < last + _LAST.size:
        return
    *_, length, begins, _ = _LAST.unpack_from(body, last)
    at = last - length
    if begins == _IN_EXTRA:
        return
    before = at - begins  # a program that unpacks it, say
    for _ in range(MEMBERS + 1):
        if at < 0 or body[at : at + 4] != _IN_DIRECTORY or at + _ENTRY.size > len(body):
            return
        entry = _ENTRY.unpack_from(body, at)
        size, name, extra, comment, local = entry[8], entry[10], entry[11], entry[12], entry[16]
        start = at + _ENTRY.size
        yield before + local, size, body[start : start + name]
        at = start + name + extra + comment


def _marks(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield position, packed size and name of what looks like the beginning of each member."""
    at = body.find(START)
    while 0 <= at <= len(body) - _LOCAL.size:
        _, _, flags, _, _, _, _, size, _, name, extra = _LOCAL.unpack_from(body, at)
        begins = at + _LOCAL.size + name + extra
        if (flags & _SIZES_FOLLOW and not size) or size == _IN_EXTRA:
            size = _up_to_next(body, begins)
        yield at, size, body[at + _LOCAL.size : at + _LOCAL.size + name]
        at = body.find(START, max(begins + size, at + 1))


def _up_to_next(body: bytes, begins: int) -> int:
    following = _NEXT.search(body, begins)
    return (following.start() if following else len(body)) - begins


def _member(body: bytes, at: int, size: int, name: bytes) -> Member | None:
    if at < 0 or body[at : at + 4] != START or at + _LOCAL.size > len(body):
        return None
    _, _, flags, method, *_, own_name, extra = _LOCAL.unpack_from(body, at)
    begins = at + _LOCAL.size + own_name + extra
    if size == _IN_EXTRA:
        size = _up_to_next(body, begins)
    return Member(
        name=name.decode("utf-8", "replace"),
        packed=memoryview(body)[begins : begins + size],
        method=method,
        encrypted=bool(flags & _ENCRYPTED),
    )
