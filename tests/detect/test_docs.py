"""The cases that docs/detection.md shows are what detection answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scanner.detect import detect_text

PAGE = Path(__file__).parents[2] / "docs" / "detection.md"
CASES = [json.loads(case) for case in re.findall(r"```json\n(.+)\n```", PAGE.read_text(encoding="utf-8"))]


def test_there_are_ten() -> None:
    assert len(CASES) == 10


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_hard_case(case: dict[str, str | list[list[str | None]]]) -> None:
    found = detect_text(case["text"], case["kind"]).links
    rooms = [[link.room.platform, link.room.key, link.passcode and link.passcode.text] for link in found]
    assert rooms == case["rooms"]
