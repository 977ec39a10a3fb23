"""Many alerts that can wait, in one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from scanner.alerts.facts import secrets_of
from scanner.alerts.letter import Letter, Place, rendered
from scanner.alerts.phrases import HEADLINES, NOT_URGENT
from scanner.alerts.plain import plain
from scanner.alerts.routing import Digest
from scanner.alerts.wording import away, where
from scanner.invitations.series import next_start
from scanner.model import Delivery, Exposure, Meeting, Message, News, Organisation

_SHOWN = 14
_WORDS = {
    News.OPENED: "new",
    News.SPREAD: "in more places",
    News.WORSE: "worse now",
    News.REGRESSED: "back again",
    News.GONE: "gone, all clear",
    News.REMINDER: "still unanswered",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news with what it is about, as things stand now."""

    delivery: Delivery
    exposure: Exposure
    meeting: Meeting


def write_digest(
    entries: Sequence[Entry], digest: Digest, *, organisation: Organisation, now: datetime
) -> Message:
    """Return one message for alerts of one channel, a line for each exposure, worst first, under 60 lines.

    Its key is made of the first alert's, so a digest that is sent again after a crash has the same one.
    """
    latest = {entry.exposure.id: entry for entry in sorted(entries, key=lambda entry: entry.delivery.id)}
    ranked = sorted(latest.values(), key=lambda entry: -entry.exposure.severity.level.rank)
    secrets = [secret for entry in ranked for secret in secrets_of(entry.meeting)]
    count = len(ranked)
    leaks = "1 leak" if count == 1 else f"{count} leaks"
    first = min(entries, key=lambda entry: entry.delivery.id).delivery
    letter = Letter(
        subject=f"{digest.capitalize()} digest: {leaks}, the worst {ranked[0].exposure.severity.level}",
        headline=HEADLINES[News.DIGEST],
        sentence=f"There is news about {leaks}, the worst first.",
        places_title="What is new",
        places=tuple(_line(entry, secrets, now) for entry in ranked[:_SHOWN]),
        more_places=count - _SHOWN,
        show="lychgate exposures list",
        closing=(NOT_URGENT,),
    )
    group = plain(organisation.name, limit=40, secrets=secrets)
    return rendered(
        letter,
        key=sha256(f"digest {first.alert.key}".encode()).hexdigest()[:32],
        group=group,
        why=plain(f"{first.alert.reason}, and it sends what can wait in a {digest} digest", limit=400),
        thread="",
        facts={
            "news": News.DIGEST.value,
            "organisation": group,
            "why": "digest",
            "drill": False,
            "exposure": None,
        },
    )


def _line(entry: Entry, secrets: Sequence[str], now: datetime) -> Place:
    exposure = entry.exposure
    title = plain(entry.meeting.title, limit=60, secrets=secrets) or "a meeting"
    start = next_start(entry.meeting, now)
    when = f", meeting {away(start - now)}" if start else ""
    kind = entry.delivery.alert.news
    place = f", on {where(kind, exposure)}" if exposure.sightings else ""
    how = f"{exposure.severity.level.upper()}, {exposure.state}{place}"
    return Place(
        f"{title}: {_WORDS.get(kind, 'new')}{when}", f"{how}.  lychgate exposures show {exposure.id}"
    )
