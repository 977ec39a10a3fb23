"""Invitations as platforms and people write them, in every language, and what is understood of each.

Beside each text of ``pasted`` stands what it says. Times are those of its zone; ``home`` is where its reader
lives, ``asks`` how many questions are left open.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.invitations.languages import LANGUAGES
from scanner.invitations.pasted import understand

TEXTS = sorted((Path(__file__).parent / "pasted").glob("*.txt"))
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_what_is_understood(file):
    expected = json.loads(file.with_suffix(".json").read_text())
    proposed = understand(file.read_text(), now=NOW, timezone=expected["home"])
    assert {
        "title": proposed.title,
        "starts": wall(proposed.starts),
        "ends": wall(proposed.ends),
        "repeats": proposed.repeats,
        "home": expected["home"],
        "timezone": proposed.timezone,
        "rooms": sorted([room.platform, room.key] for room in proposed.rooms),
        "passcodes": sorted(passcode.text for passcode in proposed.passcodes),
        "asks": len(proposed.questions),
    } == expected | {"rooms": sorted(expected["rooms"])}, proposed.questions


def wall(moment):
    return moment.replace(tzinfo=None).isoformat(timespec="minutes") if moment else None


def test_there_are_texts_in_every_language_and_from_many_platforms():
    assert len(TEXTS) >= 60
    platforms = {
        room[0] for file in TEXTS for room in json.loads(file.with_suffix(".json").read_text())["rooms"]
    }
    assert len(platforms) >= 15
    assert {language.code for language in LANGUAGES} == {
        "ar",
        "da",
        "de",
        "en",
        "es",
        "fr",
        "id",
        "it",
        "ja",
        "ko",
        "nl",
        "pl",
        "pt",
        "ru",
        "sv",
        "tr",
        "vi",
        "zh",
    }
