"""Pages that answer 200 and are not what was asked for: a log-in form, a wall of cookies, a shell of scripts.

Each needs two signs: something that such a page has, and next to nothing that a reader would come for. A
forum shows a log-in box beside every thread, and a page that is taken for a wall is not remembered as read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any, TypeAlias

from scanner.extract.links import parse_page, refresh_target
from scanner.model import Document
from spiders.answers import ASKS_COOKIES, Refusal, has_more_links, is_log_in, leads_to_log_in
from spiders.marks import Mark

_Page: TypeAlias = Any
_Element: TypeAlias = Any
"""Both of the HTML parser, which is ``scanner.extract``'s own business."""

ASKS_LOG_IN = "asks for a log-in"
NEEDS_RENDERING = "empty without its scripts: needs rendering (render: true)"

_MOST_LINKS, _FEW_LINKS = 100, 10
_NO_WORDS, _BANNER_WORDS, _FEW_WORDS, _SOME_WORDS = 15, 30, 60, 150
_SAID_WORDS = 1_000
_SMALL_BYTES = 32 * 1024
_SENT_ALONG = 2_000
"""Bytes of JSON from which on the content of a page came with it and was searched, whatever shows it."""

_PASSWORD = Mark("assword")
_LOG_IN = Mark("log in|login|sign in|anmeld|connect|sesi")
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_MARKUP = frozenset({"", "text/html", "application/xhtml+xml"})
_ROOTS = (
    b"<noscript",
    b"<app-root",
    b"=root",
    b'="root',
    b'="app',
    b"=app",
    b'="__n',
    b'="___g',
    b'="svelte',
)
_ROOT_IDS = frozenset({"root", "app", "__next", "__nuxt", "___gatsby", "svelte", "main-app", "react-root"})
_UNSEEN = ("script", "style", "noscript", "template", "svg", "title")
_ASIDE = ("nav", "header", "footer", "aside")


def _any_of(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(ways), re.IGNORECASE)


_LOG_IN_TITLE = _any_of(
    r"\b(?:log[ -]?[io]n|log ?into|sign[ -]?in|login required|anmelden|anmeldung|einloggen|connexion)\b",
    r"\b(?:se connecter|connectez-vous|inici(?:ar|a|o de) sesi[oó]n|acceder|identif[ií]cate)\b",
    r"\b(?:protected|geschützt|protégé|protegido)\b",
)
_UNLESS = r"\b(?!(?: to)? (?:post|reply|comment|leave|write|vote|rate))"
_DENIED = _any_of(
    rf"\b(?:must|need to|have to) be (?:registered (?:and|or) )?(?:logged|signed)[ -]in{_UNLESS}",
    r"you are (?:either )?not logged in or (?:you )?do not have permission",
    r"requires you to (?:be registered|log ?in|sign ?in)",
    r"either missing or off[ -]limits",
    r"\b(?:log|sign) ?in(?:to| to) (?:continue|view|read|see|access|proceed|facebook|instagram|linkedin)",
    rf"please (?:log|sign) ?in{_UNLESS}",
    r"\b(?:log ?in|sign ?in|registration) (?:is )?required",
    r"content is password[ -]protected|use your google account|create an account or log ?in",
    r"\bm[uü]ss(?:t|en) (?:du |sie )?(?:dich |sich |registriert und )?(?:an(?:ge)?meld|ein(?:ge)?logg)",
    r"\bmeld(?:e dich|en sie sich) (?:bitte )?(?:zuerst )?an\b|nicht (?:angemeldet|eingeloggt) oder",
    r"nur für (?:registrierte|angemeldete|mitglieder)|inhalt ist (?:passwort|kennwort)",
    r"(?:anmeldung|registrierung|log-?in) (?:ist )?erforderlich",
    r"\bdevez (?:être (?:enregistré|connecté|inscrit|identifié)|vous (?:connecter|identifier|inscrire))",
    r"exige que vous soyez|connectez-vous pour|connexion (?:est )?(?:requise|nécessaire|obligatoire)",
    r"protégé par (?:un )?mot de passe|réservée? aux (?:membres|adhérents)",
    r"\b(?:debes?|tienes? que|necesitas?) (?:estar (?:registr|identific|conect)ad|iniciar sesi|identificar)",
    r"requiere que est|inici[ae] sesi[oó]n para|protegido (?:por|con) contraseña",
    r"s[oó]lo para (?:miembros|socios)",
)
_COOKIES_TITLE = _any_of(
    r"before you continue|bevor sie fortfahren|avant de continuer|antes de (?:ir|continuar)",
    r"cookie[ -]?(?:consent|wall|zustimmung)|zustimmung erforderlich|consent required",
)
_COOKIES = _any_of(
    r"(?:accept|agree to|allow)(?: all| the use of| our){0,2} cookies",
    r"alle (?:cookies )?(?:akzeptieren|annehmen)|cookies (?:akzeptieren|zulassen)",
    r"accepter (?:tous )?(?:les )?cookies|tout accepter|aceptar (?:todas )?(?:las )?cookies|aceptar todo",
)
_SCRIPTS = re.compile(
    rb"(?:enable|activate|requires?|without|turn on|needs?) javascript|javascript (?:is |must be |not )?"
    rb"(?:enabled|required|disabled)|javascript (?:ist )?(?:deaktiviert|aktivieren|erforderlich|ben)|"
    rb"activ(?:er|ez|ar|a|e) (?:el )?javascript",
    re.IGNORECASE,
)


def wall(document: Document, *, rendered: bool) -> Refusal | None:
    """Return what stands in the way of a page, or None where it can be read. Pure.

    A log-in page that was asked for as such is no wall. ``rendered`` says that its scripts have run.
    """
    body = document.body
    if document.media_type not in _MARKUP:
        return None
    # The cheapest looks come first: nearly all pages are told from doors without being parsed.
    few = not has_more_links(body, _FEW_LINKS)
    small = len(body) < _SMALL_BYTES
    title = _title(body)
    titled = _LOG_IN_TITLE.search(title) is not None
    asks = titled or _PASSWORD.stands_in(body) or (small and _LOG_IN.stands_in(body))
    if not few and (not asks or has_more_links(body, _MOST_LINKS)):
        return None
    cookies = _COOKIES_TITLE.search(title) is not None or (small and b"ookies" in body)
    shell = not rendered and few and any(root in body for root in _ROOTS)
    if not (asks or cookies or shell) or is_log_in(document.address):
        return None
    page = parse_page(document)
    inputs = page.find_all("input")
    fields = any(_type(field) == "password" or (titled and _type(field) == "email") for field in inputs)
    waits = shell and _waits_for_scripts(page)
    shown = _words(page, without=_UNSEEN)
    content = _content(page)
    said = " ".join(shown[:_SAID_WORDS])
    if (
        (content <= (_SOME_WORDS if titled else _FEW_WORDS) and _DENIED.search(said))
        or (titled and fields and content <= _SOME_WORDS)
        or (fields and content <= _NO_WORDS and few)
        or (small and content <= _FEW_WORDS and leads_to_log_in(document.address, refresh_target(document)))
    ):
        return Refusal(ASKS_LOG_IN, blocked=True)
    if cookies and (_COOKIES_TITLE.search(title) or (len(shown) <= _BANNER_WORDS and _COOKIES.search(said))):
        return Refusal(ASKS_COOKIES, blocked=True)
    if shell and len(shown) <= _NO_WORDS and (waits or _says_it_needs_scripts(body)):
        return Refusal(NEEDS_RENDERING)
    return None


def _title(body: bytes) -> str:
    at = body.find(b"<title", 0, _SMALL_BYTES)
    if at < 0:
        at = body.find(b"<TITLE", 0, _SMALL_BYTES)
    found = _TITLE.match(body, at) if at >= 0 else None
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def _waits_for_scripts(page: _Page) -> bool:
    """Tell a shell by an empty root that a program fills, unless the content came along in the page."""
    sent = sum(len(script.text) for script in page.find_all("script") if _type(script).endswith("/json"))
    roots = [element for element in page.find_all(["div", "main", "app-root"]) if _is_root(element)]
    return sent <= _SENT_ALONG and any(not root.text.strip() for root in roots[:_NO_WORDS])


def _says_it_needs_scripts(body: bytes) -> bool:
    return b"<script" in body and _SCRIPTS.search(body[:_SMALL_BYTES] + body[-_SMALL_BYTES:]) is not None


def _is_root(element: _Element) -> bool:
    return element.tag == "app-root" or str(element.attrs.get("id", "")).lower() in _ROOT_IDS


def _type(element: _Element) -> str:
    return str(element.attrs.get("type") or "").lower()


def _words(page: _Page, *, without: Sequence[str]) -> list[str]:
    """Return the words of a page after taking some elements out of it, for good."""
    for name in without:  # one by one: of each the parser keeps a list
        for element in page.find_all(name):
            element.decompose()
    words: list[str] = page.text.split()
    return words


def _content(page: _Page) -> int:
    """Count the words outside of menus, margins and forms; some programs wrap a form round a whole page."""
    for form in page.find_all("form"):
        if len(form.text.split()) <= _FEW_WORDS:
            form.decompose()
    return len(_words(page, without=_ASIDE))
