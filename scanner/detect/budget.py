"""How much of one document is looked at: far more than any page has that people read, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.platforms import Hit

LOOKS = 10_000
"""Different addresses, numbers with a label and words for a passcode that are looked at closely. A page of
2,000 rooms, each linked, written out, and with its number and passcode, needs 8,000."""

PLACES = 20_000
"""Names of meeting hosts in running text that are looked at, the same one time after time included."""


ROOMS = 3_000
"""Rooms of one document that are told."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one address gave: rooms, and hosts of short links that cannot be seen through."""

    hits: tuple[Hit, ...] = ()
    opaque: tuple[str, ...] = ()


@dataclass(slots=True)
class Budget:
    """What is left for one document, and what its addresses have given already.

    ``is_spent`` says that something was left out.
    """

    looks: int = LOOKS
    places: int = PLACES
    is_spent: bool = False
    rooms: set[tuple[str, str]] = field(default_factory=set)
    known: dict[tuple[str, bool, bool], Seen] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing that is new would be looked at any more."""
        return self.is_spent and self.looks <= 0

    def allows(self) -> bool:
        """Take one look from what is left; False if there is none."""
        if self.looks <= 0:
            self.is_spent = True
            return False
        self.looks -= 1
        return True

    def takes(self, room: tuple[str, str]) -> bool:
        """Take a room, a new one or one told before; False if there are too many, which ends all looks."""
        if room in self.rooms:
            return True
        if len(self.rooms) >= ROOMS:
            self.is_spent = True
            self.looks = 0
            return False
        self.rooms.add(room)
        return True
