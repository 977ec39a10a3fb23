"""What is remembered of addresses from scan to scan: which were searched, by which rules, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scanner.model import Failed, Known, Skipped, Unchanged
from scanner.scans.coverage import UNREAD_FOR_NOW
from scanner.scans.page import CrawlLine, PageRead, ReportRead
from storage.addresses import Remembered

_GONE_FOR_GOOD = timedelta(days=30)
"""How long an address that answers 404 is asked for again."""

AS_THE_START = "shows what the start page shows"

_SEARCHED, _UNSEARCHED = "/", "!"
"""Digests are kept behind the name of the rules that the page was searched by and the first of these; where
these rules could not search it, behind the second, the reason, and the second again."""


class Memory:
    """The addresses of one scan as earlier ones left them, and as it leaves them to the next."""

    def __init__(self, rules: str) -> None:
        self._searched_by = rules + _SEARCHED
        self._unsearched_by = rules + _UNSEARCHED
        self._unread: dict[tuple[str, str], datetime] = {}
        self._unsearched: dict[tuple[str, str], str] = {}
        self._before: dict[tuple[str, str], str] = {}
        self._starts: defaultdict[str, dict[str, str]] = defaultdict(dict)

    def recall(
        self,
        source: str,
        entries: Sequence[Remembered],
        *,
        changed: datetime | None,
        full: bool,
        fast: bool,
    ) -> tuple[Known, ...]:
        """Return what the Unit of a source may know, the longest unread first; see ``Ledger.expect``."""
        entries = sorted(entries, key=lambda entry: entry.read)
        for entry in entries:
            address, digest = entry.known.address, entry.known.digest
            body = digest.rpartition(_SEARCHED)[2]
            if entry.known.watched or not entry.known.depth:
                self._before[source, address] = body
            if body and not entry.known.depth:
                self._starts[source][address] = body
            if not digest:
                self._unread[source, address] = entry.read
            elif digest.startswith(self._unsearched_by):
                why = digest.removeprefix(self._unsearched_by).rpartition(_UNSEARCHED)[0]
                self._unsearched[source, address] = why
        return tuple(self._still_valid(entry, changed, full=full, fast=fast) for entry in entries)

    def as_searched(self, line: CrawlLine) -> CrawlLine:
        """Return a line as it is, but call a page left out that is as unsearchable as it was before."""
        if isinstance(line, Unchanged) and (why := self._unsearched.get((line.source, line.address))):
            return Skipped(source=line.source, address=line.address, why=why)
        return line

    def as_asked_for(self, line: CrawlLine, *, watched: bool) -> CrawlLine:
        """Return a line as it is, but call a watched page unread that has come to show what a start shows.

        So does every page of a site that is under repair, or behind a door of a kind that we do not know: it
        proves nothing of what stood there. An address that always was another one of the start is none.
        """
        if not isinstance(line, PageRead) or not line.digest:
            return line
        starts = self._starts[line.source]
        if line.depth == 0:
            starts[line.address] = line.digest
        elif watched:
            before = self._before.get((line.source, line.address), "")
            alike = [start for start, digest in starts.items() if digest == line.digest]
            if alike and not any(
                before and self._before.get((line.source, start)) == before for start in alike
            ):
                return Failed(source=line.source, address=line.address, why=AS_THE_START, depth=line.depth)
        return line

    def keep(self, line: CrawlLine, now: datetime, *, canary: bool = False) -> Remembered | None:
        """Return what to keep of an address for the next scan; None for one that stays gone.

        An address that was found and not read is kept too, without validators: the page that links to it
        may be unchanged next time, and then nothing else would lead there.
        """
        match line:
            case PageRead():
                return self._searched(line, now, canary=canary)
            case ReportRead() if line.address:
                known = Known(address=line.address, digest=self._searched_by + line.digest)
                return Remembered(known=known, rooms=len(line.links), read=now)
            case Failed(gone=True):
                since = self._unread.get((line.source, line.address), now)
                if now - since > _GONE_FOR_GOOD:
                    return None
                return _unread(line, since)
            case Failed():
                return _unread(line, now)
            case Skipped() if line.why in UNREAD_FOR_NOW:
                # Since when it waits: where there is more than can be read in a night, all have their turn.
                return _unread(line, self._unread.get((line.source, line.address), now))
        return None

    def _still_valid(self, entry: Remembered, changed: datetime | None, *, full: bool, fast: bool) -> Known:
        """Keep an address, and its validators only where nothing but a change of the page brings news."""
        known = entry.known
        outdated = entry.rooms > 0 and changed is not None and entry.read <= changed
        if full or outdated:
            return replace(known, etag="", last_modified="", digest="")
        if not known.digest.startswith((self._searched_by, self._unsearched_by)):
            # A digest by other rules is that of no page, and says that this one was read.
            return replace(known, etag="", last_modified="", digest=known.digest if fast else "")
        return replace(known, digest=known.digest.removeprefix(self._searched_by).rpartition(_UNSEARCHED)[2])

    def _searched(self, line: PageRead, now: datetime, *, canary: bool) -> Remembered:
        by = self._searched_by
        if line.unsearched:
            by = f"{self._unsearched_by}{line.unsearched}{_UNSEARCHED}"
        known = Known(
            address=line.address,
            depth=line.depth,
            etag="" if line.cut else line.etag,
            last_modified="" if line.cut else line.last_modified,
            digest="" if line.cut else by + line.digest,
        )
        return Remembered(known=known, rooms=len(line.links), read=now, canary=canary)


def places_of(line: ReportRead, now: datetime) -> Iterable[Remembered]:
    """Yield the places of a report as pages that the next scan of the source has to read."""
    return (Remembered(known=Known(address=place), rooms=0, read=now) for place in line.places)


def _unread(line: Failed | Skipped, since: datetime) -> Remembered:
    return Remembered(known=Known(address=line.address, depth=line.depth), rooms=0, read=since)
