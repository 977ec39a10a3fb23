"""Every platform's own examples, wrapped, disguised and packed: what is found stays found.

The rooms of an example are those that it gives as an address of its own; nothing here knows a key.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable
from html import escape
from urllib.parse import quote

import pytest

from scanner.detect import detect_text
from scanner.platforms import BUILT_IN


def safe_link(address: str) -> str:
    target = quote(address, safe="")
    return f"https://eur03.safelinks.protection.outlook.com/?url={target}&data=05%7C02&reserved=0"


def proofpoint(address: str) -> str:
    plain = quote(address, safe="/:").replace("-", "%2D").replace("_", "%5F")
    target = plain.replace("%", "-").replace("/", "_")
    return f"https://urldefense.proofpoint.com/v2/url?u={target}&d=DwMFaQ&c=x"


def bing(address: str) -> str:
    target = base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")
    return f"https://www.bing.com/ck/a?!&&p=1&u=a1{target}&ntb=1"


WRAPPERS: dict[str, Callable[[str], str]] = {
    "plain": lambda address: address,
    "safe link": safe_link,
    "search": lambda address: (
        f"https://www.google.de/url?sa=t&url={quote(address, safe='')}&ust=1612345678901234"
    ),
    "safe link around proofpoint": lambda address: safe_link(proofpoint(address)),
    "proofpoint around bing": lambda address: proofpoint(bing(address)),
    "messenger around barracuda": lambda address: (
        "https://l.facebook.com/l.php?u="
        + quote(f"https://linkprotect.cudasvc.com/url?a={quote(address, safe='')}&c=E,1", safe="")
    ),
}


def ics(address: str) -> str:
    line = f"LOCATION:{address}"
    folded = "\r\n\t".join(line[at : at + 23] for at in range(0, len(line), 23))
    return f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n{folded}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def mail(address: str) -> str:
    html = f'<p><a href="{escape(address)}">the choir</a></p>'.encode()
    body = quopri.encodestring(html).decode()
    return (
        "From: a@parish.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{body}\r\n"
    )


CONTAINERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "address": ("href", lambda address: address),
    "link": ("html", lambda address: f'<p><a href="{escape(address)}">the choir</a></p>'),
    "link escaped twice": ("html", lambda address: f'<a data-url="{escape(escape(address))}">x</a>'),
    "calendar": ("ics", ics),
    "mail": ("email", mail),
}
SENTENCES: dict[str, Callable[[str], str]] = {
    "brackets": lambda address: f"The choir meets online (<{address}>).",
    "dot": lambda address: f"Come: {address.replace('.', '[.]', 1)}",
    "scheme and dot": lambda address: (
        f"Come: {address.replace('https://', 'hxxps://').replace('.', '(dot)', 1)}"
    ),
    "zero width and dot": lambda address: f"Come: {address.replace('.', chr(0x200B) + '[.]', 1)}",
    "soft hyphen": lambda address: f"Come: {address[:11]}{chr(0xAD)}{address[11:]}",
    "quoted mail": lambda address: f"> Come:\n> {address}\n> The choir",
}


def rooms(text: str, kind: str) -> set[tuple[str, str, str | None]]:
    return {
        (link.room.platform, link.room.key, link.passcode.text if link.passcode else None)
        for link in detect_text(text, kind).links
    }


ADDRESSES = [
    (platform.slug, example.text.strip())
    for platform in BUILT_IN
    for example in platform.found
    if example.text.strip().startswith("https://") and not set(example.text.strip()) & set(" \n<>")
]
NEAR_MISSES = [
    (platform.slug, example.text.strip())
    for platform in BUILT_IN
    for example in platform.ignored
    if example.text.strip().startswith("https://") and not set(example.text.strip()) & set(" \n<>")
]


def test_the_examples_cover_the_platforms() -> None:
    assert len({slug for slug, _ in ADDRESSES}) > 60
    assert len(NEAR_MISSES) > 60


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("container", CONTAINERS)
def test_rooms_and_passcodes_survive_wrappers_and_containers(wrapper: str, container: str) -> None:
    kind, pack = CONTAINERS[container]
    lost = [
        address
        for _, address in ADDRESSES
        if rooms(pack(WRAPPERS[wrapper](address)), kind) != rooms(address, "href")
    ]
    assert lost == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_rooms_and_passcodes_survive_sentences_and_disguises(sentence: str) -> None:
    lost = [
        address
        for _, address in ADDRESSES
        if rooms(SENTENCES[sentence](address), "text") != rooms(address, "text")
    ]
    assert lost == []


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("container", CONTAINERS)
def test_near_misses_stay_silent(wrapper: str, container: str) -> None:
    kind, pack = CONTAINERS[container]
    cried = [address for _, address in NEAR_MISSES if rooms(pack(WRAPPERS[wrapper](address)), kind)]
    assert cried == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_near_misses_stay_silent_in_disguise(sentence: str) -> None:
    cried = [address for _, address in NEAR_MISSES if rooms(SENTENCES[sentence](address), "text")]
    assert cried == []
