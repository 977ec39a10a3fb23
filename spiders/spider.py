"""What every kind of Spider has in common: scope, order, and the way of an address from request to event.

A kind says only where to start, what belongs to its source, and where a document leads. From one Visit
comes one event; a redirect makes the next Visit of the same address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import ClassVar

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from scanner.extract.links import refresh_target
from scanner.guard import check_address
from scanner.model import Document, Fetched, Known, Unchanged
from scanner.platforms import is_meeting_address
from spiders import answers
from spiders.addresses import Scope, resolve, same_elsewhere, sameness
from spiders.conduct import MOST_HOPS, redirect_target
from spiders.fetch import WHY_CUT, Errand
from spiders.frontier import TOO_DEEP, TOO_MANY_ADDRESSES, Frontier
from spiders.marks import Mark
from spiders.options import Options
from spiders.telling import Sink, Telling
from spiders.visit import Visit
from spiders.walls import wall

OUTSIDE = "outside the source"
REDIRECTS_OUTSIDE = "redirects outside the source"
REDIRECTS_AWAY = "redirects to another page now"
IN_CIRCLES = "redirects in a circle"
TOO_MANY_HOPS = "too many redirects"

_REFRESH = Mark(r"http-equiv\s*=[\s\"']*refresh")
_HEAD_BYTES = 64 * 1024
_DIGEST = 32
"""Digits of SHA-256 that tell one body from another: processors have instructions for it."""


class SourceSpider(Telling):
    """Read one Unit. Subclasses are the kinds: they give ``Options``, ``scope`` and ``follow``."""

    reports_outside: ClassVar[bool] = False
    """Whether a link that leads out of the source is worth a Skipped event."""

    roams: ClassVar[bool] = False
    """Whether any page may lead to any other. Then no shape of address may use up the page limit alone, and
    links are followed also from a page that looks closed.
    """

    def __init__(self, *, errand: Errand, options: Options, sink: Sink) -> None:
        super().__init__(errand=errand, sink=sink)
        self.options = options
        self._scope = self.scope()
        self._frontier = Frontier(errand.unit, fair=self.roams)

    # --- what a kind decides -------------------------------------------------------------------

    def scope(self) -> Scope:
        """Return what belongs to the source."""
        return Scope.around(visit.address for visit in self.begin())

    def begin(self) -> Iterator[Visit]:
        """Yield the visits to begin with; what they find wrong is the source's own fault."""
        for address in getattr(self.options, "start", ()):
            yield Visit(address=address.strip(), start=True)

    def again(self, known: Known) -> Visit | None:
        """Return the visit that reads a known address anew, or None if that needs none of its own."""
        return Visit(address=known.address, depth=known.depth)

    def instead(self, visit: Visit, status: int) -> Visit | None:
        """Return where to ask when a server answers with an error, or None if that is the answer."""
        return None

    def headers(self, visit: Visit) -> Mapping[str, str]:
        """Return what to say in the request of a visit besides the usual."""
        return {}

    def is_news(self, visit: Visit) -> bool:
        """Tell whether a page that a document leads to is worth a fast run: if it was never read."""
        return not replace(visit, known=self.known(visit.shown)).is_known

    def moved(self, visit: Visit, target: str) -> Visit | None:
        """Return the visit that reads a watched page where it has moved to, or None if that is another page.

        What is read there stands at the old address too, and what is not there is seen to be gone from both.
        """
        if not same_elsewhere(visit.address, target):
            return None
        return replace(visit, address=target, about=visit.shown)

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield the visits that a freshly read document leads to; repetitions do no harm."""
        raise NotImplementedError

    def follow_unchanged(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield the visits that a document leads to though it is as it was; what was read is known anyway."""
        yield from ()

    # --- the way of an address -----------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the starting addresses, then for those known from before, watched ones first."""
        for visit in self.begin():
            refusal = check_address(visit.address, self.errand.unit.allow)
            if refusal is not None:
                self._leave(visit, refusal)
                continue
            address = _without_fragment(resolve("", visit.address))
            for request in self._ask(replace(visit, address=address)):
                yield request
        for known in sorted(self.errand.unit.known, key=lambda known: (not known.watched, known.depth)):
            if self._leaves_for_later(known):
                continue
            if (once_more := self.again(known)) is not None:
                for request in self._ask(once_more):
                    yield request

    def _leaves_for_later(self, known: Known) -> bool:
        """Tell whether a fast run has no time for a known address: it was read and is not watched."""
        return self.errand.unit.fast and bool(known.digest) and not known.watched

    def _ask(self, visit: Visit) -> Iterator[Request]:
        """Yield the request of a visit, unless it was made before or must not be made."""
        if not self._scope.holds(visit.address):
            if self.reports_outside and self._is_new(visit):
                self._leave(visit, OUTSIDE)
            return
        if not self._is_new(visit):
            return
        visit = replace(visit, known=self.known(visit.shown))
        reason = self._frontier.objection(visit)
        if reason == TOO_DEEP:
            self._frontier.put_off(visit)
            return
        if reason is not None:
            self._leave(visit, reason)
            return
        yield self._request(visit)

    def closed(self, reason: str) -> None:
        """Say of what was too deep that it was left out, and that the Unit is at its end."""
        for visit in self._frontier.too_deep:
            self._leave(visit, TOO_DEEP)
        super().closed(reason)

    def known(self, address: str) -> Known | None:
        """Return what is remembered of an address from earlier scans."""
        return self._frontier.known(address)

    def _is_new(self, visit: Visit) -> bool:
        is_new = self._frontier.meets(visit)
        if is_new and self._frontier.is_full:
            self._leave(visit, TOO_MANY_ADDRESSES)
            return False
        return is_new

    def _request(self, visit: Visit) -> Request:
        known = visit.known or Known(address=visit.address)
        self._goes_to(visit)
        return Request(
            visit.address,
            headers={**self.headers(visit), **answers.validators(known)},
            callback=self._arrived,
            errback=self._lost,
            cb_kwargs={"visit": visit},
            meta={"verbatim_url": True},
            priority=self._frontier.place(visit),
            dont_filter=True,
        )

    def _arrived(self, response: Response, visit: Visit) -> None:
        """Take an answer, and queue all it leads to before anything more is fetched.

        Handed to Scrapy one by one, they would be fetched as they come, in the order of the page.
        """
        assert self.crawler.engine is not None
        for request in self._taken(response, visit):
            self.crawler.engine.crawl(request)

    def _lost(self, failure: Failure) -> None:
        given = failure.request.cb_kwargs  # type: ignore[attr-defined]
        given["visit"] = self._frontier.as_met(given["visit"])
        super()._lost(failure)

    def _taken(self, response: Response, visit: Visit) -> Iterator[Request]:
        visit = self._frontier.as_met(visit)
        target = redirect_target(response)
        if target is not None:
            yield from self._redirected(visit, resolve(visit.address, target))
            return
        if response.status == 304 and answers.was_conditional(response):
            self._sink(Unchanged(source=self._source, address=visit.shown))
            return
        document = Document(visit.address, response.body, *answers.media_type(response))
        refusal = answers.judge(response)
        hidden = wall(document, rendered=getattr(self.options, "render", False)) if refusal is None else None
        obstacle = refusal or hidden
        if obstacle is not None and self.errand.detector.detect(document).links:
            # People see what stands on a page, whatever its status says to programs.
            response.meta[WHY_CUT] = response.meta.get(WHY_CUT) or obstacle.why
            obstacle = None
        other = self.instead(visit, response.status) if obstacle is not None else None
        if other is not None:
            yield from self._ask(other)
        elif obstacle is not None:
            self._fail(visit, obstacle.why, gone=obstacle.gone, blocked=obstacle.blocked)
            if hidden is not None and self.roams:
                yield from self._go_on(document, visit)
        else:
            yield from self._read(response, visit)

    def _read(self, response: Response, visit: Visit) -> Iterator[Request]:
        document = Document(visit.address, response.body, *answers.media_type(response))
        digest = sha256(response.body).hexdigest()[:_DIGEST]
        why_cut = str(response.meta.get(WHY_CUT, ""))
        if visit.known is not None and visit.known.digest == digest and not why_cut:
            self._sink(Unchanged(source=self._source, address=visit.shown))
            for onward in self.follow_unchanged(document, visit) if visit.follow else ():
                yield from self._ask(onward)
            return
        target = _refresh_target(response, document)
        if target and is_meeting_address(target):
            self._tell(visit, target)
        self._sink(
            Fetched(
                source=self._source,
                document=replace(document, address=visit.shown),
                depth=visit.depth,
                cut=bool(why_cut),
                why_cut=why_cut,
                # What was cut has to be read again in full, whatever the server then says of it.
                etag="" if why_cut else answers.etag(response),
                last_modified="" if why_cut else answers.last_modified(response, datetime.now(UTC)),
                digest="" if why_cut else digest,
            )
        )
        if not visit.follow:
            return
        for address in filter(None, (target, answers.next_link(response))):
            yield from self._ask(Visit(address=address, depth=visit.depth + 1))
        yield from self._go_on(document, visit)

    def _go_on(self, document: Document, visit: Visit) -> Iterator[Request]:
        for onward in self.follow(document, visit):
            if not self.errand.unit.fast or self.is_news(onward):
                yield from self._ask(onward)

    def _redirected(self, visit: Visit, target: str) -> Iterator[Request]:
        chain = (*visit.chain, visit.address)
        # A wrapped meeting (a mail filter's or a messenger's link) counts where the wrapper is not opened.
        wrapped = not self._scope.holds(target) and self.errand.detector.detect_text(target, "href").links
        if is_meeting_address(target) or wrapped:
            self._tell(visit, target)
            return
        target = _without_fragment(target)
        refusal = check_address(target, self.errand.unit.allow)
        if refusal is not None:
            self._leave(visit, refusal)
        elif answers.leads_to_log_in(visit.address, target):
            self._fail(visit, answers.LOG_IN, blocked=True)
        elif answers.leads_to_consent(visit.address, target):
            self._fail(visit, answers.ASKS_COOKIES, blocked=True)
        elif not self._scope.holds(target):
            self._leave(visit, REDIRECTS_OUTSIDE)
        elif target in chain or self._frontier.leads_back(visit, target):
            self._fail(visit, IN_CIRCLES)
        elif len(chain) > MOST_HOPS:
            self._fail(visit, TOO_MANY_HOPS)
        elif visit.watched and (moved := self.moved(replace(visit, chain=chain), target)) is not None:
            yield self._request(moved)
        else:
            if visit.watched:
                # What stood here may stand there, or behind a wall: it is not seen to be gone.
                self._leave(visit, REDIRECTS_AWAY)
            onward = replace(visit, address=target, chain=chain, known=None)
            # A hop that only adds a session id or the like is still the same page, and not yet read.
            if sameness(target) in {sameness(address) for address in chain}:
                yield self._request(onward)
            else:
                yield from self._ask(onward)


def _refresh_target(response: Response, document: Document) -> str:
    header = answers.as_text(response.headers.get(b"Refresh") or b"")
    if header or b"\0" in document.body[:_HEAD_BYTES] or _REFRESH.stands_in(document.body):
        return refresh_target(document, header)
    return ""


def _without_fragment(address: str) -> str:
    return address.partition("#")[0]
