"""What is understood of invitations and calendars, one line each; rooms and passcodes are masked.

    python benchmarks/invitations.py [FOLDER]

The invitations and calendars are those of the tests, which hold a person's reading of each beside it. FOLDER
may hold the labelled examples of the link specification (`links-public.jsonl`): of those that are texts with
a room in them, rooms are compared with their labels, and whether every labelled passcode is among those found
(a link's token and the typed passcode are two, and labels name one).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from scanner.invitations.calendars import read_calendar
from scanner.invitations.pasted import understand
from scanner.model import ProposedMeeting

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TESTS = ROOT / "tests" / "invitations"
LABELS = ROOT.parent / "shared" / "vectors"


@dataclass(slots=True)
class Score:
    """How many readings agree with the person's, in every part."""

    right: int = 0
    of: int = 0

    def count(self, agrees: bool) -> str:
        """Count one, and return its mark."""
        self.right += agrees
        self.of += 1
        return " " if agrees else "!"

    def __str__(self) -> str:
        return f"{self.right} of {self.of}"


def invitations() -> Score:
    """Print what is understood of each pasted invitation."""
    score = Score()
    for file in sorted((TESTS / "pasted").glob("*.txt")):
        expected = json.loads(file.with_suffix(".json").read_text())
        found = understand(file.read_text(), now=NOW, timezone=expected["home"])
        agrees = (
            (found.title, _wall(found.starts), _wall(found.ends), found.repeats, found.timezone)
            == tuple(expected[name] for name in ("title", "starts", "ends", "repeats", "timezone"))
            and sorted([room.platform, room.key] for room in found.rooms) == sorted(expected["rooms"])
            and sorted(passcode.text for passcode in found.passcodes) == expected["passcodes"]
            and len(found.questions) == expected["asks"]
        )
        _print(score.count(agrees), file.stem, found)
    return score


def calendars() -> Score:
    """Print what is understood of each event of each calendar."""
    score = Score()
    for file in sorted((TESTS / "calendars").glob("*.ics")):
        found = read_calendar(file.read_bytes().decode(), timezone="Europe/London", now=NOW)
        expected = json.loads(file.with_suffix(".json").read_text())
        agrees = [
            (each.title, sorted(f"{room.platform} {room.key}" for room in each.rooms)) for each in found
        ] == [(each["title"], sorted(each["rooms"])) for each in expected]
        mark = score.count(agrees)
        for number, each in enumerate(found):
            _print(mark, file.stem if not number else "", each)
        if not found:
            print(f"{mark} {file.stem:<28} no meeting")
    return score


def labelled(file: Path) -> tuple[Score, Score]:
    """Compare rooms and passcodes of the labelled texts; print only those that differ."""
    rooms, passcodes = Score(), Score()
    for example in _examples(file):
        found = understand(example["text"], now=NOW, timezone="Europe/London")
        wanted = {(each["platform"], each["key"]) for each in example["expect"]}
        secrets = {each["passcode"] for each in example["expect"]} - {None}
        same = rooms.count({(room.platform, room.key) for room in found.rooms} == wanted)
        also = passcodes.count(secrets <= {passcode.text for passcode in found.passcodes})
        if (same + also).strip():
            _print("!", example["id"], found)
    return rooms, passcodes


def _examples(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        example = json.loads(line)
        if example["expect"] and example["kind"] in ("text", "html", "email") and len(example["text"]) > 100:
            yield example


def _print(mark: str, name: str, found: ProposedMeeting) -> None:
    rooms = _join(f"{room.platform} {room.masked()}" for room in found.rooms)
    repeats = "; ".join(found.repeats.split())
    when = " ".join(filter(None, [_wall(found.starts), found.timezone, repeats])) or "no start"
    said = f"{len(found.passcodes)} passcodes, {len(found.questions)} questions"
    print(f"{mark} {name:<28} {found.title or '(no title)'} | {when} | {rooms} | {said}")


def _join(parts: Iterable[str]) -> str:
    return ", ".join(parts) or "no room"


def _wall(moment: datetime | None) -> str | None:
    return moment.replace(tzinfo=None).isoformat(timespec="minutes") if moment else None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=LABELS)
    labels = parser.parse_args().folder / "links-public.jsonl"
    print("Invitations")
    pasted = invitations()
    print("\nCalendars")
    followed = calendars()
    print(f"\ninvitations understood as a person reads them: {pasted}")
    print(f"calendars: {followed}")
    if labels.exists():
        print("\nLabelled texts that differ")
        rooms, passcodes = labelled(labels)
        print(f"labelled texts: rooms {rooms}, passcodes {passcodes}")
    else:
        print(f"no labelled texts at {labels}")
