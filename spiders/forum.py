"""Read forums (phpBB, XenForo, vBulletin, MyBB, SMF) and mailing lists (pipermail, HyperKitty)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import Field

from scanner.extract.links import feed_links, looks_like_feed, outlinks
from scanner.model import Document, Known
from spiders.addresses import Scope
from spiders.fetch import Errand
from spiders.frontier import MOST_ADDRESSES
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
    FILE = "file"
    """What somebody attached to a post, or a list took out of a mail: often a poster or an invitation."""


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
_BEHIND_FIRST = re.compile(r"[;&].*", re.DOTALL)
_ID = r"(?P<id>[0-9]{1,12})"
_PAGE = r"(?P<page>[0-9]{1,7})"
_BEHIND = r"(?P<behind>[0-9]{1,7})"
_LIST = r"list/[^/?@]+@[^/?@]+"
_WORD = r"[a-z][a-z0-9-]*"
_FILE_OF_SMF = "action=dlattach;"
_LIST_OF_HYPERKITTY = re.compile(rf"{_LIST}/thread/")
# Role, path, and the parameters that make the key and count the pages; others are sessions, sorting, jumps.
_BY_QUERY: tuple[tuple[Role, re.Pattern[str], str, str], ...] = (
    (Role.THREAD, re.compile(r".*/viewtopic\.php"), "t", "start"),
    (Role.BOARD, re.compile(r".*/viewforum\.php"), "f", "start"),
    (Role.THREAD, re.compile(r".*/showthread\.php"), "tid", "page"),
    (Role.BOARD, re.compile(r".*/forumdisplay\.php"), "fid", "page"),
    (Role.THREAD, re.compile(r".*/showthread\.php"), "t", "page"),
    (Role.BOARD, re.compile(r".*/forumdisplay\.php"), "f", "page"),
    (Role.BOARD, re.compile(r".*/(?:hyperkitty/|archives/)?list/[^/@]+@[^/@]+/(?:latest)?"), "", "page"),
    (Role.FILE, re.compile(r".*/(?:download/file\.php|filedata/fetch)"), "id", ""),
    (Role.FILE, re.compile(r".*/attachment\.php"), "aid", ""),
    (Role.FILE, re.compile(r".*/attachment\.php"), "attachmentid", ""),
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
        (Role.THREAD, rf".*/(?P<id>{_LIST}/thread/[A-Z0-9]{{20,40}})/(?:replies\?offset={_BEHIND})?"),
        (Role.ARCHIVE, rf".*/(?P<id>{_LIST}/[0-9]{{4}}/[0-9]{{1,2}})/"),
        (Role.FILE, r".*/(?P<id>pipermail/[^/?]+/attachments/[0-9]{8}/[0-9a-f]{1,40}/[^/?]+)"),
        (Role.FILE, rf".*/(?P<id>{_LIST}/message/[A-Z0-9]{{20,40}}/attachment/[0-9]{{1,3}})/[^/?]+"),
        (Role.FILE, rf".*[/?]attachments/(?:[^/?]*\.)?{_ID}/"),
        (Role.FILE, rf".*/index\.php\?action=dlattach;topic=[0-9.]{{3,20}};attach={_ID}(?:;image)?"),
        (Role.BOARD, rf".*/forum/(?P<id>{_WORD}(?:/(?!page[0-9]){_WORD}){{0,4}})(?:/page{_PAGE})?"),
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
    # What follows the first parameter is a session or a jump. Those of SMF are parted by ";".
    query = parts.query if parts.query.startswith(_FILE_OF_SMF) else _BEHIND_FIRST.sub("", parts.query)
    rest = f"{parts.path}?{query}".removesuffix("?")
    for role, pattern in _BY_PATH:
        found = pattern.fullmatch(rest)
        if found is not None:
            part = found.groupdict()
            behind = int(part["behind"]) + 1 if part.get("behind") else 0
            name = f"{role.value} {origin} {found['id'].lower()}"
            return Place(role, name, behind or int(part.get("page") or 0), f"{origin}{rest}")
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
        if known.digest and not known.watched:
            return None
        found = place(known.address)
        is_file = found is not None and found.role is Role.FILE
        return Visit(address=known.address, depth=known.depth, follow=not is_file, picture=is_file)

    def known(self, address: str) -> Known | None:
        """Return what is remembered; of a list without validators, for its body leads on, changed or not."""
        known = super().known(address)
        found = place(address)
        if known is None or (found is not None and found.role is not Role.BOARD):
            return known
        return replace(known, etag="", last_modified="")

    def is_news(self, visit: Visit) -> bool:
        """Go on to all that ``follow`` yields: boards are where news is found, threads come with news."""
        return True

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield the threads of a board, the further pages and files of a thread, the parts of an archive."""
        here = place(visit.address)
        is_feed = looks_like_feed(document)
        links = feed_links(document) if is_feed else _links(document)
        places = self._places(links)
        if visit.start and here is None and not places and not is_feed:
            self._fail(visit, NO_FORUM)
        for link in links if is_feed else ():
            if place(link) is None:  # phpBB's feed names posts, not topics
                yield Visit(address=link, depth=visit.depth + 1, follow=False)
        for found in places:
            if found.role is Role.FILE and not self._is_read(found):
                yield replace(self._visit(found, visit), follow=False, picture=True)
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
        yield from self._lists(places, visit, news=news)

    def follow_unchanged(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield the lists that a list leads to: there may be news in one that this one says nothing of."""
        here = place(visit.address)
        if here is None or here.role is Role.BOARD:
            yield from self._lists(self._places(_links(document)), visit, news=False)

    def _places(self, links: Sequence[str]) -> list[Place]:
        met = (found for link in links if (found := place(link)) is not None)
        return list(dict.fromkeys(self._spelt.setdefault((found.key, found.page), found) for found in met))

    def _lists(self, places: Sequence[Place], visit: Visit, *, news: bool) -> Iterator[Visit]:
        here = place(visit.address)
        for board in (found for found in places if found.role is Role.BOARD):
            if news or here is None or board.key != here.key:
                yield self._visit(board, visit)
        for role in (Role.ARCHIVE, Role.DUMP):
            parts = [found for found in places if found.role is role]
            for number, found in enumerate(parts):
                if number < _NEWEST_PARTS or not self._is_read(found):
                    yield self._visit(found, visit)

    def _is_read(self, found: Place) -> bool:
        known = super().known(found.address)
        return known is not None and bool(known.digest)

    def _visit(self, found: Place, visit: Visit) -> Visit:
        """Go on at the same depth within one thread or board: its number of pages says nothing of depth."""
        here = place(visit.address)
        deeper = here is None or here.key != found.key
        return Visit(address=found.address, depth=max(visit.depth + deeper, 1))


def _links(document: Document) -> tuple[str, ...]:
    """Return where a page of a forum leads; of a thread of HyperKitty, also where its replies stand.

    These come as JSON, six at a time: only robots whose names it knows get them with the page.
    """
    here = place(document.address)
    if here is None or here.role is not Role.THREAD or _LIST_OF_HYPERKITTY.search(here.key) is None:
        return outlinks(document, limit=MOST_ADDRESSES)
    thread = here.address.partition("replies?")[0]
    if thread == here.address:
        loads = (f"{thread}replies?offset=0",) if b"/replies?" in document.body else ()
        return (*loads, *outlinks(document, limit=MOST_ADDRESSES))
    try:
        answer = json.loads(document.body)
        page, following = str(answer["replies_html"]), answer["next_offset"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return ()
    further = (f"{thread}replies?offset={following}",) if isinstance(following, int) else ()
    replies = replace(document, body=page.encode("utf-8", "replace"), media_type="text/html", charset="utf-8")
    return (*further, *outlinks(replies, limit=MOST_ADDRESSES))
