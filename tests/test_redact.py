"""Nothing that opens a meeting or names a person survives redaction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.redact import EXCERPT_LENGTH, excerpt, excerpts, redact, redact_address
from tests.effort import grows_with_size_only


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Join https://zoom.us/j/84512367890?pwd=abcdef now", "84512367890"),
        ("Join zoom.us/my/jane.doe now", "jane.doe"),
        ("Join //meet.jit.si/VillageChoir now", "VillageChoir"),
        ("zoommtg://zoom.us/join?confno=84512367890", "84512367890"),
        ("msteams:/l/meetup-join/19:meeting_QUJD@thread.v2/0", "QUJD"),
        ("Meeting ID: 845 1236 7890", "7890"),
        ("Meeting ID: 845-1236-7890", "7890"),
        ("Meeting ID: ８４５ １２３６ ７８９０", "７８９０"),
        ("code bcd-efgh-jkm", "efgh"),
        ("write to jane.doe@club.example", "jane.doe"),
        ("tel:+441632960000,,84512367890#", "84512367890"),
        ("eight four five one two three six", "four"),
        ("Meeting ID: 845\u200b1236\u200b7890", "7890"),
    ],
)
def test_redact_hides(text: str, secret: str) -> None:
    assert secret not in redact(text)


def test_redact_keeps_ordinary_words() -> None:
    text = "The parish council meets on Tuesday at 7 pm in the hall (12 seats)."
    assert redact(text) == text


def test_redact_hides_given_secrets_whatever_their_case() -> None:
    assert "sun5hine" not in redact("passcode SUN5HINE and sun5hine", ["Sun5hine"]).lower()


@given(st.text(), st.integers(0, 200), st.integers(0, 40))
def test_excerpt_never_raises_and_is_short(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    assert len(excerpt(text, start, min(len(text), start + length))) <= EXCERPT_LENGTH


def test_excerpt_hides_the_span_and_its_neighbours() -> None:
    text = "Board meeting: SPAN, or https://zoom.us/j/84512367890 if you like. " + "word " * 100
    start = text.index("SPAN")
    shown = excerpt(text, start, start + 4)
    assert "SPAN" not in shown
    assert "84512367890" not in shown
    assert shown.startswith("Board meeting:")
    assert len(shown) <= EXCERPT_LENGTH


@pytest.mark.parametrize("padding", range(0, 900, 7))
def test_excerpt_hides_what_its_window_cuts(padding: int) -> None:
    text = "x " * padding + "https://zoom.us/j/84512367890?pwd=TOKENTOKENTOKEN " + "y " * 300 + "SPAN"
    start = text.index("SPAN")
    shown = excerpt(text, start, start + 4)
    assert "84512" not in shown
    assert "TOKEN" not in shown


def test_excerpts_of_one_text_are_those_of_each_place() -> None:
    text = "".join(f"Team {n}: choir-{n} at {n % 12} pm, word Pear{n}x. " for n in range(300))
    secrets = [f"{word}{n}{end}" for n in range(300) for word, end in (("choir-", ""), ("pear", "X"))]
    spans = [(at := text.index(f"choir-{n} "), at + len(f"choir-{n}")) for n in range(300)]
    shown = excerpts(text, spans, secrets)
    assert shown == [excerpt(text, *span, secrets) for span in spans]
    assert not any("choir-" in one or "Pear" in one for one in shown)
    assert all(one.count("[link]") == 1 for one in shown)
    assert "Team 7: [link] at 7 pm, word [secret]. Team 8: [secret] at 8 pm" in shown[7]


def test_excerpts_of_many_places_take_linear_time() -> None:
    def work(text: str) -> None:
        spans = [(at, at + 11) for at in range(0, len(text), 24)]
        excerpts(text, spans, [text[start:end] for start, end in spans])

    assert grows_with_size_only(work, "".join(f"{84_000_000_000 + n} choir meets " for n in range(20_000)))


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad"])
def test_an_excerpt_knows_its_place_behind_marks_that_nobody_sees(hidden: str) -> None:
    text = f"The v{hidden}illage ch{hidden}oir sings at SPAN{hidden} on Mon{hidden}day."
    start = text.index("SPAN")
    assert excerpt(text, start, start + 4) == "The village choir sings at [link] on Monday."


@pytest.mark.parametrize(
    "address",
    [
        "https://forum.example/t/topic/1234567?page=2#post-3",
        "https://club.example/news/2026/11/autumn-fair",
        "http://127.0.0.1:8101/index.html",
    ],
)
def test_redact_address_keeps_ordinary_pages(address: str) -> None:
    assert redact_address(address) == address


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("https://us02web.zoom.us/j/84512367890?pwd=abc", "84512367890"),
        ("https://auth.example/?redirect=https://zoom.us/j/84512367890", "84512367890"),
        ("https://auth.example/?redirect=https%3A%2F%2Fzoom.us%2Fmy%2Fjane", "jane"),
        ("https://site.example/meetings/84512367890/", "84512367890"),
        ("https://site.example/meetings/845-1236-7890/", "7890"),
        ("https://site.example/x?pwd=hunter22", "hunter22"),
        ("https://user:hunter22@site.example/x", "hunter22"),
        ("https://site.example/room/bcd-efgh-jkm", "efgh"),
        ("https://web.archive.org/web/2020/https://zoom.us/my/jane", "jane"),
    ],
)
def test_redact_address_hides(address: str, secret: str) -> None:
    assert secret not in redact_address(address)


@given(st.text())
def test_redact_address_never_raises(text: str) -> None:
    redact_address(text)
    redact(text)
