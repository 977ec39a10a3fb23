"""Which platform an address belongs to: one look-up of the host, then that platform's shapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from scanner.platforms.address import Address, parse_address
from scanner.platforms.platform import Hit, Platform

_INTENT_SCHEME = re.compile(r"(?:^|;)scheme=([a-z][a-z0-9+.\-]*)", re.IGNORECASE)
_LABEL = r"[a-z0-9](?:[a-z0-9_\-]{0,61}[a-z0-9])?"
_UNCLAIMED = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,20}}|\[[0-9a-f:.]+\]")
"""Hosts that somebody can run a service on."""
_HOST = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?[/\\]{2,3}(?:[^/?#\\@]{0,200}@)?([^/?#\\:@\s]+)", re.IGNORECASE)


class HostClaimedTwice(ValueError):
    """Two platforms name the same host, so an address could mean either."""


class PlatformTable:
    """All known platforms, indexed by host and app scheme."""

    def __init__(self, platforms: Iterable[Platform]) -> None:
        self.platforms = {platform.slug: platform for platform in platforms}
        self._hosts: dict[str, Platform] = {}
        self._domains: dict[str, Platform] = {}
        self._schemes: dict[str, Platform] = {}
        for platform in self.platforms.values():
            for host in platform.hosts:
                self._claim(self._hosts, host, platform)
            for domain in platform.domains:
                self._claim(self._domains, domain, platform)
            for scheme in platform.schemes:
                self._schemes.setdefault(scheme, platform)
        self._anywhere = tuple(p for p in self.platforms.values() if p.anywhere)
        self._hints = tuple(hint for p in self._anywhere for hint in p.anywhere_hints)

    def _claim(self, index: dict[str, Platform], name: str, platform: Platform) -> None:
        for claimed in (self._hosts, self._domains):
            other = claimed.get(name)
            if other is not None and other.slug != platform.slug:
                raise HostClaimedTwice(f"{name} is claimed by {other.slug} and {platform.slug}")
        index[name] = platform

    def __iter__(self) -> Iterator[Platform]:
        return iter(self.platforms.values())

    @property
    def host_names(self) -> tuple[str, ...]:
        """Every host and domain that a platform claims."""
        return (*self._hosts, *self._domains)

    @property
    def schemes(self) -> tuple[str, ...]:
        """Every app scheme that a platform uses."""
        return tuple(self._schemes)

    @property
    def hints(self) -> tuple[str, ...]:
        """Literals, one of which is in every room address on a host that nobody claims."""
        return self._hints

    def with_hosts(self, slug: str, hosts: Iterable[str]) -> PlatformTable:
        """Return a table in which a platform also owns the given hosts, as organisations run their own.

        Raises HostClaimedTwice if one belongs to another platform already, KeyError for an unknown slug.
        """
        platform = self.platforms[slug]
        own = replace(
            platform,
            hosts=tuple(dict.fromkeys((*platform.hosts, *(host.lower() for host in hosts)))),
            shapes=(*platform.shapes, *(replace(shape, host="") for shape in platform.anywhere)),
        )
        return PlatformTable({**self.platforms, slug: own}.values())

    def owner(self, host: str) -> Platform | None:
        """Return the platform that a host belongs to."""
        found = self._hosts.get(host)
        if found is not None:
            return found
        name, below = host, False
        for _ in range(12):
            found = self._domains.get(name)
            if found is not None:
                return found if below or found.bare_domains else None
            _, dot, name = name.partition(".")
            if not dot:
                return None
            below = True
        return None

    def rooms(self, address: Address, *, in_text: bool = False, said: bool = False) -> tuple[Hit, ...]:
        """Return the rooms that an address names, mostly none or one.

        ``said`` adds those that only the text around it can make one, with what it must say.
        """
        return tuple(hit for hit in self._rooms(address, in_text=in_text) if said or not hit.said)

    def _rooms(self, address: Address, *, in_text: bool) -> tuple[Hit, ...]:
        if address.scheme == "intent":
            scheme = _INTENT_SCHEME.search(unquote(address.fragment))
            name = scheme.group(1).lower() if scheme else ""
            address = Address(name, address.host, address.path, address.query, "", address.raw_query)
        if address.scheme != "http":
            return self._app_rooms(address, in_text=in_text)
        owner = self.owner(address.host)
        if owner is not None:
            return owner.read(address, in_text=in_text)
        if not _UNCLAIMED.fullmatch(address.host):
            return ()
        for platform in self._anywhere:
            hits = platform.read(address, in_text=in_text, unclaimed=True)
            if hits:
                return hits
        return ()

    def _app_rooms(self, address: Address, *, in_text: bool) -> tuple[Hit, ...]:
        default = self._schemes.get(address.scheme)
        if default is None:
            return ()
        owner = self.owner(address.host) if address.host else None
        if owner is not None and address.scheme in owner.schemes:
            return owner.read(address, in_text=in_text)
        return default.read_app(address, in_text=in_text)

    def is_meeting_address(self, url: str) -> bool:
        """Tell addresses that must never be requested: meeting hosts, and room links on any other host.

        Cheap enough to be asked for every link of a crawl. Hosts that also carry ordinary pages
        (``discord.com``) count only for addresses that are room links themselves.
        """
        host = _HOST.match(url)
        owner = None if host is None else self.owner(host.group(1).lower().rstrip("."))
        if owner is not None and not owner.shared:
            return True
        lowered = url.lower()
        plain = lowered.startswith(("http:", "https:", "/")) and lowered.isascii() and "%" not in lowered
        if owner is None and plain and not any(hint in lowered for hint in self._hints):
            return False
        address = parse_address(url)
        if address is None:
            return False
        owner = self.owner(address.host)
        return (owner is not None and not owner.shared) or bool(self.rooms(address))
