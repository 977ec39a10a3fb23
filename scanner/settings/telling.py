"""The shape of what ``schedules.yaml`` says about telling people: routes, reports, the outside monitor."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scanner.alerts.channel import SecretSetting
from scanner.alerts.routing import Digest, Escalation, QuietHours, Route
from scanner.model import SeverityLevel
from scanner.settings.fields import Duration, Whole, between

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


_Numbers = Annotated[tuple[Annotated[Whole, Field(ge=1)], ...], Field(min_length=1)]
_Channels = Annotated[tuple[str, ...], Field(min_length=1)]


class WhenSection(_Part):
    """What a route takes. Meetings and organisations are named by the numbers that their lists show."""

    severity: SeverityLevel | None = None
    meetings: _Numbers | None = None
    organisations: _Numbers | None = None


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
            meetings=frozenset(when.meetings) if when.meetings else None,
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
