"""Run crawls in a child process: the connect guard, once installed, stays for the life of a process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from scanner.model import Known, Limits, Unit
from scanner.scans.wire import unit_to_json

ROOT = Path(__file__).parents[2]
QUICK = Limits(
    delay=timedelta(0),
    time=timedelta(seconds=20),
    response_time=timedelta(seconds=2),
    connect_time=timedelta(seconds=2),
)


@dataclass(frozen=True)
class Crawled:
    """What a crawl said and did."""

    events: list[dict[str, Any]]
    opened: list[str]
    looked_up: list[str]
    bound: list[str]
    asked: list[str]
    ended: dict[str, float]
    """For how many seconds each source still wanted to be left alone when its Unit had ended."""
    error: str = field(repr=False, default="")

    def of(self, kind: str, source: str | None = None) -> list[dict[str, Any]]:
        """All events of a kind: ``fetched``, ``failed`` …"""
        return [e for e in self.events if e["event"] == kind and source in (None, e["source"])]

    def fetched(self, source: str | None = None) -> dict[str, dict[str, Any]]:
        """The Fetched events by address."""
        return {event["document"]["address"]: event for event in self.of("fetched", source)}

    def why(self, kind: str, source: str | None = None) -> dict[str, str]:
        """Reasons by address."""
        return {event["address"]: event["why"] for event in self.of(kind, source)}


def unit(*start: str, source: str = "s", kind: str = "site", **fields: Any) -> Unit:
    """A Unit with quick limits that may go where its starts are. Sites are read without their sitemaps."""
    options = ({"start": list(start)} if start else {}) | fields.pop("options", {})
    if kind == "site":
        options.setdefault("sitemaps", False)
    return Unit(source=source, kind=kind, options=options, **{"limits": QUICK} | fields)


def remembered(crawled: Crawled) -> tuple[Known, ...]:
    """What a scan keeps of the addresses it read."""
    return tuple(
        Known(
            address=event["document"]["address"],
            depth=event["depth"],
            etag=event["etag"],
            last_modified=event["last_modified"],
            digest=event["digest"],
        )
        for event in crawled.of("fetched")
    )


def crawl(
    *units: Unit,
    names: Mapping[str, Sequence[str]] | None = None,
    trip: str = "",
    shown: int = 2000,
    env: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> Crawled:
    """Crawl in a child; fail if it breaks or does not end."""
    plan = {"names": names or {}, "trip": trip, "shown": shown}
    lines = [json.dumps(plan), *map(unit_to_json, units)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.spiders.child"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=seconds,
        env={
            "PATH": "/usr/bin:/bin",
            "HTTP_PROXY": "http://127.0.0.1:9/",
            "http_proxy": "http://127.0.0.1:9/",
        }
        | (env or {}),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *events, end = (json.loads(line) for line in done.stdout.splitlines())
    return Crawled(
        events, end["opened"], end["looked_up"], end["bound"], end["asked"], end["ended"], done.stderr
    )
