"""What of a Unit's web was met, what may be asked for, and what comes first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlsplit

from scanner.model import Known, Unit
from spiders.addresses import sameness, trap
from spiders.conduct import MOST_HOPS, PAGE_LIMIT
from spiders.visit import Visit

TOO_DEEP = "deeper than the depth limit"
TOO_MANY_ADDRESSES = "more addresses than one crawl can count"

MOST_ADDRESSES = 100_000
"""Addresses of which one crawl can tell whether they came up before."""

_SPARE_REQUESTS = 1_000

_SHARES = 8
"""Parts that a page limit is cut into: what one shape of address may use up before others come first."""

_LEAST_SHARE = 10
_PREFIX = re.compile(r"[a-z]{1,3}(?:[-_][a-z]{2})?|[a-z]+\.php")
_VARIABLE = re.compile(r"[-_.0-9]")
_VIEW = re.compile(
    r"[?&;](?:action|do|oldid|diff|rev|redlink|returnto|print|printable|sort|order|orderby|dir|ical)="
    r"|[/=](?:Special|Spezial|Sp%C3%A9cial|Especial)(?::|%3A)",
    re.IGNORECASE,
)
"""Pages once more: to edit or print, as they were, in another order; and what a wiki says of itself."""
_BEHIND_PAGES = 1_000
_PARAMETER = re.compile(r"(?:^|[&;])([^=&;]{1,50})")


class Frontier:
    """The addresses of one crawl of one Unit. Pure: it decides, and asks nobody.

    With ``fair``, no kind of page uses up the page limit alone: a calendar or an archive of tags may link to
    thousands, and one level below them stand the threads. Otherwise requests keep the order they came in.
    """

    def __init__(self, unit: Unit, *, fair: bool) -> None:
        self._limits = unit.limits
        self._fair = fair
        self._known = {sameness(known.address): known for known in unit.known}
        self._depths: dict[str, int] = {}
        self._too_deep: dict[str, Visit] = {}
        self._led: dict[str, str] = {}
        self._begins: set[str] = set()
        self._asked = 0
        self._shapes: Counter[tuple[str, bool]] = Counter()
        self._share = max(self._limits.pages // _SHARES, _LEAST_SHARE)

    def known(self, address: str) -> Known | None:
        """Return what is remembered of an address from earlier scans."""
        return self._known.get(sameness(address))

    def meets(self, visit: Visit) -> bool:
        """Tell whether an address comes up for the first time, and keep the shortest way to it."""
        key = sameness(visit.address)
        before = self._depths.get(key)
        if before is None and self.is_full:
            return False
        self._depths[key] = visit.depth if before is None else min(before, visit.depth)
        return before is None

    @property
    def is_full(self) -> bool:
        """Whether more addresses came up than one crawl can count."""
        return len(self._depths) + len(self._too_deep) > MOST_ADDRESSES

    def as_met(self, visit: Visit) -> Visit:
        """Return a visit with what was learned since: a shorter way, or that a start leads there."""
        key = sameness(visit.address)
        depth = min(visit.depth, self._depths.get(key, visit.depth))
        return replace(visit, depth=depth, start=visit.start or key in self._begins)

    def leads_back(self, visit: Visit, target: str) -> bool:
        """Note where an address redirects to, and tell whether others lead from there to it again.

        Both may be known from before, and then each is asked for by itself.
        """
        here, there = sameness(visit.address), sameness(target)
        if here == there:
            return False
        self._led[here] = there
        if visit.start:
            self._begins.add(there)
        for _ in range(MOST_HOPS):
            there = self._led.get(there, "")
            if there == here:
                return True
        return False

    def put_off(self, visit: Visit) -> None:
        """Forget that an address came up, which is too deep on this way: a shorter one may lead there yet.

        What a sighting stands on is read before all else, wherever it stands, and links to new pages too.
        """
        key = sameness(visit.address)
        del self._depths[key]
        self._too_deep.setdefault(key, visit)

    @property
    def too_deep(self) -> Iterable[Visit]:
        """The addresses that no way led to that was short enough."""
        return self._too_deep.values()

    def objection(self, visit: Visit) -> str | None:
        """Return why an address of the source is not asked for, or None."""
        if visit.depth > self._limits.depth and not visit.start and not visit.watched:
            return TOO_DEEP
        # More requests than this would wait only to be turned away: better not to keep them.
        waiting = self._shapes[_kind(visit)] if self._is_shared(visit) else 0
        if max(waiting - self._limits.pages, self._asked // 2 - self._limits.pages) >= _SPARE_REQUESTS:
            return PAGE_LIMIT
        return trap(visit.address)

    def place(self, visit: Visit) -> int:
        """Count a visit that is to be made, and return its priority: the greatest comes first.

        Each time that a shape has used up a share, the rest of it stands a level of depth further back.
        Pages read before have shares of their own, lest they push back what is new. Views come behind all
        pages: a wiki has a dozen of each.
        """
        self._asked += 1
        self._too_deep.pop(sameness(visit.address), None)
        if not self._is_shared(visit):
            return visit.priority
        before = self._shapes[_kind(visit)]
        self._shapes[_kind(visit)] += 1
        behind = _BEHIND_PAGES if _VIEW.search(visit.address) else 0
        return visit.priority - behind - 2 * (before // self._share)

    def _is_shared(self, visit: Visit) -> bool:
        return self._fair and not visit.start and not visit.watched and not visit.picture


def _kind(visit: Visit) -> tuple[str, bool]:
    return shape(visit.address), visit.is_known


@lru_cache(maxsize=256)
def shape(address: str) -> str:
    """Return what the addresses of one kind of page have in common: where they branch off, and how.

    ``/calendar/2026/11/`` and ``/calendar/2026/12/`` are of one shape, and so are ``/tag/bells`` and
    ``/tag/trees``, or ``/thread-1.html`` and ``/thread-2.html``: the beginning of the path (behind a language
    or ``index.php``), the number of its parts, the names of the parameters.
    """
    parts = urlsplit(address)
    segments = [segment.lower() for segment in parts.path.split("/") if segment]
    branches = segments[:-1]
    if branches:
        beginning = branches[: 2 if _PREFIX.fullmatch(branches[0]) else 1]
    else:
        beginning = [segment for segment in segments if "." in segment]
    stems = "/".join(_VARIABLE.split(segment)[0] for segment in beginning)
    names = sorted({name.lower() for name in _PARAMETER.findall(parts.query)})
    return f"{parts.netloc}/{stems} {len(segments)} {' '.join(names)}"
