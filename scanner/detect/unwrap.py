"""Find the addresses inside an address: link protectors, redirectors, archives, share links."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from scanner.platforms import Address

SHORTENERS = frozenset(
    [
        *("t.co", "lnkd.in", "bit.ly", "tinyurl.com", "rb.gy", "cutt.ly", "aka.ms", "goo.gl", "fb.me"),
        *("ow.ly", "is.gd", "buff.ly", "t.ly", "shorturl.at", "rebrand.ly"),
    ]
)
"""Hosts whose links show nothing of their target."""

TEXT_NAMES = "text|body|details|location|subject|description|desc|quote|msg|message|summary|title|status"
"""Names of parameters that carry a text for people."""
_TEXT_NAMES = re.compile(TEXT_NAMES)
ADDRESS_IN_BASE64 = "aHR0c"
"""How whatever begins with ``http`` begins in base64."""
_DECODINGS = 4


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What stood inside an address: another address, or a text that may hold some."""

    content: str
    is_text: bool = False
    glued: bool = False
    """Something that is not part of it may follow."""


def unwrap(address: Address, text: str, *, owned: bool, ignored: bool) -> Iterator[Wrapped]:
    """Yield what stands inside an address, likeliest first. Never raises on a malformed wrapper.

    ``owned`` says that the host belongs to a meeting platform, ``ignored`` that this page of it is known to
    hold no room: recordings carry addresses that are no exposure.
    """
    for pattern, path, decode in _WRAPPERS:
        if pattern.fullmatch(address.host) and re.match(path, address.path, re.IGNORECASE):
            yield from decode(address, text)
            return
    if ignored:
        return
    if address.host in ("http", "https"):
        yield Wrapped(f"https://{text.partition('//')[2].partition('//')[2]}", glued=True)
    yield from _anything(address, text)


def _anything(address: Address, text: str) -> Iterator[Wrapped]:
    """Look at every decoded query value once more, and at an address written out in the path."""
    for name, value in address.query:
        if _TEXT_NAMES.fullmatch(name) or any(blank in value for blank in " \n"):
            yield Wrapped(_blanks(value), is_text=True)
        elif "//" in value or "%2f" in value.lower() or "://" in name:
            yield Wrapped(_stable(value), glued=True)
        else:
            yield from _in_base64(value)
    if address.scheme == "mailto":
        yield Wrapped(f"mailto:{unquote(address.path)}", is_text=True)
    rest = address.raw_query or ""
    if "=" not in rest.partition("//")[0] and "//" in unquote(rest):
        yield Wrapped(unquote(rest), glued=True)
    for part in (*address.path.split("/"), address.fragment):
        yield from _in_base64(part)
    yield from _in_path(address, text)


def _in_base64(part: str) -> Iterator[Wrapped]:
    plain = _base64(unquote(part)) if part.startswith(ADDRESS_IN_BASE64) else None
    if plain:
        yield Wrapped(plain)


_LONE_ADDRESS = re.compile(r"[a-z][a-z0-9+.\-]*:/{1,2}[^:]*", re.IGNORECASE)
_PLUS = re.compile(r"\+(?=[^\W\d_]{2}|https?:|[(\[])|(?<=[:.,;!?])\+|(?<=[0-9])\+(?=[0-9]{2})")


def _blanks(value: str) -> str:
    """Give back the blanks of a text whose sender wrote ``+`` for them, as forms do.

    An address alone keeps its own: tokens have them.
    """
    if "+" not in value or " " in value or _LONE_ADDRESS.fullmatch(value):
        return value
    return _PLUS.sub(" ", value)


def _in_path(address: Address, text: str) -> Iterator[Wrapped]:
    found = re.search(r"/(https?(?::|%(?:25)*3a)(?:/|%(?:25)*2f).+)", text[8:], re.IGNORECASE)
    if found:
        yield Wrapped(
            _repair(_stable(found.group(1)) if "%" in found.group(1)[:12] else found.group(1)), glued=True
        )
    if "//" in address.fragment:
        inner = re.search(r"https?://.+", unquote(address.fragment), re.IGNORECASE)
        if inner:
            yield Wrapped(inner.group(), glued=True)


def _stable(value: str) -> str:
    """Percent-decode until an address is readable; a value already readable keeps its own escapes."""
    for _ in range(_DECODINGS):
        if re.match(r"[a-z][a-z0-9+.\-]*:(?!%)|//|/", value, re.IGNORECASE):
            return value
        plain = unquote(value)
        if plain == value:
            return value
        value = plain
    return value


def _repair(value: str) -> str:
    """Give back the slash that path normalising took: ``https:/host``."""
    return re.sub(r"^(https?):/(?=[^/])", r"\1://", value, flags=re.IGNORECASE)


def _param(*names: str) -> Callable[[Address, str], Iterator[Wrapped]]:
    def decode(address: Address, text: str) -> Iterator[Wrapped]:
        for name in names:
            value = address.value(name)
            if value:
                yield Wrapped(_repair(_stable(value)), glued=True)
                rest = re.search(rf"[?&]{name}=(https?://.+)", text, re.IGNORECASE)
                if rest and rest.group(1) != value:
                    yield Wrapped(rest.group(1), glued=True)
                return

    return decode


def _raw_rest(name: str) -> Callable[[Address, str], Iterator[Wrapped]]:
    def decode(address: Address, text: str) -> Iterator[Wrapped]:
        rest = re.search(rf"[?&]{name}=(.+)", text, re.IGNORECASE)
        if rest:
            yield Wrapped(_repair(_stable(rest.group(1))), glued=True)

    return decode


def _launcher(address: Address, text: str) -> Iterator[Wrapped]:
    value = address.value("url")
    if value:
        value = _stable(value)
        yield Wrapped(f"https://teams.microsoft.com{value}" if value.startswith("/") else value, glued=True)


def _proofpoint_v2(address: Address, text: str) -> Iterator[Wrapped]:
    value = re.search(r"[?&]u=([^&#\s]+)", text, re.IGNORECASE)
    if value:
        yield Wrapped(unquote(value.group(1).replace("-", "%").replace("_", "/")), glued=True)


_V3 = re.compile(r"/v3/__(?P<url>.+?)__;(?P<list>[^!]*)!", re.IGNORECASE | re.DOTALL)
_V3_RUN = re.compile(r"\*(\*.)?", re.DOTALL)
_RUN_LENGTHS = {
    c: n for n, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", start=2)
}


def _proofpoint_v3(address: Address, text: str) -> Iterator[Wrapped]:
    """Put the listed characters back: ``*`` stands for the next one, ``**X`` for a run of 2 to 65."""
    found = _V3.search(text)
    if found is None:
        return
    characters = _base64(found["list"])
    if characters is None:
        return
    position = 0

    def put_back(mark: re.Match[str]) -> str:
        nonlocal position
        run = mark.group(1)
        count = 1 if not run else _RUN_LENGTHS.get(run[1], 0)
        taken = characters[position : position + count]
        position += count
        return taken

    yield Wrapped(_repair(_V3_RUN.sub(put_back, found["url"])), glued=True)


def _base64(text: str) -> str | None:
    text = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _avanan(address: Address, text: str) -> Iterator[Wrapped]:
    found = re.search(r"/___(.+?)(?:___\.|\Z)", text, re.DOTALL)
    if found:
        yield Wrapped(_repair(found.group(1)), glued=True)


def _disqus(address: Address, text: str) -> Iterator[Wrapped]:
    """Take off the hash that stands behind the target and a colon."""
    value = address.value("url")
    if value:
        yield Wrapped(re.sub(r":(?![0-9]+\Z)[\w\-]+\Z", "", _stable(value)), glued=True)


def _archive(address: Address, text: str) -> Iterator[Wrapped]:
    found = re.search(r"/web/[0-9]{4,14}(?:[a-z]{2}_)?/(.+)", text, re.IGNORECASE)
    if found:
        yield Wrapped(_repair(found.group(1)), glued=True)


def _web_cache(address: Address, text: str) -> Iterator[Wrapped]:
    found = re.match(r"cache:(?:[^:/]*:)?([^+\s]+)", address.value("q") or "", re.IGNORECASE)
    if found:
        yield Wrapped(_repair(_stable(found.group(1))), glued=True)


def _translated(address: Address, text: str) -> Iterator[Wrapped]:
    host = address.host.removesuffix(".translate.goog")
    host = host.replace("--", "\0").replace("-", ".").replace("\0", "-")
    query = "&".join(part for part in address.raw_query.split("&") if not part.startswith("_x_tr_"))
    yield Wrapped(f"https://{host}{address.path}" + (f"?{query}" if query else ""))


def _amp(address: Address, text: str) -> Iterator[Wrapped]:
    found = re.search(r"/(?:c|v|i|wp)/(?:s/)?([^/?#]+\.[^?#]*(?:\?.*)?)", text[8:], re.IGNORECASE)
    if found:
        yield Wrapped("https://" + found.group(1), glued=True)


def _bing(address: Address, text: str) -> Iterator[Wrapped]:
    value = address.value("u") or ""
    plain = _base64(value[2:]) if value.startswith("a1") else None
    if plain:
        yield Wrapped(plain)


def _yahoo(address: Address, text: str) -> Iterator[Wrapped]:
    found = re.search(r"/RU=(.+?)(?:/RK=|/RS=|$)", text)
    if found:
        yield Wrapped(_stable(found.group(1)), glued=True)


def _whole_query(address: Address, text: str) -> Iterator[Wrapped]:
    _, mark, rest = text.partition("?")
    if mark:
        yield Wrapped(_stable(rest), glued=True)


_Decoder = Callable[[Address, str], Iterator[Wrapped]]
_TABLE: tuple[tuple[str, str, _Decoder], ...] = (
    (r"(?:www\.)?google\.[a-z.]{2,6}", r"/url$", _param("q", "url")),
    (r"(?:l|lm)\.facebook\.com|l\.messenger\.com", r"/l\.php", _param("u")),
    (r"l\.instagram\.com", r"", _param("u")),
    (r"out\.reddit\.com", r"", _param("url")),
    (r"(?:[a-z]+\.)?linkedin\.com", r"/(?:redir/redirect|safety/go)", _param("url")),
    (r"(?:www\.|m\.)?youtube\.com", r"/redirect", _param("q")),
    (r"steamcommunity\.com", r"/linkfilter", _raw_rest("u(?:rl)?")),
    (r"(?:m\.)?vk\.(?:com|ru)", r"/away(?:\.php)?", _param("to")),
    (r"slack-redir\.net", r"", _param("url")),
    (r"href\.li", r"", _whole_query),
    (r"deref-mail\.com|deref-gmx\.(?:net|com|at|ch)|deref-web\.de", r"", _param("redirecturl")),
    (r"(?:.+\.)?safelinks\.protection\.(?:outlook\.com|office365\.us)", r"", _param("url")),
    (r"statics\.teams\.cdn\.office\.net", r".*atp-safelinks\.html", _param("url")),
    (
        r"(?:.+\.)?teams\.(?:microsoft|live)\.com|teams\.(?:cloud\.microsoft|microsoft\.us)|.+\.teams\.microsoft\.us",
        r"/dl/launcher",
        _launcher,
    ),
    (r"urldefense\.proofpoint\.com", r"/v1/url", _param("u")),
    (r"urldefense\.(?:proofpoint\.com|com|us)", r"/v2/url", _proofpoint_v2),
    (r"urldefense\.(?:proofpoint\.com|com|us)", r"/v3/", _proofpoint_v3),
    (r"linkprotect\.cudasvc\.com", r"/url", _param("a")),
    (r"(?:.+\.)?avanan\.click", r"/v2/", _avanan),
    (r"(?:.+\.)?disq\.us", r"/(?:url)?$", _disqus),
    (r"secure-web\.cisco\.com", r"", _in_path),
    (r"web\.archive\.org", r"/web/", _archive),
    (r"webcache\.googleusercontent\.com", r"/search", _web_cache),
    (r".+\.translate\.goog", r"", _translated),
    (r"translate\.google\.[a-z.]{2,6}", r"/translate", _param("u")),
    (r".+\.cdn\.ampproject\.org", r"", _amp),
    (r"(?:www\.)?bing\.com", r"/ck/a", _bing),
    (r"(?:www\.)?duckduckgo\.com", r"/l", _param("uddg")),
    (r"r\.search\.yahoo\.com", r"", _yahoo),
    (r"(?:.+\.)?zoom\.us", r"/web_client/.*externalLinkPage\.html", _raw_rest("ref")),
    (r"meet\.google\.com", r"/linkredirect", _param("dest")),
    (r"hangouts\.google\.com", r"/_/.*chat-redirect", _param("dest")),
)
_WRAPPERS = tuple((re.compile(host), path, decode) for host, path, decode in _TABLE)
