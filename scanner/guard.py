"""What may be asked of the network: URL rules, the deny tables, and the connect guard.

Three guards stand one behind the other (threat-model.md, rules 14 to 17), because each sees what the one
before it cannot: the URL rules see the address as written, the resolver what its name points at today, and
the connect guard what the process really opens, whatever library opens it. A meeting host passes none.

Exceptions are exact ``host:port`` pairs of the Unit. A pair with an IP address opens that door only. A pair
with a name lets the name through the URL rules at that port; what it points at must still be public, or be
allowed by a pair of its own. ``localhost`` is never looked up: it means 127.0.0.1 and [::1].
"""

from __future__ import annotations

import ipaddress
import re
import socket
import sys
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

import can_ada

from scanner.errors import ConfigError, LychgateError
from scanner.platforms import is_meeting_address

REFUSED = "refused by the network guard"
_MEETING = f"{REFUSED}: meeting host"
_PRIVATE = f"{REFUSED}: private address"
_NAME = f"{REFUSED}: not a plain host name"
_DEFAULT_PORTS = {"http:": 80, "https:": 443}
LOOPBACK = ("127.0.0.1", "::1")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA IPv4 Special-Purpose Address Registry, plus multicast, the future-use block and the addresses of
# cloud metadata services that lie in ranges otherwise public (Alibaba 100.100.100.200 is in 100.64/10;
# Azure's 168.63.129.16 and Oracle's 192.0.0.192 answer from inside a machine only).
_DENIED_V4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)

# Only global unicast is public at all, minus what the IANA IPv6 Special-Purpose Address Registry takes out
# of it. 2001::/23 holds Teredo, ORCHID and benchmarking; 2002::/16 (6to4) carries an IPv4 address inside.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_DENIED_V6 = tuple(
    ipaddress.IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)

# RFC 6761 and its registry, RFC 2606, RFC 6762, RFC 8375, RFC 9476, and the names that home routers,
# companies and cloud machines use for themselves.
_SPECIAL_USE = frozenset(
    {"alt", "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local"}
    | {"localdomain", "localhost", "onion", "private", "test", "workgroup"}
)
_PLAIN_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_AUTHORITY = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


class Refused(PermissionError):
    """A guard stopped a connection or look-up. Its text is the reason, without any address."""


class GuardsMissing(LychgateError):
    """The guards are not in force in this process, so nothing may be fetched by it."""


def check_address(url: str, allow: Collection[str] = ()) -> str | None:
    """Return why an address must not be fetched, or None if the URL rules let it pass.

    Pure: no name is looked up, so a name that points inside passes here and is stopped by the resolver.
    One parser (WHATWG, as browsers) decides; spellings on which parsers disagree are refused, not repaired.
    ``allow`` holds ``host:port`` pairs.
    """
    if _UNSAFE.search(url):
        return f"{REFUSED}: control character, space or backslash in the address"
    written = _AUTHORITY.match(url)
    if written is None:
        return f"{REFUSED}: not an http or https address"
    try:
        parsed = can_ada.parse(url)
    except ValueError:
        return _NAME
    if parsed.has_credentials() or "@" in written[1]:
        return f"{REFUSED}: user name in the address"
    if is_meeting_address(parsed.href):
        return _MEETING
    host = parsed.hostname.strip("[]")
    port = int(parsed.port or _DEFAULT_PORTS[parsed.protocol])
    number = _as_ip(host)
    if number is not None:
        return _check_literal(number, port, written[1], allow)
    if f"{host}:{port}" in allow:
        return None
    return _check_name(host, port)


def check_ip(text: str, port: int, allow: Collection[str] = ()) -> str | None:
    """Return why an IP address must not be connected to, or None if it is public or allowed at this port."""
    number = _as_ip(text)
    if number is None:
        return _NAME
    if is_public(number) or _pair(number, port) in _doors(tuple(allow)):
        return None
    return _PRIVATE


def is_public(number: IPAddress) -> bool:
    """Tell whether an address belongs to a host on the public Internet.

    Own tables, because Python's ``is_global`` lets 6to4, NAT64 and multicast through (3.11).
    """
    if isinstance(number, ipaddress.IPv4Address):
        return not any(number in block for block in _DENIED_V4)
    return number in _PUBLIC_V6 and not any(number in block for block in _DENIED_V6)


def check_pairs(allow: Iterable[str]) -> None:
    """Raise ConfigError for the first entry that is not an exact ``host:port`` pair."""
    for pair in allow:
        host, _, digits = pair.rpartition(":")
        port = int(digits) if digits.isascii() and digits.isdigit() else 0
        number = _as_ip(host.removeprefix("[").removesuffix("]"))
        if number is not None:
            exact = pair == _pair(number, port)
        else:
            exact = pair == f"{host}:{port}" and (host == "localhost" or bool(_PLAIN_NAME.fullmatch(host)))
        if not exact or not 0 < port < 65536:
            raise ConfigError(f"{pair!r} is not a pair like 127.0.0.1:8101", where="network.allow")


# --- the connect guard --------------------------------------------------------------------------

_open_doors: set[str] = set()
_installed = False
_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


def install(allow: Iterable[str]) -> None:
    """Guard this process from now on: it may connect to public addresses and to the pairs in ``allow``.

    An audit hook cannot be taken out again, so this belongs in a process made for crawling. Later calls
    widen the pairs.
    """
    global _installed
    _open_doors.update(_doors(tuple(allow)))
    if not _installed:
        sys.addaudithook(_watch)
        _installed = True


def prove() -> None:
    """Raise GuardsMissing unless both guards refuse what they must refuse, here and now.

    The trial is a connect to port 0 of this machine: no pair can allow it, and if nothing refused it, it
    would still reach nobody.
    """
    trial = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        trial.connect(("127.0.0.1", 0))
    except Refused:
        connect_guarded = True
    except OSError:
        connect_guarded = False
    finally:
        trial.close()
    if not connect_guarded:
        raise GuardsMissing("the connect guard is not installed, so nothing was read")
    if check_address("http://169.254.169.254/") is None or check_ip("127.0.0.1", 0) is None:
        raise GuardsMissing("the address rules let a private address pass, so nothing was read")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    # A name handed straight to connect() is looked up in C before this hears of it, and refused then;
    # nothing here does that, since names go through the resolver.
    if event in _CONNECTS:
        if arguments[-1] is not None:  # sendmsg on a socket that is connected already
            _check_connect(arguments[-1])
    elif event in _LOOKUPS:
        host = arguments[0].decode("ascii", "replace") if isinstance(arguments[0], bytes) else arguments[0]
        if host and is_meeting_address(f"https://{host}/"):
            raise Refused(_MEETING)


def _check_connect(target: Any) -> None:
    number = _as_ip(target[0]) if isinstance(target, tuple) and isinstance(target[0], str) else None
    if number is None:
        raise Refused(f"{REFUSED}: not an IP address")
    if not is_public(number) and _pair(number, target[1]) not in _open_doors:
        raise Refused(_PRIVATE)


# --- addresses ----------------------------------------------------------------------------------


def _check_literal(number: IPAddress, port: int, written: str, allow: Collection[str]) -> str | None:
    spelling = written[:-1] if written.endswith(":") else written
    canonical = f"[{number}]" if number.version == 6 else str(number)
    if spelling not in (canonical, f"{canonical}:{port}"):
        return f"{REFUSED}: unusual spelling of an IP address"
    if _pair(number, port) in _doors(tuple(allow)):
        return None
    if not is_public(number):
        return _PRIVATE
    return None if port in _DEFAULT_PORTS.values() else f"{REFUSED}: port not allowed"


def _check_name(host: str, port: int) -> str | None:
    if host.endswith(".") or not host.isascii():
        return _NAME
    last = host.rpartition(".")[2]
    if host in _SPECIAL_USE or last in _SPECIAL_USE:
        return f"{REFUSED}: name reserved for local use"
    if _PLAIN_NAME.fullmatch(host) is None:
        return _NAME
    return None if port in _DEFAULT_PORTS.values() else f"{REFUSED}: port not allowed"


@lru_cache(maxsize=1024)
def _as_ip(text: str) -> IPAddress | None:
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _pair(number: IPAddress, port: int) -> str:
    return f"[{number}]:{port}" if number.version == 6 else f"{number}:{port}"


@lru_cache(maxsize=64)
def _doors(allow: tuple[str, ...]) -> frozenset[str]:
    """The pairs, with ``localhost`` spelt out as the addresses it means."""
    spelt = {
        _pair(ipaddress.ip_address(address), int(port))
        for host, _, port in (pair.rpartition(":") for pair in allow)
        if host == "localhost"
        for address in LOOPBACK
    }
    return frozenset(allow) | spelt
