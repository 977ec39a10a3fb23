"""Try every vector by every way in, in a process that cannot leave loopback, and say what came of each.

Standard input: names, Units, addresses and the one allowed pair. Standard output: outcomes, and what the
process tried to open or look up.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.spiders import no_escape

no_escape.install()


def main() -> None:
    """Run one plan."""
    from scanner.errors import DeliveryError
    from scanner.model import CrawlEvent, Fetched
    from scanner.scans.wire import event_to_json, unit_from_json
    from spiders.crawl import crawl
    from spiders.fetch import NotRead
    from spiders.retrieve import Wanted, retrieve

    plan = json.loads(sys.stdin.read())
    asked: list[str] = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        if host not in plan["names"]:
            raise OSError("no such name")
        return list(plan["names"][host])

    events: list[dict[str, Any]] = []

    def sink(event: CrawlEvent) -> None:
        line = json.loads(event_to_json(event))
        if isinstance(event, Fetched):
            line["address"] = event.document.address
        if "address" in line:
            events.append(line)

    crawl([unit_from_json(json.dumps(unit)) for unit in plan["units"]], sink, lookup=lookup)

    def fetch(address: str) -> None:
        retrieve(Wanted(address=address, allow=tuple(plan["allow"])), lookup=lookup)

    def post(address: str) -> None:
        from scanner.alerts.posting import post

        post(address, b"news", {}, allow=plan["allow"], patience=timedelta(seconds=5))

    def outcome(way: Callable[[str], None], address: str) -> str:
        try:
            way(address)
        except (NotRead, DeliveryError) as refused:
            return str(refused)
        return "passed"

    report = {
        "events": events,
        "fetched": [outcome(fetch, address) for address in plan["fetch"]],
        "posted": [outcome(post, address) for address in plan["post"]],
        "opened": no_escape.OPENED,
        "looked_up": no_escape.LOOKED_UP,
        "bound": no_escape.BOUND,
        "asked": asked,
    }
    print(json.dumps(report))


main()
