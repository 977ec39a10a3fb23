"""Time detection on documents made to be slow, each against ordinary prose of the same size, in one run.

    python benchmarks/crafted.py --size 1000000 --rounds 3 [--as html] [NAME ...]

Rounds are interleaved and the best of each is shown, as CPU time: only the ratios of one run mean anything.
``detect`` is what a scan calls; ``read`` are the readers behind it alone, without gate or screen.
"""

from __future__ import annotations

import argparse
import base64
import codecs
import platform
import random
import re
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parent.parent))

from scanner.detect import Detector
from scanner.extract import segments
from scanner.model import Document
from scanner.platforms import BUILT_IN

SIZE = 1_000_000
MEDIA_TYPES = {"text": "text/plain", "html": "text/html"}
_WORDS = re.findall(
    r"\w+",
    """the of and to in a is that for it as was with be by on not he his but at are this have from or had an
    they which one you were all her she there would their we him been has when who will no more if out so up
    said what its about than into them can only other time new some could these two may first then do any
    like my now over such our man me even most made after also did many off before must well back through
    years where much your way village choir parish council committee garden harvest supper church hall
    allotment minutes agenda treasurer""",
)
_HOSTS = sorted(BUILT_IN.host_names)


def prose(size: int) -> str:
    """Return sentences of common words in paragraphs, with a date or a page's address here and there."""
    parts: list[str] = []
    chance, length = random.Random(1), 0
    while length < size:
        words = chance.choices(_WORDS, k=chance.randint(6, 18))
        sentence = " ".join(words).capitalize()
        sentence += chance.choice([". ", ". ", "? ", ".\n\n", f", {chance.randint(1, 28)} May 2026. "])
        if chance.random() < 0.02:
            sentence += f"See https://parish.example/{words[0]}/{words[1]}-{len(parts)} for more. "
        parts.append(sentence)
        length += len(sentence)
    return "".join(parts)[:size]


def prose_page(size: int) -> str:
    """Return prose as a page: paragraphs, links, attributes."""
    paragraphs = prose(size).split("\n\n")
    lines = (
        f'<p class="text" id="p{number}">{text} <a href="/{number}/{text[:8]}">More</a></p>\n'
        for number, text in enumerate(paragraphs)
    )
    return _page("".join(lines))[:size]


def _page(body: str) -> str:
    return f"<!doctype html><html><head><title>Minutes</title></head><body>\n{body}"


def _room(number: int) -> str:
    return f"https://zoom.us/j/{84_000_000_000 + number * 7919 % 999_999_937}"


def _wrapped(address: str, deep: int) -> str:
    for _ in range(deep):
        address = f"https://www.google.com/url?q={address.replace('%', '%25').replace('&', '%26')}"
    return address


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


Line = Callable[[int], str]
"""One piece of a crafted document, by its number."""

CRAFTED: dict[str, Line] = {
    "one host with a path": lambda n: "webex.com/a/b/",
    "one host with a path and a blank": lambda n: "webex.com/a/b ",
    "one host alone": lambda n: "zoom.us ",
    "one room again and again": lambda n: "https://zoom.us/j/84512367890 ",
    "rooms of one platform": lambda n: f"{_room(n)}\n",
    "rooms with passcodes": lambda n: f"{_room(n)}?pwd=Ab{n:08}Cd Passcode: x{n}\n",
    "rooms glued together": lambda n: _room(n),
    "rooms and names": lambda n: (
        f"Zoom meeting ID {n % 899 + 100} {n % 9000 + 1000} 1234 {_room(n)} Webex Teams Meet\n"
    ),
    "every host with a path": lambda n: f"{_HOSTS[n % len(_HOSTS)]}/j/{n + 100_000_000} ",
    "every host with a long path": lambda n: f"https://{_HOSTS[n % len(_HOSTS)]}/{'a/' * 40}{n} ",
    "hosts under a domain": lambda n: f"https://a{n}.webex.com/a{n}/j.php?RCID={n} ",
    "hosts with many labels": lambda n: f"{'a.' * 30}zoom.us/x ",
    "hints in addresses": lambda n: f"example.org/b/{n} ",
    "hosts of their own": lambda n: f"https://jitsi.example{n}.org/room{n} ",
    "many parameters": lambda n: f"https://zoom.us/x?{'&'.join(f'a{i}=b' for i in range(150))} ",
    "wrappers in wrappers": lambda n: _wrapped(_room(n), 6) + " ",
    "a wrapper of nothing": lambda n: "https://www.google.com/url?q=",
    "wrappers of one platform's pages": lambda n: (
        f"https://zoom.us/x?u=https://zoom.us/y?u=https://zoom.us/{n} "
    ),
    "paths full of addresses": lambda n: "https://a.example/http://zoom.us/",
    "share links": lambda n: f"https://wa.me/?text=Zoom%20ID%20{n + 800_000_000}%20https%3A%2F%2Fzoom.us ",
    "text in text in addresses": lambda n: f"https://a.example/?text={'https://zoom.us?text=' * 12}{n} ",
    "Proofpoint": lambda n: "https://urldefense.com/v3/__https:/*zoom.us/*/*__;Ly8v!!x ",
    "percent signs": lambda n: "%25",
    "percent signs before a host": lambda n: "%2Fzoom.us%2F",
    "encoded addresses": lambda n: f"https%3A%2F%2Fzoom.us%2Fj%2F{n + 80_000_000_000} ",
    "entities": lambda n: "&amp;",
    "numbered entities": lambda n: "&#122;&#111;&#111;&#109;",
    "entities in entities": lambda n: "&amp;amp;#x7a;oom.us/j/",
    "labels without numbers": lambda n: "Meeting ID: ",
    "labels with short numbers": lambda n: f"Meeting ID: {n % 9999999} ",
    "labels with numbers": lambda n: f"Meeting ID: {n % 899 + 100} {n % 8999 + 1000} {n % 7999 + 2000}\n",
    "labels in other languages": lambda n: f"会议号 {n} идентификатор конференции {n} ",
    "names without numbers": lambda n: "Zoom meeting id number ",
    "names with numbers": lambda n: f"Zoom {n + 812_000_000} Webex {n + 912_000_000} ",
    "digits": lambda n: "1234567890",
    "digits and blanks": lambda n: "1 2 3 4 ",
    "numbers": lambda n: f"{n + 812_345_678} ",
    "letters for digits": lambda n: "0l ",
    "number words": lambda n: "eight one double five ",
    "number words after a label": lambda n: "Zoom ID: eight one two three four five six seven ",
    "base64": lambda n: f"{_base64(f'{_room(n)}?x={n}')} ",
    "base64 of nothing": lambda n: f"{_base64(f'{n} words without an address in them')} ",
    "brackets": lambda n: "zoom[.]us(/)j(/) ",
    "open brackets": lambda n: "((((([[[[[",
    "spoken addresses": lambda n: f"zoom dot us slash j slash {n + 80_000_000_000} ",
    "spaced letters": lambda n: "z o o m . u s / j / 8 4 5 ",
    "dots and blanks": lambda n: "a . b / c . ",
    "line breaks in addresses": lambda n: f"https://zoom.us/j/8451\n> {n % 9_000_000 + 1_000_000}\n",
    "addresses at one width": lambda n: f"> https://example.org/aaaaa\n> {n:023}\n",
    "JSON escapes": lambda n: "\\u007aoom.us\\/j\\/",
    "backslashes": lambda n: "\\",
    "passcode labels": lambda n: "Passcode: ",
    "passcodes": lambda n: f"Passcode: ab{n} ",
    "a room and passcodes": lambda n: f"{_room(0)} " if n % 99 == 0 else f"Passcode: ab{n} ",
    "dial-in strings": lambda n: f"+16465588656,,{n + 812_345_678}#,,,,*{n % 899999 + 100000}# ",
    "encoded dial-in strings": lambda n: f"tel:+16465588656%2C%2C{n + 812_345_678}%23 ",
    "SIP": lambda n: f"{n + 812_345_678}@zoomcrc.com a{n}@club.webex.com ",
    "at signs": lambda n: "a@b.webex.com@",
    "codes": lambda n: f"{_code(n)} ",
    "codes beside a name": lambda n: f"Google Meet {_code(n)} ",
    "mixed alphabets": lambda n: f"zооm.us/j/{n + 80_000_000_000} ",
    "letters of many alphabets": lambda n: chr(0x400 + n % 0x8000) + "zoom.us/",
    "wide digits": lambda n: "８４５１２３６７８９０ ",
    "zero-width marks": lambda n: f"z\u200bo\u200bo\u200bm.us/j/{n + 80_000_000_000} ",
    "reversed": lambda n: f"{_room(n)}\n"[::-1],
    "ROT13": lambda n: codecs.encode(f"{_room(n)}\n", "rot13"),
    "every sign at once": lambda n: (
        f"hxxp://zoom[.]us/j/{n} mbbz.hf su.mooz//:sptth zoom dot us %2F z o o m о "
    ),
    "quoting": lambda n: ">>>>>>>> ",
    "quoted rooms": lambda n: f"> > > {_room(n)}\n",
    "blanks": lambda n: " ",
    "blanks and line breaks": lambda n: " \n ",
    "one long word": lambda n: "a",
    "a long word with dots": lambda n: "a.",
    "slashes": lambda n: "/",
    "colons": lambda n: "://",
    "schemes": lambda n: f"msteams:/l/meetup-join/{n} zoommtg: ",
    "threads": lambda n: (
        f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{n:024}%40thread.v2/0?context=%7b "
    ),
    "piped tables": lambda n: "|Meeting ID|b|\n|--|--|\n" if n % 50 == 0 else f"|{n + 812_345_678}|x|\n",
    "short links": lambda n: f"https://bit.ly/{n} ",
    "tables with headings": lambda n: (
        "<table><tr><th>Meeting ID<th>x" if n % 50 == 0 else f"<tr><td>{n + 812_345_678}<td>x"
    ),
    "tables without headings": lambda n: (
        "<table><tr><td>Zoom ID<td>a<td>b" if n % 9 == 0 else f"<tr><td>{n}<td>1<td>2"
    ),
    "cells": lambda n: "<td>",
    "tags": lambda n: "<b>",
    "tags in a host": lambda n: "z<b>o</b>om.us/<i>j</i>/8 ",
    "nested pages": lambda n: '<iframe srcdoc="&lt;iframe srcdoc=&quot;zoom.us/j/">',
    "nested noscript": lambda n: "<noscript><p>zoom.us/j/</noscript>",
    "attributes": lambda n: f'<a title="zoom.us/j/{n}" data-a="Meeting ID: {n}">',
    "links": lambda n: f'<a href="{_room(n)}">x</a>',
    "links of every sort": lambda n: f'<img srcset="https://zoom.us/{n} 1x, /b/{n} 2x"><a href="/call/{n}">',
    "an attribute without end": lambda n: "<a title='" if not n else "zoom.us/j/ ",
    "comments": lambda n: f"<!-- zoom.us/j/{n} -->",
    "scripts": lambda n: f"<script>join('zoom.us/j/{n}')</script>",
    "JSON in scripts": lambda n: (
        f'<script type="application/json">{{"meeting_id": {n + 812_345_678}}}</script>'
    ),
    "base": lambda n: "<base href='https://zoom.us/'>" if not n else f"<a href='/j/{n}'>x</a>",
    "data: pages": lambda n: f'<iframe src="data:text/html,{"<p>zoom.us/j/" * 300}"></iframe>',
    "less than": lambda n: "<",
    "escaped tags": lambda n: "&lt;a href=&quot;https://zoom.us/j/&quot;&gt;",
}


def _code(number: int) -> str:
    letters = "".join(chr(97 + number // 26**place % 26) for place in range(10))
    return f"{letters[:3]}-{letters[3:7]}-{letters[7:]}"


def crafted(line: Line, size: int) -> str:
    """Return a text of a size out of the pieces of a crafted document."""
    return "".join(_up_to(size, map(line, count())))[:size]


def _up_to(size: int, parts: Iterator[str]) -> Iterator[str]:
    length = 0
    while length < size:
        part = next(parts)
        length += len(part)
        yield part


def document(text: str, kind: str, size: int) -> Document:
    """Return a text as a document of a kind, cut to a size in bytes."""
    body = (_page(text) if kind == "html" and not text.startswith("<!doctype") else text).encode()[:size]
    return Document("", body, MEDIA_TYPES[kind], "utf-8")


def seconds(work: Callable[[Document], object], document: Document) -> float:
    """Return the CPU time of a piece of work on a document."""
    began = process_time()
    work(document)
    return process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(CRAFTED)}")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--as", dest="kinds", choices=[*MEDIA_TYPES], action="append")
    parser.add_argument("--way", dest="ways", choices=["detect", "read"], action="append")
    options = parser.parse_args()
    if unknown := set(options.names) - set(CRAFTED):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    detector = Detector(BUILT_IN)
    ways: dict[str, Callable[[Document], object]] = {
        "detect": detector.detect,
        "read": lambda document: detector._detect(segments(document), bare=False),
    }
    best: dict[tuple[str, str, str], float] = {}
    lines = {name: CRAFTED[name] for name in options.names or CRAFTED}
    for kind in options.kinds or MEDIA_TYPES:
        plain = document((prose_page if kind == "html" else prose)(options.size), kind, options.size)
        for way in options.ways or ways:
            ways[way](document("zoom.us/j/84512367890 " * 2000, kind, SIZE))
        for _ in range(options.rounds):
            for name, line in [("", None), *lines.items()]:
                made = plain if line is None else document(crafted(line, options.size), kind, options.size)
                for way in options.ways or ways:
                    taken = seconds(ways[way], made)
                    best[kind, way, name] = min(taken, best.get((kind, way, name), taken))
    _show(best, list(lines), options.size)


def _show(best: dict[tuple[str, str, str], float], names: list[str], size: int) -> None:
    columns = sorted({(kind, way) for kind, way, _ in best})
    print(f"{platform.machine()}, Python {platform.python_version()}; {size / 1e6:.1f} MB each")
    print(f"{'':34}" + "".join(f"{f'{kind}, {way}':>22}" for kind, way in columns))
    for name in ["", *sorted(names, key=lambda name: -max(best[*column, name] for column in columns))]:
        cells = "".join(
            f"{1000 * best[*column, name]:12.0f} ms {best[*column, name] / best[*column, '']:5.1f} x"
            for column in columns
        )
        print(f"{name or 'ordinary prose':34}{cells}")


if __name__ == "__main__":
    main()
