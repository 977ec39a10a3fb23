"""Which time zone an invitation means, from any of the names that calendars and people give it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scanner.invitations.languages import LANGUAGES, one_of

_CONTINENTS = ("Africa", "America", "Antarctica", "Asia", "Australia", "Europe")
_AREAS = (*_CONTINENTS, "Arctic", "Atlantic", "Indian", "Pacific", "Etc")

_ABBREVIATIONS = {
    "utc": "UTC",
    "gmt": "UTC",
    "z": "UTC",
    "bst": "Europe/London",
    "wet": "Europe/Lisbon",
    "west": "Europe/Lisbon",
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin",
    "eet": "Europe/Helsinki",
    "eest": "Europe/Helsinki",
    "msk": "Europe/Moscow",
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "ct": "America/Chicago",
    "cdt": "America/Chicago",
    "mt": "America/Denver",
    "mdt": "America/Denver",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "jst": "Asia/Tokyo",
    "sgt": "Asia/Singapore",
    "hkt": "Asia/Hong_Kong",
    "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney",
    "nzst": "Pacific/Auckland",
    "nzdt": "Pacific/Auckland",
}
"""Abbreviations that mean one zone to nearly everybody. CST, IST and MST mean several, so they are asked."""

_OFFSET = re.compile(r"\(?\s*(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?\s*\)?", re.IGNORECASE | re.ASCII)
_IANA = re.compile(rf"\b(?:{'|'.join(_AREAS)})/[A-Za-z_+\-/0-9]{{1,40}}", re.ASCII | re.IGNORECASE)
_PREFIX = re.compile(
    r"\(?\s*(?:(?:utc|gmt)\s*(?P<offset>[+-]\d{1,2}(?::?[0-5]\d)?)?|(?P<bare>[+-]\d{1,2}:[0-5]\d))\s*\)?\s*",
    re.IGNORECASE | re.ASCII,
)
_COUNTRY = re.compile(r"\s*\((?:us(?:a)?|vereinigte|é|u\.s|mexi)[^)]{0,40}\)", re.IGNORECASE)


def is_zone(name: str) -> bool:
    """Say whether this is the name of a time zone in the IANA database, in its own spelling."""
    return name in _names()


def zone_in(text: str, *, home: str, wall: datetime) -> str | None:
    """Return the IANA name of the zone that a piece of text names, or None.

    ``text`` is what stands after a time: ``London``, ``(Europe/London)``, ``(UTC+01:00) Amsterdam, Berlin``,
    ``Eastern Time (US and Canada)``, ``W. Europe Standard Time``, ``MEZ``, ``+01:00``. ``wall`` is that time,
    without zone. Where the text leaves several zones open, ``home`` is taken if it is one of them, so that
    a series moves with the clocks of the people who meet.
    """
    exact = _IANA.search(text)
    if exact and exact.group().casefold() in _by_name():
        return _by_name()[exact.group().casefold()]
    for piece in re.split(r"[|\n;]", text[:300]):
        found = _named(piece.strip(" \t.,·–").removeprefix("- "), home=home, wall=wall)
        if found:
            return found
    return None


def _named(piece: str, *, home: str, wall: datetime) -> str | None:
    bare = " ".join(piece.split()).casefold()
    if not bare:
        return None
    whole = _place(bare) or _place(bare.strip("()")) or _windows().get(bare.strip("()"))
    if whole:
        return _settle(whole, home=home, wall=wall)
    prefix = _PREFIX.match(bare)
    if prefix:
        offset = prefix["offset"] or prefix["bare"]
        rest = bare[prefix.end() :]
        return _city(rest, home=home) or _at_offset(offset or "+0", home=home, wall=wall)
    return _abbreviated(bare, home=home, wall=wall) or _city(bare, home=home) or _mentioned(bare)


def _settle(zone: str, *, home: str, wall: datetime) -> str:
    """Prefer the home zone to UTC where both show the same time."""
    if zone == "UTC" and _offset(home, wall) == timedelta(0):
        return home
    return zone


def _abbreviated(bare: str, *, home: str, wall: datetime) -> str | None:
    for word in re.findall(r"[a-z]{1,5}", bare)[:8]:
        if word == (wall.replace(tzinfo=ZoneInfo(home)).tzname() or "").casefold():
            return home
        if word in _ABBREVIATIONS:
            return _settle(_ABBREVIATIONS[word], home=home, wall=wall)
    return None


def _city(text: str, *, home: str) -> str | None:
    cities = [_COUNTRY.sub("", city).strip(" ()") for city in re.split("[,、，]| - ", text)]
    zones = [zone for zone in map(_place, cities) if zone]
    return home if home in zones else next(iter(zones), None)


def _place(name: str) -> str | None:
    name = _COUNTRY.sub("", name).strip()
    return _by_name().get(name) or _by_place().get(name)


def _mentioned(bare: str) -> str | None:
    """Find a zone's longer name inside other words ("7 pm Eastern Time, all welcome")."""
    found = _long_names().search(bare)
    return _by_place()[found.group()] if found else None


def _at_offset(text: str, *, home: str, wall: datetime) -> str | None:
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
    if _offset(home, wall) == offset:
        return home
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    if rest:
        return next((zone for zone in _half_hour_zones() if _offset(zone, wall) == offset), None)
    name = f"Etc/GMT{-hours:+d}" if hours else "UTC"
    return name if is_zone(name) else None


def _half_hour_zones() -> Iterator[str]:
    yield from ("Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Kabul", "Asia/Yangon")
    yield from ("Australia/Adelaide", "Australia/Darwin", "America/St_Johns")


def _offset(zone: str, wall: datetime) -> timedelta | None:
    return wall.replace(tzinfo=ZoneInfo(zone)).utcoffset()


@cache
def _names() -> frozenset[str]:
    # Each call of the library's own function walks the whole folder of zones.
    return frozenset(available_timezones())


@cache
def _by_name() -> dict[str, str]:
    # Without the short ones: the database's own "EST" or "CET" are not what people mean by them.
    return {zone.casefold(): zone for zone in _names() if "/" in zone}


@cache
def _windows() -> dict[str, str]:
    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items() if name != "UTC"}


@cache
def _by_place() -> dict[str, str]:
    """Map the cities of the IANA names, and what the languages call zones, to zones."""
    cities = {
        zone.rpartition("/")[2].replace("_", " ").casefold(): zone
        for zone in sorted(_names())
        if zone.partition("/")[0] in _AREAS and not zone.startswith("Etc/")
    }
    for language in LANGUAGES:
        cities.update(language.zones)
    return cities


@cache
def _long_names() -> re.Pattern[str]:
    names = {name for language in LANGUAGES for name in language.zones if " " in name}
    return re.compile(rf"\b(?:{one_of(names)})\b")
