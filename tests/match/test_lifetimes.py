from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scanner.match.lifetimes import watched_until
from scanner.model import Meeting, Room

STARTS = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("room", "repeats", "retired", "days_after"),
    [
        (Room("zoom", "84155501234"), "", STARTS - timedelta(days=5), ("starts", 30)),
        (Room("zoom", "84155501234"), "", STARTS + timedelta(days=5), ("retired", 30)),
        (Room("zoomgov", "1601234567"), "", STARTS, ("starts", 30)),
        (Room("zoom", "84155501234"), "FREQ=WEEKLY", STARTS, ("retired", 365)),
        (Room("zoom", "my:parish.council"), "", STARTS, ("retired", 365)),
        (Room("google-meet", "abc-defg-hij"), "", STARTS, ("retired", 365)),
    ],
    ids=["before its date", "after its date", "government", "series", "personal link", "no statement"],
)
def test_a_room_is_watched_as_long_as_it_may_open(room, repeats, retired, days_after):
    meeting = Meeting(id=1, organisation=1, title="x", starts=STARTS, repeats=repeats, rooms=(room,))
    counted_from = {"starts": STARTS, "retired": retired}[days_after[0]]
    assert watched_until(room, meeting, retired=retired) == counted_from + timedelta(days=days_after[1])
