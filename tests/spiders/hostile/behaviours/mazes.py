"""Sites without end: calendars, session ids, circles, farms, and lists of a hundred thousand addresses."""

from __future__ import annotations

import gzip
import random
from dataclasses import replace

from tests.spiders.hostile.trap import JOIN, SMALL, Trap, hostile
from tests.spiders.hostile.web import Asked, Page, Whole, answer, redirect

XML = "application/xml"


def endless(page: Page, *, said: str = "read", **more: object) -> Trap:
    """A site where every address that is not the site's own leads to new ones."""
    return Trap(pages={"*": page}, said=said, most=SMALL.pages + 4, **more)  # type: ignore[arg-type]


def month(asked: Asked) -> Whole:
    at = int(asked.path.rpartition("=")[2]) if "=" in asked.path else 0
    return answer(f'{JOIN}<a href="?month={at + 1}">next</a><a href="?month={at - 1}">back</a>')


def session(asked: Asked) -> Whole:
    return answer(f'{JOIN}<a href="/hostile?PHPSESSID={asked.before:032x}">on</a>')


def session_in_path(asked: Asked) -> Whole:
    return answer(f'{JOIN}<a href="/hostile;jsessionid={asked.before:032x}?a=1">on</a>')


def farm(asked: Asked) -> Whole:
    number = random.Random(asked.before)
    return answer(JOIN + "".join(f'<a href="/{number.random()}">x</a>' for _ in range(300)))


def sorted_and_filtered(asked: Asked) -> Whole:
    links = (
        f'<a href="?sort={by}&dir={way}&size={size}&seen={asked.before}">x</a>'
        for by in ("name", "date", "price")
        for way in ("up", "down")
        for size in range(10, 100, 10)
    )
    return answer(JOIN + "".join(links))


def listed(inside: str, *, type: str = XML) -> Trap:
    return hostile(answer(inside, type=type), "read", most=SMALL.pages + 2)


def feed(items: str, *, head: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    )


LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a 'ha'>"
    + "".join(
        f"<!ENTITY {name} '{f'&{before};' * 10}'>"
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
INDEX = "<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>"


def looped(asked: Asked) -> Whole:
    return answer(INDEX.format(f"http://127.0.0.1:{asked.port}/{asked.before}.xml"), type=XML)


def named_inside(asked: Asked) -> Whole:
    places = (
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "https://zoom.us/j/86420013579",
        "file:///etc/passwd",
    )
    urls = "".join(f"<url><loc>{place}</loc></url>" for place in places)
    return answer(f"<urlset>{urls}</urlset>", type=XML)


BIG = replace(SMALL, response_bytes=8_000_000)

TRAPS = {
    "calendar without end": endless(month),
    "session id in the query": Trap(pages={"*": session}, said="read", most=8),
    "session id in the path": Trap(pages={"*": session_in_path}, said="read", most=12),
    "circle of relative paths": endless(
        lambda asked: answer(f'{JOIN}<a href="a/">on</a><a href="b/">on</a>')
    ),
    "relative path that repeats itself": endless(
        lambda asked: answer(f'{JOIN}<a href="{asked.path.rstrip("/")}/x/">on</a>')
    ),
    "not found, but says 200": endless(
        lambda asked: answer(f"<h1>Not found</h1>{JOIN}<a href='/nothing/{asked.before}'>x</a>")
    ),
    "10,000 addresses of one page": hostile(
        answer(JOIN + "".join(f'<a href="/same/{n}">x</a>' for n in range(10_000))),
        "read",
        most=SMALL.pages + 2,
    ),
    "farm of links": endless(farm),
    "sorted and filtered": endless(sorted_and_filtered),
    "100,000 links": hostile(
        answer(JOIN + "".join(f"<a href=/{n}>" for n in range(100_000))),
        "read",
        most=SMALL.pages + 2,
        limits=BIG,
    ),
    "100,000 links to other places": hostile(
        answer(JOIN + "".join(f"<a href=//h{n}.org>" for n in range(100_000))), "read", limits=BIG
    ),
    "address of 1 MB": hostile(answer(f'{JOIN}<a href="/{"x" * 1_000_000}">x</a>'), "read", limits=BIG),
    "address of 3 kB": hostile(answer(f'{JOIN}<a href="/{"x" * 3000}">x</a>'), "read"),
    "addresses of every scheme": hostile(
        answer(
            JOIN
            + "".join(
                f'<a href="{scheme}:x">x</a>'
                for scheme in (
                    "javascript",
                    "data",
                    "file",
                    "ftp",
                    "mailto",
                    "tel",
                    "blob",
                    "about",
                    "ws",
                    "gopher",
                )
            )
        ),
        "read",
    ),
    "a base elsewhere": hostile(answer(f'<base href="http://10.0.0.1/">{JOIN}<a href="x">x</a>'), "read"),
    "a base of nonsense": hostile(answer(f'<base href="http://[">{JOIN}<a href="x">x</a>'), "read"),
    "redirects without end, each new": endless(
        lambda asked: redirect(f"/{asked.before}"), said="nothing", leak=False
    ),
    "frames within frames": endless(lambda asked: answer(f'{JOIN}<iframe src="/{asked.before}"></iframe>')),
    "feed that laughs": listed(
        feed(f"<item><title>&j;</title><description><![CDATA[{JOIN}]]></description></item>", head=LAUGHS)
    ),
    "feed that reads files": listed(
        feed(
            f"<item><title>&f;</title><description><![CDATA[{JOIN}]]></description></item>",
            head='<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        )
    ),
    "feed that loads its DTD": listed(
        feed(
            f"<item><description><![CDATA[{JOIN}]]></description></item>",
            head='<!DOCTYPE rss SYSTEM "http://10.0.0.1/rss.dtd">',
        )
    ),
    "feed of 100,000 entries": hostile(
        answer(
            feed(
                f"<item><description><![CDATA[{JOIN}]]></description></item>"
                + "".join(f"<item><link>/{n}</link></item>" for n in range(100_000))
            ),
            type=XML,
        ),
        "read",
        most=SMALL.pages + 2,
        limits=BIG,
    ),
    "feed cut in the middle": listed(
        feed(f"<item><description><![CDATA[{JOIN}]]></description></item><item><lin").partition("</channel>")[
            0
        ]
    ),
    "feed nested 20,000 deep": listed(
        feed("<item>" * 20_000 + f"<description><![CDATA[{JOIN}]]></description>")
    ),
    "feed as HTML": listed(
        feed(f"<item><description><![CDATA[{JOIN}]]></description></item>"), type="text/html"
    ),
    "index of sitemaps in a circle": Trap(
        pages={"/hostile": answer(INDEX.format("/hostile"), type=XML)}, said="read", leak=False
    ),
    "index of sitemaps without end": Trap(pages={"*": looped}, said="read", leak=False, most=SMALL.pages + 2),
    "sitemap that is a bomb": hostile(
        answer(
            gzip.compress(f"<urlset><url><loc>/x</loc>{JOIN}</url>".encode() + b" " * 60_000_000, mtime=0),
            type="application/gzip",
        ),
        "cut: ",
    ),
    "sitemap that leads inside": Trap(pages={"/hostile": named_inside}, said="read"),
}
