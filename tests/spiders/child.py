"""Crawl in a process of its own that cannot reach anything but loopback, and say what happened.

Standard input: the names that resolve, then one Unit a line. Standard output: one JSON object an event, then
what the process tried to open or look up.
"""

from __future__ import annotations

import json
import sys
import time

from tests.spiders import no_escape

no_escape.install()


def main() -> None:
    """Run one crawl."""
    from scanner.detect import Detector
    from scanner.model import CrawlEvent, Ended, Fetched
    from scanner.platforms import table_with
    from scanner.scans.wire import event_to_json, unit_from_json
    from spiders.crawl import crawl

    plan = json.loads(sys.stdin.readline())
    units = [unit_from_json(line) for line in sys.stdin]
    asked: list[str] = []
    ended: dict[str, float] = {}

    def lookup(host: str) -> list[str]:
        asked.append(host)
        if host not in plan["names"]:
            raise OSError("no such name")
        if plan["names"][host] == ["never"]:
            time.sleep(4)
        return list(plan["names"][host])

    def sink(event: CrawlEvent) -> None:
        if isinstance(event, Fetched) and plan["trip"] and event.document.address.endswith(plan["trip"]):
            raise ValueError("the search of this page broke")
        if isinstance(event, Ended):
            ended[event.source] = event.closed_for.total_seconds()
            return
        line = json.loads(event_to_json(event))
        if isinstance(event, Fetched):
            line["text"] = event.document.body[: plan["shown"]].decode("utf-8", "replace")
        print(json.dumps(line), flush=True)

    own = {slug: hosts for unit in units for slug, hosts in unit.platforms.items()}
    crawl(units, sink, lookup=lookup, detector=Detector(table_with(own)))
    end = {
        "event": "end",
        "opened": no_escape.OPENED,
        "looked_up": no_escape.LOOKED_UP,
        "bound": no_escape.BOUND,
        "asked": asked,
        "ended": ended,
    }
    print(json.dumps(end), flush=True)


main()
