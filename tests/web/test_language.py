"""The desk in the reader's own language: which one is chosen, that nothing is missing, and how it looks."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from scanner.invitations.repeating import repeats_in_words
from scanner.match.severity import grade
from scanner.model import (
    DeliveryState,
    ExposureState,
    Form,
    News,
    PasscodeMatch,
    Protection,
    Risk,
    SeverityLevel,
    SightingState,
    SourceState,
)
from scanner.web import words
from scanner.web.borrowed import sentences_of
from scanner.web.language import Language, choose, languages
from scanner.web.sentences import say
from storage.people import AccountRole
from tests.builders import a_meeting, a_room
from tests.web.desk import Served
from tests.web.test_pages import INVITATION, PAGES, a_leak, a_scan, settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scanner" / "web" / "languages"
OTHERS = [code for code in languages() if code != "en"]
GERMAN, SPANISH = Language("de", "de"), Language("es", "es")
NOW = datetime(2026, 11, 23, tzinfo=UTC)

CHROMIUM = Path("/usr/bin/chromium")

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
TAG = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def texts() -> dict[str, tuple[str, ...]]:
    """Every text of the desk with its forms, as translators get it."""
    with (FOLDER / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[str, tuple[str, ...]] = {}
    for _, _, text, _, _ in extract_from_dir(ROOT, methods, options, keywords=DEFAULT_KEYWORDS):
        forms = (text,) if isinstance(text, str) else tuple(text)
        found[forms[0]] = forms
    assert len(found) > 800
    assert "Sign in" in found, "templates"
    assert "the meeting starts in {roughly}" in found, "sentences of the core"
    return found


def catalogue(code: str) -> Catalog:
    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def test_german_and_spanish_are_there() -> None:
    assert {"en", "de", "es"} <= set(languages())
    assert [Language(code, code).name for code in ("en", "de", "es")] == ["English", "Deutsch", "Español"]


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_with_what_is_put_in(code: str, texts: dict[str, tuple[str, ...]]) -> None:
    said = catalogue(code)
    missing, broken = [], []
    for first, forms in texts.items():
        entry = said.get(first)
        given = () if entry is None else (entry.string,) if isinstance(entry.string, str) else entry.string
        if entry is None or entry.fuzzy or len(given) < len(forms) or not all(given):
            missing.append(first)
            continue
        for text in given:
            # A length has a second form, for what lies ahead.
            holes = {hole.replace("_ahead}", "}") for hole in PLACEHOLDER.findall(text)}
            tags, quotes = sorted(TAG.findall(text)), text.count('"')
            wanted = PLACEHOLDER.findall(forms[-1]), sorted(TAG.findall(forms[-1])), forms[-1].count('"')
            if holes != set(wanted[0]) or tags != wanted[1] or quotes > wanted[2]:
                broken.append((first, text))
    assert not missing, f"{len(missing)} are not translated: docs/desk.md, “How to translate”"
    assert not broken


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_left_over(code: str, texts: dict[str, tuple[str, ...]]) -> None:
    said = catalogue(code)
    assert [
        entry.id for entry in said if entry.id and entry.id not in texts and entry.id[0] not in texts
    ] == []
    assert not said.obsolete


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (words.SEVERITY, SeverityLevel),
        (words.LEVEL, SeverityLevel),
        (words.ROLE, AccountRole),
        (words.STATE, ExposureState),
        (words.STILL, SightingState),
        (words.PASSCODE, PasscodeMatch),
        (words.SOURCE, SourceState),
        (words.NEWS, News),
        (words.DELIVERY, DeliveryState),
    ],
)
def test_every_state_has_a_word(table: dict, kind: type) -> None:
    assert set(table) == set(kind)


# --- which language ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("", "", Language("en", "en_GB")),
        ("", "de", GERMAN),
        ("", "de-AT,de;q=0.9,en;q=0.8", Language("de", "de_AT")),
        ("", "de-Latn-CH", Language("de", "de_CH")),
        ("", "DE-at", Language("de", "de_AT")),
        ("", "en-US,en;q=0.5", Language("en", "en_US")),
        ("", "cy, es;q=0.5, en;q=0.2", SPANISH),
        ("", "en;q=0.2, es-MX;q=0.9", Language("es", "es_MX")),
        ("", "de;q=0, es", SPANISH),
        ("", "fr-FR, *", Language("en", "en_GB")),
        ("de", "es-ES,en", GERMAN),
        ("de", "es, de-CH;q=0.1", Language("de", "de_CH")),
        ("en", "de", Language("en", "en_GB")),
        ("xx", "es", SPANISH),
        ("", "de-XX", GERMAN),
        ("", "de-AT-../../etc/passwd", Language("en", "en_GB")),
        ("../../de", "../de", Language("en", "en_GB")),
        ("", "de;q=nan, es;q=-1, de;q=9e9", Language("en", "en_GB")),
        ("", "de\x00, \ud800, 德", Language("en", "en_GB")),
        ("", "zz," * 100_000 + "de", Language("en", "en_GB")),
        ("", ";q=" * 1000, Language("en", "en_GB")),
    ],
)
@pytest.mark.timeout(20)
def test_the_language_is_what_was_chosen_or_what_the_browser_asks_for(
    chosen: str, accepted: str, language: Language
) -> None:
    assert choose(chosen, accepted) == language


def test_before_signing_in_the_browser_decides(desk: Served) -> None:
    stranger = desk.browser()
    german = stranger.get("/sign-in", **{"Accept-Language": "de-DE,de;q=0.9"})
    assert '<html lang="de">' in german.text
    assert "Anmelden" in german.words
    assert "Lychgate sucht nach Meeting-Links" in german.words
    spanish = stranger.get("/sign-in", **{"Accept-Language": "es"})
    assert '<html lang="es">' in spanish.text
    assert "Contraseña" in spanish.words
    for accepted in ("cy", "de;q=0", "x" * 8000, "<script>", "de'\"><img>"):
        english = stranger.get("/sign-in", **{"Accept-Language": accepted})
        assert '<html lang="en">' in english.text, accepted
        assert "Sign in" in english.words
    token = german.token
    form = {"token": token, "email": "nobody@example.org", "password": "wrong"}
    refused = stranger.ask(
        "POST",
        "/sign-in",
        body="&".join(f"{name}={value}" for name, value in form.items()),
        headers={
            "Accept-Language": "de",
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        },
    )
    assert "Diese Adresse und dieses Passwort gehören nicht zusammen." in refused.words
    missing = desk.somebody().get("/meetings/99999", **{"Accept-Language": "de"})
    assert (missing.status, "Diese Seite gibt es hier nicht." in missing.words) == (404, True)


def test_somebody_chooses_language_and_zone(desk: Served) -> None:
    ann, bob = desk.somebody(), desk.somebody("bob@example.org", AccountRole.READER)
    number = a_leak(desk)
    assert bob.post("/account/language", on="/account", language="de", timezone="Asia/Tokyo").status == 303
    page = bob.get(f"/exposures/{number}", **{"Accept-Language": "es"})
    assert '<html lang="de">' in page.text
    assert "Evening prayer: Link öffentlich" in page.words
    assert "Mo., 23. Nov. 2026, 10:00" in page.words  # 01:00 in London
    assert "in 5 Stunden" in page.words
    assert "Zeiten gelten für Asia/Tokyo" in page.words
    assert '<option value="de" lang="de" selected>Deutsch</option>' in bob.get("/account").text
    english = ann.get(f"/exposures/{number}").words
    assert "Mon, 23 Nov 2026, 01:00" in english
    assert "times are those of Europe/London" in english
    assert "chose" in ann.get("/people/audit").words
    for language, zone in (("xx", ""), ("", "Mars/Olympus"), ("", "../../etc/passwd"), ("de.po", "")):
        answer = bob.post("/account/language", on="/account", language=language, timezone=zone)
        assert answer.status == 400, (language, zone)
    assert bob.post("/account/language", on="/account", language="", timezone="").status == 303
    assert "times are those of Europe/London" in bob.get("/").words


# --- whole pages ------------------------------------------------------------------------------------


def english_in(page: str, code: str, texts: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield the English texts of three words and more that stand on a page in another language."""
    for text in texts:
        plain = TAG.sub("", text)
        longest = max(PLACEHOLDER.split(plain), key=len).strip()
        said = Language(code, code).gettext(text)
        if len(longest.split()) >= 3 and longest in page and longest not in said:
            yield text


@pytest.mark.parametrize(
    ("code", "found"), [("de", "Was jetzt zu tun ist"), ("es", "Qué hacer ahora")], ids=["de", "es"]
)
def test_no_page_mixes_languages(
    desk: Served, code: str, found: str, texts: dict[str, tuple[str, ...]]
) -> None:
    settings(desk)
    number = a_leak(desk)
    a_scan(desk, parish=SourceState.OK, forum=SourceState.FAILED)
    ann = desk.somebody()
    ann.post("/account/language", on="/account", language=code, timezone="")
    pages = [path for path in PAGES if "." not in path]
    leak = (f"/exposures/{number}", "/meetings/1", "/meetings/1/link", "/meetings/1/remove")
    shown = {path: ann.get(path) for path in (*pages, *leak)}
    shown["read back"] = ann.post("/meetings/add", on="/meetings/add", invitation=INVITATION)
    shown["refused"] = ann.post("/meetings/add", on="/meetings/add", invitation="nothing here")
    assert found in shown[f"/exposures/{number}"].words
    for path, page in shown.items():
        assert page.status in (200, 400), path
        assert path == "/scans/progress" or f'<html lang="{code}">' in page.text, path
        assert list(english_in(page.words, code, texts)) == [], path


@pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium")
def test_long_words_fit_on_a_small_phone(desk: Served) -> None:
    """320 pixels are what WCAG 2.2 asks for (1.4.10, reflow)."""
    settings(desk)
    number = a_leak(desk, title="Kirchengemeinderatssitzungsvorbereitungsausschuss")
    ann = desk.somebody()
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 320, "height": 640})
        address = f"http://127.0.0.1:{desk.port}"
        context.add_cookies([{"name": "lychgate", "value": ann.cookies["lychgate"], "url": address}])
        page = context.new_page()
        for code in OTHERS:
            ann.post("/account/language", on="/account", language=code, timezone="")
            for path in ("/", f"/exposures/{number}", "/account"):
                page.goto(address + path)
                assert page.evaluate("document.documentElement.lang") == code
                page.click("nav.main summary")
                assert page.evaluate(wider) <= 0, (code, path)
        browser.close()


def test_what_is_put_into_a_translation_is_harmless(desk: Served) -> None:
    with desk.workspace.store.begin() as work:
        title = "<b>Choir\u202e %(x)s {when}"
        kept = a_meeting(a_room("82205550119"), title=title, starts=desk.clock() + timedelta(hours=9))
        number = work.meetings.add(desk.workspace.organisation.id, kept, desk.clock()).id
    ann = desk.somebody()
    for code in languages():
        ann.post("/account/language", on="/account", language=code, timezone="")
        page = ann.get(f"/meetings/{number}/remove").text
        assert "&lt;b&gt;Choir\ufffd %(x)s {when}" in page
        assert "\u202e" not in page


def test_counts_and_lengths_are_written_as_the_reader_does(desk: Served) -> None:
    settings(desk)
    with desk.workspace.store.begin() as work:
        scan = work.scans.start("nightly", ["parish"], desk.clock() - timedelta(hours=3))
        work.scans.finish(scan, desk.clock() - timedelta(minutes=1))
    ann = desk.somebody()
    assert "Took 2 hours." in ann.get("/scans").words
    assert "Dauer: 2 Stunden." in ann.get("/scans", **{"Accept-Language": "de"}).words
    assert "Duró 2 horas." in ann.get("/scans", **{"Accept-Language": "es"}).words
    table = ann.get("/report.csv", **{"Accept-Language": "de"}).text
    assert table.startswith("\ufeffNummer,Meeting,")


# --- sentences of the core --------------------------------------------------------------------------


def severities() -> set[str]:
    declared = (
        frozenset[Protection](),
        frozenset({Protection.WAITING_ROOM}),
        frozenset({Protection.PERSONAL_ID}),
        frozenset({Protection.SIGN_IN, Protection.JOIN_BEFORE_HOST}),
        frozenset({Protection.REGISTRATION}),
    )
    starts = (None, NOW, NOW + timedelta(seconds=50), NOW + timedelta(hours=5), NOW + timedelta(days=9))
    return {
        grade(
            risk=risk,
            form=form,
            passcode=passcode,
            passcode_needed=needed,
            protections=protections,
            next_start=start,
            running=start == NOW,
            hostile=hostile,
            now=NOW,
        ).reason
        for risk, form, passcode in itertools.product(Risk, Form, PasscodeMatch)
        for needed, hostile in itertools.product((True, False), (True, False))
        for protections, start in itertools.product(declared, starts)
    }


@pytest.mark.parametrize("language", [GERMAN, SPANISH], ids=["de", "es"])
def test_every_severity_is_said_whole(language: Language) -> None:
    english = re.compile(r"\b(?:the|stands?|there|and|passcode|starts|people|nobody|[Ss]trangers)\b")
    reasons = severities()
    assert len(reasons) > 300
    assert [reason for reason in reasons if english.search(say(reason, language))] == []


@pytest.mark.parametrize(
    ("sentence", "german", "spanish"),
    [
        (
            "Anyone can walk in: the link, in a picture, and its current passcode stand there, and the "
            "meeting starts in 3 days.",
            "Jeder kann hereinkommen: Dort stehen der Link in einem Bild und der aktuelle Kenncode, und das "
            "Meeting beginnt in 3 Tagen.",
            "Cualquiera puede entrar: ahí están el enlace en una imagen y el código de acceso actual, y la "
            "reunión empieza dentro de 3 días.",
        ),
        ("This is for owners of the organisation.", "Dies ist für Eigentümer der Organisation.", None),
        ("There is no account 12.", "Ein Konto 12 gibt es nicht.", "No hay ninguna cuenta 12."),
        (
            "There is an organisation “The link” already.",
            "Eine Organisation „The link“ gibt es schon.",
            "Ya hay una organización «The link».",
        ),
        ("severity high", "Ernst: hoch", "gravedad: alto"),
        ("A sentence nobody knows.", "A sentence nobody knows.", "A sentence nobody knows."),
        ("", "", ""),
    ],
)
def test_a_sentence_is_recognised_by_its_english_words(
    sentence: str, german: str, spanish: str | None
) -> None:
    assert say(sentence, GERMAN) == german
    assert spanish is None or say(sentence, SPANISH) == spanish
    assert say(sentence, Language("en", "en_GB")) == sentence


SOURCE = b'''"""A module of one sentence."""
NOT_HERE = "There is nothing there"
_HIDDEN = "A secret of the module"
WORD, PATTERN = "word", "a\\\\d b"

def act(number, other):
    """Do what it says."""
    what = "link changed" if number else f"ignored at {places(other)}"
    raise InputError(f"There is no {number!r} but {other.number}, see {names[0]}.", _HIDDEN, "word")
'''


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (
            {},
            {
                "There is nothing there",
                "A secret of the module",
                "link changed",
                "ignored at {places}",
                "There is no {number} but {number2}, see {names}.",
            },
        ),
        (
            {"calls": "InputError"},
            {"There is no {number} but {number2}, see {names}.", "A secret of the module"},
        ),
        ({"names": "what"}, {"link changed", "ignored at {places}"}),
        ({"names": "*"}, {"There is nothing there"}),
    ],
)
def test_sentences_are_found_in_the_source_of_others(options: dict[str, str], found: set[str]) -> None:
    assert {text for _, _, text, _ in sentences_of(io.BytesIO(SOURCE), (), (), options)} == found


@pytest.mark.parametrize(
    ("rule", "german"),
    [
        ("FREQ=DAILY", "jeden Tag"),
        ("FREQ=WEEKLY;BYDAY=TU", "jede Woche am Dienstag"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH,FR;UNTIL=20271231T000000Z",
            "alle 2 Wochen am Dienstag, Donnerstag und Freitag bis 31. Dezember 2027",
        ),
        ("FREQ=MONTHLY;BYDAY=2MO,-1FR;COUNT=12", "jeden Monat am zweiten Montag und letzten Freitag, 12 Mal"),
        ("FREQ=MONTHLY;BYMONTHDAY=5\nEXDATE:20270101", "jeden Monat am 5. mit Ausnahmen"),
    ],
)
def test_how_a_meeting_repeats(rule: str, german: str) -> None:
    assert say(repeats_in_words(rule), GERMAN) == german


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "note",
    [
        "a, b and " * 75,
        "every week on Monday and " * 27,
        ", and : . " * 69 + ".",
        "Monday, " * 87,
        "{what}, and {when}. " * 34,
        "x" * 100_000,
        "There is no account " * 34 + ".",
    ],
)
def test_whatever_somebody_wrote_is_soon_given_up(note: str) -> None:
    assert say(note, GERMAN)
