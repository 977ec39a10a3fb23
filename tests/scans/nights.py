"""Nights of a small installation: what a crawl child says is written by the test, all else is real."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scanner.alerts.routing import Route
from scanner.model import (
    Alert,
    Exposure,
    Failed,
    Form,
    Limits,
    Link,
    Meeting,
    News,
    Organisation,
    Passcode,
    Room,
    Skipped,
    Unchanged,
    Unit,
)
from scanner.scans.page import END, CrawlLine, PageRead, to_json
from scanner.scans.queue import LocalQueue
from scanner.scans.run import ScanReport, scan
from storage.meetings import NewMeeting
from storage.store import Store
from tests.builders import NOON, a_room

PAGE, OTHER_PAGE = "https://forum.example/t/12", "https://forum.example/t/13"


def a_link(room: Room | None = None, *, passcode: Passcode | None = None) -> Link:
    return Link(room=room or a_room(), form=Form.URL, where="href", passcode=passcode)


def read(
    *links: Link, address: str = PAGE, source: str = "forum", digest: str = "d1", **more: object
) -> PageRead:
    return PageRead(source=source, address=address, depth=1, links=links, digest=digest, **more)  # type: ignore[arg-type]


def unchanged(address: str = PAGE, source: str = "forum") -> Unchanged:
    return Unchanged(source=source, address=address)


def failed(why: str = "HTTP 503", address: str = PAGE, source: str = "forum", **more: bool) -> Failed:
    return Failed(source=source, address=address, why=why, **more)


def skipped(why: str, address: str = PAGE, source: str = "forum") -> Skipped:
    return Skipped(source=source, address=address, why=why)


def saying(*lines: CrawlLine, ends: bool = True) -> LocalQueue:
    """A queue whose child reads its Units, says these lines and ends, or dies without having ended."""
    said = "".join(to_json(line) + "\n" for line in lines) + (END + "\n" if ends else "")
    return LocalQueue(
        command=(sys.executable, "-c", f"import sys; sys.stdin.read(); print({said!r}, end='')")
    )


@dataclass
class Nights:
    """One organisation and its scans; each is an hour after the one before."""

    store: Store
    club: Organisation
    now: datetime = NOON
    routes: Sequence[Route] = ()
    channels: Sequence[str] = ("clerk",)
    sources: Sequence[str] = field(default=("forum",))

    def register(self, meeting: NewMeeting) -> Meeting:
        with self.store.begin() as work:
            return work.meetings.add(self.club.id, meeting, self.now)

    def scan(
        self,
        *lines: CrawlLine,
        queue: LocalQueue | None = None,
        full: bool = False,
        fast: bool = False,
        canaries: Sequence[str] = (),
    ) -> ScanReport:
        self.now += timedelta(hours=1)
        units = [
            Unit(source=name, kind="site", options={}, limits=Limits(), fast=fast) for name in self.sources
        ]
        return scan(
            units,
            store=self.store,
            routes=self.routes,
            channels=self.channels,
            trigger="test",
            clock=lambda: self.now,
            queue=queue or saying(*lines),
            full=full,
            canaries=canaries,
        )

    def scan_twice(self, *lines: CrawlLine) -> ScanReport:
        """Scan twice and return the second report: one clean reading proves no absence."""
        self.scan(*lines)
        return self.scan(*lines)

    @property
    def alerts(self) -> list[Alert]:
        """All alerts so far, oldest first."""
        with self.store.reading() as work:
            return [delivery.alert for delivery in reversed(work.outbox.all(self.club.id))]

    @property
    def news(self) -> list[News]:
        return [alert.news for alert in self.alerts]

    @property
    def exposures(self) -> list[Exposure]:
        with self.store.reading() as work:
            return work.exposures.all(self.club.id)

    def send_all(self) -> None:
        """Mark every alert as sent, as the postman does."""
        with self.store.begin() as work:
            for delivery in work.outbox.claim(self.now, timedelta(minutes=5), 100):
                work.outbox.sent(delivery.id, self.now)

    def known(self, source: str = "forum") -> dict[str, tuple[str, int]]:
        """Digest and number of rooms of each remembered address."""
        with self.store.reading() as work:
            return {
                page.known.address: (page.known.digest, page.rooms) for page in work.addresses.known(source)
            }
