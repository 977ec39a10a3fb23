"""A pasted invitation, whatever platform wrote it: title, times, every room and every passcode."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scanner.detect import KNOWN, Detector
from scanner.errors import InputError
from scanner.invitations.calendars import read_calendar
from scanner.invitations.doors import Doors, doors_in
from scanner.invitations.layout import Pasted, take_apart
from scanner.invitations.moments import find_when, in_words
from scanner.invitations.series import next_start
from scanner.invitations.titles import find_title, subject_title, tells
from scanner.invitations.zones import is_zone
from scanner.model import Meeting, ProposedMeeting

LONGEST_INVITATION = 1024 * 1024
"""Characters of pasted text that are looked at."""


def understand(text: str, *, now: datetime, timezone: str, detector: Detector = KNOWN) -> ProposedMeeting:
    """Return what a pasted invitation says, with a question for everything it leaves open.

    Takes plain text, HTML, a mail with its headers (``.eml``) or a calendar (``.ics``), as Zoom, Teams,
    Google Meet, Webex and Jitsi write them and as people retell them. ``timezone`` is the organisation's and
    holds where the text names none; ``detector`` knows its own hosts. Nothing ambiguous is guessed: what
    cannot be known stays None and is asked. Raises InputError for an unknown time zone and for text beyond
    1 Mi characters.
    """
    if not is_zone(timezone):
        raise InputError(f"There is no time zone called “{timezone[:60]}”. Write one like Europe/London.")
    if len(text) > LONGEST_INVITATION:
        raise InputError("This text is longer than 1 MiB. Paste only the invitation.")
    pasted = take_apart(text)
    doors = doors_in(pasted.raw, pasted.kind, plain=pasted.text, detector=detector)
    proposed = None
    if pasted.calendar:
        proposed = _from_calendar(pasted, doors, timezone=timezone, now=now, detector=detector)
    if proposed is None:
        proposed = _from_text(pasted, doors, now=now, timezone=timezone)
    if proposed.title and tells(proposed.title, proposed.passcodes):
        asked = "The title holds the passcode, and titles stand in alerts: what else is the meeting called?"
        proposed = replace(proposed, title=None, questions=(*proposed.questions, asked))
    over = _is_it_over(proposed, now=now)
    return replace(proposed, questions=(*proposed.questions, over)) if over else proposed


def _from_text(pasted: Pasted, doors: Doors, *, now: datetime, timezone: str) -> ProposedMeeting:
    lines = pasted.lines
    when = find_when(lines, now=now, home=timezone)
    title = subject_title(pasted.subject) or find_title(lines, date_line=when.line)
    asked = () if title else ("What is the meeting called?",)
    return ProposedMeeting(
        title=title,
        starts=when.starts,
        ends=when.ends,
        repeats=when.repeats,
        timezone=when.timezone,
        rooms=doors.rooms,
        passcodes=doors.passcodes,
        questions=(*doors.questions, *asked, *when.questions),
    )


def _from_calendar(
    pasted: Pasted, doors: Doors, *, timezone: str, now: datetime, detector: Detector
) -> ProposedMeeting | None:
    """Take the times from a calendar part, which states them exactly, and the rooms from everywhere."""
    try:
        events = read_calendar(pasted.calendar, timezone=timezone, now=now, detector=detector)
    except InputError:
        if pasted.kind == "ics":
            raise
        return None
    if not events:
        if pasted.kind == "ics":
            raise InputError("This calendar holds no meeting that is still to take place.")
        return None
    first = next((event for event in events if event.rooms), events[0])
    if len(events) > 1:
        if pasted.kind == "ics":
            which = (
                f"This calendar holds {len(events)} meetings, and this is one of them. Is it the right one?"
            )
            return replace(first, questions=(*first.questions, which))
        return first
    asked = tuple(q for q in first.questions if first.rooms or q not in doors_in("", "text").questions)
    return replace(
        first,
        title=first.title or subject_title(pasted.subject),
        rooms=tuple(dict.fromkeys(first.rooms + doors.rooms)),
        passcodes=tuple(dict.fromkeys(first.passcodes + doors.passcodes)),
        questions=tuple(dict.fromkeys(asked + doors.questions)),
    )


def _is_it_over(proposed: ProposedMeeting, *, now: datetime) -> str | None:
    if proposed.starts is None:
        return None
    meeting = Meeting(
        id=0,
        organisation=0,
        title="",
        starts=proposed.starts,
        ends=proposed.ends,
        repeats=proposed.repeats,
        timezone=proposed.timezone or "UTC",
    )
    if next_start(meeting, now) is not None:
        return None
    if proposed.repeats:
        return "This series has ended: is its link still in use?"
    return f"This meeting was on {in_words(proposed.starts.date())}: is it over, or does it repeat?"
