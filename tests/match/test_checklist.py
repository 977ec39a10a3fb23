from __future__ import annotations

import pytest

from scanner.match.checklist import CHECKLIST, Safeguard, protections_of
from scanner.model import Protection
from scanner.platforms import BUILT_IN


def test_every_safeguard_is_asked_once_and_every_protection_is_a_safeguard():
    assert [item.safeguard for item in CHECKLIST] == list(Safeguard)
    assert {protection.value for protection in Protection} <= {safeguard.value for safeguard in Safeguard}


@pytest.mark.parametrize("item", CHECKLIST, ids=lambda item: item.safeguard)
def test_each_point_asks_in_one_question_and_says_how_everywhere(item):
    assert item.question.endswith("?")
    assert item.question.count("?") == 1
    assert item.changes.endswith(".")
    assert item.how_on("a platform nobody knows") == item.general
    for platform in ("zoom", "teams", "google-meet", "webex", "jitsi"):
        assert item.how_on(platform).endswith(".")
    assert set(item.how) <= {platform.slug for platform in BUILT_IN}


def test_answers_declare_the_protections_they_name():
    answers = {
        Safeguard.WAITING_ROOM: True,
        Safeguard.PASSCODE: False,
        Safeguard.PERSONAL_ID: True,
        Safeguard.LOCK: True,
    }
    assert protections_of(answers) == {Protection.WAITING_ROOM, Protection.PERSONAL_ID}
