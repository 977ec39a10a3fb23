"""Zone names as Zoom, Outlook, Google, Webex and people write them."""

from datetime import datetime

import pytest

from scanner.invitations.zones import is_zone, zone_in

WINTER = datetime(2026, 11, 26, 19)  # noqa: DTZ001
SUMMER = datetime(2026, 7, 2, 19)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("London", "Europe/London"),
        ("(Europe/London)", "Europe/London"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/Argentina/Buenos_Aires.", "America/Argentina/Buenos_Aires"),
        ("Eastern Time (US and Canada)", "America/New_York"),
        ("Pacific Time (US and Canada)", "America/Los_Angeles"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("Amsterdam, Berlin, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("Mumbai, Kolkata, New Delhi", "Asia/Kolkata"),
        ("Greenwich Mean Time", "Europe/London"),
        ("Universal Time UTC", "UTC"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("GMT Standard Time", "Europe/London"),
        ("  |  (UTC+00:00) Dublin, Edinburgh, Lisbon, London  |  1 hr", "Europe/Dublin"),
        ("(GMT+01:00) Wien", "Europe/Vienna"),
        ("Ciudad de México", "America/Mexico_City"),
        ("heure de Paris, bienvenue", None),
        ("Uhr MEZ", "Europe/Berlin"),
        ("BST", "Europe/London"),
        ("ET", "America/New_York"),
        ("UTC+3", "Etc/GMT-3"),
        ("+05:30", "Asia/Kolkata"),
        ("-05:00", "Etc/GMT+5"),
        ("UK time, all welcome", "Europe/London"),
        ("Eastern Time for our friends", "America/New_York"),
        ("CST", None),
        ("IST", None),
        ("(doors open 6.45)", None),
        ("+99:00", None),
        ("", None),
    ],
)
def test_a_zone_is_known_by_any_of_its_names(text, zone):
    assert zone_in(text, home="Asia/Tokyo", wall=WINTER) == zone


@pytest.mark.parametrize(
    ("text", "home", "wall", "zone"),
    [
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/London", WINTER, "Europe/London"),
        ("CET", "Europe/Madrid", WINTER, "Europe/Madrid"),
        ("CST", "America/Mexico_City", WINTER, "America/Mexico_City"),
        ("+01:00", "Europe/Berlin", WINTER, "Europe/Berlin"),
        ("+01:00", "Europe/Berlin", SUMMER, "Etc/GMT-1"),
        ("Z", "Europe/London", WINTER, "Europe/London"),
        ("Z", "Europe/London", SUMMER, "UTC"),
        ("GMT", "Europe/London", WINTER, "Europe/London"),
        ("(UTC)", "Europe/London", WINTER, "Europe/London"),
        ("(UTC)", "Europe/London", SUMMER, "UTC"),
    ],
)
def test_home_is_meant_where_it_is_one_of_several(text, home, wall, zone):
    assert zone_in(text, home=home, wall=wall) == zone


def test_zone_names_are_those_of_the_iana_database():
    assert is_zone("Europe/London")
    assert is_zone("UTC")
    assert not is_zone("europe/london")
    assert not is_zone("Mars/Olympus")
    assert not is_zone("../../etc/passwd")
