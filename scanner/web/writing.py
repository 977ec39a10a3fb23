"""Times, lengths of time and numbers as the reader writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup

from scanner.web.language import N_, Language

Unit = Literal["day", "hour", "minute"]
_SIZES: Final[dict[Unit, timedelta]] = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}


def when(moment: datetime | None, zone: str, language: Language) -> Markup:
    """Write a moment in a zone, for people and for machines."""
    if moment is None:
        return Markup("{}").format(language.gettext(N_("never")))
    local = moment.astimezone(ZoneInfo(zone))
    day = format_skeleton("yMMMEd", local, locale=language.locale)
    shown = f"{day}, {format_time(local, 'short', locale=language.locale)}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="seconds"), shown)


def day_of(day: date, language: Language) -> str:
    """Write a day: ``31 December 2026``."""
    return format_date(day, "long", locale=language.locale)


def month_of(day: date, language: Language) -> str:
    """Write the month of a day: ``November 2026``."""
    return format_skeleton("yMMMM", day, locale=language.locale)


def span(length: timedelta, language: Language, *, ahead: bool = False) -> str:
    """Write a length of time in the largest unit it holds twice: ``90 minutes``, ``47 hours``, ``3 days``.

    ``ahead`` says how far away something is: ``in 3 days``.
    """
    for unit, size in _SIZES.items():
        if length >= 2 * size or (unit == "minute" and length >= size):
            return counted(length // size, unit, language, ahead=ahead)
    return language.gettext(N_("at any moment") if ahead else N_("less than a minute"))


def counted(count: int, unit: Unit, language: Language, *, ahead: bool = False) -> str:
    """Write so many of a unit: ``90 minutes``, or ``in 90 minutes``."""
    # A threshold that is never reached keeps Babel to the unit that is named.
    return format_timedelta(
        count * _SIZES[unit], unit, threshold=10**9, add_direction=ahead, locale=language.locale
    )


def countdown(starts: datetime | None, now: datetime, language: Language) -> str:
    """Say how far away a meeting is."""
    if starts is None:
        return language.gettext(N_("over"))
    if starts <= now:
        return language.gettext(N_("running now"))
    return span(starts - now, language, ahead=True)


def number(count: int, language: Language) -> str:
    """Write a count: ``12,345``."""
    return format_decimal(count, locale=language.locale)
