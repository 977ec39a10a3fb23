"""One place in a flow where a room is named."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model import Confidence, Form
from scanner.platforms import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A room named at ``at`` to ``end`` of a flow's text (both equal for an address in an attribute).

    ``spare`` marks a passcode that counts only if nothing else gives one (the digits of a dial-in string).
    """

    hit: Hit
    at: int
    end: int
    place: str
    form: Form = Form.URL
    confidence: Confidence = Confidence.HIGH
    spare: bool = False

    @property
    def room(self) -> tuple[str, str]:
        """Platform and key."""
        return self.hit.platform, self.hit.key
