"""What is known of one meeting platform, as data with its proof beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

from scanner.model import Passcode, PasscodeKind, Risk
from scanner.platforms.address import Address

DIGITS_9_TO_11 = r"[0-9](?:[ .\u2010-\u2015\u00a0-]?[0-9]){8,10}"
"""A meeting number of 9 to 11 digits as people write it, separators allowed."""

SHORT_PASSCODE = 10
"""Longest passcode that people type on platforms that also put opaque tokens into the same parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A room that an address names."""

    platform: str
    key: str
    risk: Risk
    kind: str
    """Which sort of key it is; two keys of one sort are two meetings, of two sorts may be one."""
    takes_stated: bool
    """Whether a passcode stated in the text beside it can be this room's."""
    passcode: Passcode | None = None
    said: str = ""
    """Expression for what the text around must say, where the address alone is no evidence."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text that names a room of the platform, and the key it must give."""

    text: str
    key: str
    kind: str = "href"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A text that looks like the platform's and names no room, and why."""

    text: str
    why: str
    kind: str = "href"


def digits_only(text: str) -> str:
    """Drop everything but the ASCII digits."""
    return re.sub(r"[^0-9]", "", text)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One form of link: where its parts stand, and the key they make.

    ``path`` is a regular expression for the whole decoded path, without regard to case; named groups are
    the parts of the key. ``query`` names parameters that must be there, each with an expression for its
    whole value, available to the key under the parameter's name. ``fragment`` is an expression for the
    whole decoded fragment. Groups named ``plain`` and ``token`` hold a passcode. ``key`` is a format
    string over the groups, ``host`` and ``org`` (the labels in front of the platform's domain), or a
    function of them.
    """

    path: str = ""
    key: str | Callable[[Mapping[str, str]], str] = "{id}"
    kind: str = "id"
    risk: Risk = Risk.SCHEDULED
    host: str = ""
    """Expression for the whole host, where a shape holds on some hosts of the platform only."""
    query: Mapping[str, str] = field(default_factory=dict)
    fragment: str = ""
    lower: bool = False
    digits: bool = False
    """Strip separators from the group ``id``."""
    cased: str = ""
    """Expression for the whole group ``id`` with regard to case, where only that tells a code from a word."""
    ends: str = ""
    """Look-ahead that ends the key by its own grammar, where running text may be glued to it."""
    passcodes: Mapping[str, PasscodeKind | None] = field(default_factory=dict)
    """Query names that carry a passcode; None decides by length (up to 10 characters is typed)."""
    risk_with: Mapping[str, Risk] = field(default_factory=dict)
    """Query names whose presence changes the risk."""
    takes_stated: bool = True
    said: str = ""
    """Expression for what the text around must say, where addresses of this form can be anybody's."""

    @cached_property
    def _path(self) -> re.Pattern[str]:
        return re.compile(self.path, re.IGNORECASE)

    @cached_property
    def _glued(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self.path})(?:{self.ends})")

    @cached_property
    def _query(self) -> Mapping[str, re.Pattern[str]]:
        return {name: re.compile(value, re.IGNORECASE) for name, value in self.query.items()}

    @cached_property
    def _glued_query(self) -> Mapping[str, re.Pattern[str]]:
        return {
            name: re.compile(f"(?:{value})(?:{self.ends})", re.IGNORECASE)
            for name, value in self.query.items()
        }

    @cached_property
    def _fragment(self) -> re.Pattern[str]:
        return re.compile(self.fragment, re.IGNORECASE)

    @cached_property
    def _host(self) -> re.Pattern[str]:
        return re.compile(self.host)

    def read(self, address: Address, *, platform: str, org: str, in_text: bool) -> Hit | None:
        """Return the room that the address names in this form, or None.

        ``in_text`` allows words glued to the end of a key of fixed length.
        """
        parts = {"host": address.host, "org": org}
        if self.host:
            found = self._host.fullmatch(address.host)
            if found is None:
                return None
            parts.update(found.groupdict(""))
        path = self._path.fullmatch(address.path)
        if path is None and self.ends and not self.query:
            path = self._glued.match(address.path)
            if path is not None and not in_text and not _GLUED_WORD.match(address.path, path.end()):
                path = None
        if path is None:
            return None
        parts.update(path.groupdict(""))
        for name, pattern in self._query.items():
            value = address.value(name)
            found = None if value is None else pattern.fullmatch(value)
            if found is None and value is not None and self.ends:
                found = self._glued_query[name].match(value)
                if found is not None and not in_text and not _GLUED_WORD.match(value, found.end()):
                    found = None
            if found is None:
                return None
            parts[name] = found.group()
            parts.update(found.groupdict(""))
        if self.fragment:
            found = self._fragment.fullmatch(address.fragment)
            if found is None:
                return None
            parts.update(found.groupdict(""))
        return self._hit(address, platform, parts)

    def _hit(self, address: Address, platform: str, parts: dict[str, str]) -> Hit | None:
        if self.cased and not re.fullmatch(self.cased, parts["id"]):
            return None
        if self.digits:
            parts["id"] = digits_only(parts["id"])
        if any(is_placeholder(value) for name, value in parts.items() if name not in ("host", "org")):
            return None
        key = self.key(parts) if callable(self.key) else self.key.format_map(parts)
        names = {name for name, _ in address.query}
        risk = next((risk for name, risk in self.risk_with.items() if name in names), self.risk)
        return Hit(
            platform=platform,
            key=key.lower() if self.lower else key,
            risk=risk,
            kind=self.kind,
            takes_stated=self.takes_stated,
            passcode=self._passcode(address, parts),
            said=self.said,
        )

    def _passcode(self, address: Address, parts: Mapping[str, str]) -> Passcode | None:
        for kind in PasscodeKind:
            if parts.get(kind.value):
                return Passcode(parts[kind.value], kind)
        for name, value in address.query:
            value = _SECOND_QUERY.sub("", value)
            if name in self.passcodes and value and not is_blank_passcode(value):
                kind_of = self.passcodes[name]
                if kind_of is None:
                    kind_of = PasscodeKind.PLAIN if len(value) <= SHORT_PASSCODE else PasscodeKind.TOKEN
                return Passcode(_without_glued_word(value), kind_of)
        return None


_GLUED_WORD = re.compile(r"[A-Z][a-z]|[^\x00-\x7f]|[\s<>\"',;)]")
"""What may follow a key in an attribute: a page's own linking took the next word into the address."""

_SECOND_QUERY = re.compile(r"\?[a-z_]{1,20}=.*", re.IGNORECASE | re.DOTALL)
"""Parameters that a newsletter or tracker put behind an address that had some already."""

_TOKEN_AND_WORD = re.compile(r"(?P<token>[A-Za-z0-9+/_\-]{14,60}(?:09|\.[0-9]))[A-Z][a-z]{2,20}")

_PLACEHOLDER = re.compile(r"(?:x[x\- _.]*x|[*_.\-\u2026\u2022]+|#{2,})", re.IGNORECASE)
_UNFILLED = re.compile(r"[<>{}\[\]*\u2026]|\.\.\.|%[sd]\b")


def _without_glued_word(token: str) -> str:
    """Cut a word of the sentence off a token of Zoom's form, which ends in ``09`` or ``.1``."""
    found = _TOKEN_AND_WORD.fullmatch(token)
    return found["token"] if found else token


def is_blank_passcode(value: str) -> bool:
    """Tell dots, stars and capital X's that stand where a passcode would."""
    return bool(re.fullmatch(r"X{3,}|[*_.\-\u2026\u2022]+", value) or _UNFILLED.search(value))


def is_placeholder(value: str) -> bool:
    """Tell a blank to be filled in (``XXXXXXXXX``, ``___``, ``****``, ``<company>``) from a value."""
    return bool(value) and bool(_PLACEHOLDER.fullmatch(value) or _UNFILLED.search(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of letters that people write without an address, and the words that make it evidence.

    ``before`` must match at the end of the text before it, or ``after`` at the start of the text behind it.
    """

    pattern: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    key: Callable[[str], str]
    kind: str
    risk: Risk


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A product that hosts meetings, and the shapes its links take.

    ``hosts`` are compared whole; ``domains`` also with any labels in front (``bare_domains=False`` asks for
    at least one). ``ignored_labels`` are first labels under a domain that never hold a room (``support``).
    A platform without either is recognised by the shapes alone, on hosts that no other platform claims.
    """

    slug: str
    name: str
    hosts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    bare_domains: bool = True
    ignored_labels: frozenset[str] = frozenset()
    shapes: tuple[Shape, ...] = ()
    anywhere: tuple[Shape, ...] = ()
    """Shapes that hold on any host that no platform claims, for services that people host themselves."""
    anywhere_hints: tuple[str, ...] = ()
    """Lower-case literals, one of which is in every address that a shape of ``anywhere`` can match."""
    ignored_paths: str = ""
    """Expression for paths that hold no room, whatever stands in their query."""
    schemes: tuple[str, ...] = ()
    """App schemes. Their links have the platform's host, or none at all."""
    app_shapes: tuple[Shape, ...] = ()
    """Shapes of app links without a host; the path is ``/`` + what follows the scheme's slashes."""
    rewrite: Callable[[Address], Iterable[Address]] | None = None
    """Other readings of an address that the shapes shall see as well (a path inside the fragment)."""
    shared: bool = False
    """Whether its hosts also carry ordinary pages that a scan may have to read."""
    names: tuple[str, ...] = ()
    """Lower-case names by which people call it in running text."""
    digits: frozenset[int] = frozenset()
    """Lengths of the meeting numbers that people write down; empty if there are none."""
    labels: tuple[str, ...] = ()
    """Lower-case words that mean "meeting number of this platform" and nothing else."""
    groups: tuple[tuple[int, ...], ...] = ()
    """How its numbers are grouped in writing; empty accepts any grouping."""
    reusable_digits: frozenset[int] = frozenset()
    """Lengths of the numbers that belong to a person or a standing room."""
    takes_stated: bool = True
    """Whether a passcode stated beside a written number is its passcode."""
    one_tap: bool = False
    """Whether the number in its one-tap dial-in strings is the meeting's number."""
    code: Code | None = None
    found: tuple[Found, ...]
    ignored: tuple[NearMiss, ...]

    @cached_property
    def _ignored_paths(self) -> re.Pattern[str] | None:
        return re.compile(self.ignored_paths, re.IGNORECASE) if self.ignored_paths else None

    def number_risk(self, number: str) -> Risk:
        """Return what a written number opens."""
        return Risk.REUSABLE if len(number) in self.reusable_digits else Risk.SCHEDULED

    def org(self, host: str) -> str:
        """Return the labels in front of the platform's domain, empty if there are none."""
        for domain in self.domains:
            if host.endswith("." + domain):
                return host[: -len(domain) - 1]
        return ""

    def ignores(self, address: Address) -> bool:
        """Tell addresses on the platform's own hosts that are known to hold no room."""
        org = self.org(address.host)
        if org and org.split(".")[0] in self.ignored_labels:
            return True
        return self._ignored_paths is not None and bool(self._ignored_paths.match(address.path))

    def read(self, address: Address, *, in_text: bool = False, unclaimed: bool = False) -> tuple[Hit, ...]:
        """Return the rooms that an address of this platform names, mostly none or one.

        ``unclaimed`` says that the host is no known meeting host, so only shapes that hold anywhere count.
        """
        if not unclaimed and self.ignores(address):
            return ()
        org = self.org(address.host)
        readings = chain([address], self.rewrite(address)) if self.rewrite else [address]
        for reading in readings:
            for shape in self.anywhere if unclaimed else self.shapes:
                hit = shape.read(reading, platform=self.slug, org=org, in_text=in_text)
                if hit is not None:
                    return (self._weighed(hit),)
        return ()

    def _weighed(self, hit: Hit) -> Hit:
        """Raise the risk where the number's length says that it belongs to a person."""
        if hit.risk is Risk.SCHEDULED and hit.key.isdigit() and len(hit.key) in self.reusable_digits:
            return replace(hit, risk=Risk.REUSABLE)
        return hit

    def read_app(self, address: Address, *, in_text: bool = False) -> tuple[Hit, ...]:
        """Return the rooms that an app link without a host of the platform names."""
        path = f"/{address.host}{address.path}" if address.host else address.path
        bare = Address(address.scheme, "", path.rstrip("/"), address.query, address.fragment)
        readings = chain([bare], self.rewrite(bare)) if self.rewrite else [bare]
        for reading in readings:
            for shape in self.app_shapes:
                hit = shape.read(reading, platform=self.slug, org="", in_text=in_text)
                if hit is not None:
                    return (hit,)
        return ()
