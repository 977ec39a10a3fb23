"""What a page shows is looked for where it stands, and nowhere else is anything overlooked."""

from __future__ import annotations

import random
import re
import sys
from unicodedata import category

import pytest

from scanner.detect.beyond import disclosed, hides, in_entities, in_json, in_percent_signs, in_utf8
from scanner.detect.database import Looks
from scanner.detect.narrow import Place, places
from scanner.detect.screen import Screen
from scanner.detect.sieve import FILLING, TOLD_TO, Sieve
from scanner.platforms import BUILT_IN
from tests.detect.disguised import DISGUISES, FILLER, PLACES, ROOMS

pytest.importorskip("hyperscan", reason="the package that screens pages is not installed")

SCREEN = Screen(BUILT_IN)
MUCH = FILLER * 200
LINK = "https://us02web.zoom.us/j/84512367890"


def look(text: str, *, everywhere: bool = False) -> list[Place]:
    sight = SCREEN.sight(text, Looks())
    return places(SCREEN, text, sight._replace(origins=None) if everywhere else sight, Looks())


def test_looking_where_something_was_seen_finds_what_looking_everywhere_does() -> None:
    chosen = random.Random(31)
    told = 0
    for _ in range(250):
        body = "".join(
            MUCH[: chosen.randrange(len(MUCH))]
            + PLACES[chosen.choice(list(PLACES))](DISGUISES[chosen.choice(list(DISGUISES))](room))
            for room in chosen.sample(ROOMS, 2)
        )
        told += SCREEN.sight(body, Looks()).origins is not None
        assert look(body) == look(body, everywhere=True), body
    assert told > 100


def test_a_place_is_as_short_as_what_it_shows() -> None:
    text = f"{MUCH}<a href='{LINK}'>here</a>{MUCH}"
    (place,) = look(text)
    assert place.end - place.start <= 2 * TOLD_TO
    assert LINK in text[place.start : place.end]


def test_of_a_page_that_shows_something_everywhere_most_is_one_place() -> None:
    page = "".join(
        f"<p>Meeting ID: {number}, zoom.us/j/{number}</p>" for number in range(84 * 10**9, 84 * 10**9 + 4_000)
    )
    *_, last = look(page)
    assert last.end == len(page)
    assert last.end - last.start > len(page) / 2


def test_where_a_page_no_longer_shows_anything_it_is_looked_at_closely_again() -> None:
    much = "".join(f"<p>Meeting ID: {number}</p>" for number in range(84 * 10**9, 84 * 10**9 + 4_000))
    text = f"{much}{MUCH * 4}<a href='{LINK}'>here</a>{MUCH}"
    assert sum(place.end - place.start for place in look(text)) < len(much) + len(MUCH)
    assert any(LINK in text[place.start : place.end] for place in look(text))


def test_a_page_that_shows_nothing_has_no_place() -> None:
    assert look(MUCH) == []


def test_a_table_with_a_heading_is_a_place_only_if_a_number_stands_in_a_cell() -> None:
    heading = "<table><tr><th>Zoom<th>Goals</tr>"
    assert look(f"{MUCH}{heading}<tr><td>845 1236 7890<td>3</tr></table>{MUCH}")
    assert not look(f"{MUCH}{heading}{'<tr><td>84<td>51</tr>' * 20}</table>{MUCH}")


def test_every_place_of_a_sieved_source_has_its_place_in_the_source() -> None:
    source = "".join(f"<p class='x y'>“word” {number} </p>\n" for number in range(3_000)).encode()
    sieve = Sieve(source)
    for number in range(0, 2_999, 7):
        end = source.index(b" %d <" % number) + len(f" {number}")
        with_tags = sieve.text.index(b">word%d<" % number) + len(f">word{number}")
        between = sieve.running.index(b"word%dword" % number) + len(f"word{number}")
        assert 0 < end - next(sieve.origins([with_tags])) <= TOLD_TO
        assert 0 < end - next(sieve.running_origins([between])) <= TOLD_TO


def in_escapes(letter: str) -> dict[str, str]:
    units = letter.encode("utf-16-be").hex()
    return {
        "decimal": f"&#{ord(letter)};",
        "hexadecimal": f"&#x{ord(letter):X};",
        "JSON": "".join(rf"\u{units[at : at + 4]}" for at in range(0, len(units), 4)),
        "percent signs": "".join(f"%{byte:02X}" for byte in letter.encode()),
        "UTF-8": letter.encode().decode("latin-1"),
    }


def test_every_character_that_hides_a_letter_is_looked_for_however_it_is_written() -> None:
    expressions = [in_entities(), in_json(), *in_percent_signs(), *in_utf8()]
    looked_for = re.compile("|".join(expressions), re.IGNORECASE)
    letters = map(chr, range(0x80, sys.maxunicode + 1))
    hidden = [letter for letter in letters if category(letter) != "Cs" and hides(letter)]
    assert len(hidden) > 1_500
    written = [text for letter in hidden for text in in_escapes(letter).values()]
    assert [text for text in written if not looked_for.search(text)] == []


def test_hidden_letters_are_disclosed_in_their_place() -> None:
    hidden = "ｚｏｏｍ．ｕｓ／ｊ／８４５ ①".encode()
    assert len(disclosed(hidden)) == len(hidden)
    assert disclosed(hidden).replace(FILLING, b"") == b"zoom.us/j/845 1"
