"""How a meeting repeats is said in words, or left as it stands."""

from __future__ import annotations

import pytest

from scanner.invitations.repeating import repeats_in_words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "every week on Tuesday"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR", "every 2 weeks on Monday, Wednesday and Friday"),
        ("FREQ=DAILY;COUNT=10", "every day 10 times"),
        ("FREQ=MONTHLY;BYDAY=1SU", "every month on the first Sunday"),
        ("FREQ=MONTHLY;BYDAY=-1TH;WKST=MO", "every month on the last Thursday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "every month on day 15"),
        ("FREQ=YEARLY;UNTIL=20301231T235959Z", "every year until 2030-12-31"),
        ("FREQ=WEEKLY;BYDAY=TU\nEXDATE:20261224T190000", "every week on Tuesday with exceptions"),
        ("FREQ=YEARLY;BYMONTH=6;BYDAY=1SU", "FREQ=YEARLY;BYMONTH=6;BYDAY=1SU"),
        ("FREQ=MONTHLY;BYDAY=9TH", "FREQ=MONTHLY;BYDAY=9TH"),
        ("nonsense", "nonsense"),
    ],
)
def test_rules(rule: str, words: str) -> None:
    assert repeats_in_words(rule) == words
