"""What one language contributes to understanding an invitation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What one language calls the parts of an invitation.

    ``months`` and ``weekdays`` (Monday first) hold the variants of each name, separated by blanks; a blank
    inside a name is written as an underscore. ``months`` is empty where months are numbers.
    ``inviting`` are patterns of the first sentence, with the host's name as group ``who``.
    """

    code: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    title: tuple[str, ...]
    when: tuple[str, ...]
    date: tuple[str, ...]
    zone: tuple[str, ...]
    sent: tuple[str, ...]
    lasting: tuple[str, ...]
    inviting: tuple[str, ...]
    joiners: tuple[str, ...]
    """Words between the two times of a range."""
    every: tuple[str, ...]
    units: Mapping[str, str]
    adverbs: Mapping[str, tuple[str, int]]
    alternate: tuple[str, ...]
    """Words for every second one."""
    ordinals: Mapping[str, int]
    workday: tuple[str, ...]
    fillers: tuple[str, ...]
    """Small words inside a phrase like "every first Thursday of the month"."""
    until: tuple[str, ...]
    occurrences: tuple[str, ...]
    hours: tuple[str, ...] = ()
    minutes: tuple[str, ...] = ()
    am: tuple[str, ...] = ()
    """What stands beside a time before noon, in front of it or behind."""
    pm: tuple[str, ...] = ()
    zones: Mapping[str, str] = field(default_factory=dict)
    """Names of places and zones that are not their English ones."""
