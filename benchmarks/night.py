"""Scan sources that are well, half read, shut, dark, blind and odd in one night, and show what is said.

    python -m benchmarks.night            # prints the coverage report
    python -m benchmarks.night --write    # puts it into docs/sources.md

Each source is a server of its own on loopback. Three nights before, all was well at ``shrunk``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks.transcripts import PAGE, prepared, typed
from tests.internet import Answer, Page, Site, redirect, serve

TALK = "<p>" + "We met on Thursday in the hall and spoke of the bells and the fair. " * 20 + "</p>"
FORM = "<form action='/login'>Name <input name=n> Password <input type=password name=p></form>"
SHELL = "<noscript>You need to enable JavaScript.</noscript><div id=root></div><script src=a.js></script>"
LATER = Answer(status=503, headers={"Retry-After": "7200"})


def links(*paths: str) -> str:
    """Return a page that leads to these and says something."""
    return TALK + "".join(f"<a href='{path}'>{path}</a>" for path in paths)


def door(number: int) -> str:
    """Return one of many pages that differ in nothing but a number."""
    menu = "".join(f"<a href='/{other}'>x</a>" for other in range(9))
    return f"<title>Room {number}</title>{menu}" + "<p>This is for members, sorry.</p>" * 60


SOURCES: Mapping[str, tuple[Mapping[str, Page], Mapping[str, object]]] = {
    "well": ({"/": links("/minutes"), "/minutes": TALK}, {}),
    "half": (
        {
            "/": links("/gone", "/broken", "/large", "/file", "/members", "/app"),
            "/broken": Answer(status=500),
            "/large": Answer(body=TALK, length=len(TALK) + 99),
            "/file": Answer(body=b"\x93NUMPY" + bytes(400), type="application/octet-stream"),
            "/members": redirect("/login"),
            "/app": SHELL,
        },
        {},
    ),
    "too-many": ({"/": links(*map(str, range(40))), **{f"/{n}": TALK for n in range(40)}}, {"pages": 10}),
    "robots": ({"/": TALK, "/robots.txt": "User-agent: *\nDisallow: /"}, {}),
    "forbidden": ({"/": Answer(status=403)}, {}),
    "door": ({"/": f"<title>Log in</title>You must be logged in to view this forum.{FORM}"}, {}),
    "challenge": ({"/": "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"}, {}),
    "cookies": ({"/": redirect("https://consent.village.org/collect?to=1")}, {}),
    "shell": ({"/": SHELL}, {}),
    "moved": ({"/": redirect("https://elsewhere.village.org/")}, {}),
    "circle": ({"/": redirect("/a"), "/a": redirect("/")}, {}),
    "gone": ({}, {}),
    "later": ({"/": LATER, "/robots.txt": "User-agent: *"}, {}),
    "silent": ({"/": Answer(raw=b"")}, {}),
    "dead": ({}, {}),
    "blind": ({"/": TALK}, {"canary": True}),
    "alike": ({"/": door(9), **{f"/{n}": door(n) for n in range(9)}}, {}),
    "shrunk": ({"/": links(*map(str, range(60))), **{f"/{n}": links(str(n)) for n in range(60)}}, {}),
}


def night(place: Path) -> str:
    """Return what the command says of the night."""
    data = prepared(place)
    with ExitStack() as running:
        sites: dict[str, Site] = {}
        for name, (pages, _) in SOURCES.items():
            with ExitStack() as one:
                sites[name] = one.enter_context(serve(pages))
                if name != "dead":
                    running.push(one.pop_all())
        written: Mapping[str, Mapping[str, object]] = {
            name: {"kind": "site", "start": [site.url()], "sitemaps": False, "delay": "0s", "time": "40s"}
            | dict(SOURCES[name][1])
            for name, site in sites.items()
        }
        settings = {
            "version": 1,
            "sources": written,
            "network": {"allow": [site.pair for site in sites.values()]},
        }
        (data / "schedules.yaml").write_text(json.dumps(settings))
        for _ in range(3):
            typed(data, "scan", "shrunk")
        sites["shrunk"].pages["/"] = links("0", "1")
        for path in range(60):
            del sites["shrunk"].pages[f"/{path}"]
        said = typed(data, "scan")
    said = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8101", said.replace(str(place), "…"))
    return "\n".join(line.rstrip() for line in said.strip().splitlines())


def main() -> None:
    """Print the report, or write it into the page."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--write", action="store_true")
    write = arguments.parse_args().write
    os.environ |= {"COLUMNS": "100"}
    with tempfile.TemporaryDirectory() as place:
        said = night(Path(place))
    print(said)
    if write:
        section = re.compile(r"(\n## What a night says\n.*?\n```text\n).*?(```)", re.DOTALL)
        PAGE.write_text(section.sub(lambda found: f"{found[1]}{said}\n{found[2]}", PAGE.read_text(), count=1))


if __name__ == "__main__":
    main()
