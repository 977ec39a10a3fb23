"""Read a calendar feed in a child process: the parent's side, and the lines that cross between the two.

The child is given one address and its validators, and answers with the events it understood. It knows no
database, key or register, like the crawl child; what it does know, this calendar, its feed tells anybody
who has the address. Everybody can put an event into somebody's calendar by inviting them, so a feed is
parsed there and not here, and what the child says is checked again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scanner.errors import InputError, SourceError
from scanner.invitations.calendars import CalendarEvent
from scanner.invitations.series import check_repeats
from scanner.invitations.titles import clean_title
from scanner.invitations.zones import is_zone
from scanner.model import Passcode, PasscodeKind, ProposedMeeting, Room
from scanner.redact import redact
from scanner.scans.queue import PASSED_ON

_ALLOWED = timedelta(minutes=3)
_ANSWER_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar feed to read: where it is, and what is remembered of its last answer.

    ``timezone`` holds for times without a zone; ``allow``, ``contact`` and ``platforms`` are those of a Unit.
    """

    address: str
    timezone: str
    etag: str = ""
    last_modified: str = ""
    allow: tuple[str, ...] = ()
    contact: str = ""
    platforms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Feed(***)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswer:
    """What a feed said: its events, or that nothing changed since the remembered answer."""

    events: tuple[CalendarEvent, ...] = ()
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


def read_feed(
    feed: Feed, *, command: Sequence[str] = (sys.executable, "-P", "-m", "scanner.scans.calendar_child")
) -> FeedAnswer:
    """Read a feed in a child process of its own. Raises SourceError with the reason if it cannot be read."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        start_new_session=True,
    ) as child:
        timer = threading.Timer(_ALLOWED.total_seconds(), child.kill)
        timer.start()
        try:
            said = _ask(child, json.dumps(asdict(feed)).encode())
        finally:
            timer.cancel()
            child.kill()
    # The answer is the last line; before it may stand what libraries complained about.
    last = said.rstrip(b"\n").rpartition(b"\n")[2]
    if not last.startswith(b"{") or not said.endswith(b"\n"):
        last_words = redact(last[:200].decode(errors="replace"))
        raise SourceError(f"The process that read it did not come to its end. {last_words}", transient=True)
    try:
        return _answer(json.loads(last))
    except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise SourceError(
            f"The process that read it wrote nonsense ({type(error).__name__}).", transient=True
        ) from None


def _ask(child: subprocess.Popen[bytes], question: bytes) -> bytes:
    assert child.stdin
    assert child.stdout
    with suppress(BrokenPipeError):  # a child that died at once says more in what it wrote
        child.stdin.write(question + b"\n")
        child.stdin.close()
    return child.stdout.read(_ANSWER_BYTES)


def feed_from_json(line: str) -> Feed:
    """Read a Feed as ``read_feed`` wrote it."""
    parts = json.loads(line)
    return Feed(**parts | {"allow": tuple(parts["allow"])})


def answer_to_json(answer: FeedAnswer) -> str:
    """Write an answer as one line of JSON."""
    parts = {"etag": answer.etag, "last_modified": answer.last_modified, "unchanged": answer.unchanged}
    return json.dumps(parts | {"events": [_event_parts(event) for event in answer.events]})


def fault_to_json(sentence: str) -> str:
    """Write why a feed could not be read as one line of JSON."""
    return json.dumps({"fault": sentence})


def _event_parts(event: CalendarEvent) -> dict[str, Any]:
    meeting = event.meeting
    return {
        "uid": event.uid,
        "cancelled": event.cancelled,
        "title": meeting.title,
        "starts": meeting.starts.isoformat() if meeting.starts else None,
        "ends": meeting.ends.isoformat() if meeting.ends else None,
        "repeats": meeting.repeats,
        "timezone": meeting.timezone,
        "rooms": [[room.platform, room.key] for room in meeting.rooms],
        "passcodes": [[passcode.text, passcode.kind] for passcode in meeting.passcodes],
        "questions": meeting.questions,
    }


def _answer(parts: dict[str, Any]) -> FeedAnswer:
    if "fault" in parts:
        raise SourceError(str(parts["fault"])[:500], transient=True)
    return FeedAnswer(
        events=tuple(_event(event) for event in parts["events"]),
        etag=str(parts["etag"]),
        last_modified=str(parts["last_modified"]),
        unchanged=parts["unchanged"] is True,
    )


def _event(parts: dict[str, Any]) -> CalendarEvent:
    if not is_zone(parts["timezone"]):
        raise ValueError("no zone")
    meeting = ProposedMeeting(
        title=clean_title(parts["title"]) if parts["title"] else None,
        starts=_moment(parts["starts"]),
        ends=_moment(parts["ends"]),
        repeats=check_repeats(parts["repeats"]),
        timezone=parts["timezone"],
        rooms=tuple(Room(str(platform), str(key)) for platform, key in parts["rooms"]),
        passcodes=tuple(Passcode(str(text), PasscodeKind(kind)) for text, kind in parts["passcodes"]),
        questions=tuple(map(str, parts["questions"])),
    )
    return CalendarEvent(uid=str(parts["uid"]), meeting=meeting, cancelled=parts["cancelled"] is True)


def _moment(text: str | None) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment
