"""Which addresses belong to a source, which are one and the same, and which are a trap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import can_ada
import yarl
from w3lib.url import canonicalize_url

if TYPE_CHECKING:
    from tldextract import TLDExtract

TOO_LONG = "address too long"
GOES_IN_CIRCLES = "address goes in circles"

_SESSION_NAMES = frozenset({"phpsessid", "jsessionid", "sessid", "cfid", "cftoken", "oscsid", "zenid"})
_SESSION_NAME_PREFIX = "aspsessionid"
_AT_TIMES_SESSIONS = frozenset({"sid", "sessionid", "session_id"})
"""Names that elsewhere number stories, or the sessions of a conference: each a page of its own."""
_TOKEN = re.compile(r"(?=.*[0-9])[0-9A-Za-z]{16,}")
_OF_READERS = frozenset({"replytocom", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid"})
"""Names that say where a reader comes from, or what the form below a page is to begin with."""
_OF_READERS_PREFIX = "utm_"
_SESSION_IN_PATH = re.compile(
    r";(?:jsessionid|phpsessid|sid)=[^/?;]*|/\((?:[AFSX]\([0-9A-Za-z_-]{1,500}\)){1,4}\)", re.IGNORECASE
)
_SHORT_SESSION = re.compile(r"[0-9a-f]{32}")

_LONGEST = 2000
_MOST_REPEATS = 3
_NUMBER = re.compile(r"[0-9.]+")
_ORIGIN = re.compile(r"[a-z]+://[^/?#]*")
_PLAIN = re.compile(r"https?://[a-z0-9.:\[\]-]+/[A-Za-z0-9/._~-]*")
"""An address that has but one spelling: the most there are, and told much faster than by taking apart."""


def resolve(base: str, reference: str) -> str:
    """Return the absolute address that a browser would make of a reference; empty if it is none.

    A base of "" takes the reference as an absolute address.
    """
    try:
        return (can_ada.parse(base) + reference).href if base else can_ada.parse(reference).href
    except ValueError:
        return ""


def sameness(address: str) -> str:
    """Return a key that is equal for addresses that name one page.

    Order and spelling of the query, the fragment, session ids and marks of campaigns make no difference.
    """
    return address if _PLAIN.fullmatch(address) and "/." not in address else _canonical(address)


@lru_cache(maxsize=10_000)
def _canonical(address: str) -> str:
    """Return that key for addresses that are not plain. Every page of a site repeats those of its menus."""
    parts = urlsplit(address)
    query = parts.query
    if query:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        kept = [(name, value) for name, value in pairs if not _is_about_reader(name.lower(), value)]
        if len(kept) < len(pairs):
            query = urlencode(kept, errors="surrogateescape")
    path = _SESSION_IN_PATH.sub("", parts.path)
    return canonicalize_url(parts._replace(path=path, query=query).geturl())


def same_elsewhere(one: str, other: str) -> bool:
    """Tell whether two addresses differ at most by their scheme, ``www.``, a last slash or session ids."""
    return _without_where(one) == _without_where(other)


def _without_where(address: str) -> tuple[str, str, str]:
    parts = urlsplit(sameness(address))
    return parts.netloc.removeprefix("www."), parts.path.rstrip("/"), parts.query


def origin_of(address: str) -> str:
    """Return the root of the server that an address, as ``resolve`` returns it, lies on."""
    found = _ORIGIN.match(address)
    return f"{found[0]}/" if found else address


def host_key(address: str) -> str:
    """Name the server behind an address: its host, with the port unless it is the usual one."""
    return _key_of_origin(origin_of(address))


@lru_cache(maxsize=1024)
def _key_of_origin(origin: str) -> str:
    url = yarl.URL(origin, encoded=True)
    return f"{url.host}" if url.is_default_port() else f"{url.host}:{url.port}"


def trap(address: str) -> str | None:
    """Return why an address looks like one of endlessly many that a crawler trap makes up, or None."""
    if len(address) > _LONGEST:
        return TOO_LONG
    segments = Counter(
        part for part in urlsplit(address).path.split("/") if part and not _NUMBER.fullmatch(part)
    )
    if segments and max(segments.values()) > _MOST_REPEATS:
        return GOES_IN_CIRCLES
    return None


@dataclass(frozen=True, slots=True)
class Scope:
    """The places that belong to a source: registrable domains, and single servers by host and port."""

    places: frozenset[str]

    @classmethod
    def around(cls, addresses: Iterable[str], domains: Iterable[str] = ()) -> Scope:
        """Return the scope of some addresses and of domains named besides."""
        named = {_place(f"https://{domain}/") for domain in domains}
        return cls(frozenset({_place(address) for address in addresses} | named) - {""})

    def holds(self, address: str) -> bool:
        """Tell whether an address belongs to the source."""
        return _place(address) in self.places


def _place(address: str) -> str:
    scheme, _, rest = address.partition("://")
    if scheme.lower() not in ("http", "https"):
        return ""
    return _place_of_server(scheme, rest.partition("/")[0].partition("?")[0])


@lru_cache(maxsize=10_000)
def _place_of_server(scheme: str, authority: str) -> str:
    """Name what a server belongs to: its registrable domain, or itself if it has none (IP addresses)."""
    try:
        url = can_ada.parse(f"{scheme}://{authority}/")
    except ValueError:
        return ""
    host = url.hostname
    if host.startswith("[") or _NUMBER.fullmatch(host) or "." not in host:
        return f"{host}:{url.port or {'http': 80, 'https': 443}.get(scheme, 0)}"
    found = _public_suffixes().extract_str(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or host
    return ".".join(host.split(".")[-2:])  # the list's own rule for a suffix that it does not know


@cache
def _public_suffixes() -> TLDExtract:
    # It brings an HTTP client along: only who crawls pays for that.
    from tldextract import TLDExtract

    # From the list that ships with it: its default would fetch a newer one and write it to disk. With the
    # private section, since stmarys.hoster.example is a site of its own, and its hoster's other guests not.
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _is_about_reader(name: str, value: str) -> bool:
    """Tell the parameters that name a visit and not a page."""
    if name in _SESSION_NAMES or name in _OF_READERS:
        return True
    if name.startswith((_SESSION_NAME_PREFIX, _OF_READERS_PREFIX)):
        return True
    if name in _AT_TIMES_SESSIONS:
        return _TOKEN.fullmatch(value) is not None
    return name == "s" and _SHORT_SESSION.fullmatch(value) is not None
