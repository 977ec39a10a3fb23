"""Who and what the simulated week is about. Everything is invented."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
"""A Thursday. The week has a Monday (sign of life) and the first of a month (report) in it."""
END = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)

COUNCIL, CIRCLE, CHOIR = "82205560201", "82205560202", "82205560203"
COUNCIL_CODE, CIRCLE_CODE, CHOIR_CODE, CHOIR_OLD_CODE = "412908", "551027", "385117", "771203"
COUNCIL_LINK = f'<a href="https://us02web.zoom.us/j/{COUNCIL}">join us online</a>, passcode {COUNCIL_CODE}'
CIRCLE_LINK = f'<a href="https://us02web.zoom.us/j/{CIRCLE}">the circle</a>, passcode {CIRCLE_CODE}'
CHOIR_LINK = f'<a href="https://us02web.zoom.us/j/{CHOIR}">the choir</a>, passcode {CHOIR_CODE}'

MEETINGS = [
    {
        "title": "Residents' council",
        "starts": "2026-11-30T19:30:00+01:00",
        "ends": "2026-11-30T21:00:00+01:00",
        "rooms": [{"platform": "zoom", "key": COUNCIL, "passcode": COUNCIL_CODE}],
    },
    {
        "title": "Carers' circle",
        "starts": "2026-11-28T10:00:00+01:00",
        "ends": "2026-11-28T11:00:00+01:00",
        "repeats": "FREQ=WEEKLY",
        "rooms": [{"platform": "zoom", "key": CIRCLE, "passcode": CIRCLE_CODE}],
    },
    {
        "title": "Choir practice",
        "starts": "2026-12-02T20:00:00+01:00",
        "ends": "2026-12-02T21:30:00+01:00",
        "repeats": "FREQ=WEEKLY",
        "rooms": [{"platform": "zoom", "key": CHOIR, "passcode": CHOIR_CODE}],
    },
]
INIT = (
    "init",
    "--yes",
    "--organisation",
    "Lindenhof Association",
    "--timezone",
    "Europe/Berlin",
    "--email",
    "clerk@lindenhof.example",
)


@dataclass
class Place:
    """A site on a loopback address of its own, whose pages change; the timeline calls it ``shown``."""

    name: str
    shown: str
    host: str
    pages: dict[str, str]
    port: int = 0

    @property
    def pair(self) -> str:
        return f"{self.host}:{self.port}"


def places() -> tuple[Place, ...]:
    """Return the three sites as they are when the week begins."""
    site = {
        f"/minutes-{number}": f"<p>Minutes, number {number}. All went home at ten.</p>"
        for number in range(12)
    }
    site |= {"/": _links(site), "/about": "<p>The Lindenhof Association is here for its neighbours.</p>"}
    threads = {f"/t/{number}": f"<p>Lost and found, part {number}.</p>" for number in range(20)}
    stories = {
        f"/story-{number}": f"<p>What happened in the village, part {number}.</p>" for number in range(6)
    }
    return (
        Place("our-site", "lindenhof.example", "127.0.0.1", site),
        Place("village-forum", "forum.example", "127.0.0.2", {**threads, "/": _links(threads)}),
        Place("village-news", "news.example", "127.0.0.3", {**stories, "/": _links(stories)}),
    )


def post(place: Place, path: str, text: str) -> None:
    """Let a page with a text appear, and its link first on the front page."""
    place.pages[path] = f"<p>{text}</p>"
    place.pages["/"] = f'<a href="{path}">{path}</a> {place.pages["/"]}'


def settings(sites: Iterable[Place], chat: str, mail_port: int) -> str:
    """Return ``schedules.yaml``."""
    sites = list(sites)
    mail = f"host: 127.0.0.1, port: {mail_port}, from: lychgate@lindenhof.example"
    sources = "\n".join(
        f'  {site.name}: {{kind: site, start: ["http://{site.pair}/"], delay: 0s}}' for site in sites
    )
    return f"""version: 1
sources:
{sources}
schedules:
  nightly: {{cron: "10 3 * * mon-sun", sources: all}}
  countdown: {{every: {{24h: 2h, 3h: 10m, 30m: 2m}}, until: start, sources: [village-forum]}}
channels:
  clerk: {{kind: email, to: [clerk@lindenhof.example], {mail}}}
  deputy: {{kind: email, to: [deputy@lindenhof.example], {mail}}}
  chat: {{kind: webhook, url: {{env: CHAT_URL}}, secret: {{env: CHAT_SECRET}}}}
routes:
  - {{when: {{severity: high}}, to: [clerk], quiet: 22:00-07:00, escalate: {{to: [deputy], after: 20m}}}}
  - {{to: [clerk], digest: daily}}
reports: {{monthly: [clerk, deputy], alive: [clerk]}}
network: {{allow: {json.dumps([*(site.pair for site in sites), chat])}}}
web: {{listen: "127.0.0.1:0"}}
"""


def _links(pages: Iterable[str]) -> str:
    return " ".join(f'<a href="{path}">{path}</a>' for path in pages)
