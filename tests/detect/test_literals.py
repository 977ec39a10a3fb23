"""Whatever an expression matches holds one of the literals that announce it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.detect.beyond import in_entities, in_json, in_percent_signs, in_utf8, words_in_escapes
from scanner.detect.evidence import Words, addresses, passing
from scanner.detect.literals import is_literal, literals
from scanner.detect.marks import ESCAPED_TAGS, HIDING, HIDING_FOREIGN, IN_WORDS, SIEVED_HIDING
from scanner.platforms import BUILT_IN

WORDS = Words(BUILT_IN)
FAMILIES = {
    "addresses": [text for text, _ in addresses(BUILT_IN)],
    "passing": [*passing(BUILT_IN)],
    "codes": [*WORDS.codes(), WORDS.code_words()],
    "labels": WORDS.labels,
    "names": [WORDS.names],
    "passcodes": WORDS.passcodes,
    "foreign words": WORDS.foreign_words(),
    "words in escapes": [*words_in_escapes(WORDS.foreign)],
    "hiding": [*HIDING, *HIDING_FOREIGN, *SIEVED_HIDING, IN_WORDS, ESCAPED_TAGS],
    "characters": [*in_percent_signs(), *in_utf8(), in_json(), in_entities()],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"zoom(?:\.|,|dot)us", {"zoom.us", "zoom,us", "zoomdotu"}),
        (r"<base[^<>]*(?:zoom\.us|webex\.com)", {"zoom.us", "webex.co"}),
        (r"meeting[\-_]*id", {"meetingi", "meeting-", "meeting_"}),
        (r"(?:personal)?meeting", {"personal", "meeting"}),
        (r"\\u00(?:3[0-1]|41)[^0-9a-f]", {"\\u0030", "\\u0031", "\\u0041"}),
        (r"x{3}y", {"xxxy"}),
        (r"q.?rst", {"rst"}),
        (r"(?:ab)+cde", {"abcde", "ababcde", "ababab"}),
        (r"\xc3\x89t\xe9", {"\xc3\x89t\xe9"}),
        (r"[^a]bc[^d]", set()),
        (r"(?:zoom)?", set()),
        (r"[0-9]{9}", set()),
    ],
)
def test_literals_of_an_expression(expression: str, expected: set[str]) -> None:
    assert literals(expression) == expected


def test_a_literal_matches_nothing_but_itself() -> None:
    assert [text for text in ("&#", r"\\u", "<td", r"zoom\.us") if not is_literal(text)] == []
    assert [text for text in ("<t[dh]", "a?", "(?:a|b)", "a.c") if is_literal(text)] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_one_of_the_literals_is_in_whatever_an_expression_matches(family: str) -> None:
    announced = {text: found for text in FAMILIES[family] if (found := literals(text))}
    assert announced

    @given(st.data())
    @settings(max_examples=150)
    def holds(data: st.DataObject) -> None:
        expression = data.draw(st.sampled_from(sorted(announced)))
        matches = st.from_regex(re.compile(expression, re.DOTALL | re.ASCII | re.IGNORECASE))
        lowered = re.sub("[A-Z]", lambda letter: letter.group().lower(), data.draw(matches))
        assert any(literal in lowered for literal in announced[expression])

    holds()
