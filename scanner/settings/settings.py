"""The settings of an installation as frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import BaseModel

from scanner.alerts.channel import Channel, SecretReference
from scanner.alerts.routing import Route
from scanner.errors import ConfigError, InputError
from scanner.model import Limits, Unit
from scanner.settings.cron import Cron
from scanner.settings.faults import did_you_mean
from scanner.settings.signing_in import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A public place to look at, as configured. ``options`` are those of its kind, ready for JSON."""

    name: str
    kind: str
    options: Mapping[str, object]
    limits: Limits
    canary: bool = False
    """Every scan must find the canary that was planted there."""
    hosts: frozenset[str] = frozenset()
    """``host:port`` of its addresses: sources that share one are never read at the same time."""
    is_stream: bool = False
    """It is listened to without a break, and not looked at from time to time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When to scan which sources: None means all of them. Without a zone the organisation's counts."""

    name: str
    cron: Cron
    sources: tuple[str, ...] | None
    timezone: str | None = None
    timeout: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """From ``before`` the start of a meeting on, look once in ``each``."""

    before: timedelta
    each: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """How often to look at the fast sources as a meeting nears; None means all sources.

    ``paces`` begin with the one that begins earliest.
    """

    name: str
    paces: tuple[Pace, ...]
    sources: tuple[str, ...] | None
    to_the_end: bool = True
    """Whether looking goes on while the meeting runs."""
    timeout: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What ``schedules.yaml`` says. The organisation's name and zone are those in the database, if it has
    one; here they are what the file says, empty if it says nothing.
    """

    organisation: str = ""
    timezone: str = ""
    tenants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contact: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    countdowns: Mapping[str, Countdown] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    sightings_kept: timedelta = timedelta(days=400)
    allow: tuple[str, ...] = ()
    platforms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Hosts of one's own, by the slug of the platform whose rooms they hold."""
    monthly: tuple[str, ...] = ()
    """Channels that get the monthly report."""
    alive: tuple[str, ...] = ()
    """Channels that get the weekly sign of life."""
    monitor: SecretReference | None = None
    """Where an outside monitor is told that Lychgate lives."""
    listen: str = "127.0.0.1:8000"
    """Where ``serve`` answers on the web."""
    public_address: str = ""
    """How people reach it there, without a path; empty where they sit at this machine."""
    provider: Provider | None = None
    """Where people have accounts already, with which they may sign in."""

    @property
    def web_address(self) -> str:
        """Where people open the review desk."""
        return self.public_address or f"http://{self.listen}"

    def units(self, names: Sequence[str] | None) -> tuple[Unit, ...]:
        """Return one Unit per named source, each once, in the order of the file; None means every source.

        Raises InputError for a name that no source has. ``known`` is left for the caller to fill in.
        """
        for name in names or ():
            if name not in self.sources:
                raise InputError(f"there is no source {name!r}{did_you_mean(name, self.sources)}")
        return tuple(
            Unit(
                source=source.name,
                kind=source.kind,
                options=source.options,
                limits=source.limits,
                allow=self.allow,
                contact=self.contact,
                platforms=self.platforms,
            )
            for source in self.sources.values()
            if names is None or source.name in names
        )

    def missing_secrets(self) -> tuple[str, ...]:
        """Try every reference to a secret and return a sentence for each one that leads nowhere."""
        sentences = []
        for channel in self.channels.values():
            for reference in _references(channel.options):
                try:
                    reference.resolve()
                except ConfigError as error:
                    sentences.append(f"channel {channel.name}: {error}")
        if self.monitor:
            try:
                self.monitor.resolve()
            except ConfigError as error:
                sentences.append(f"monitor: {error}")
        if self.provider:
            try:
                self.provider.secret.resolve()
            except ConfigError as error:
                sentences.append(f"web.sign_in: {error}")
        return tuple(sentences)


def _references(options: BaseModel) -> Iterator[SecretReference]:
    for name in type(options).model_fields:
        value = getattr(options, name)
        if isinstance(value, SecretReference):
            yield value
