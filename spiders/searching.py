"""What the kinds share that ask an index of the whole web: its answers name pages, and the pages are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import ClassVar
from urllib.parse import quote

from scrapy import Request
from scrapy.http import Response

from scanner.model import Document, Fetched, Known
from scanner.platforms import is_meeting_address
from spiders.addresses import Scope, resolve
from spiders.posts import IN_PART, NotUnderstood, as_it_came, link_html
from spiders.spider import SourceSpider
from spiders.visit import Visit

ONLY_SHOWN = "only what the index shows of it could be read"


@dataclass(frozen=True, slots=True)
class Result:
    """A page that an index names, and the HTML of what it shows of it."""

    address: str
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One answer of an index. ``older`` is visited only if some result was never read before."""

    found: Sequence[Result] = ()
    onward: Iterable[Visit] = ()
    older: Iterable[Visit] = ()
    in_part: bool = False


def in_quotes(query: str) -> str:
    """Return a query for an address, in quotes so that a host is searched as it is written."""
    return quote(f'"{query}"', safe="")


def _spelled(address: str) -> str:
    return resolve("", address).partition("#")[0]


class _Anywhere(Scope):
    """All of the web: what an index names is read wherever it lies, behind the same guards."""

    def holds(self, address: str) -> bool:
        return address.startswith(("http://", "https://"))


class SearchSpider(SourceSpider):
    """Read what an index names. Subclasses give ``service``, ``begin`` and ``results``.

    A meeting that the index lists as a page is not opened: it is found in the list itself. Where a page
    cannot be read, what the index shows of it is searched instead.
    """

    unchanging: ClassVar[bool] = False
    """Whether the pages that the index names never change, so that none is read twice for nothing."""

    @property
    def service(self) -> str:
        """The beginning of the address of every call."""
        raise NotImplementedError

    def results(self, response: Response, visit: Visit) -> Results:
        """Read one answer of the index. Raises NotUnderstood."""
        raise NotImplementedError

    def scope(self) -> Scope:
        """Return a scope that holds every page."""
        self._shown: dict[str, Result] = {}
        return _Anywhere(frozenset())

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield nothing: a page that was found is read, its links are not followed."""
        yield from ()

    def again(self, known: Known) -> Visit | None:
        """Read the pages that were found before, and the lists that were not read."""
        settled = self.unchanging and not known.watched
        if known.digest and (settled or known.address.startswith(self.service)):
            return None
        return Visit(address=known.address, depth=known.depth)

    def _read(self, response: Response, visit: Visit) -> Iterator[Request]:
        if not visit.address.startswith(self.service):
            yield from super()._read(response, visit)
            return
        try:
            results = self.results(response, visit)
        except NotUnderstood as fault:
            self._sink(as_it_came(self._source, response, visit))
            self._fail(visit, fault.why, blocked=fault.blocked)
            return
        if results.in_part:
            self._fail(visit, IN_PART)
        spelled = [replace(result, address=_spelled(result.address)) for result in results.found]
        meetings = [result for result in spelled if is_meeting_address(result.address)]
        pages = [result for result in spelled if result.address and result not in meetings]
        self._hand_over_list(visit, meetings)
        news = any(self.known(result.address) is None for result in pages)
        for result in pages:
            known = self.known(result.address)
            if self.unchanging and known is not None and known.digest:
                continue
            self._shown.setdefault(result.address, result)
            yield from self._ask(Visit(address=result.address, depth=max(visit.depth, 1)))
        for onward in (*results.onward, *(results.older if news else ())):
            yield from self._ask(onward)

    def _hand_over_list(self, visit: Visit, meetings: Sequence[Result]) -> None:
        """Hand over the meetings that stand in a list, and say that it was read if there are none."""
        body = "".join(link_html(result.address) + result.html for result in meetings).encode(
            "utf-8", "replace"
        )
        self._sink(
            Fetched(
                source=self._source,
                document=Document(visit.address, body, "text/html", "utf-8"),
                depth=visit.depth,
                digest=blake2b(body, digest_size=16).hexdigest(),
            )
        )

    def _leave(self, visit: Visit, why: str, *, blocked: bool = False) -> None:
        super()._leave(visit, why, blocked=blocked)
        self._search_what_is_shown(visit)

    def _fail(self, visit: Visit, why: str, *, gone: bool = False, blocked: bool = False) -> None:
        super()._fail(visit, why, gone=gone, blocked=blocked)
        if not gone:
            self._search_what_is_shown(visit)

    def _search_what_is_shown(self, visit: Visit) -> None:
        result = self._shown.pop(visit.address, None)
        if result is None:
            return
        document = Document(result.address, result.html.encode("utf-8", "replace"), "text/html", "utf-8")
        if self.errand.detector.detect(document).links:
            self._sink(
                Fetched(
                    source=self._source, document=document, depth=visit.depth, cut=True, why_cut=ONLY_SHOWN
                )
            )
