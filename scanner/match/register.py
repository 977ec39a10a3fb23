"""The Register in memory: every registered Room as a keyed fingerprint, for one look-up per candidate.

A look-up costs the same with ten meetings as with a million, and nothing in here can be turned back into
a meeting ID without the key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from scanner.model import Room, VerdictKind


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
    """All Meetings of all Organisations, indexed by fingerprint. Built once for a scan."""

    def __init__(self, entries: Iterable[RegisterEntry]) -> None:
        self._single: dict[bytes, RegisterEntry] = {}
        self._shared: dict[bytes, tuple[RegisterEntry, ...]] = {}
        for entry in entries:
            first = self._single.setdefault(entry.fingerprint, entry)
            if first is not entry:
                self._shared[entry.fingerprint] = (
                    *self._shared.get(entry.fingerprint, (first,)),
                    entry,
                )

    def __len__(self) -> int:
        return len(self._single)

    def look_up(self, fingerprint: bytes) -> tuple[RegisterEntry, ...]:
        """Return every Meeting that has this Room; several meetings may share one."""
        shared = self._shared.get(fingerprint)
        if shared is not None:
            return shared
        entry = self._single.get(fingerprint)
        return () if entry is None else (entry,)
