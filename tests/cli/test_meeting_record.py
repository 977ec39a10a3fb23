"""A meeting's record, allowances and a new link, as a person meets them in real scans of a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.installation import Installation
from tests.internet import Answer, serve

OLD, NEW = "82205550117", "82205550118"
BARE = f'<p>Join <a href="https://us02web.zoom.us/j/{OLD}">here</a></p>'
WITH_PASSCODE = BARE + "<p>Passcode: wren42</p>"


@pytest.fixture
def home(home: Installation) -> Installation:
    starts = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    rooms = [{"platform": "zoom", "key": OLD, "passcode": "wren42"}]
    home.register([{"title": "Choir", "starts": starts, "rooms": rooms}])
    return home


def scan(home: Installation) -> dict[str, int]:
    return home.run("scan", "--json").json()["exposures"]


def test_answers_are_shown_and_lower_the_severity(home: Installation) -> None:
    with serve({"/": WITH_PASSCODE}) as site:
        home.configure({"parish": site}, None)
        home.run("meetings", "set", "1", "--waiting-room", "yes", "--owner", "ann@club.example")
        home.run("meetings", "set", "1", "--tell", "a@club.example", "--tell", "b@club.example")
        shown = home.run("meetings", "show", "1", "--json").json()
        assert shown["declared"]["waiting-room"]["answer"] is True
        assert (shown["owner"], shown["told"]) == ("ann@club.example", ["a@club.example", "b@club.example"])
        assert OLD not in home.run("meetings", "show", "1").out
        points = {
            point["safeguard"]: point for point in home.run("meetings", "checklist", "1", "--json").json()
        }
        assert (points["waiting-room"]["done"], points["lock"]["done"]) == (True, None)
        assert "Host tools" in points["lock"]["how"]
        scan(home)
        (exposure,) = home.run("exposures", "list", "--json").lines()
        assert exposure["severity"] == "high"
        assert "waiting room" in exposure["reason"]


def test_a_wrong_answer_address_or_number_is_said(home: Installation) -> None:
    assert "yes, no or unknown" in home.run("meetings", "set", "1", "--lock", "maybe", code=2).err
    assert "no e-mail address" in home.run("meetings", "set", "1", "--owner", "ann", code=2).err
    assert "Nothing was said" in home.run("meetings", "set", "1", code=2).err
    for command in (("set", "9", "--lock", "yes"), ("show", "9"), ("checklist", "9")):
        assert "no meeting 9" in home.run("meetings", *command, code=2).err


def test_an_allowed_meeting_is_quiet_until_its_passcode_stands_beside_it(home: Installation) -> None:
    with serve({"/": BARE}) as site:
        home.configure({"parish": site}, None)
        made = home.run("allowances", "add", "1", "--reason", "open day", "--json").json()
        assert scan(home) == {"new": 0, "known": 0, "gone": 0}
        assert home.run("exposures", "list", "--json").lines() == []
        (intended,) = home.run("exposures", "list", "--all", "--json").lines()
        assert intended["state"] == "intended"
        site.pages["/"] = WITH_PASSCODE
        assert scan(home)["new"] == 1
        site.pages["/"] = BARE
        scan(home)
        home.run("allowances", "remove", str(made["id"]))
        assert home.run("allowances", "list", "--json").lines() == []
        assert "no allowance" in home.run("allowances", "remove", "1", code=2).err


def test_an_allowance_that_is_taken_back_is_told_even_from_an_unchanged_page(home: Installation) -> None:
    with serve({"/": Answer(body=BARE, headers={"ETag": '"1"'})}) as site:
        home.configure({"parish": site}, None)
        home.run("allowances", "add", "1", "--reason", "open day")
        scan(home)
        scan(home)
        home.run("allowances", "remove", "1")
        report = home.run("scan", "--json").json()
        assert report["sources"][0]["unchanged"] == 1
        assert report["exposures"]["new"] == 1
    assert (
        "That time is over"
        in home.run("allowances", "add", "1", "--until", "2020-01-01 10:00", "--reason", "x", code=2).err
    )


def test_after_a_new_link_both_are_watched_on_pages_that_did_not_change(home: Installation) -> None:
    """The page held a room that was nobody's when it was read: it is read again once it is registered."""
    both = BARE + f'<a href="https://zoom.us/j/{NEW}">new</a>'
    with serve({"/": Answer(body=both, headers={"ETag": '"1"'})}) as site:
        home.configure({"parish": site}, None)
        assert scan(home)["new"] == 1
        (before,) = home.run("exposures", "list", "--json").lines()
        assert len(before["sightings"]) == 1
        done = home.run(
            "meetings", "rotate", "1", "--url", f"https://zoom.us/j/{NEW}", "--passcode", "lark7",
            "--deleted", "--close", "--json",
        ).json()  # fmt: skip
        assert (done["retired"], done["exposures"], done["closed"]) == (1, [before["id"]], True)
        assert (
            "has already"
            in home.run(
                "meetings", "rotate", "1", "--url", f"https://zoom.us/j/{NEW}", "--passcode", "lark7", code=2
            ).err
        )
        assert scan(home)["new"] == 1
        (exposure,) = home.run("exposures", "list", "--json").lines()
        assert len(exposure["sightings"]) >= 1
        shown = home.run("meetings", "show", "1", "--json").json()
        assert [left["deleted"] for left in shown["retired"]] == [True]


def test_an_old_link_elsewhere_is_low_and_says_what_to_do(home: Installation) -> None:
    with serve({"/": BARE}) as site:
        home.configure({"parish": site}, None)
        home.run("meetings", "rotate", "1", "--url", f"https://zoom.us/j/{NEW}", "--kept")
        scan(home)
        (exposure,) = home.run("exposures", "list", "--json").lines()
        assert exposure["severity"] == "low"
        assert "may still open" in exposure["reason"]
