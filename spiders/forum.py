"""Read forums (phpBB, XenForo, vBulletin, MyBB, SMF) and mailing lists (pipermail, HyperKitty)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import Field

from scanner.extract.links import feed_links, looks_like_feed, outlinks
from scanner.model import Document, Known
from spiders.addresses import Scope
from spiders.fetch import Errand
from spiders.options import Address, PageOptions
from spiders.spider import SourceSpider
from spiders.telling import Sink
from spiders.visit import Visit

NO_FORUM = "no forum or mailing list of a known kind stands there"

_NEWEST_PARTS = 2
"""Parts of an archive that may still grow, the newest first: this month's and, around its end, the last."""


class Options(PageOptions):
    """Which forums to read."""

    start: tuple[Address, ...] = Field(
        min_length=1,
        description="Addresses of forums, of boards, of their feeds, or of archives of mailing lists. Other "
        "boards that a board links to are read too.",
    )


class Role(Enum):
    """What a page of a forum is for."""

    BOARD = "board"
    THREAD = "thread"
    ARCHIVE = "archive"
    """One closed part of a list's archive, usually a month."""
    DUMP = "dump"
    """All messages of such a part in one file. What was taken out of the archive may still stand in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a forum: what it is part of (``key``), which part of that, and its address without frills."""

    role: Role
    key: str
    page: int
    address: str


_LONGEST = 300
"""Characters of an address that may be one of a forum: those are short, and patterns are tried on each."""
_BOARD_OF_TOPIC = "f"
"""phpBB before 3.3 names the board in the addresses of its topics; copies of a forum know them only so."""
_NUMBER = re.compile(r"[0-9]{1,12}")
_ID = r"(?P<id>[0-9]{1,12})"
_PAGE = r"(?P<page>[0-9]{1,7})"
# Role, path, and the parameters that make the key and count the pages; others are sessions, sorting, jumps.
_BY_QUERY: tuple[tuple[Role, re.Pattern[str], str, str], ...] = (
    (Role.THREAD, re.compile(r".*/viewtopic\.php"), "t", "start"),
    (Role.BOARD, re.compile(r".*/viewforum\.php"), "f", "start"),
    (Role.THREAD, re.compile(r".*/showthread\.php"), "tid", "page"),
    (Role.BOARD, re.compile(r".*/forumdisplay\.php"), "fid", "page"),
    (Role.THREAD, re.compile(r".*/showthread\.php"), "t", "page"),
    (Role.BOARD, re.compile(r".*/forumdisplay\.php"), "f", "page"),
    (Role.BOARD, re.compile(r".*/(?:hyperkitty/|archives/)?list/[^/@]+@[^/@]+/(?:latest)?"), "", "page"),
)
_BY_PATH: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        (Role.THREAD, rf".*[/?]threads/(?:[^/?]*\.)?{_ID}/(?:page-{_PAGE})?"),
        (Role.BOARD, rf".*[/?]forums/(?:[^/?]*\.)?{_ID}/(?:page-{_PAGE})?"),
        (Role.THREAD, rf".*/threads/{_ID}(?:-[^/?]*)?(?:/page{_PAGE})?"),
        (Role.BOARD, rf".*/forums/{_ID}(?:-[^/?]*)?(?:/page{_PAGE})?"),
        (Role.THREAD, rf".*/showthread\.php[/?]{_ID}(?:-[^/?&]*)?(?:/page{_PAGE})?"),
        (Role.BOARD, rf".*/forumdisplay\.php[/?]{_ID}(?:-[^/?&]*)?(?:/page{_PAGE})?"),
        (Role.THREAD, rf".*/forum/(?:[^/?]+/){{1,5}}{_ID}-[^/?]*(?:/page{_PAGE})?"),
        (Role.THREAD, rf".*/thread-{_ID}(?:-page-{_PAGE})?\.html"),
        (Role.BOARD, rf".*/forum-{_ID}(?:-page-{_PAGE})?\.html"),
        (Role.THREAD, rf".*/index\.php[?/]topic[=,]{_ID}(?:\.{_PAGE})?(?:\.html|/)?"),
        (Role.BOARD, rf".*/index\.php[?/]board[=,]{_ID}(?:\.{_PAGE})?(?:\.html|/)?"),
        (Role.THREAD, r".*/(?P<id>pipermail/[^/?]+/[^/?]+/[0-9]{3,9})\.html"),
        (Role.ARCHIVE, r".*/(?P<id>pipermail/[^/?]+/[^/?]+)/date\.html"),
        (Role.DUMP, r".*/(?P<id>pipermail/[^/?]+/[^/?]+\.txt(?:\.gz)?)"),
        (Role.BOARD, r".*/(?P<id>pipermail/[^/?]+)/"),
        (Role.THREAD, r".*/(?P<id>list/[^/?@]+@[^/?@]+/thread/[A-Z0-9]{20,40})/"),
        (Role.ARCHIVE, r".*/(?P<id>list/[^/?@]+@[^/?@]+/[0-9]{4}/[0-9]{1,2})/"),
    )
)


def place(address: str) -> Place | None:
    """Tell what page of a forum an address is, or None: profiles, log-ins, searches and all else."""
    if len(address) > _LONGEST:
        return None
    parts = urlsplit(address)
    parameters = dict(parse_qsl(parts.query))
    origin = f"{parts.scheme}://{parts.netloc}"
    for role, path, key, page in _BY_QUERY:
        if path.fullmatch(parts.path) and (not key or _NUMBER.fullmatch(parameters.get(key, ""))):
            number = parameters.get(page, "0")
            kept = {name: value for name, value in parameters.items() if name in (key, page, _BOARD_OF_TOPIC)}
            whole = f"{origin}{parts.path}" + (f"?{urlencode(kept)}" if kept else "")
            name = f"{role.value} {origin}{parts.path} {parameters.get(key, '')}"
            return Place(role, name, int(number) if _NUMBER.fullmatch(number) else 0, whole)
    # The parameters of SMF are parted by ";", and what follows the first is a session or a jump.
    rest = f"{parts.path}?{parts.query.partition(';')[0]}".removesuffix("?")
    for role, pattern in _BY_PATH:
        found = pattern.fullmatch(rest)
        if found is not None:
            number = found.groupdict().get("page") or "0"
            name = f"{role.value} {origin} {found['id'].lower()}"
            return Place(role, name, int(number), f"{origin}{rest}")
    return None


class Forum(SourceSpider):
    """Read threads, the newest first, and of the boards no more pages than hold news."""

    options: Options

    def __init__(self, *, errand: Errand, options: Options, sink: Sink) -> None:
        super().__init__(errand=errand, options=options, sink=sink)
        self._last_pages: dict[str, Place] = {}
        self._spelt: dict[tuple[str, int], Place] = {}
        for known in errand.unit.known:
            found = place(known.address)
            if found is not None:
                self._spelt.setdefault((found.key, found.page), found)
            if found is not None and found.role is Role.THREAD:
                last = self._last_pages.get(found.key)
                if last is None or last.page < found.page:
                    self._last_pages[found.key] = found

    def scope(self) -> Scope:
        """Return the forum's own domain."""
        return Scope.around(self.options.start)

    def again(self, known: Known) -> Visit | None:
        """Read what a sighting stands on or what was not read; boards say which threads have changed."""
        return None if known.digest and not known.watched else super().again(known)

    def is_news(self, visit: Visit) -> bool:
        """Go on to all that ``follow`` yields: boards are where news is found, threads come with news."""
        return True

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield the threads of a board, the further pages of a thread, the parts of an archive."""
        here = place(visit.address)
        is_feed = looks_like_feed(document)
        links = feed_links(document) if is_feed else outlinks(document)
        met = (found for link in links if (found := place(link)) is not None)
        places = list(dict.fromkeys(self._spelt.setdefault((found.key, found.page), found) for found in met))
        if visit.start and here is None and not places and not is_feed:
            self._fail(visit, NO_FORUM)
        for link in links if is_feed else ():
            if place(link) is None:  # phpBB's feed names posts, not topics
                yield Visit(address=link, depth=visit.depth + 1, follow=False)
        if here is not None and here.role is Role.THREAD:
            yield from (self._visit(page, visit) for page in places if page.key == here.key)
            return
        threads = [found for found in places if found.role is Role.THREAD]
        if here is not None and here.role is Role.ARCHIVE:
            threads.reverse()  # the messages of a month stand in their order of arrival
        news = not all(self._is_read(thread) for thread in threads)
        for thread in threads:
            yield self._visit(thread, visit)
            if (last := self._last_pages.get(thread.key)) is not None:
                yield self._visit(last, visit)
        for board in (found for found in places if found.role is Role.BOARD):
            if news or here is None or board.key != here.key:
                yield self._visit(board, visit)
        for role in (Role.ARCHIVE, Role.DUMP):
            parts = [found for found in places if found.role is role]
            for number, found in enumerate(parts):
                if number < _NEWEST_PARTS or not self._is_read(found):
                    yield self._visit(found, visit)

    def _is_read(self, found: Place) -> bool:
        known = self.known(found.address)
        return known is not None and bool(known.digest)

    def _visit(self, found: Place, visit: Visit) -> Visit:
        """Go on at the same depth within one thread or board: its number of pages says nothing of depth."""
        here = place(visit.address)
        deeper = here is None or here.key != found.key
        return Visit(address=found.address, depth=max(visit.depth + deeper, 1))
