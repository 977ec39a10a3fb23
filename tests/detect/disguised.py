"""Rooms, ways to hide them, and places in documents where they can stand."""

from __future__ import annotations

import base64
import codecs
import html
import json
from collections.abc import Callable
from urllib.parse import quote

from scanner.model import Document, Risk
from scanner.platforms import BUILT_IN, Platform, Shape

FILLER = "<p>The choir met in the hall &amp; sang; see <a href='/about'>our page</a> for 2 more dates.</p>\n"
NEW_PLATFORM = Platform(
    slug="kammer",
    name="Kammer",
    hosts=("kammer.example",),
    shapes=(Shape(path=r"/kammer/(?P<id>[0-9]{6})", key="{id}", risk=Risk.SCHEDULED),),
    names=("kammer",),
    digits=frozenset({9}),
    labels=("kammernummer",),
    found=(),
    ignored=(),
)
"""One that nothing but its own file knows."""
EXAMPLES = [(p.slug, found) for p in BUILT_IN for found in p.found]


def document(text: str, media_type: str = "text/html", charset: str = "utf-8") -> Document:
    return Document("", text.encode(charset, "xmlcharrefreplace"), media_type, charset)


def every(change: Callable[[str], str], nth: int = 1) -> Callable[[str], str]:
    """Change every n-th character."""
    return lambda text: "".join(change(c) if not at % nth else c for at, c in enumerate(text))


def spoken(text: str) -> str:
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return "".join(f"{words[int(c)]} " if c in "0123456789" else c for c in text)


def mathematical(text: str) -> str:
    return "".join(chr(0x1D5BA + ord(c) - 97) if "a" <= c <= "z" else c for c in text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "entities": every(lambda c: f"&#{ord(c)};", 3),
    "hexadecimal entities": every(lambda c: f"&#x{ord(c):x};"),
    "escaped": html.escape,
    "percent": lambda text: quote(text, safe=""),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "JSON": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON escapes": every(lambda c: f"\\u{ord(c):04x}" if ord(c) < 65536 else c, 2),
    "full width": every(lambda c: chr(ord(c) + 0xFEE0) if 33 <= ord(c) < 127 else c),
    "mathematical letters": mathematical,
    "Arabic digits": every(lambda c: chr(0x660 + int(c)) if c in "0123456789" else c),
    "zero width": every(lambda c: c + "\u200b", 2),
    "soft hyphens": every(lambda c: c + "&shy;", 3),
    "joiners": every(lambda c: c + "&#8205;", 2),
    "spaced": " ".join,
    "spoken dots": lambda text: text.replace(".", " dot "),
    "bracketed dots": lambda text: text.replace(".", "[.]"),
    "spoken signs": lambda text: text.replace("/", " slash ").replace(".", " (dot) "),
    "Chinese stops": lambda text: text.replace(".", "。"),
    "hxxp": lambda text: text.replace("http", "hxxp").replace("://", "[:]//"),
    "blanks around signs": lambda text: text.replace(".", " . ").replace("/", " / "),
    "backslashes": lambda text: text.replace("/", "\\"),
    "reversed": lambda text: text[::-1],
    "ROT13": lambda text: codecs.encode(text, "rot13"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "tags": every(lambda c: f"<b>{c}</b>", 3),
    "breaks allowed": every(lambda c: c + "<wbr>", 3),
    "tags with an angle": every(lambda c: c + '<i title="a>b">', 4),
    "tags with a tag": every(lambda c: c + '<i title="a<b">', 4),
    "comments": every(lambda c: c + "<!-- x -->", 4),
    "line breaks": every(lambda c: c + "\n", 9),
    "no scheme": lambda text: text.replace("https://", ""),
    "look-alikes": lambda text: text.replace("https://", "").translate(str.maketrans("oaec", "оаес")),
    "upper case": str.upper,
    "number words": spoken,
    "letters for digits": lambda text: text.replace("0", "O").replace("1", "l"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "other dashes": lambda text: text.replace("-", "\u2011"),
    "SafeLinks": lambda text: (
        f"https://eur01.safelinks.protection.outlook.com/?url={quote(text, safe='')}&data=x"
    ),
    "redirect": lambda text: f"https://www.google.com/url?q={text}&sa=D",
    "mail link": lambda text: f"mailto:?body={quote(text)}",
    "URL Defense": lambda text: (
        "https://urldefense.proofpoint.com/v2/url?u="
        + quote(text, safe="").replace("-", "-2D").replace("_", "-5F").replace("%", "-")
        + "&d=x"
    ),
}


def attribute(text: str) -> str:
    return text.replace('"', "&quot;")


def columns(text: str) -> str:
    heading, _, value = text.rpartition(":")
    return f"<table><tr><th>Day<th>{heading}</tr><tr><td>Monday<td>{value}</tr></table>"


PLACES: dict[str, Callable[[str], str]] = {
    "paragraph": lambda text: f"<p>{text}</p>",
    "href": lambda text: f'<a href="{attribute(text)}">here</a>',
    "title": lambda text: f'<img title="{attribute(text)}">',
    "comment": lambda text: f"<!-- {text} -->",
    "script": lambda text: f"<script>var link = '{text}'</script>",
    "JSON-LD": lambda text: (
        f'<script type="application/ld+json">{json.dumps({"a": [{"url": text}]})}</script>'
    ),
    "columns": columns,
    "cells": lambda text: f"<tr><td>{text.replace(': ', ':</td><td class=x>')}</td></tr>",
    "srcdoc": lambda text: f'<iframe srcdoc="{html.escape(f"<p>{text}</p>")}"></iframe>',
    "preformatted": lambda text: f"<pre>{text}</pre>",
    "noscript": lambda text: f"<noscript><p>{text}</p></noscript>",
}


def as_feed(text: str) -> str:
    content = html.escape(FILLER + text)
    return f"<?xml version='1.0'?><rss><item><description>{content}</description></item></rss>"


DOCUMENTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "page": ("text/html", lambda text: f"<!doctype html><html><body>{FILLER}{text}{FILLER}</body></html>"),
    "text": ("text/plain", lambda text: f"The choir met.\n{text}\nAll were glad."),
    "feed": ("application/rss+xml", as_feed),
    "data": ("application/json", lambda text: json.dumps({"posts": [{"title": "Choir", "body": text}]})),
}
CHARSETS = ["utf-8", "utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "cp1252", "shift_jis", "gb18030"]
WRITTEN = [
    "Zoom Meeting ID: 845 1236 7890 Passcode: abc123",
    "ID: 845 1236 7890 zoom passcode: 123abc",
    "Besprechungs-ID: 241 785 412 630",
    "Numéro de réunion : 845 1236 7890",
    "会议号：845 1236 7890",
    "Идентификатор конференции: 845 1236 7890",
    "+13462487799,,84512367890#,,,,*123456#",
    "tel:+1346,,*01*25512345678%23",
    "84512367890@zoomcrc.com",
    "jane.doe@club.webex.com",
    "Google Meet: bcd-efgh-jkm",
    "zoom 8451236789",
]
ROOMS = [*WRITTEN, *(found.text for _, found in EXAMPLES)]
