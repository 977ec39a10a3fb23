"""``lychgate meetings import`` and ``export`` with tables, calendars and lines of JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.e2e.installation import AtAShell, Installation

LINK = "https://us02web.zoom.us/j/81700000001?pwd=Tm90QVJlYWxUb2tlbkF0QWxs.1"
TABLE = (
    "Title;Date;Time;Colour;Link\r\n"
    f"=Choir;25.03.2037;19:00;red;{LINK}\r\n"
    f"Yoga;03/04/2037;19:00;;{LINK}\r\n"
    "Tea;25.03.2037;19:00;;High Street 4\r\n"
    f"Café;25.03.2037;19:00;;{LINK}\r\n"
)


def test_a_table_is_tried_imported_and_exported_without_its_secrets(home: Installation, tmp_path: Path):
    table = tmp_path / "meetings.csv"
    table.write_bytes(TABLE.encode("cp1252"))
    tried = home.run("meetings", "import", str(table), "--dry-run", code=2)
    assert "2 meetings could be registered" in tried.out
    assert home.run("meetings", "list", "--json").lines() == []
    done = home.run("meetings", "import", str(table), "--json", code=2)
    assert done.json() == {
        "lines": 4,
        "registered": 2,
        "already": 0,
        "over": 0,
        "without_room": 0,
        "faulty": 2,
        "dry_run": False,
    }
    assert f"{table}:3: “03/04/2037” does not say for sure which day." in done.err.replace(" 19:00”", "”")
    assert f"{table}:4: There is no meeting link" in done.err
    assert "not used: Colour" in done.err
    again = home.run("meetings", "import", str(table), "--dates", "dmy", "--json", code=2).json()
    assert (again["registered"], again["already"]) == (1, 2)
    out = tmp_path / "out.csv"
    home.run("meetings", "export", str(out))
    home.run("meetings", "export", str(out), code=2)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Title"] for row in rows] == ["'=Choir", "Café", "Yoga"]
    assert rows[2]["Starts"] == "2037-04-03 19:00"
    assert rows[0]["Passcodes known"] == "1"
    assert "81700000001" not in out.read_text()
    assert "Tm90QVJl" not in out.read_text()
    assert home.run("meetings", "export", "-").out.startswith("Number,Title,")


def test_a_calendar_file_is_imported(home: Installation, tmp_path: Path):
    event = (
        "BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:{title}\r\nDTSTART:{starts}\r\nLOCATION:{where}\r\nEND:VEVENT\r\n"
    )
    events = [
        event.format(n=1, title="Choir", starts="20370326T190000Z", where=LINK),
        event.format(n=2, title="Dentist", starts="20370326T190000Z", where="High Street"),
        event.format(n=3, title="Past", starts="20200326T190000Z", where=LINK),
    ]
    file = tmp_path / "calendar.ics"
    file.write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n")
    done = home.run("meetings", "import", str(file), "--json").json()
    assert (done["lines"], done["registered"], done["over"], done["without_room"]) == (3, 1, 1, 1)
    (meeting,) = home.run("meetings", "list", "--json").lines()
    assert (meeting["title"], meeting["starts"]) == ("Choir", "2037-03-26T19:00:00Z")


def test_what_a_library_says_to_programmers_is_not_said_to_people(home: Installation):
    calendar = Path(__file__).parents[1] / "invitations" / "calendars" / "dirty_unknown_zone.ics"
    assert AtAShell(home.data).run("meetings", "import", str(calendar)).err == ""


def test_lines_of_json_still_work(home: Installation, tmp_path: Path):
    file = tmp_path / "meetings.jsonl"
    room = {"platform": "zoom", "key": "81700000001"}
    line = json.dumps({"title": "Choir", "starts": "2037-03-26T19:00", "rooms": [room]})
    file.write_text(f"{line}\n\n{{broken\n")
    done = home.run("meetings", "import", str(file), code=2)
    assert f"{file}:3: The line is not JSON" in done.err
    assert "1 meetings registered" in done.out


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04\0\0", b"just some words", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT"]
)
def test_a_file_that_is_nothing_of_it_gets_a_sentence(home: Installation, tmp_path: Path, content: bytes):
    file = tmp_path / "file"
    file.write_bytes(content)
    said = home.run("meetings", "import", str(file), code=2)
    assert said.err.startswith("lychgate: ")
