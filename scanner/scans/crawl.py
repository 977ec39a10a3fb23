"""The crawl child: Units on standard input, one JSON line for each address on standard output.

It knows no database, key, mail or register. What a hostile page can reach from here is this process, and
its parent limits, times and ends it.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import string
import sys
from dataclasses import replace
from hashlib import blake2b
from typing import TextIO

from scanner.detect import Detector
from scanner.model import CrawlEvent, Ended, Fetched, MeetingRedirect, Reported, Skipped, Unchanged
from scanner.native import nursery
from scanner.platforms import guard_with, table_with
from scanner.redact import redact
from scanner.scans.page import END, PICTURE, CrawlLine, PageRead, ReportRead, to_json
from scanner.scans.wire import unit_from_json
from scanner.shelf import user_shelf

_MEMORY = 2 * 1024**3
_LONGEST_REASON = 100

_TOGETHER = 50
_MOMENT = 0.05
"""Lines that go out together at most, and seconds that the first of them waits for others."""

NOWHERE = "a mail names a meeting and no page in public where it stands"
_LIKENESS_BYTES = 1024
_WORDS_AND_TOKENS = string.ascii_letters.encode() + string.digits.encode() + b"+/=_-%&?.:"


def main() -> None:
    """Read Units until standard input closes, crawl them, and say so at the end."""
    gc.disable()  # while modules are loaded there is nothing to collect
    from spiders.crawl import crawl  # Scrapy takes a second to import: only this process pays

    gc.enable()
    limit_self()
    units = [unit_from_json(line) for line in sys.stdin]
    table = table_with({slug: hosts for unit in units for slug, hosts in unit.platforms.items()})
    guard_with(table)
    detector = Detector(table, shelf=user_shelf(os.environ))
    report = Reporter(sys.stdout, detector)
    crawl(units, report, detector=detector)
    nursery.close()  # nothing of a crawl runs on behind its last line
    report.flush()
    print(END, flush=True)


class Reporter:
    """Search each fetched document and write what a parent may know of it.

    Where nothing was to be searched, and of a night that is nearly everywhere, lines go out together: each
    one alone would wake the parent. None waits for a page to be searched, or longer than a moment.
    """

    def __init__(self, out: TextIO, detector: Detector) -> None:
        self._out = out
        self._detector = detector
        self._waiting: list[str] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._builds: dict[str, str] = {}
        self._varied: set[str] = set()

    def __call__(self, event: CrawlEvent) -> None:
        """Write one event as one line."""
        if isinstance(event, Unchanged | Skipped):
            self._waiting.append(to_json(event))
            if len(self._waiting) >= _TOGETHER:
                self.flush()
            elif self._alarm is None:
                self._alarm = asyncio.get_running_loop().call_later(_MOMENT, self.flush)
            return
        self.flush()
        line = search(event, self._detector)
        if isinstance(line, PageRead) and isinstance(event, Fetched):
            line = replace(line, likeness=self._likeness(event))
        print(to_json(line), file=self._out, flush=True)

    def flush(self) -> None:
        """Write the lines that wait."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._waiting:
            print(*self._waiting, sep="\n", file=self._out, flush=True)
            self._waiting.clear()

    def _likeness(self, page: Fetched) -> str:
        """Mark pages until two of a source differ: from then on it is not the same page again and again."""
        if page.document.media_type.startswith("image/"):
            return PICTURE
        if page.source in self._varied:
            return ""
        mark = likeness(page.document.body)
        if self._builds.setdefault(page.source, mark) != mark:
            self._varied.add(page.source)
        return mark


def search(event: CrawlEvent, detector: Detector) -> CrawlLine | Ended:
    """Turn a crawl event into its line: documents are searched, and dropped."""
    if isinstance(event, Fetched):
        found = detector.detect(event.document)
        beyond_us = f"cannot read {found.media_type}"
        unsearched = next((note for note in found.notes if note.startswith(beyond_us)), "")
        return PageRead(
            source=event.source,
            address=event.document.address,
            depth=event.depth,
            links=found.links,
            cut=event.cut or found.cut,
            notes=tuple(note for note in (*found.notes, event.why_cut) if note and note != unsearched),
            unsearched=redact(unsearched)[:_LONGEST_REASON],
            etag=event.etag,
            last_modified=event.last_modified,
            digest=event.digest,
        )
    if isinstance(event, MeetingRedirect):
        links = tuple(
            replace(link, where="redirect") for link in detector.detect_text(event.target, "href").links
        )
        return PageRead(source=event.source, address=event.address, depth=event.depth, links=links)
    if isinstance(event, Reported):
        found = detector.detect(event.document)
        return ReportRead(
            source=event.source,
            address=event.document.address,
            places=event.places,
            links=found.links,
            by=event.by,
            cut=event.cut or found.cut,
            notes=found.notes if event.places or not found.links else (*found.notes, NOWHERE),
            digest=event.digest,
        )
    return event


def likeness(body: bytes) -> str:
    """Return a mark that is the same for pages of the same build, whatever tokens and addresses they carry.

    A source whose every page is the same log-in form has told us nothing. What is left of a page without
    letters and digits tells pages of some length apart; short ones are alike where they are the same.
    """
    build = body if len(body) < _LIKENESS_BYTES else body.translate(None, _WORDS_AND_TOKENS)
    return blake2b(build, digest_size=8).hexdigest()


def limit_self() -> None:
    """Take a bound on memory, and leave no core dump, for the rest of this process's life."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    memory = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (memory, most))  # a browser that it starts needs room


if __name__ == "__main__":
    main()
