"""The shape of what ``schedules.yaml`` says about telling people: routes, reports, the outside monitor."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time, timedelta
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from scanner.alerts.channel import SecretSetting
from scanner.alerts.routing import Digest, Escalation, QuietHours, Route
from scanner.model import SeverityLevel
from scanner.settings.fields import Duration, Whole, between

Name = TypeVar("Name", int, str)

_LONGEST_TITLE = 200
_MINUTE, _WEEK = timedelta(minutes=1), timedelta(weeks=1)
_QUIET = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def read_quiet(text: object) -> QuietHours | None:
    """Understand ``22:00-07:00``; raise ValueError otherwise."""
    if text is None or isinstance(text, QuietHours):
        return text
    found = _QUIET.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError("quiet hours are written from-to, like 22:00-07:00")
    start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if start == end:
        raise ValueError("quiet hours that begin when they end would never end; leave them out")
    return QuietHours(start, end)


def _never_is_zero(value: object) -> object:
    return timedelta(0) if value == "never" else value


def read_meeting(name: object) -> int | str:
    """Take a meeting's number or its title; raise ValueError for anything else."""
    if isinstance(name, int) and not isinstance(name, bool) and name >= 1:
        return name
    if isinstance(name, str) and name.strip() and len(name) <= _LONGEST_TITLE:
        return name.strip()
    raise ValueError("a meeting is named by its number in `lychgate meetings list`, or by its title")


_Meeting = Annotated[
    Any,
    PlainValidator(read_meeting),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1}]}),
]
_Numbers = Annotated[tuple[Annotated[Whole, Field(ge=1)], ...], Field(min_length=1)]
_Channels = Annotated[tuple[str, ...], Field(min_length=1)]


class WhenSection(_Part):
    """What a route takes. Meetings are named by number or title, organisations by number."""

    severity: SeverityLevel | None = None
    meetings: Annotated[tuple[_Meeting, ...], Field(min_length=1)] | None = None
    organisations: _Numbers | None = None


def _only(names: Iterable[int | str], kind: type[Name]) -> frozenset[Name]:
    return frozenset(name for name in names if isinstance(name, kind))


class EscalateSection(_Part):
    """Whom to tell when nobody acknowledges, and when."""

    to: _Channels
    after: Annotated[Duration, between(_MINUTE, _WEEK)] | None = None
    before: Annotated[Duration, between(_MINUTE, _WEEK)] | None = None

    @model_validator(mode="after")
    def _say_when(self) -> Self:
        if self.after is None and self.before is None:
            raise ValueError("say when: after: 20m (unanswered so long), before: 2h (of the start), or both")
        return self


class RouteSection(_Part):
    """Which news goes to which channels, and how."""

    when: WhenSection = WhenSection()
    to: _Channels
    quiet: Annotated[Any, BeforeValidator(read_quiet)] = None
    digest: Digest | None = None
    repeat: Annotated[Duration, BeforeValidator(_never_is_zero), between(timedelta(0), 4 * _WEEK)] | None = (
        None
    )
    escalate: EscalateSection | None = None

    def route(self) -> Route:
        """Return it as alerts.routing knows it."""
        when, escalate = self.when, self.escalate
        return Route(
            to=self.to,
            severity=when.severity,
            meetings=_only(when.meetings, int) if when.meetings else None,
            titles=_only(when.meetings or (), str),
            organisations=frozenset(when.organisations) if when.organisations else None,
            quiet=self.quiet,
            digest=self.digest,
            repeat=self.repeat,
            escalate=Escalation(to=escalate.to, after=escalate.after, before=escalate.before)
            if escalate
            else None,
        )


class ReportsSection(_Part):
    """Who gets the monthly report and the weekly sign of life; ``alive: []`` is nobody."""

    monthly: tuple[str, ...] = ()
    alive: tuple[str, ...] | None = None


class MonitorSection(_Part):
    """An outside monitor that raises an alarm when Lychgate goes quiet (Healthchecks and its like)."""

    url: SecretSetting
