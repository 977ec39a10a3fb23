"""From ``schedules.yaml`` to Settings, with every fault at its line and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scanner.alerts.channel import Channel, SecretPlaces
from scanner.model import Limits
from scanner.platforms import BUILT_IN, HostClaimedTwice, parse_address
from scanner.settings.cron import read_cron
from scanner.settings.faults import did_you_mean
from scanner.settings.sections import (
    FileSection,
    LimitsSection,
    PlatformSection,
    ScheduleSection,
    Section,
)
from scanner.settings.settings import Countdown, Pace, Schedule, Settings, Source
from scanner.settings.tree import Steps, Tree, read_tree

Kinds = Mapping[str, type[BaseModel]]
Shape = TypeVar("Shape", bound=BaseModel)

_DEFAULTS = Limits()
_DEFAULT_PORTS = {"http": 80, "https": 443}

_SENTENCES = {
    "bool_parsing": "this must be true or false",
    "bool_type": "this must be true or false",
    "dict_type": "this must be a group of settings, like {{key: value}}",
    "enum": "this must be {expected}",
    "extra_forbidden": "there is no setting {name!r} here",
    "greater_than_equal": "this must be at least {ge}",
    "int_from_float": "this must be a whole number",
    "int_parsing": "this must be a whole number",
    "int_type": "this must be a whole number",
    "less_than_equal": "this must be at most {le}",
    "list_type": "this must be a list, like [one, two]",
    "literal_error": "this must be {expected}",
    "missing": "{name!r} is missing here",
    "model_type": "this must be a group of settings, like {{key: value}}",
    "string_type": "this must be text; put it in quotes if it is",
    "too_short": "this must hold at least {min_length} of them",
    "tuple_type": "this must be a list, like [one, two]",
    "value_error": "{error}",
}


def load(path: Path, *, environ: Mapping[str, str], kinds: Kinds, channels: Kinds) -> Settings:
    """Read the settings, or raise one ConfigError that names every fault with its line and column.

    ``kinds`` and ``channels`` give the options of each source kind and each channel kind. Secrets are
    looked up in ``environ`` and in files, the relative ones beside the settings, when they are needed.
    """
    reader = _Reader(read_tree(path), places=SecretPlaces(environ, path.parent))
    settings = reader.settings(kinds, channels)
    if reader.tree.faults or settings is None:
        raise reader.tree.faults.error()
    return settings


class _Reader:
    """Check the parts of one file and note all their faults in the tree."""

    def __init__(self, tree: Tree, *, places: SecretPlaces) -> None:
        self.tree = tree
        self._places = places

    def settings(self, kinds: Kinds, channel_kinds: Kinds) -> Settings | None:
        """Return the settings, None if the file as a whole has no usable shape."""
        content = {} if self.tree.content is None else self.tree.content
        file = self._shape(FileSection, content, ())
        allow = file.network.allow if file else ()
        sources = dict(self._sources(_mapping(content, "sources"), kinds, allow=allow))
        channels = dict(self._channels(_mapping(content, "channels"), channel_kinds, allow=allow))
        self._references(content)
        if file is None:
            return None
        return Settings(
            organisation=file.organisation.name,
            timezone=file.organisation.timezone,
            tenants=file.organisation.tenants,
            contact=file.contact,
            sources=sources,
            schedules={
                name: _schedule(name, written, cron=written.cron)
                for name, written in file.schedules.items()
                if written.cron
            },
            countdowns={
                name: _countdown(name, written, every=written.every)
                for name, written in file.schedules.items()
                if written.every
            },
            channels=channels,
            routes=tuple(written.route() for written in file.routes),
            monthly=file.reports.monthly,
            alive=tuple(channels)[:1] if file.reports.alive is None else file.reports.alive,
            monitor=file.monitor.url if file.monitor else None,
            sightings_kept=file.retention.sightings,
            allow=allow,
            platforms=self._platforms(file.platforms),
            listen=file.web.listen,
            public_address=file.web.public_address,
            provider=file.web.sign_in.provider() if file.web.sign_in else None,
        )

    def _platforms(self, written: Mapping[str, PlatformSection]) -> dict[str, tuple[str, ...]]:
        """Check each platform's hosts and the links that prove them; return the hosts by slug."""
        for slug, section in written.items():
            steps = ("platforms", slug)
            try:
                table = BUILT_IN.with_hosts(slug, section.hosts)
            except KeyError:
                sentence = f"there is no platform {slug[:60]!r}{did_you_mean(slug, BUILT_IN.platforms)}"
                self.tree.faults.add(self.tree.place(steps, of_key=True), sentence)
                continue
            except HostClaimedTwice as fault:
                self.tree.faults.add(self.tree.place((*steps, "hosts")), str(fault))
                continue
            for key, links, right in (("found", section.found, True), ("ignored", section.ignored, False)):
                for number, link in enumerate(links):
                    address = parse_address(link)
                    hits = table.rooms(address) if address else ()
                    if any(hit.platform == slug for hit in hits) is not right:
                        sentence = f"this link names {'no' if right else 'a'} {slug} room"
                        self.tree.faults.add(self.tree.place((*steps, key, number)), sentence)
        return {slug: section.hosts for slug, section in written.items()}

    def _sources(
        self, entries: Mapping[str, object], kinds: Kinds, *, allow: tuple[str, ...]
    ) -> Iterator[tuple[str, Source]]:
        for name, entry in entries.items():
            steps = ("sources", name)
            kind, options = self._kind(entry, steps, kinds, beside=LimitsSection)
            limits = self._shape(LimitsSection, _part(entry, LimitsSection.model_fields), steps)
            if options and limits:
                written = options.model_dump(mode="json")
                hosts = frozenset(_starts(written))
                if limits.canary and getattr(options, "is_stream", False):
                    sentence = "a stream goes by and shows nothing twice, so no canary can stand in it"
                    self.tree.faults.add(self.tree.place((*steps, "canary")), sentence)
                yield (
                    name,
                    Source(
                        name=name,
                        kind=kind,
                        options=written,
                        limits=_limits(limits, hosts, allow),
                        canary=limits.canary,
                        hosts=hosts,
                        is_stream=getattr(options, "is_stream", False),
                    ),
                )

    def _channels(
        self, entries: Mapping[str, object], kinds: Kinds, *, allow: tuple[str, ...]
    ) -> Iterator[tuple[str, Channel]]:
        for name, entry in entries.items():
            kind, options = self._kind(entry, ("channels", name), kinds, beside=Section)
            if options:
                yield name, Channel(name=name, kind=kind, options=options, allow=allow)

    def _kind(
        self, entry: object, steps: Steps, kinds: Kinds, *, beside: type[BaseModel]
    ) -> tuple[str, BaseModel | None]:
        """Read ``kind`` and the options that belong to it; ``beside`` names what else may stand there."""
        if not isinstance(entry, dict):
            return "", None
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind not in kinds:
            if "kind" not in entry:
                sentence = f"'kind' is missing here{did_you_mean('', kinds)}"
            else:
                sentence = f"there is no such kind{did_you_mean(str(kind), kinds)}"
            self.tree.faults.add(self.tree.place((*steps, "kind")), sentence)
            return "", None
        others = {"kind", *beside.model_fields}
        options = {name: value for name, value in entry.items() if name not in others}
        return kind, self._shape(kinds[kind], options, steps, beside=others)

    def _shape(
        self, shape: type[Shape], value: object, steps: Steps, *, beside: Iterable[str] = ()
    ) -> Shape | None:
        try:
            return shape.model_validate(value, context=self._places)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                self._note(fault, shape, steps, beside)
            return None

    def _note(self, fault: ErrorDetails, shape: type[BaseModel], steps: Steps, beside: Iterable[str]) -> None:
        way = fault["loc"]
        of_key = not way or way[-1] == "[key]"
        way = way[:-1] if of_key else way
        name = str(way[-1])[:60] if way else ""
        template = _SENTENCES.get(fault["type"])
        sentence = template.format_map({**fault.get("ctx", {}), "name": name}) if template else fault["msg"]
        if fault["type"] == "extra_forbidden":
            of_key = True
            sentence += did_you_mean(name, {*_settings_at(shape, way[:-1]), *beside})
        self.tree.faults.add(self.tree.place((*steps, *way), of_key=of_key), sentence)

    def _references(self, content: object) -> None:
        """Note every source and channel that is named somewhere and defined nowhere."""
        sources, channels = _mapping(content, "sources"), _mapping(content, "channels")
        for name, schedule in _mapping(content, "schedules").items():
            self._known(_part(schedule, ["sources"]), "sources", ("schedules", name), sources, "source")
        routes = content.get("routes") if isinstance(content, dict) else None
        for number, route in enumerate(routes if isinstance(routes, list) else []):
            self._known(_part(route, ["to"]), "to", ("routes", number), channels, "channel")
            escalate = _part(route, ["escalate"]).get("escalate")
            self._known(_part(escalate, ["to"]), "to", ("routes", number, "escalate"), channels, "channel")
        reports = _mapping(content, "reports")
        for name in ("monthly", "alive"):
            self._known(reports, name, ("reports",), channels, "channel")

    def _known(
        self, holder: Mapping[str, object], key: str, steps: Steps, defined: Mapping[str, object], noun: str
    ) -> None:
        names = holder.get(key)
        for number, name in enumerate(names if isinstance(names, list) else []):
            if isinstance(name, str) and name not in defined:
                self.tree.faults.add(
                    self.tree.place((*steps, key, number)),
                    f"there is no {noun} {name[:60]!r}{did_you_mean(name, defined)}",
                )


def _mapping(content: object, key: str) -> Mapping[str, object]:
    section = content.get(key) if isinstance(content, dict) else None
    return section if isinstance(section, dict) else {}


def _part(entry: object, names: Iterable[str]) -> dict[str, object]:
    return {name: entry[name] for name in names if name in entry} if isinstance(entry, dict) else {}


def _settings_at(shape: type[BaseModel], way: tuple[str | int, ...]) -> Iterable[str]:
    """Return the names a model takes at a place within it, none where it cannot be told."""
    found: Any = shape
    for step in way:
        fields = getattr(found, "model_fields", {})
        if step in fields:
            found = fields[step].annotation
        candidates = [found, *get_args(found)]
        models = [one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)]
        found = models[0] if models else found
    return [field.alias or name for name, field in getattr(found, "model_fields", {}).items()]


def _schedule(name: str, written: ScheduleSection, *, cron: str) -> Schedule:
    return Schedule(
        name=name,
        cron=read_cron(cron),
        sources=written.sources,
        timezone=written.timezone,
        timeout=written.timeout,
    )


def _countdown(name: str, written: ScheduleSection, *, every: Mapping[timedelta, timedelta]) -> Countdown:
    return Countdown(
        name=name,
        paces=tuple(Pace(before, every[before]) for before in sorted(every, reverse=True)),
        sources=written.sources,
        to_the_end=written.until == "end",
        timeout=written.timeout,
    )


def _limits(written: LimitsSection, hosts: frozenset[str], allow: tuple[str, ...]) -> Limits:
    """Fill in the pause between requests: none for places the operator allowed by hand, his own."""
    delay = written.delay
    if delay is None:
        delay = timedelta(0) if hosts and hosts <= set(allow) else _DEFAULTS.delay
    return Limits(pages=written.pages, depth=written.depth, time=written.time, delay=delay)


def _starts(options: Mapping[str, object]) -> Iterator[str]:
    """Yield ``host:port`` of every web address among a source's options."""
    for value in options.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and text.startswith(("http://", "https://")):
                yield _host_and_port(text)


def _host_and_port(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except ValueError:
        return ""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
