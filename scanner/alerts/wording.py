"""Put an alert into words: what happened, where, how bad, what to do. Never a link, an ID or a passcode."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from scanner.alerts.plain import defanged, host_of, plain
from scanner.alerts.routing import alert_key
from scanner.alerts.steps import Step, steps
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

_SUBJECT_LENGTH = 120
_GROUP_LENGTH = 40
_TITLE_LENGTH = 100
_SENTENCE_LENGTH = 400
_WIDTH = 78
_SOON = timedelta(hours=2)
_PLACES_SHOWN = 5

_HEADLINES = {
    News.OPENED: "A meeting link is in public",
    News.SPREAD: "A meeting link is in more public places",
    News.REGRESSED: "A meeting link is back in public",
    News.GONE: "All clear: a meeting link is gone",
    News.BLIND: "Lychgate could not look",
    News.TEST: "This is a test",
}
_SUBJECTS = {
    News.OPENED: "Meeting link found on {place}",
    News.SPREAD: "Meeting link now in {count}",
    News.REGRESSED: "Meeting link is back on {place}",
    News.GONE: "All clear: meeting link gone from {place}",
    News.BLIND: "Could not look: {detail}",
    News.TEST: "Test of channel {channel}",
}
_SENTENCES = {
    News.OPENED: "{what} “{title}” stands in public on {place}.",
    News.SPREAD: "{what} “{title}” now stands in {count} in public. The newest ones come first below.",
    News.REGRESSED: "{what} “{title}” had been dealt with, and now stands in public again on {place}.",
    News.GONE: "{what} “{title}” no longer stands anywhere that Lychgate had found it.",
    News.BLIND: "A place that Lychgate should look at could not be read. {detail}",
    News.TEST: "Channel “{channel}” works: this message came through it. There is nothing to do.",
}
_WHAT_WE_DID = (
    "Lychgate has not opened the meeting. It looks at these places again at every scan and tells you when "
    "the link is gone."
)
_IF_NOT_CHANGED = (
    "If the meeting still has its old link, give it a new one: whoever copied the old one can still come in."
)
_NOBODY_KNOWS = "Until it can be read again, nobody knows whether a meeting link stands there."
_HOW_SURE = {
    Form.URL: "Certain. The link that stands there opens this very meeting.",
    Form.WRITTEN: "Certain. The ID of this very meeting is written there.",
    Form.IMAGE: "Certain. The picture that stands there holds the link of this very meeting.",
    Form.DIAL_IN: "Certain. The dial-in number that stands there leads to this very meeting.",
    Form.BARE: "Perhaps. The number of this meeting's ID stands there, but nothing says that it is one.",
}
_WHAT = {
    Form.URL: "The link to",
    Form.WRITTEN: "The ID of",
    Form.IMAGE: "The link to",
    Form.DIAL_IN: "The dial-in number of",
    Form.BARE: "What may be the ID of",
}
_AS_WHAT = {
    Form.URL: "as a link",
    Form.WRITTEN: "as a written meeting ID",
    Form.IMAGE: "in a picture",
    Form.DIAL_IN: "as a dial-in number",
    Form.BARE: "as a bare number",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the link stands, and how and since when."""

    address: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """What both templates say, each in its own way."""

    subject: str
    subject_end: str = ""
    headline: str
    sentence: str
    facts: tuple[tuple[str, str], ...] = ()
    places_title: str = ""
    places: tuple[_Place, ...] = ()
    more_places: int = 0
    show: str = ""
    steps: tuple[Step, ...] = ()
    closing: tuple[str, ...] = ()
    acknowledge: str = ""


def write(
    alert: Alert,
    *,
    exposure: Exposure | None,
    meeting: Meeting | None,
    organisation: Organisation,
    now: datetime,
) -> Message:
    """Return the message for an alert, the same text in plain and HTML form, under 60 lines.

    News about an exposure needs the exposure and its meeting as they are now. Times are given in the
    organisation's zone. Everything that people or pages wrote is taken as hostile: put on one line, cut,
    and rid of what opens a meeting.
    """
    secrets = _secrets(meeting)
    group = plain(organisation.name, limit=_GROUP_LENGTH, secrets=secrets)
    if alert.news in (News.BLIND, News.TEST):
        letter, thread = _about_lychgate(alert), ""
    elif exposure and meeting:
        letter = _about_exposure(alert, exposure, meeting, zone=_zone(organisation.timezone), now=now)
        thread = alert_key(
            exposure=exposure,
            news=News.OPENED,
            organisation=alert.organisation,
            cause="",
            channel=alert.channel,
        )
    else:
        raise ValueError(f"{alert.news} is news about an exposure: give the exposure and its meeting")
    why = plain(alert.reason, limit=_SENTENCE_LENGTH, secrets=secrets)
    return Message(
        key=alert.key,
        subject=_subject(group, letter),
        text=_TEXT.render(letter=letter, group=group, why=why),
        html=_HTML.render(letter=letter, group=group, why=why),
        thread="" if thread == alert.key else thread,
    )


def _about_exposure(
    alert: Alert, exposure: Exposure, meeting: Meeting, *, zone: ZoneInfo, now: datetime
) -> _Letter:
    secrets = _secrets(meeting)
    title = plain(meeting.title, limit=_TITLE_LENGTH, secrets=secrets) or "a meeting"
    detail = plain(alert.detail, limit=_SENTENCE_LENGTH, secrets=secrets)
    sightings = _sightings(alert.news, exposure)
    addresses = list(dict.fromkeys(sighting.address for sighting in sightings))
    host, count = host_of(addresses[0]), len(addresses)
    best = min(sightings, key=lambda sighting: list(_HOW_SURE).index(sighting.form))
    start = next_start(meeting, now)
    sentence = _SENTENCES[alert.news].format(
        what=_WHAT[best.form],
        title=title,
        place=_and_more(host.replace(".", "[.]"), count),
        count=_places(count),
    )
    letter = _Letter(
        subject=_SUBJECTS[alert.news].format(place=_and_more(host, count), count=_places(count)),
        subject_end="" if start is None else f" – meeting {_away(start - now)}",
        headline=_HEADLINES[alert.news],
        sentence=f"{sentence} {detail}".strip(),
        facts=(("Meeting", title), ("Starts", _starts(start, zone=zone, now=now))),
        places_title="Where it stood" if alert.news is News.GONE else "Where it stands",
        places=tuple(_place(address, sightings, zone) for address in addresses[:_PLACES_SHOWN]),
        more_places=len(addresses) - _PLACES_SHOWN,
        show=f"lychgate exposures show {exposure.id}",
    )
    if alert.news is News.GONE:
        return replace(letter, closing=(_IF_NOT_CHANGED,))
    severity = exposure.severity
    reason = plain(severity.reason, limit=_SENTENCE_LENGTH, secrets=secrets)
    return replace(
        letter,
        facts=(
            *letter.facts,
            ("Severity", f"{severity.level.upper()}. {reason}"),
            ("How sure", _HOW_SURE[best.form]),
        ),
        steps=steps(best.room.platform, soon=start is not None and start - now <= _SOON),
        closing=(_WHAT_WE_DID,),
        acknowledge=f"lychgate exposures ack {exposure.id}",
    )


def _about_lychgate(alert: Alert) -> _Letter:
    detail = plain(alert.detail, limit=_SENTENCE_LENGTH)
    channel = plain(alert.channel, limit=_TITLE_LENGTH)
    if alert.news is News.TEST:
        return _Letter(
            subject=_SUBJECTS[News.TEST].format(channel=channel),
            headline=_HEADLINES[News.TEST],
            sentence=_SENTENCES[News.TEST].format(channel=channel),
        )
    return _Letter(
        subject=_SUBJECTS[News.BLIND].format(detail=detail),
        headline=_HEADLINES[News.BLIND],
        sentence=_SENTENCES[News.BLIND].format(detail=detail),
        steps=(Step("See what is in the way.", "Run:  lychgate sources check"),),
        closing=(_NOBODY_KNOWS,),
    )


def _secrets(meeting: Meeting | None) -> list[str]:
    if meeting is None:
        return []
    return [room.key for room in meeting.rooms] + [passcode.text for passcode in meeting.passcodes]


def _sightings(news: News, exposure: Exposure) -> list[Sighting]:
    """Return what is still up, or else everything; the newest first where more places are the news."""
    up = [sighting for sighting in exposure.sightings if sighting.state is SightingState.UP]
    return sorted(
        up or exposure.sightings,
        key=lambda sighting: (sighting.first_seen, sighting.id),
        reverse=news is News.SPREAD,
    )


def _place(address: str, sightings: Sequence[Sighting], zone: ZoneInfo) -> _Place:
    here = [sighting for sighting in sightings if sighting.address == address]
    forms = dict.fromkeys(_AS_WHAT[sighting.form] for sighting in here)
    return _Place(defanged(address), f"{', '.join(forms)}, first seen {_when(here[0].first_seen, zone)}")


def _subject(group: str, letter: _Letter) -> str:
    """Return ``[Group] what happened – meeting in …``; what is too long loses its middle, not its end."""
    room = _SUBJECT_LENGTH - len(letter.subject_end)
    front = f"[{group}] {letter.subject}"
    return (front if len(front) <= room else front[: room - 1] + "…") + letter.subject_end


def _and_more(host: str, count: int) -> str:
    return host if count == 1 else f"{host} and {_places(count - 1, more=True)}"


def _places(count: int, *, more: bool = False) -> str:
    return f"{count}{' more' if more else ''} {'place' if count == 1 else 'places'}"


def _starts(start: datetime | None, *, zone: ZoneInfo, now: datetime) -> str:
    if start is None:
        return "no further date"
    return f"{_when(start, zone)} ({zone.key}), {_away(start - now)}"


def _when(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}"


def _away(length: timedelta) -> str:
    """Say how far off a start is: ``in 3 h 10 min``."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 0:
        return "is on now"
    hours, days = minutes // 60, minutes // (24 * 60)
    if days >= 2:
        return f"in {days} days"
    return f"in {hours} h {minutes % 60} min" if hours else f"in {minutes} min"


def _zone(name: str) -> ZoneInfo:
    """Return a time zone; an unknown name must not keep an alert from going out."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("scanner.alerts"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["wrapped"] = _wrapped
    return templates


_TEXT = _templates().get_template("alert.txt")
_HTML = _templates().get_template("alert.html")
