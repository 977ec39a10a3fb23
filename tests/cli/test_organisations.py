"""Two groups in one installation: neither sees anything of the other."""

from __future__ import annotations

from tests.e2e.installation import Installation

ROOM = "82205550117"


def test_each_group_sees_its_own_and_a_foreign_number_is_none(home: Installation) -> None:
    home.register(
        [
            {
                "title": "Prayer",
                "starts": "2031-05-01T18:00:00Z",
                "rooms": [{"platform": "zoom", "key": ROOM}],
            }
        ]
    )
    added = home.run("organisations", "add", "Dale Choir", "--email", "c@choir.example", "--json").json()
    link = f"https://zoom.us/j/{int(ROOM) + 40_000}"
    as_choir = ("--organisation", "dale choir")
    home.run(
        "meetings", "add", "--url", link, "--title", "Rehearsal", "--starts", "2031-05-02 19:00", *as_choir
    )
    assert [entry["title"] for entry in home.run("meetings", "list", "--json").lines()] == ["Prayer"]
    theirs = home.run("--organisation", str(added["id"]), "meetings", "list", "--json").lines()
    assert [entry["title"] for entry in theirs] == ["Rehearsal"]
    for command in (
        ("meetings", "show", "1"),
        ("meetings", "remove", "1", "--yes"),
        ("meetings", "set", "1", "--lock", "yes"),
        ("allowances", "add", "1", "--reason", "x"),
    ):
        assert "no meeting 1" in home.run(*command, *as_choir, code=2).err
    assert "no organisation" in home.run("meetings", "list", "--organisation", "nobody", code=2).err
    listed = home.run("organisations", "list", "--json").lines()
    assert [(entry["name"], entry["meetings"], entry["most"]) for entry in listed] == [
        ("St Mary's", 1, None),
        ("Dale Choir", 1, 1000),
    ]
    assert "backups made before" in home.run("organisations", "remove", "Dale Choir", "--yes").out
    assert len(home.run("organisations", "list", "--json").lines()) == 1
