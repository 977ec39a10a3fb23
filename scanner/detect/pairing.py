"""Which passcode belongs to which room.

A passcode stated in the text beats a plain one in the link, that beats a token, and the digits of a
dial-in string come last. Of several stated ones the first counts: later ones are for telephones.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from scanner.detect.mention import Mention
from scanner.detect.stated import REACH, Statement
from scanner.model import Passcode, PasscodeKind

STATED, PLAIN, TOKEN, SPARE, NONE = 4, 3, 2, 1, 0
"""Ranks of a passcode, by where it stood."""


@dataclass(slots=True)
class _Meeting:
    """Mentions that are doors of one meeting: one platform, each sort of key once."""

    platform: str
    rooms: dict[str, tuple[str, str]] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)
    takers: set[tuple[str, str]] = field(default_factory=set)
    passcode: str | None = None


def paired(
    mentions: Sequence[Mention], stated: Sequence[Statement], barriers: Sequence[int], text: str
) -> dict[tuple[str, str], tuple[Passcode | None, int]]:
    """Return the passcode of every room with its rank, by the rules above.

    A statement belongs to the nearest meeting before it; one that stands before the only meeting within
    reach belongs to that. One that is said to be for all belongs to those that have none of their own.
    ``barriers`` are places of recordings, whose passcodes are their own.
    """
    meetings = _meetings(mentions)
    keys = {mention.hit.key for mention in mentions}
    places = _Places(meetings, barriers, text)
    common = [statement for statement in stated if statement.is_common]
    stated = [statement for statement in stated if statement.text not in keys and not statement.is_common]
    heralded = places.heralded_by(stated)
    for number, statement in enumerate(stated):
        meeting = heralded[number] if heralded else places.meeting_of(statement)
        if meeting is not None and meeting.passcode is None:
            meeting.passcode = statement.text
    for statement in common:
        for meeting in places.near(statement):
            meeting.passcode = meeting.passcode or statement.text
    result: dict[tuple[str, str], tuple[Passcode | None, int]] = {}
    for meeting in meetings:
        for room in meeting.takers:
            if meeting.passcode is not None and result.get(room, (None, NONE))[1] < STATED:
                result[room] = Passcode(meeting.passcode, PasscodeKind.PLAIN), STATED
    for mention in mentions:
        passcode, rank = _carried(mention)
        if rank > result.get(mention.room, (None, -1))[1]:
            result[mention.room] = passcode, rank
    return result


def _carried(mention: Mention) -> tuple[Passcode | None, int]:
    passcode = mention.hit.passcode
    if passcode is None:
        return None, NONE
    if mention.spare:
        return passcode, SPARE
    return passcode, PLAIN if passcode.kind is PasscodeKind.PLAIN else TOKEN


def _meetings(mentions: Sequence[Mention]) -> list[_Meeting]:
    """Put the doors of one meeting together, in reading order."""
    meetings: list[_Meeting] = []
    latest: dict[tuple[str, str], _Meeting] = {}
    for mention in sorted(mentions, key=lambda mention: mention.at):
        meeting = latest.get(mention.room)
        if meeting is None or mention.at - meeting.positions[-1] > REACH:
            meeting = _open_meeting(mention, meetings)
        if meeting is None:
            meeting = _Meeting(mention.hit.platform)
            meetings.append(meeting)
        latest[mention.room] = meeting
        meeting.rooms.setdefault(mention.hit.kind, mention.room)
        meeting.positions.append(mention.at)
        if mention.hit.takes_stated:
            meeting.takers.add(mention.room)
    return meetings


def _open_meeting(mention: Mention, meetings: Sequence[_Meeting]) -> _Meeting | None:
    """Return the meeting just mentioned on the same platform, if it has no door of this sort yet."""
    for meeting in reversed(meetings[-8:]):
        if meeting.platform == mention.hit.platform:
            free = mention.hit.kind not in meeting.rooms
            return meeting if free and mention.at - meeting.positions[-1] <= REACH else None
    return None


class _Places:
    """Where meetings that take a passcode are mentioned, and where recordings stand in between."""

    def __init__(self, meetings: Sequence[_Meeting], barriers: Sequence[int], text: str) -> None:
        self._text = text
        self._barriers = sorted(barriers)
        self._takers = [meeting for meeting in meetings if meeting.takers]
        self._positions = sorted(
            (position, number)
            for number, meeting in enumerate(self._takers)
            for position in meeting.positions
        )

    def meeting_of(self, statement: Statement) -> _Meeting | None:
        """Return the meeting that a stated passcode belongs to."""
        if (named := self._named(statement)) is not None:
            return named
        before = bisect_right(self._positions, (statement.at, len(self._takers))) - 1
        nearest = self._positions[before] if before >= 0 else None
        paragraph, end = self._paragraph(statement)
        barrier = self._barrier(statement)
        if barrier > max(paragraph, nearest[0] if nearest else -1):
            return None
        if nearest is None or nearest[0] < paragraph:
            following = self._only_one(statement.at, end)
            if following is not None:
                return following
        if nearest is None:
            return self._only_one(statement.at, statement.at + REACH)
        position, number = nearest
        if statement.at - position > REACH or barrier > position:
            return None
        return self._takers[number]

    def _named(self, statement: Statement) -> _Meeting | None:
        """Return the nearest meeting of the platform that the statement names, those before it first."""
        near = [
            (position > statement.at, abs(position - statement.at), number)
            for position, number in self._within(statement.at - REACH, statement.end + REACH)
            if self._takers[number].platform == statement.platform
        ]
        return self._takers[min(near)[2]] if near else None

    def _within(self, start: int, end: int) -> Sequence[tuple[int, int]]:
        return self._positions[
            bisect_left(self._positions, (start, -1)) : bisect_left(self._positions, (end, -1))
        ]

    def near(self, statement: Statement) -> Iterator[_Meeting]:
        """Yield the meetings within reach of a stated passcode."""
        near = self._within(statement.at - REACH, statement.end + REACH)
        return (self._takers[number] for number in {number for _, number in near})

    def heralded_by(self, stated: Sequence[Statement]) -> Sequence[_Meeting]:
        """Return the meeting after each statement where every meeting has its passcode before it.

        That is so where statements and meetings take turns, several times, and a meeting is the last.
        """
        if len(stated) != len(self._takers) or len(stated) < 2 or self._barriers:
            return ()
        following = [bisect_left(self._positions, (statement.at, -1)) for statement in stated]
        edges = [*following, len(self._positions)]
        meetings = []
        for low, high in pairwise(edges):
            numbers = {number for _, number in self._positions[low:high]}
            if len(numbers) != 1:
                return ()
            meetings.append(self._takers[numbers.pop()])
        return meetings if not following[0] and len({id(m) for m in meetings}) == len(meetings) else ()

    def _barrier(self, statement: Statement) -> int:
        """Return the place of the last recording before a statement, -1 without one."""
        before = bisect_right(self._barriers, statement.at) - 1
        return self._barriers[before] if before >= 0 else -1

    def _paragraph(self, statement: Statement) -> tuple[int, int]:
        start = self._text.rfind("\n\n", max(0, statement.at - REACH), statement.at)
        end = self._text.find("\n\n", statement.end, statement.end + REACH)
        return start, end if end >= 0 else min(len(self._text), statement.end + REACH)

    def _only_one(self, start: int, end: int) -> _Meeting | None:
        low, high = bisect_left(self._positions, (start, -1)), bisect_left(self._positions, (end + 1, -1))
        numbers = {number for _, number in self._positions[low:high][:64]}
        return self._takers[numbers.pop()] if len(numbers) == 1 else None
