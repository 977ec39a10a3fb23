"""Keep one organisation from turning an installation into a way to try meeting IDs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from scanner.errors import InputError
from scanner.model import Organisation, Room
from storage.store import Work

LONGEST_RUN: Final = 4
"""Meeting IDs are drawn at random: five in a row in one organisation are somebody counting."""


class CapReached(InputError):
    """An organisation may not register this. Commit before raising it further: the audit has an entry."""


def check_caps(
    work: Work, rooms: Iterable[Room], *, organisation: Organisation, now: datetime, adding: bool = True
) -> None:
    """Refuse what is over the organisation's cap or continues a run of consecutive IDs.

    The first organisation has no cap. A run is written into its audit too, but it is not refused: it is
    the operator's own. ``adding`` is false where a meeting gets other rooms.
    """
    cap = work.caps.get(organisation.id)
    if cap is not None and adding:
        everything, recent = work.caps.registered(organisation.id, now)
        if everything >= cap.meetings:
            _refuse(
                work,
                f"{organisation.name} may have {cap.meetings} meetings and has them. Remove old ones, or ask "
                "the operator for more.",
                organisation,
                now,
            )
        if recent >= cap.per_hour:
            _refuse(
                work,
                f"{organisation.name} may register {cap.per_hour} meetings an hour and has done so. "
                "Go on in an hour.",
                organisation,
                now,
            )
    for room in rooms:
        if work.caps.run_with(organisation.id, room, longest=LONGEST_RUN + 1) <= LONGEST_RUN:
            continue
        sentence = (
            f"{organisation.name} has {LONGEST_RUN} consecutive {room.platform} IDs already, and real ones "
            "are not consecutive. If these are, ask the operator."
        )
        if cap is not None:
            _refuse(work, sentence, organisation, now)
        work.audit.write(
            organisation.id, what="consecutive IDs", actor="registration", note=sentence, now=now
        )


def _refuse(work: Work, sentence: str, organisation: Organisation, now: datetime) -> None:
    work.audit.write(organisation.id, what="refused", actor="registration", note=sentence, now=now)
    raise CapReached(sentence)
