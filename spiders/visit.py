"""One address on its way to being read, and its place in the order of a crawl."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model import Known

_START = 1_000_000
_WATCHED = 900_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One address on its way to being read.

    ``chain`` holds the addresses that redirected here. ``follow`` is false where reading ends.
    """

    address: str
    depth: int = 0
    start: bool = False
    follow: bool = True
    known: Known | None = None
    chain: tuple[str, ...] = ()

    @property
    def watched(self) -> bool:
        """Whether a sighting stands here."""
        return self.known is not None and self.known.watched

    @property
    def priority(self) -> int:
        """Order requests: starts, watched addresses, then by depth, those never read before the others.

        Addresses read before can use up the page limit alone, and a new page is where a new leak stands.
        """
        if self.start:
            return _START
        if self.watched:
            return _WATCHED
        return -2 * self.depth - (self.known is not None and bool(self.known.digest))
