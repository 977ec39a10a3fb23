"""How long a link may open after its meeting has left it, so that it stays on watch that long.

========== =================== =========================== ==================================================
Platform   A single meeting    A series, a personal room   Source
========== =================== =========================== ==================================================
Zoom       30 days after its   365 days without use        Zoom support, "Meeting ID expiration" (meeting-link
           date                                            specification, section 3, [Z2])
others     365 days            365 days                    no statement to rely on: as long as Zoom's longest
========== =================== =========================== ==================================================
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from scanner.model import Meeting, Room

LONGEST: Final = timedelta(days=365)
_SINGLE_ZOOM = timedelta(days=30)
_LIKE_ZOOM = frozenset({"zoom", "zoomgov"})


def watched_until(room: Room, meeting: Meeting, *, retired: datetime) -> datetime:
    """Return until when a room that its meeting leaves now should be looked for.

    ``meeting`` is as it was when it used the room. A key of letters is a personal link, whose room lives on
    whatever becomes of one meeting.
    """
    personal = not room.key.isdigit()
    if room.platform in _LIKE_ZOOM and not meeting.repeats and not personal:
        return max(retired, meeting.starts) + _SINGLE_ZOOM
    return retired + LONGEST
