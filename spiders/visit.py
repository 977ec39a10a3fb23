"""One address on its way to being read, and its place in the order of a crawl."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model import Known

_START = 1_000_000
_WATCHED = 900_000
_PICTURE = -1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One address on its way to being read.

    ``chain`` holds the addresses that redirected here. ``follow`` is false where reading ends. ``about`` is
    the public address that stands in events where ``address`` is that of an interface for programs.
    ``guessed`` marks an address that nobody named: it is no news that nothing is there, or
    not for us. ``picture`` marks what a page shows: it comes behind all pages and has a limit of its own.
    """

    address: str
    depth: int = 0
    start: bool = False
    follow: bool = True
    known: Known | None = None
    chain: tuple[str, ...] = ()
    about: str = ""
    guessed: bool = False
    picture: bool = False

    @property
    def shown(self) -> str:
        """The address that events speak of."""
        return self.about or self.address

    @property
    def watched(self) -> bool:
        """Whether a sighting stands here."""
        return self.known is not None and self.known.watched

    @property
    def is_known(self) -> bool:
        """Whether the page was read before."""
        return self.known is not None and bool(self.known.digest)

    @property
    def priority(self) -> int:
        """Order requests: starts, watched addresses, then by depth, those never read before the others.

        Addresses read before can use up the page limit alone, and a new page is where a new leak stands.
        """
        if self.start:
            return _START
        if self.watched:
            return _WATCHED
        return -2 * self.depth - self.is_known + _PICTURE * self.picture
