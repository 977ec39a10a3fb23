"""Read one address the way a browser would, without asking anybody.

Everything that decides whether an address is a meeting works on this value, so that a host is compared
as a host and never searched for inside an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

import can_ada

_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]{0,31}):", re.IGNORECASE)
_BARE_HOST = re.compile(r"[^\s/?#@:\\]{1,253}(?::[0-9]{1,5})?(?=[/?#\\]|$)")
_USER_INFO = re.compile(r"[^\s/?#@:]{1,100}:[^\s/?#@]{0,100}@[^\s/?#@:]+\.")
_USER_SCHEMES = ("mailto", "sip", "sips", "callto", "h323", "xmpp", "skype", "tel", "im", "acct")
_SLASHES = re.compile(r"/{2,}")
_ESCAPED_AGAIN = re.compile(r"\A(?:amp;){1,8}")
_LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that can name a room.

    ``scheme`` and ``host`` are lower case, the host without port and trailing dot, in ASCII (a look-alike
    letter makes it another host). ``path`` is percent-decoded once, with ``//`` collapsed and one final
    ``/`` removed. ``query`` holds (name in lower case, value decoded once with ``+`` kept) in order.
    ``fragment`` is as written.
    """

    scheme: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    fragment: str = ""
    raw_query: str = ""

    def value(self, name: str) -> str | None:
        """Return the first value of a query name, or None."""
        for found, value in self.query:
            if found == name:
                return value
        return None


def parse_address(text: str) -> Address | None:
    """Read ``text`` as one address: with a web or app scheme, scheme-relative, or beginning with a host.

    Return None for what no browser could open, and for anything beyond 8,192 characters.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if text.startswith("//"):
        return _web("https:" + text)
    scheme = _SCHEME.match(text)
    if scheme is not None and not _is_host_with_port(text, scheme):
        name = scheme.group(1).lower()
        if name in ("http", "https"):
            return _web(text)
        if _USER_INFO.match(text) and name not in _USER_SCHEMES:
            return _web("https://" + text)
        return _app(name, text[scheme.end() :])
    if (host := _BARE_HOST.match(text)) is not None and "." in host.group():
        return _web("https://" + text)
    return None


def _is_host_with_port(text: str, scheme: re.Match[str]) -> bool:
    return "." in scheme.group(1) and text[scheme.end() : scheme.end() + 1].isdigit()


def _web(text: str) -> Address | None:
    try:
        parsed = can_ada.parse(text)
    except ValueError:
        return None
    host = str(parsed.hostname).rstrip(".")
    if not host:
        return None
    return _address("http", host, str(parsed.pathname), str(parsed.search)[1:], str(parsed.hash)[1:])


def _app(scheme: str, rest: str) -> Address:
    """Split ``rest`` of an app link: ``//host/path?query#fragment`` or ``/path…``; the host may be a word."""
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    host = ""
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        path = slash + path
        host = host.rpartition("@")[2].partition(":")[0].lower().rstrip(".")
    else:
        path = rest
    return _address(scheme, host, path, query, fragment)


def _address(scheme: str, host: str, path: str, query: str, fragment: str) -> Address:
    path = unquote(path)
    if "?" in path and not query:
        path, _, query = path.partition("?")
        query, _, fragment = query.partition("#")
    if "&" in path:
        path, _, more = path.partition("&")
        query = f"{more}&{query}" if query else more
    path = _SLASHES.sub("/", path.rstrip())
    if len(path) > 1 and path.endswith("/"):
        path = path[:-1]
    return Address(scheme, host, path, split_query(query), fragment, query)


def split_query(query: str) -> tuple[tuple[str, str], ...]:
    """Split a query (or a fragment written like one) into lower-case names and values decoded once."""
    pairs = []
    for part in query.split("&", 200)[:200]:
        name, _, value = part.partition("=")
        name = _ESCAPED_AGAIN.sub("", unquote(name).lower(), count=1).lstrip("?").strip()
        if name:
            pairs.append((name, unquote(value).strip()))
    return tuple(pairs)
