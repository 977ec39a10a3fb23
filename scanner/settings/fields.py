"""The types of single settings: durations with units, names, times, hosts, contacts."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from functools import cache
from ipaddress import AddressValueError, IPv6Address, ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Strict
from pydantic_core import PydanticUseDefault

from scanner.errors import ConfigError
from scanner.guard import check_pairs
from scanner.settings.cron import read_cron
from scanner.settings.faults import did_you_mean

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?([smhdw])")
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_NAME = re.compile(r"[^\W_][\w.-]{0,63}")
_CONTACT = re.compile(r"https?://[!-~]{3,200}|[!#-'*+/-9=?A-Z^-~.-]{1,64}@[A-Za-z0-9.-]{3,200}")


def read_duration(value: object) -> timedelta:
    """Return the length of time a text such as ``90s``, ``10m``, ``3h`` or ``400d`` names."""
    if isinstance(value, timedelta):
        return value
    if value == 0 and isinstance(value, int) and not isinstance(value, bool):
        return timedelta(0)
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip().lower())):
        return float(match[1]) * _UNITS[match[2]]
    raise ValueError(
        "a length of time needs a number and a unit (s, m, h, d or w), like 90s, 10m, 3h or 400d"
    )


def in_words(length: timedelta) -> str:
    """Write a duration the way settings files do, in its largest whole unit."""
    for unit in reversed(_UNITS):
        if length and not length % _UNITS[unit]:
            return f"{length // _UNITS[unit]}{unit}"
    return f"{length.total_seconds():g}s" if length else "0"


def between(low: timedelta, high: timedelta) -> AfterValidator:
    """Accept durations from ``low`` to ``high``."""

    def check(length: timedelta) -> timedelta:
        if not low <= length <= high:
            raise ValueError(f"this must be between {in_words(low)} and {in_words(high)}")
        return length

    return AfterValidator(check)


def _name(text: str) -> str:
    if not _NAME.fullmatch(text) or text == "all":
        raise ValueError(
            "a name is up to 64 letters, digits, '.', '_' and '-', begins with a letter or digit, "
            "and is not 'all'"
        )
    return text


def _line(text: str) -> str:
    if not text.strip() or len(text) > 200 or not text.isprintable():
        raise ValueError("this must be one line of text, not empty and at most 200 characters")
    return text.strip()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _timezone(text: str) -> str:
    if text not in _zones():
        hint = did_you_mean(text.replace(" ", "_"), _zones()) or "; write it like Europe/London"
        raise ValueError(f"there is no such time zone{hint}")
    return text


def _contact(text: str) -> str:
    if not _CONTACT.fullmatch(text):
        raise ValueError("a contact is an e-mail address, or a page that begins with https:// or http://")
    return text


def _cron(text: str) -> str:
    read_cron(text)
    return text


def _host_and_port(text: str) -> str:
    """Return ``host:port`` in the spelling that the network guard compares with, if it takes it."""
    host, _, port = text.strip().lower().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        with suppress(AddressValueError):
            host = f"[{IPv6Address(host[1:-1]).compressed}]"
    pair = f"{host}:{port.lstrip('0')}"
    try:
        check_pairs([pair])
    except ConfigError:
        raise ValueError(
            "this must be one host with one port, like 127.0.0.1:8101, [::1]:8102 or intranet.example:8080"
        ) from None
    return pair


def _listen(text: str) -> str:
    host, _, port = text.strip().rpartition(":")
    try:
        number = ip_address(host[1:-1] if host.startswith("[") and host.endswith("]") else host)
    except ValueError:
        number = None
    if number is None or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("this must be an address of this machine with a port, like 127.0.0.1:8000")
    return f"[{number}]:{int(port)}" if number.version == 6 else f"{number}:{int(port)}"


def _public_address(text: str) -> str:
    address = text.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or address != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ValueError("this must be an address without a path, like https://desk.example")
    return address.lower()


def _host_name(text: str) -> str:
    host = text.strip().lower()
    if not _HOST.fullmatch(host):
        raise ValueError("this must be the name of a host, like meet.your-group.example")
    return host


def _empty_as_default(value: Any) -> Any:
    """Take ``sources:`` with nothing under it as no sources: people comment all of them out."""
    if value is None:
        raise PydanticUseDefault
    return value


Whole = Annotated[int, Strict()]
Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Name = Annotated[str, AfterValidator(_name)]
Line = Annotated[str, AfterValidator(_line)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Contact = Annotated[str, AfterValidator(_contact)]
CronLine = Annotated[str, AfterValidator(_cron)]
HostName = Annotated[str, AfterValidator(_host_name)]
Listen = Annotated[str, AfterValidator(_listen)]
PublicAddress = Annotated[str, AfterValidator(_public_address)]
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]
OrNothing = BeforeValidator(_empty_as_default)
