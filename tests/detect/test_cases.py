"""What each rule of the link specification asks for, as texts with the rooms they must give.

``cases.jsonl`` holds one case a line: topic, kind of text, the text, and its rooms as platform, key,
passcode and kind of passcode. Room addresses and wrappers are also tried inside a sentence and a page.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest

from scanner.detect import detect_text

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases.jsonl").read_text(encoding="utf-8").splitlines()
]
ADDRESSES = [
    case
    for case in CASES
    if case["kind"] == "href" and case["topic"] in ("wrappers", "platforms") and case["rooms"]
]


def rooms(text: str, kind: str) -> list[list[str | None]]:
    found = detect_text(text, kind).links
    return sorted(
        [
            link.room.platform,
            link.room.key,
            link.passcode.text if link.passcode else None,
            str(link.passcode.kind) if link.passcode else None,
        ]
        for link in found
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['topic']}: {case['text'][:60]!r}")
def test_case(case) -> None:
    assert rooms(case["text"], case["kind"]) == sorted(case["rooms"])


@pytest.mark.parametrize("case", ADDRESSES, ids=lambda case: case["text"][:60])
@pytest.mark.parametrize(
    ("kind", "around"),
    [
        ("text", "see {} on Monday"),
        ("text", "({})."),
        ("text", "<{}>"),
        ("text", "[room]({}), then tea"),
        ("html", '<p><a href="{}">room</a></p>'),
    ],
)
def test_address_in_its_surroundings(case, kind: str, around: str) -> None:
    address = escape(case["text"]) if kind == "html" else case["text"]
    assert rooms(around.format(address), kind) == case["rooms"]
