"""From the lines of a crawl to rows: verdicts, sightings, exposures and alerts, in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from scanner.alerts.routing import Route, alert_for, route
from scanner.invitations.series import is_running, next_start
from scanner.match.allowances import Allowed
from scanner.match.register import Register
from scanner.match.severity import calls_to_disrupt, grade, grade_retired, needs_passcode
from scanner.match.verdict import match
from scanner.model import (
    Exposure,
    Failed,
    Form,
    Known,
    Link,
    Meeting,
    News,
    Room,
    Severity,
    Unchanged,
    Verdict,
    VerdictKind,
)
from scanner.scans.coverage import Tally
from scanner.scans.memory import Memory, places_of
from scanner.scans.page import CrawlLine, PageRead, ReportRead
from scanner.secret import KeyRing
from storage.addresses import Remembered
from storage.sightings import NewSighting
from storage.store import Store, Work

_BATCH = 100


class Ledger:
    """Everything one Scan writes. Lines go in with ``take``; ``close`` writes what is left.

    A batch is one transaction of sightings, exposures, outbox and remembered addresses, and a page with a
    leak on it is written at once: an alert and its exposure are never apart and never wait for the scan.
    """

    def __init__(
        self,
        *,
        store: Store,
        keys: KeyRing,
        register: Register,
        allowed: Allowed,
        routes: Sequence[Route],
        channels: Sequence[str],
        rules: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._keys = keys
        self._register = register
        self._allowed = allowed
        self._routes = routes
        self._channels = channels
        self._memory = Memory(rules)
        self._clock = clock
        self._waiting: list[tuple[CrawlLine, list[tuple[Link, Verdict]]]] = []
        self._watched: dict[str, set[str]] = {}
        self._meetings: dict[int, Meeting] = {}
        self._places: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._canaries: dict[str, Room | None] = {}
        self._canary_pages: set[tuple[str, str]] = set()
        self.tallies: dict[str, Tally] = {}
        self.seen: set[tuple[int, int]] = set()
        """Organisation and exposure of every sighting, known or new."""
        self.new: set[int] = set()
        self.gone: set[int] = set()

    def expect_canary(self, source: str, canary: Room | None) -> None:
        """Name a source before its ``expect`` in which this room must be found; None if none was made."""
        self._canaries[source] = canary

    def expect(
        self,
        source: str,
        remembered: Iterable[Remembered],
        *,
        changed: datetime | None,
        full: bool = False,
        fast: bool = False,
    ) -> tuple[Known, ...]:
        """Name a source of this scan and return what its Unit may know of the addresses read before.

        ``changed`` is when the register last changed: addresses that held rooms before that are to be read
        again, since one of those rooms may be registered by now; so is what other rules searched.
        ``full`` reads every address again. ``fast`` leaves to another scan what was read by other rules.
        """
        entries = list(remembered)
        known = self._memory.recall(source, entries, changed=changed, full=full, fast=fast)
        self.tallies[source] = Tally(
            source,
            expects_canary=source in self._canaries,
            starts={entry.known.address for entry in entries if not entry.known.depth and entry.known.digest},
        )
        self._canary_pages.update((source, entry.known.address) for entry in entries if entry.canary)
        self._watched[source] = {entry.address for entry in known if entry.watched}
        if source not in self._canaries:
            return known
        return tuple(
            replace(entry, watched=entry.watched or (source, entry.address) in self._canary_pages)
            for entry in known
        )

    def take(self, line: CrawlLine) -> None:
        """Count a line, compare what it found with the Register, and write when it matters."""
        watched = line.address in self._watched[line.source]
        line = self._memory.as_asked_for(self._memory.as_searched(line), watched=watched)
        line = self._without_canary(line)
        self.tallies[line.source].count(line)
        ours: list[tuple[Link, Verdict]] = []
        if isinstance(line, PageRead | ReportRead):
            now = self._clock()
            for link in _as_known(line):
                verdicts = match(link, self._register, self._keys, now=now, allowed=self._allowed)
                ours.extend((link, verdict) for verdict in verdicts)
        if isinstance(line, Unchanged) and line.address not in self._watched[line.source]:
            return  # of nearly all pages of a night there is nothing to write
        self._waiting.append((line, ours))
        if ours or len(self._waiting) >= _BATCH:
            self._write()

    def _without_canary(self, line: CrawlLine) -> CrawlLine:
        """Take the canary out of a page, where it is expected, and note that it was met.

        It is nobody's meeting: a page that holds nothing else holds nothing.
        """
        canary = self._canaries.get(line.source)
        place = (line.source, line.address) if isinstance(line, PageRead | Unchanged) else None
        if canary is None or place is None:
            return line
        if isinstance(line, PageRead):
            others = tuple(link for link in line.links if link.room != canary)
            (self._canary_pages.discard if others == line.links else self._canary_pages.add)(place)
            line = replace(line, links=others)
        if place in self._canary_pages:
            self.tallies[line.source].canary_found = True
        return line

    def stopped(self, why: str) -> None:
        """Record that the crawl ended early: no source can be said to have been read in full."""
        for tally in self.tallies.values():
            tally.stopped(why)

    def close(self) -> None:
        """Write what is left, and one follow-up for each exposure that was seen in more places.

        There is none where the first alert still waits: it is put into words when it is sent, and will
        name every place.
        """
        self._write()
        with self._store.begin() as work:
            for (organisation, exposure_id), sightings in self._places.items():
                exposure = work.exposures.get(organisation, exposure_id)
                if exposure and not work.outbox.untouched(organisation, exposure_id):
                    cause = f"sighting {max(sightings)}"
                    self._tell(work, exposure, News.SPREAD, cause=cause, now=self._clock())

    def _write(self) -> None:
        if not self._waiting:
            return
        now = self._clock()
        remembered: defaultdict[str, list[Remembered]] = defaultdict(list)
        with self._store.begin() as work:
            for line, ours in self._waiting:
                for link, verdict in ours:
                    for place in line.places if isinstance(line, ReportRead) else (line.address,):
                        self._see(work, line.source, place, link, verdict, now)
                if isinstance(line, ReportRead):
                    remembered[line.source].extend(places_of(line, now) if ours else ())
                else:
                    self._recheck(work, line, ours, now)
                if (
                    page := self._memory.keep(
                        line, now, canary=(line.source, line.address) in self._canary_pages
                    )
                ) is not None:
                    remembered[line.source].append(page)
                elif isinstance(line, Failed):
                    work.addresses.forget(line.source, line.address)
            for source, pages in remembered.items():
                work.addresses.remember(source, pages)
        self._waiting.clear()

    def _see(
        self, work: Work, source: str, address: str, link: Link, verdict: Verdict, now: datetime
    ) -> None:
        meeting = self._meeting(work, verdict)
        if meeting is None:
            return
        seen = work.exposures.see(
            verdict.organisation,
            verdict.meeting,
            NewSighting(
                source=source,
                address=address,
                room=link.room,
                form=link.form,
                where=link.where,
                risk=link.risk,
                passcode=verdict.passcode,
                excerpt=link.excerpt,
            ),
            _grade(link, verdict, meeting, address=address, now=now),
            now,
            kind=verdict.kind,
        )
        if seen is None:
            return
        self.seen.add((verdict.organisation, seen.exposure_id))
        self._watched[source].add(address)
        told_alone = seen.exposure_is_new or seen.reopened or seen.worse
        if told_alone:
            exposure = work.exposures.get(verdict.organisation, seen.exposure_id)
            assert exposure is not None
            if seen.worse:
                self._tell(work, exposure, News.WORSE, cause=f"worse {now.isoformat()}", now=now)
            else:
                self._news(work, exposure, News.OPENED if seen.exposure_is_new else News.REGRESSED, now)
        if seen.sighting_is_new and not told_alone:
            self._places[verdict.organisation, seen.exposure_id].append(seen.sighting_id)

    def _recheck(self, work: Work, line: CrawlLine, ours: list[tuple[Link, Verdict]], now: datetime) -> None:
        """Bring the sightings known at an address up to date. Only a whole reading proves absence."""
        if line.address not in self._watched[line.source]:
            return
        match line:
            case PageRead(cut=False, unsearched=""):
                found = frozenset(link.room for link, _ in ours)
                cleared = work.rereading.read_without(line.source, line.address, found, now)
            case Failed(gone=True):
                cleared = work.rereading.address_gone(line.source, line.address, now)
            case Unchanged():
                for exposure in work.rereading.still_up(line.source, line.address, now):
                    self._news(work, exposure, News.REGRESSED, now)
                cleared = work.rereading.still_absent(line.source, line.address, now)
            case _:
                work.rereading.unreadable(line.source, line.address, now)
                return
        for exposure in cleared:
            self._news(work, exposure, News.GONE, now)

    def _news(self, work: Work, exposure: Exposure, news: News, now: datetime) -> None:
        """Count what became of an exposure and queue the alerts about it."""
        (self.gone if news is News.GONE else self.new).add(exposure.id)
        cause = f"{news} {now.isoformat()}"
        self._tell(work, exposure, news, cause=cause, now=now)
        if news is News.GONE:
            self._clear_others(work, exposure, cause=cause, now=now)

    def _tell(self, work: Work, exposure: Exposure, news: News, *, cause: str, now: datetime) -> None:
        alerts = route(
            exposure,
            news,
            self._routes,
            organisation=exposure.organisation,
            channels=self._channels,
            cause=cause,
        )
        for alert in alerts:
            work.outbox.put(alert, now, now)

    def _clear_others(self, work: Work, exposure: Exposure, *, cause: str, now: datetime) -> None:
        """Queue the all-clear for whoever heard of the leak without a route: deputies and stand-ins."""
        before = work.outbox.about(exposure.organisation, exposure.id)
        told = {each.alert.channel for each in before if each.has_arrived}
        for channel in told.intersection(self._channels):
            alert = alert_for(
                channel,
                "you were told of the leak",
                exposure,
                news=News.GONE,
                organisation=exposure.organisation,
                cause=cause,
            )
            work.outbox.put(alert, now, now)

    def _meeting(self, work: Work, verdict: Verdict) -> Meeting | None:
        if verdict.meeting not in self._meetings:
            meeting = work.meetings.get(verdict.organisation, verdict.meeting)
            if meeting is None:  # removed since the scan began
                return None
            self._meetings[verdict.meeting] = meeting
        return self._meetings[verdict.meeting]


def _grade(link: Link, verdict: Verdict, meeting: Meeting, *, address: str, now: datetime) -> Severity:
    if verdict.kind in (VerdictKind.RETIRED, VerdictKind.CLOSED):
        return grade_retired(deleted=verdict.kind is VerdictKind.CLOSED)
    return grade(
        risk=link.risk,
        form=link.form,
        passcode=verdict.passcode,
        passcode_needed=needs_passcode(link.room, meeting.passcodes, meeting.protections),
        protections=meeting.protections,
        next_start=next_start(meeting, now),
        running=is_running(meeting, now),
        now=now,
        hostile=calls_to_disrupt(link.excerpt, address),
    )


def _as_known(line: PageRead | ReportRead) -> Iterable[Link]:
    """Yield the links of a line; what is only reported says so, and by whom."""
    if isinstance(line, PageRead):
        return line.links
    where = f"reported by {line.by}"
    return (replace(link, form=Form.REPORTED, where=where) for link in line.links)
