"""One meeting from one line of a file that another program wrote (``lychgate meetings import``)."""

from __future__ import annotations

import json
from typing import Any

from scanner.errors import InputError
from scanner.invitations.dates import read_moment
from scanner.invitations.keys import read_room
from scanner.invitations.series import check_repeats
from scanner.invitations.titles import one_line, tells
from scanner.model import Passcode, PasscodeKind, ProposedMeeting, Room

LONGEST_LINE = 1024 * 1024
_MOST_ROOMS = 50
_LONGEST_PASSCODE = 500
_LONGEST_TYPED = 10
"""Passcodes that people type have at most 10 characters (meeting-link specification, section 3, zoom)."""
_FIELDS = {"title", "starts", "ends", "repeats", "rooms"}
_ROOM_FIELDS = {"platform", "key", "passcode", "passcode_kind"}


def parse_line(line: str, *, timezone: str) -> ProposedMeeting:
    """Return the meeting that a line describes, or raise InputError saying what is wrong with the line.

    A line is a JSON object ``{"title", "starts", "ends"?, "repeats"?, "rooms": [{"platform", "key",
    "passcode"?, "passcode_kind"?}]}``. Times are ISO 8601; without an offset they are in ``timezone``, the
    organisation's, in which a series keeps its wall-clock time. A passcode of up to 10 characters is
    ``plain``, a longer one ``token``, unless ``passcode_kind`` says so. The sentence never repeats a key or
    a passcode.
    """
    entry = _object(line)
    _only(entry, _FIELDS, "The line")
    title = one_line(_text(entry, "title", 1000))
    if not title:
        raise InputError("The title is empty.")
    starts = read_moment(_text(entry, "starts", 100), timezone)
    ends = read_moment(_text(entry, "ends", 100), timezone) if entry.get("ends") is not None else None
    if ends is not None and ends <= starts:
        raise InputError("The meeting ends before it starts.")
    repeats = check_repeats(_text(entry, "repeats", 40_000)) if entry.get("repeats") else ""
    rooms = entry.get("rooms")
    if not isinstance(rooms, list) or not rooms:
        raise InputError("“rooms” should be a list with at least one room.")
    if len(rooms) > _MOST_ROOMS:
        raise InputError(f"“rooms” lists more than {_MOST_ROOMS} rooms.")
    read = [_room(room) for room in rooms]
    passcodes = tuple(dict.fromkeys(passcode for _, passcode in read if passcode))
    if tells(title, passcodes):
        raise InputError("The title holds the passcode, and titles stand in alerts. Choose another title.")
    return ProposedMeeting(
        title=title,
        starts=starts,
        ends=ends,
        repeats=repeats,
        timezone=timezone,
        rooms=tuple(dict.fromkeys(room for room, _ in read)),
        passcodes=passcodes,
    )


def _object(line: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise InputError("The line is longer than 1 MiB.")
    try:
        entry = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as fault:
        where = f" at column {fault.colno}" if isinstance(fault, json.JSONDecodeError) else ""
        raise InputError(f"The line is not JSON{where}.") from None
    if not isinstance(entry, dict):
        raise InputError("The line should be one JSON object: {…}.")
    return entry


def _room(entry: Any) -> tuple[Room, Passcode | None]:
    if not isinstance(entry, dict):
        raise InputError('Each room should be an object like {"platform": "zoom", "key": "…"}.')
    _only(entry, _ROOM_FIELDS, "A room")
    room = read_room(_text(entry, "platform", 100), _text(entry, "key", 2000))
    if entry.get("passcode") is None:
        return room, None
    text = _text(entry, "passcode", _LONGEST_PASSCODE)
    kind = PasscodeKind.PLAIN if len(text) <= _LONGEST_TYPED else PasscodeKind.TOKEN
    if entry.get("passcode_kind") is not None:
        try:
            kind = PasscodeKind(entry["passcode_kind"])
        except ValueError:
            raise InputError("“passcode_kind” should be “plain” or “token”.") from None
    return room, Passcode(text, kind)


def _only(entry: dict[str, Any], known: set[str], what: str) -> None:
    for name in entry:
        if name not in known:
            shown = "".join(c for c in name[:40] if c.isprintable())
            raise InputError(
                f"{what} has a field that is not known: “{shown}”. Known: {', '.join(sorted(known))}."
            )


def _text(entry: dict[str, Any], name: str, longest: int) -> str:
    value = entry.get(name)
    if value is None:
        raise InputError(f"“{name}” is missing.")
    if not isinstance(value, str):
        raise InputError(f"“{name}” should be text in quotes.")
    if not value.strip() or len(value) > longest:
        raise InputError(f"“{name}” is empty or longer than {longest} characters.")
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise InputError(f"“{name}” holds half a character: the file is damaged.")
    return value.strip()
