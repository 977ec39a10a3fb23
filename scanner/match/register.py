"""The Register in memory: every registered Room as a keyed fingerprint, for one look-up per candidate.

A look-up costs the same with ten meetings as with a million, and nothing in here can be turned back into
a meeting ID without the key.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from scanner.model import Room, VerdictKind

_PREFIX = 16
_FINGERPRINT = 32
_KINDS = tuple(VerdictKind)


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One Room of one Meeting: fingerprints only.

    ``passcodes`` holds the fingerprints of every passcode that opens this room. ``kind`` is OURS, or RETIRED
    or CLOSED for a room that the meeting has left.
    """

    fingerprint: bytes
    organisation: int
    meeting: int
    passcodes: frozenset[bytes] = frozenset()
    kind: VerdictKind = VerdictKind.OURS


class Fingerprints(Protocol):
    """What the matcher needs of the key ring: equality without the value."""

    def fingerprints(self, room: Room) -> tuple[bytes, ...]:
        """Return the fingerprint of a room under every key that registered rooms may be under."""
        ...

    def passcode_fingerprints(self, room: Room, passcode_text: str) -> tuple[bytes, ...]:
        """Return the fingerprint of a passcode of that room under each of these keys."""
        ...


class Register:
    """All Meetings of all Organisations, indexed by fingerprint. Built once for a scan.

    Entries lie in columns, not in objects, which a million of would weigh half a gigabyte. They are indexed
    by the first 128 bits of their fingerprints: two keyed fingerprints that share those do not occur.
    """

    def __init__(self, entries: Iterable[RegisterEntry]) -> None:
        self._first: dict[int, int] = {}
        self._others: dict[int, list[int]] = {}
        self._organisations = array("i")
        self._meetings = array("i")
        self._kinds = bytearray()
        self._passcodes = bytearray()
        self._passcodes_from = array("i", [0])
        for row, entry in enumerate(entries):
            index = int.from_bytes(entry.fingerprint[:_PREFIX])
            if self._first.setdefault(index, row) != row:
                self._others.setdefault(index, []).append(row)
            self._organisations.append(entry.organisation)
            self._meetings.append(entry.meeting)
            self._kinds.append(_KINDS.index(entry.kind))
            self._passcodes += b"".join(entry.passcodes)
            self._passcodes_from.append(len(self._passcodes) // _FINGERPRINT)

    def __len__(self) -> int:
        return len(self._first)

    def look_up(self, fingerprint: bytes) -> tuple[RegisterEntry, ...]:
        """Return every Meeting that has this Room; several meetings may share one."""
        index = int.from_bytes(fingerprint[:_PREFIX])
        first = self._first.get(index)
        if first is None:
            return ()
        return tuple(self._entry(fingerprint, row) for row in (first, *self._others.get(index, ())))

    def _entry(self, fingerprint: bytes, row: int) -> RegisterEntry:
        begin, end = (_FINGERPRINT * self._passcodes_from[row + step] for step in (0, 1))
        return RegisterEntry(
            fingerprint=fingerprint,
            organisation=self._organisations[row],
            meeting=self._meetings[row],
            passcodes=frozenset(
                bytes(self._passcodes[at : at + _FINGERPRINT]) for at in range(begin, end, _FINGERPRINT)
            ),
            kind=_KINDS[self._kinds[row]],
        )
