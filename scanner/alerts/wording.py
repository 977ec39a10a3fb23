"""Put an alert into words: what happened, where, how bad, what to do. Never a link, an ID or a passcode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scanner.alerts.facts import facts, secrets_of
from scanner.alerts.letter import Letter, Place, rendered
from scanner.alerts.phrases import (
    ALIVE,
    AS_WHAT,
    DRILL,
    HEADLINES,
    HOW_SURE,
    IF_NOT_CHANGED,
    MISSED,
    NOBODY_KNOWS,
    SENTENCES,
    SUBJECTS,
    THING,
    WHAT,
    WHAT_TO_LOOK_AT,
    WHAT_WE_DID,
)
from scanner.alerts.plain import defanged, host_of, plain
from scanner.alerts.routing import alert_key
from scanner.alerts.steps import Step, steps
from scanner.durations import in_words
from scanner.invitations.series import next_start
from scanner.model import (
    Alert,
    Exposure,
    Form,
    Meeting,
    Message,
    News,
    Organisation,
    Sighting,
    SightingState,
)

_GROUP_LENGTH = 40
_TITLE_LENGTH = 100
_SENTENCE_LENGTH = 400
_SOON = timedelta(hours=2)
_PLACES_SHOWN = 5
_MOST_FACTS = 14
_WHEN_IN_TROUBLE = {
    News.BLIND: (Step("See what is in the way.", "Run:  lychgate sources check"), NOBODY_KNOWS),
    News.GAP: (Step("See why it stopped.", "Its machine has to be on and awake, at night too."), MISSED),
    News.TROUBLE: (Step("See what is in the way.", "Run:  lychgate doctor"), WHAT_TO_LOOK_AT),
}
"""What to do about Lychgate itself, and what that means."""


def write(
    alert: Alert,
    *,
    exposure: Exposure | None,
    meeting: Meeting | None,
    organisation: Organisation,
    now: datetime,
    others: Sequence[str] = (),
    desk: str = "",
    drill: bool = False,
) -> Message:
    """Return the message for an alert, the same text in plain and HTML form, under 60 lines.

    ``others`` are the other channels that carry this news, each with what became of it. ``desk`` is the
    public address of the review desk: the only thing in a message that can be clicked. Of a ``drill`` the
    message says first of all that it is one, and leads to the page of drills.

    News about an exposure needs the exposure and its meeting as they are now. Times are given in the
    organisation's zone. Everything that people or pages wrote is taken as hostile: put on one line, cut,
    and rid of what opens a meeting.
    """
    secrets = secrets_of(meeting)
    group = plain(organisation.name, limit=_GROUP_LENGTH, secrets=secrets)
    if alert.news in (News.BLIND, News.GAP, News.TROUBLE, News.TEST, News.REPORT, News.ALIVE):
        letter, thread = about_lychgate(alert), ""
    elif exposure and meeting:
        letter = _about_exposure(alert, exposure, meeting, zone=_zone(organisation.timezone), now=now)
        letter = replace(letter, desk=f"{desk}/exposures/{exposure.id}" if desk else "")
        if others:
            told = plain(", ".join(others), limit=_SENTENCE_LENGTH)
            letter = replace(letter, facts=(*letter.facts, ("Also told", told)))
        if drill:
            letter = _as_drill(letter, desk=desk)
        thread = alert_key(
            exposure=exposure,
            news=News.OPENED,
            organisation=alert.organisation,
            cause="",
            channel=alert.channel,
        )
    else:
        raise ValueError(f"{alert.news} is news about an exposure: give the exposure and its meeting")
    return rendered(
        letter,
        key=alert.key,
        group=group,
        why=plain(alert.reason, limit=_SENTENCE_LENGTH, secrets=secrets),
        thread="" if thread == alert.key else thread,
        facts=facts(
            alert, exposure=exposure, meeting=meeting, organisation=organisation, now=now, drill=drill
        ),
    )


def _as_drill(letter: Letter, *, desk: str) -> Letter:
    """Return a letter that can be taken for a true alarm neither in the inbox nor when it is opened."""
    return replace(
        letter,
        notice=DRILL,
        subject=f"DRILL, nothing is wrong: {letter.subject}",
        show="lychgate drill --last",
        acknowledge="",
        desk=f"{desk}/drill" if desk else "",
    )


def _about_exposure(
    alert: Alert, exposure: Exposure, meeting: Meeting, *, zone: ZoneInfo, now: datetime
) -> Letter:
    secrets = secrets_of(meeting)
    title = plain(meeting.title, limit=_TITLE_LENGTH, secrets=secrets) or "a meeting"
    detail = plain(alert.detail, limit=_SENTENCE_LENGTH, secrets=secrets)
    sightings = _sightings(alert.news, exposure)
    addresses = list(dict.fromkeys(sighting.address for sighting in sightings))
    host, count = host_of(addresses[0]), len(addresses)
    best = min(sightings, key=lambda sighting: list(HOW_SURE).index(sighting.form))
    start = next_start(meeting, now)
    sentence = SENTENCES[alert.news].format(
        what=WHAT[best.form],
        title=title,
        place=_and_more(host.replace(".", "[.]"), count),
        count=_places(count),
    )
    thing = THING[best.form]
    letter = Letter(
        subject=SUBJECTS[alert.news].format(
            thing=thing,
            Thing=thing[0].upper() + thing[1:],
            place=_and_more(host, count),
            count=_places(count),
        ),
        # A dash would make an encoded word of it, and those come with double spaces where lines are folded.
        subject_end="" if start is None else f" - meeting {away(start - now)}",
        headline=HEADLINES[alert.news].format(thing=thing),
        sentence=f"{sentence} {detail}".strip(),
        facts=(("Meeting", title), ("Starts", _starts(start, zone=zone, now=now))),
        places_title="Where it stood" if alert.news is News.GONE else "Where it stands",
        places=tuple(_place(address, sightings, zone) for address in addresses[:_PLACES_SHOWN]),
        more_places=len(addresses) - _PLACES_SHOWN,
        show=f"lychgate exposures show {exposure.id}",
    )
    if alert.news is News.GONE:
        return replace(letter, closing=(IF_NOT_CHANGED,))
    severity = exposure.severity
    reason = plain(severity.reason, limit=_SENTENCE_LENGTH, secrets=secrets)
    return replace(
        letter,
        facts=(
            *letter.facts,
            ("Severity", f"{severity.level.upper()}. {reason}"),
            ("How sure", HOW_SURE[best.form]),
        ),
        steps=steps(best.room.platform, soon=start is not None and start - now <= _SOON),
        closing=(WHAT_WE_DID,),
        acknowledge=f"lychgate exposures ack {exposure.id}",
    )


def about_lychgate(alert: Alert) -> Letter:
    """Return the letter of news that is about no exposure; the lines of its detail are its facts."""
    first, *lines = alert.detail.splitlines() or [""]
    detail = plain(first, limit=_SENTENCE_LENGTH)
    channel = plain(alert.channel, limit=_TITLE_LENGTH)
    if alert.news is News.TEST:
        return Letter(
            subject=SUBJECTS[News.TEST].format(channel=channel),
            headline=HEADLINES[News.TEST],
            sentence=SENTENCES[News.TEST].format(channel=channel),
        )
    if alert.news in (News.REPORT, News.ALIVE):
        pairs = [plain(line, limit=_SENTENCE_LENGTH).partition(": ") for line in lines[:_MOST_FACTS]]
        return Letter(
            subject=detail,
            headline=HEADLINES[alert.news],
            sentence=f"{detail}.",
            facts=tuple((name, text) for name, _, text in pairs),
            closing=(ALIVE,) if alert.news is News.ALIVE else (),
        )
    step, closing = _WHEN_IN_TROUBLE[alert.news]
    return Letter(
        subject=SUBJECTS[alert.news].format(detail=detail),
        headline=HEADLINES[alert.news],
        sentence=SENTENCES[alert.news].format(detail=detail.rstrip(".")).replace("?.", "?"),
        steps=(step,),
        closing=(closing,),
    )


def where(news: News, exposure: Exposure) -> str:
    """Name the host of the place that comes first, not to be clicked, and count the others."""
    addresses = list(dict.fromkeys(sighting.address for sighting in _sightings(news, exposure)))
    return _and_more(host_of(addresses[0]).replace(".", "[.]"), len(addresses))


def _sightings(news: News, exposure: Exposure) -> list[Sighting]:
    """Return what is still up, or else everything; the newest first where more places are the news."""
    up = [sighting for sighting in exposure.sightings if sighting.state is SightingState.UP]
    return sorted(
        up or exposure.sightings,
        key=lambda sighting: (sighting.first_seen, sighting.id),
        reverse=news is News.SPREAD,
    )


def _place(address: str, sightings: Sequence[Sighting], zone: ZoneInfo) -> Place:
    here = [sighting for sighting in sightings if sighting.address == address]
    forms = dict.fromkeys(AS_WHAT[sighting.form] for sighting in here)
    when = _when(here[0].first_seen, zone)
    if all(sighting.form is Form.REPORTED for sighting in here):
        return Place(defanged(address), f"{plain(here[0].where, limit=_TITLE_LENGTH)}, {when}")
    return Place(defanged(address), f"{', '.join(forms)}, first seen {when}")


def _and_more(host: str, count: int) -> str:
    return host if count == 1 else f"{host} and {_places(count - 1, more=True)}"


def _places(count: int, *, more: bool = False) -> str:
    return f"{count}{' more' if more else ''} {'place' if count == 1 else 'places'}"


def _starts(start: datetime | None, *, zone: ZoneInfo, now: datetime) -> str:
    if start is None:
        return "no further date"
    return f"{_when(start, zone)} ({zone.key}), {away(start - now)}"


def _when(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}"


def away(length: timedelta) -> str:
    """Say how far off a start is: ``in 3 hours 10 minutes``."""
    return f"in {in_words(length)}" if length >= timedelta(0) else "is on now"


def _zone(name: str) -> ZoneInfo:
    """Return a time zone; an unknown name must not keep an alert from going out."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
