"""The shape of each section of ``schedules.yaml``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

from scanner.model import Limits
from scanner.settings.fields import (
    Contact,
    CronLine,
    Duration,
    HostAndPort,
    HostName,
    Line,
    Listen,
    Name,
    OrNothing,
    PublicAddress,
    TimeZone,
    Whole,
    between,
)
from scanner.settings.settings import Settings
from scanner.settings.signing_in import SignInSection
from scanner.settings.telling import MonitorSection, ReportsSection, RouteSection

_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_DEFAULTS = Limits()


class Section(BaseModel):
    """A group of settings; a name it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganisationSection(Section):
    """Whose installation this is."""

    name: Line = ""
    timezone: TimeZone = ""
    tenants: dict[Name, tuple[Line, ...]] = {}


class LimitsSection(Section):
    """How far a scan of one source may go, and how it proves itself; stands beside its kind's options."""

    pages: Annotated[Whole, Field(ge=1, le=1_000_000)] = _DEFAULTS.pages
    depth: Annotated[Whole, Field(ge=0, le=100)] = _DEFAULTS.depth
    time: Annotated[Duration, between(_SECOND, _DAY)] = _DEFAULTS.time
    delay: Annotated[Duration, between(timedelta(0), _HOUR)] | None = None
    canary: StrictBool = False


def _all_or_names(value: object) -> object:
    if value == "all":
        return None
    if not isinstance(value, list) or not value:
        raise ValueError("write all, or a list of source names like [forum, our-site]")
    return value


class ScheduleSection(Section):
    """When to scan what: by a cron line, or ever faster as a meeting nears."""

    cron: CronLine | None = None
    every: (
        Annotated[
            dict[
                Annotated[Duration, between(_MINUTE, 14 * _DAY)],
                Annotated[Duration, between(_MINUTE, _DAY)],
            ],
            Field(min_length=1),
        ]
        | None
    ) = None
    until: Literal["end", "start"] = "end"
    sources: Annotated[tuple[str, ...] | None, BeforeValidator(_all_or_names)]
    timezone: TimeZone | None = None
    timeout: Annotated[Duration, between(_SECOND, 7 * _DAY)] | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if self.cron is None and self.every is None:
            raise ValueError(
                "'cron' is missing here (or 'every', to look ever more often before a meeting, "
                "like {24h: 1h, 3h: 10m, 30m: 2m})"
            )
        if self.cron is not None and self.every is not None:
            raise ValueError("give 'cron' or 'every', not both: make two schedules of it")
        beside = {"every": {"timezone"}, "cron": {"until"}}["cron" if self.every is None else "every"]
        for name in sorted(beside & self.model_fields_set):
            raise ValueError(f"{name!r} says nothing beside {'cron' if self.every is None else 'every'!r}")
        return self


class RetentionSection(Section):
    """How long things are kept."""

    sightings: Annotated[Duration, between(_DAY, 3650 * _DAY)] = Settings().sightings_kept


class NetworkSection(Section):
    """What may be read although it is not public."""

    allow: Annotated[tuple[HostAndPort, ...], OrNothing] = ()


class WebSection(Section):
    """Where ``serve`` answers on the web. A reverse proxy with a certificate makes it public."""

    listen: Listen = Settings().listen
    public_address: PublicAddress = ""
    """How people reach it through that proxy: ``https://desk.example``."""
    sign_in: SignInSection | None = None


class PlatformSection(Section):
    """Hosts of one's own that hold a platform's rooms, and links that prove it: with a room, without one."""

    hosts: Annotated[tuple[HostName, ...], Field(min_length=1)]
    found: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


class FileSection(Section):
    """The whole file. What stands in a source or channel beside its kind is that kind's to check."""

    version: Literal[1]
    organisation: Annotated[OrganisationSection, OrNothing] = OrganisationSection()
    contact: Contact = ""
    sources: Annotated[dict[Name, dict[str, Any]], OrNothing] = {}
    schedules: Annotated[dict[Name, ScheduleSection], OrNothing] = {}
    channels: Annotated[dict[Name, dict[str, Any]], OrNothing] = {}
    routes: Annotated[tuple[RouteSection, ...], OrNothing] = ()
    retention: Annotated[RetentionSection, OrNothing] = RetentionSection()
    network: Annotated[NetworkSection, OrNothing] = NetworkSection()
    platforms: Annotated[dict[str, PlatformSection], OrNothing] = {}
    web: Annotated[WebSection, OrNothing] = WebSection()
    reports: Annotated[ReportsSection, OrNothing] = ReportsSection()
    monitor: MonitorSection | None = None
