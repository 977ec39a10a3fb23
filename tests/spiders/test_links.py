"""Links of documents, good, broken and hostile: found as browsers do, in time that grows with length only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.extract.links import feed_links, leads, looks_like_feed, outlinks, refresh_target
from scanner.extract.pictures import is_picture
from scanner.model import Document
from tests.effort import grows_with_size_only

HERE = "https://village.org/dir/page"


def html(body: bytes | str, media_type: str = "text/html", charset: str = "") -> Document:
    return Document(HERE, body.encode() if isinstance(body, str) else body, media_type, charset)


LINK = '<a href="minutes">'
FOUND = ("https://village.org/dir/minutes",)


@pytest.mark.parametrize(
    ("document", "found"),
    [
        pytest.param(html(LINK), FOUND, id="plain"),
        pytest.param(html(f'<base href="/x/">{LINK}'), ("https://village.org/x/minutes",), id="base"),
        pytest.param(html(f'<base target=_top><base href="/x/"><base href="/y/">{LINK}'),
                     ("https://village.org/x/minutes",), id="first base with an address"),
        pytest.param(html(f'<base href="javascript:1">{LINK}'), FOUND, id="useless base"),
        pytest.param(html(f'<base href="http://[">{LINK}'), FOUND, id="broken base"),
        pytest.param(html("<A HREF=minutes>"), FOUND, id="capitals, no quotes"),
        pytest.param(html("<a href='minutes"), (), id="cut inside a tag"),
        pytest.param(html(f"<!-- {LINK} -->"), (), id="comment"),
        pytest.param(html(f"<template>{LINK}</template>"), FOUND, id="template"),
        pytest.param(html(f"<noscript>{LINK}</noscript>"), FOUND, id="no script"),
        pytest.param(html(LINK.encode("utf-16")), FOUND, id="UTF-16"),
        pytest.param(html(LINK.encode("utf-16-le")), FOUND, id="UTF-16 without mark"),
        pytest.param(html(LINK.encode("utf-16-be")), FOUND, id="UTF-16, big end first"),
        pytest.param(html(LINK, charset="utf-16"), FOUND, id="charset a lie"),
        pytest.param(html(LINK, charset="rot13"), FOUND, id="charset a cipher"),
        pytest.param(html(LINK, charset="zlib"), FOUND, id="charset a codec"),
        pytest.param(html(LINK, charset="utf-7"), FOUND, id="charset a trap"),
        pytest.param(html('<a href="/caf\xe9">'.encode("latin-1"), charset="iso-8859-1"),
                     ("https://village.org/caf%C3%A9",), id="charset of the header"),
        pytest.param(html('<a href="/café">'), ("https://village.org/caf%C3%A9",), id="no charset"),
        pytest.param(html(LINK, "application/xhtml+xml"), FOUND, id="XHTML"),
        pytest.param(html(LINK, ""), FOUND, id="no type"),
        pytest.param(html(f"<!DOCTYPE html>{LINK}", "text/plain"), FOUND, id="HTML called text"),
        pytest.param(html(f"<!doctype html>{LINK}", "application/pdf"), FOUND, id="HTML as bytes"),
        pytest.param(html(LINK, "text/plain"), (), id="text"),
        pytest.param(html(LINK, "application/pdf"), (), id="PDF"),
        pytest.param(html("", ""), (), id="nothing"),
        pytest.param(html('<a href="http://a.org/1"><a href="http://a.org/1#x"><a href="HTTP://A.org:80/1">'),
                     ("http://a.org/1",), id="each once"),
        pytest.param(html('<link rel="stylesheet" href=x><link rel="preload next" href=n><link href=y>'),
                     ("https://village.org/dir/n",), id="relations"),
        pytest.param(html("<frameset><frame src=left><frame src=right></frameset>"),
                     ("https://village.org/dir/left", "https://village.org/dir/right"), id="frames"),
        pytest.param(html(f'<a href="data:text/html,{"x" * 5000}"><a href="/{"y" * 5000}">{LINK}'), FOUND,
                     id="too long"),
        pytest.param(html('<a href="mailto:a@b.org"><a href="tel:123"><a href="zoommtg://zoom.us/join">'), (),
                     id="other schemes"),
        pytest.param(html('<table><tr data-href="minutes"><td>May</table>'), FOUND, id="a row to click"),
        pytest.param(html('<base href="/dir/"><div onClick="location.href = &quot;minutes&quot;; return 0">'),
                     FOUND, id="a click"),
        pytest.param(html("<b onclick=\"window.open('minutes', '_blank')\">"), FOUND, id="a new window"),
        pytest.param(html("<b onclick=\"document.location.assign('minutes')\">"), FOUND, id="a click away"),
        pytest.param(html("<a href=\"javascript:window.open('minutes','w')\">"), FOUND,
                     id="a script as address"),
        pytest.param(html("<select onchange='go(this)'><option value=''>Month<option value=/2026/11/>"
                          "<option value=//><option value=https://village.org/old><option value=minutes>"),
                     ("https://village.org/2026/11/", "https://village.org/old"), id="a menu"),
        pytest.param(html("<iframe data-src=minutes loading=lazy></iframe>"), FOUND, id="a lazy frame"),
        pytest.param(html(f"<frameset cols=*><noframes><body>{LINK}</body></noframes></frameset>"), FOUND,
                     id="without frames"),
        pytest.param(html('<link rel=alternate type="application/json+oembed" href=/embed>'
                          '<link rel=alternate type="Text/XML+oEmbed" href=/embed>'), (), id="for machines"),
        pytest.param(html('<?xml version="1.0"?><!-- x -->\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">'
                          f'<html xmlns="http://www.w3.org/1999/xhtml">{LINK}', "application/xml"), FOUND,
                     id="XHTML as XML"),
        pytest.param(html(f"<!-- by hand --><html>{LINK}", "text/plain"), FOUND, id="HTML behind a comment"),
        pytest.param(html("<b onclick=\"vote('minutes'); allocation = 'x'\">"), (), id="a click that stays"),
    ],
)  # fmt: skip
def test_outlinks(document: Document, found: tuple[str, ...]) -> None:
    assert outlinks(document) == found


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        pytest.param("<img src=poster.jpg>", "poster.jpg", id="plain"),
        pytest.param('<meta property="og:image" content=poster.png>', "poster.png", id="for others to show"),
        pytest.param("<video poster=still.webp src=film.mp4></video>", "still.webp", id="before a film"),
        pytest.param(
            "<img data-src=real.jpg src=data:image/gif;base64,R0lGODlhAQABAAAAACw=>", "real.jpg", id="lazy"
        ),
        pytest.param("<img srcset='s.jpg 300w, a,b.jpg 1200w,m.jpg 600w' src=s.jpg>", "a,b.jpg", id="sizes"),
        pytest.param("<img srcset='one.jpg, two.jpg 2x, odd.jpg 1.2.3x'>", "two.jpg", id="densities"),
        pytest.param("<img srcset=', ,,' src=x.jpg>", "x.jpg", id="no sizes"),
        pytest.param("<a href=/full.JPG?v=2><img src=thumb.jpg></a>", "", id="links to a larger one"),
        pytest.param("<a href=/events><img src=poster.jpg></a>", "poster.jpg", id="links to a page"),
        pytest.param(
            "<img src=icon.png width=16 height=16><img src=logo.svg?1><img src=/favicon.ico>", "", id="icons"
        ),
        pytest.param("<img src=poster.jpg width=100% height=auto>", "poster.jpg", id="width of the page"),
        pytest.param("<img src='http://[x'><img><img src=data:,x><img src=about:blank>", "", id="nothing"),
    ],
)
def test_pictures_that_a_page_shows(page: str, shown: str) -> None:
    assert leads(html(page)).pictures == ((f"https://village.org/dir/{shown}",) if shown else ())


def test_pictures_are_known_by_their_ending() -> None:
    assert is_picture("https://village.org/a/Poster.JPG?w=300")
    assert not is_picture("https://village.org/poster.jpg/about")
    assert not is_picture("https://village.org/?file=poster.jpg")


def test_a_limit_keeps_the_first() -> None:
    page = html("".join(f'<a href="/{n}">' for n in range(9000)))
    assert len(outlinks(page)) == 5000
    assert outlinks(page, limit=2) == ("https://village.org/0", "https://village.org/1")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("0; url=https://zoom.us/j/1", "https://zoom.us/j/1"),
        ("5;URL='next'", "https://village.org/dir/next"),
        ('0 ; Url = "next"', "https://village.org/dir/next"),
        ("0, next", "https://village.org/dir/next"),
        ("0;next", "https://village.org/dir/next"),
        ("30", ""),
        ("0; url=", ""),
        ("url=next", ""),
        ("0; url=javascript:alert(1)", ""),
        ("0; url=<script>", "https://village.org/dir/%3Cscript%3E"),
        (".", ""),
    ],
)
def test_refreshes_of_pages_and_headers_are_read_alike(content: str, found: str) -> None:
    assert refresh_target(html("x"), content) == found
    quoted = content.replace('"', "&quot;")
    assert refresh_target(html(f'<META HTTP-EQUIV="refresh" CONTENT="{quoted}">')) == found


def test_a_refresh_obeys_the_base_and_needs_html() -> None:
    page = '<base href="/x/"><meta http-equiv=refresh content="0;url=y">'
    assert refresh_target(html(page)) == "https://village.org/x/y"
    assert refresh_target(html(page, "text/plain")) == ""


RSS = "<rss version='2.0'><channel><link>/home</link>{}</channel></rss>"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (RSS.format("<item><link>/1</link><guid>/2</guid></item>"), ["/1", "/2"]),
        (
            RSS.format("<item><link><![CDATA[ /1?a&b ]]></link><guid isPermaLink='false'>x</guid></item>"),
            ["/1?a&b"],
        ),
        (RSS.format("<item><enclosure url='/1.mp3'/></item>"), ["/1.mp3"]),
        ("<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/1'/></entry></feed>", ["/1"]),
        (
            "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:link href='/1'/></a:entry></a:feed>",
            ["/1"],
        ),
        ("<urlset><url><loc>/1</loc></url><url><loc> /2 </loc></url></urlset>", ["/1", "/2"]),
        ("<sitemapindex><sitemap><loc>/map.xml</loc></sitemap></sitemapindex>", ["/map.xml"]),
        ("<rdf:RDF xmlns:rdf='r' xmlns='s'><item><link>/1</link></item></rdf:RDF>", ["/1"]),
        (
            "\n <?xml version='1.0'?><!-- old --><rss><channel><item><link>/1</link></item></channel></rss>",
            ["/1"],
        ),
        (
            "<rss><channel><item><title>&nbsp;</title><link>/1?a=1&b=2</link></item></channel></rss>",
            ["/1?a=1&b=2"],
        ),
        ("<rss xml:base='/x/'><channel><item><link>1</link></item></channel></rss>", ["/x/1"]),
        (
            "<feed xml:base='/x/'><entry xml:base='y/'><link href='1' xml:base='z/'/></entry></feed>",
            ["/x/y/z/1"],
        ),
        (
            "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='?page=2'/>"
            "<link rel='self' href='/'/><entry><link href='/1'/></entry></feed>",
            ["/1", "/dir/page?page=2"],
        ),
        (
            "<rss xmlns:a='http://www.w3.org/2005/Atom'><channel>"
            "<a:link rel='prev-archive' href='/old'/></channel></rss>",
            ["/old"],
        ),
        ("<rss xml:base='javascript:1'><channel><item><link>/1</link></item></channel></rss>", ["/1"]),
        ("<rss><channel><item><link>/1</link></item><item><link>/2</lin", ["/1"]),
        ("<rss><channel><item><x:y>z</x:y><link>/1</link></item></channel></rss>", ["/1"]),
    ],
)
def test_feeds_whole_and_broken(body: str, found: list[str]) -> None:
    document = html(body, "application/octet-stream")
    assert outlinks(document) == feed_links(document) == tuple(f"https://village.org{path}" for path in found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_feeds_in_any_encoding(encoding: str) -> None:
    text = f"<?xml version='1.0'?>{RSS.format('<item><link>/1</link></item>')}"
    assert feed_links(html(text.encode(encoding))) == ("https://village.org/1",)


@pytest.mark.parametrize("body", ["<html><rss></html>", "rss", "", "<!DOCTYPE html><feed>", "<p>feed</p>"])
def test_what_is_no_feed(body: str) -> None:
    assert looks_like_feed(html(body)) == (body == "<!DOCTYPE html><feed>")


def test_a_feed_opens_no_file_and_expands_no_entity(tmp_path: object) -> None:
    for body in ("/etc/hostname", "http://127.0.0.1:9/feed", "file:///etc/hostname"):
        assert feed_links(html(body)) == ()
    entity = "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><rss><channel><item><link>/&a;</link>"
    found = feed_links(html(entity + "</item></channel></rss>"))
    assert found in ((), ("https://village.org/",))


MIB = 1024 * 1024
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "deep": lambda size: b"<div>" * (size // 5),
    "deep tables": lambda size: b"<table><tr><td>" * (size // 15),
    "attributes": lambda size: b"<a " + b" ".join(b"a%d=1" % n for n in range(size // 10)) + b">",
    "links": lambda size: b"<a href=/x>" * (size // 11),
    "distinct links": lambda size: b"".join(b"<a href=/%d>" % n for n in range(size // 14)),
    "formatting": lambda size: b"<b><i><a href=x>" * (size // 16),
    "options": lambda size: b"<select>" + b"<option>" * (size // 8),
    "bases": lambda size: b"<base href=x>" * (size // 13),
    "refreshes": lambda size: b"<meta http-equiv=refresh content=0>" * (size // 35),
    "open tags": lambda size: b"<" * size,
    "quotes": lambda size: b'<a href="' * (size // 9),
    "spaces": lambda size: b" " * size,
    "instructions": lambda size: b"<?x ?>" * (size // 6),
    "comments": lambda size: b"<!-- -->" * (size // 8) + b"<rss>",
    "feed": lambda size: b"<rss><channel>" + b"<item><link>/1</link></item>" * (size // 28),
    "deep feed": lambda size: b"<rss>" + b"<item>" * (size // 6),
    "feed of ampersands": lambda size: b"<rss><channel><item><title>" + b"&" * size,
    "feed of brackets": lambda size: b"<rss><channel><item><title>" + b"< " * (size // 2),
    "laughs": lambda size: (
        b'<!DOCTYPE r [<!ENTITY a "' + b"ha" * 500 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
        b"<rss><channel><item><link>" + b"&b;" * (size // 4) + b"</link></item></channel></rss>"
    ),
    "clicks": lambda size: b"<b onclick=\"" + b"location = 'x" * (size // 13) + b"\">",
    "deep pictures": lambda size: b"<div>" * (size // 10) + b"<img src=x>" * (size // 22),
    "sizes of a picture": lambda size: b'<img srcset="' + b"a 1w," * (size // 5) + b'">',
    "bases of a feed": lambda size: (
        b"<feed xml:base='/a/'>"
        + b"<entry xml:base='b/'><link xml:base='c/' href='d'/></entry>" * (size // 59)
        + b"</feed>"
    ),
    "no frames": lambda size: b"<noframes><a href=x>" * (size // 20),
    "no frames, closed": lambda size: b"<noframes><a href=x></noframes>" * (size // 31),
    "scripts for addresses": lambda size: b"<a href=\"javascript:" + b"window.open('" * (size // 13) + b"\">",
    "zeros": lambda size: bytes(size),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_stalls_nobody(name: str) -> None:
    def read(body: bytes) -> None:
        document = html(body, "")
        outlinks(document)
        feed_links(document)
        refresh_target(document)

    assert grows_with_size_only(read, HOSTILE[name](4 * MIB))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "text/html", "text/xml"]), st.text(max_size=12))
def test_nothing_raises(noise: bytes, media_type: str, charset: str) -> None:
    for body in (
        noise,
        b"<a href=" + noise,
        b"<img srcset='" + noise,
        b"<rss><item><link>" + noise,
        b"<base href=" + noise + b"><a href=x>",
    ):
        document = Document(HERE, body, media_type, charset)
        for address in (*outlinks(document), *leads(document).pictures, *feed_links(document)):
            assert address.startswith(("http://", "https://"))
            assert "#" not in address
        refresh_target(document, noise.decode("latin-1"))
