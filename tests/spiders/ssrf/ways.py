"""The ways in: each leads the product to an address that somebody else wrote."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from scanner.model import Unit
from scanner.scans.wire import unit_to_json
from spiders.addresses import resolve
from tests.internet import Answer, Page, Site, redirect, serve
from tests.spiders.crawls import QUICK, ROOT, unit
from tests.spiders.ssrf.vectors import POISONED, VECTORS

HOME = "home.example.com"
MANY = replace(QUICK, pages=2000, time=QUICK.time * 6)
REFUSED = "refused by the network guard"

CRAWLED = (
    "start", "link", "frame", "picture", "refresh", "feed", "sitemap", "index", "calendar", "redirect",
    "robots",
)  # fmt: skip
WAYS = (*CRAWLED, "robots sitemap", "subscription", "moved subscription", "webhook")


@dataclass(frozen=True, slots=True)
class Attack:
    """What came of every vector by every way, and what the process opened and looked up meanwhile.

    ``outcomes`` has, for each way, one word a vector: ``refused``, ``told`` (a redirect into a meeting, which
    is news), ``no address`` (nothing could be made of it that would be asked for), ``own path`` (relative to
    the page it stands on, it names a place on that server), ``public name``, or what else was said.
    """

    names: Sequence[str]
    outcomes: Mapping[str, Sequence[str]]
    opened: Sequence[str]
    looked_up: Sequence[str]
    bound: Sequence[str]
    asked: Sequence[str]
    home: str
    strangers: Sequence[str]
    """Requests that a second server, allowed by nobody, got."""
    hosts: frozenset[str]
    """The names by which the allowed server was asked."""


def attack() -> Attack:
    """Try all vectors by all ways."""
    with serve({}) as site, serve({"*": "not allowed"}) as stranger:
        vectors = {name: vector.format(port=stranger.port) for name, vector in VECTORS.items()}
        vectors |= {
            f"{name}, answering {answers[-1]}": f"http://{name}/" for name, answers in POISONED.items()
        }
        vectors |= {f"{name}, on the allowed port": f"http://{name}:{site.port}/" for name in POISONED}
        vectors["a neighbour on loopback"] = stranger.url()
        written = list(vectors.values())
        names, units = _lay_out(site, written)
        fetch = [*written, *(site.url(f"/to/{at}") for at in range(len(written)))]
        plan = {
            "names": names,
            "units": [json.loads(unit_to_json(each)) for each in units],
            "allow": [site.pair],
            "fetch": fetch,
            "post": written,
        }
        report = run(plan)
        events = report["events"]
        outcomes: dict[str, Sequence[str]] = {
            way: [_outcome(events, way, at, vector, site) for at, vector in enumerate(written)]
            for way in (*CRAWLED, "robots sitemap")
        }
        outcomes["subscription"] = list(map(_word, report["fetched"][: len(written)]))
        outcomes["moved subscription"] = list(map(_word, report["fetched"][len(written) :]))
        outcomes["webhook"] = list(map(_word, report["posted"]))
        return Attack(
            names=list(vectors),
            outcomes=outcomes,
            opened=report["opened"],
            looked_up=report["looked_up"],
            bound=report["bound"],
            asked=report["asked"],
            home=site.pair,
            strangers=stranger.paths,
            hosts=frozenset(hit.host for hit in site.hits),
        )


def run(plan: Mapping[str, object]) -> dict[str, Any]:
    """Run a plan in a child of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.spiders.ssrf.child"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=560,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _lay_out(site: Site, written: Sequence[str]) -> tuple[dict[str, Sequence[str]], list[Unit]]:
    """Write the pages that lead to the vectors, and return the names that resolve and the Units to crawl."""
    names: dict[str, Sequence[str]] = {**POISONED, HOME: ["127.0.0.1"]}
    allow = (site.pair, f"{HOME}:{site.port}")
    pages: dict[str, Page] = {
        "/link": "".join(f'<a href="{escape(vector)}">x</a>' for vector in written),
        "/frame": "".join(f'<iframe src="{escape(vector)}"></iframe>' for vector in written),
        "/picture": "".join(f'<img src="{escape(vector)}">' for vector in written),
        "/feed": _xml("rss", "channel", "item", "link", written),
        "/sitemap": _xml("urlset", "", "url", "loc", written),
        "/index": _xml("sitemapindex", "", "sitemap", "loc", written),
        "/refresh": "".join(f'<a href="/refresh/{at}">x</a>' for at in range(len(written))),
        "/redirect": "".join(f'<a href="/to/{at}">x</a>' for at in range(len(written))),
    }
    units = [unit(*written, source=way, kind=kind, allow=allow, limits=MANY) for way, kind in _STARTED]
    # Starts beside the vectors, so that the source holds them: a link that leads out is left anyway.
    beside = [f"{vector}beside" for vector in written]
    for way, kind in _FOUND:
        starts = (site.url(f"/{way}", host=HOME), *beside)
        units.append(unit(*starts, source=way, kind=kind, allow=allow, limits=MANY))
    for at, vector in enumerate(written):
        pages[f"/to/{at}"] = redirect(vector)
        pages[f"/refresh/{at}"] = f'<meta http-equiv=refresh content="0; url={escape(vector)}">'
        units.append(_named(f"robots {at}", names, site))
        pages[f"robots-{at}.example.com/robots.txt"] = redirect(vector)
    for first in range(0, len(written), 90):
        units.append(_named(f"robots sitemap {first}", names, site, starts=beside, sitemaps=True))
        lines = "".join(f"Sitemap: {vector}\n" for vector in written[first : first + 90])
        pages[f"robots-sitemap-{first}.example.com/robots.txt"] = lines
        pages[f"robots-sitemap-{first}.example.com/"] = "home"
    site.pages |= {path: page if path[0] != "/" else _typed(path, page) for path, page in pages.items()}
    return names, units


_STARTED = (("start", "site"), ("calendar", "calendar"))
_FOUND = (
    ("link", "site"), ("frame", "site"), ("picture", "site"), ("refresh", "site"), ("feed", "feed"),
    ("sitemap", "sitemap"), ("index", "sitemap"), ("redirect", "site"),
)  # fmt: skip


def _typed(path: str, page: Page) -> Page:
    is_xml = path in ("/feed", "/sitemap", "/index")
    return (
        Answer(body=page, type="application/xml; charset=utf-8") if is_xml and isinstance(page, str) else page
    )


def _named(
    source: str,
    names: dict[str, Sequence[str]],
    site: Site,
    *,
    starts: Sequence[str] = (),
    sitemaps: bool = False,
) -> Unit:
    host = f"{source.replace(' ', '-')}.example.com"
    names[host] = ["127.0.0.1"]
    allow = (site.pair, f"{host}:{site.port}")
    options = {"sitemaps": sitemaps}
    return unit(site.url(host=host), *starts, source=source, allow=allow, limits=MANY, options=options)


def _xml(root: str, inside: str, entry: str, element: str, written: Sequence[str]) -> str:
    entries = "".join(
        f"<{entry}><{element}>{escape(vector.replace(chr(0), ''))}</{element}></{entry}>"
        for vector in written
    )
    return f"<{root}>{f'<{inside}>{entries}</{inside}>' if inside else entries}</{root}>"


def _outcome(events: Sequence[Mapping[str, Any]], way: str, at: int, vector: str, site: Site) -> str:
    """Say what became of one vector by one way of the crawl."""
    home = site.url(host=HOME)
    match way:
        case "start" | "calendar":
            source, addresses = way, {vector.strip()}
        case "redirect":
            source, addresses = way, {site.url(f"/to/{at}", host=HOME), resolve(home, vector)}
        case "robots":
            source, addresses = f"robots {at}", {site.url(host=f"robots-{at}.example.com")}
        case "robots sitemap":
            source = f"robots sitemap {at // 90 * 90}"
            addresses = {resolve(site.url(host=source.replace(" ", "-") + ".example.com"), vector)}
        case _:
            source, addresses = way, {resolve(home, vector), resolve(home, vector.replace("\0", ""))}
    addresses |= {address.partition("#")[0] for address in addresses}
    told = {
        _word(str(event.get("why", event["event"])))
        for event in events
        if event["source"] == source and event["address"] in addresses and not _is_start(event, way)
    }
    return " and ".join(sorted(told)) or "no address"


def _is_start(event: Mapping[str, Any], way: str) -> bool:
    """Tell the refusals of the starts that only make a source hold the vectors."""
    return way not in ("start", "calendar", "robots") and bool(event.get("start"))


def _word(said: str) -> str:
    if REFUSED in said or said.startswith("its address must begin with https://"):
        return "refused"
    if said == "HTTP 404":
        return "own path"
    if said.endswith("name not found"):
        return "public name"
    return "told" if said == "meetingredirect" else said
