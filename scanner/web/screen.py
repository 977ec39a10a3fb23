"""Templates and their words, in the reader's language. What a person or a page wrote is text here, whatever
it looks like."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scanner.alerts.phrases import AS_WHAT, HOW_SURE
from scanner.alerts.plain import defanged
from scanner.invitations.repeating import repeats_in_words
from scanner.web.desk import Call
from scanner.web.door import form_token
from scanner.web.language import Language, languages
from scanner.web.sentences import say
from scanner.web.words import (
    DELIVERY,
    DONE,
    DRILL_STAGE,
    DRILL_STATE,
    LEVEL,
    NEWS,
    PASSCODE,
    ROLE,
    SEVERITY,
    SOURCE,
    STATE,
    STILL,
)
from scanner.web.writing import countdown, number, span, when

_HERE = Path(__file__).parent
STATIC: Final = {
    "pico.css": "text/css",
    "desk.css": "text/css",
    "live.js": "text/javascript",
    "passkey.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}

_Key = TypeVar("_Key")
_JOINERS = "\u200c\u200d"


def show(template: str, *, call: Call, status: int = 200, **values: object) -> HTMLResponse:
    """Render a page for somebody who is signed in."""
    return _render(
        template,
        values,
        call=call,
        language=call.language,
        secret=call.session,
        zone=call.zone,
        status=status,
    )


def show_form(
    template: str, *, secret: str = "", status: int = 200, language: Language, values: Mapping[str, object]
) -> HTMLResponse:
    """Render a page for nobody in particular. ``secret`` is what the token of its form is made from."""
    return _render(template, values, call=None, language=language, secret=secret, zone="UTC", status=status)


def _render(
    template: str,
    values: Mapping[str, object],
    *,
    call: Call | None,
    language: Language,
    secret: str,
    zone: str,
    status: int,
) -> HTMLResponse:
    page = _environment(language).get_template(template)
    if isinstance(says := values.get("says"), str):
        values = {**values, "says": say(says, language)}
    return HTMLResponse(
        page.render(
            call=call,
            now=call.now if call else None,
            zone=zone,
            hidden=Markup('<input type="hidden" name="token" value="{}">').format(form_token(secret)),
            when=lambda moment: when(moment, zone, language),
            **values,
        ),
        status_code=status,
    )


@cache
def static_file(name: str) -> bytes:
    """Return one of the desk's own files, or KeyError."""
    if name not in STATIC:
        raise KeyError(name)
    return (_HERE / "static" / name).read_bytes()


@cache
def static_version() -> str:
    """Return what changes whenever one of these files does, so that browsers may keep them."""
    return sha256(b"".join(static_file(name) for name in sorted(STATIC))).hexdigest()[:10]


def harmless(text: str) -> str:
    """Return a text with each sign that is not to be seen, or that turns the writing round, made visible."""
    return "".join(
        sign if sign in "\n\t" + _JOINERS or unicodedata.category(sign)[0] != "C" else "\ufffd"
        for sign in text
    )


def _shown(value: object) -> object:
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def not_read(failed: Mapping[str, int], skipped: Mapping[str, int], language: Language) -> str:
    """Write what a scan left out, with its reasons and counts."""
    return "; ".join(
        f"{say(why, language)} ({number(count, language)})" for why, count in {**failed, **skipped}.items()
    )


def _translated(words: Mapping[_Key, str], language: Language) -> dict[_Key, str]:
    return {key: language.gettext(text) for key, text in words.items()}


def _install_words(environment: Environment, language: Language) -> None:
    """Let templates ask for words. Values are escaped, made harmless, and written as numbers if they count.

    Jinja's own way into gettext would put values in as they are, past ``finalize``.
    """

    def put_in(text: str, values: Mapping[str, object]) -> Markup:
        shown = {
            name: number(value, language) if isinstance(value, int) else _shown(value)
            for name, value in values.items()
        }
        # Catalogues are ours, as templates are.
        return Markup(text) % shown  # noqa: S704

    def gettext(text: str, /, **values: object) -> Markup:
        return put_in(language.gettext(text), values)

    def ngettext(one: str, many: str, count: int, /, **values: object) -> Markup:
        return put_in(language.ngettext(one, many, count), {"num": count, **values})

    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals |= {"_": gettext, "gettext": gettext, "ngettext": ngettext, "language": language}


@lru_cache(maxsize=16)
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    _install_words(environment, language)
    environment.filters |= {
        "defanged": defanged,
        "repeating": lambda repeats: say(repeats_in_words(repeats), language),
        "span": partial(span, language=language),
        "said": partial(say, language=language),
        "number": partial(number, language=language),
    }
    environment.globals |= {
        "languages": [(code, Language(code, code).name) for code in languages()],
        "version": static_version(),
        "SEVERITY": _translated(SEVERITY, language),
        "LEVEL": _translated(LEVEL, language),
        "ROLE": _translated(ROLE, language),
        "STATE": _translated(STATE, language),
        "STILL": _translated(STILL, language),
        "PASSCODE": _translated(PASSCODE, language),
        "SOURCE": _translated(SOURCE, language),
        "NEWS": _translated(NEWS, language),
        "DELIVERY": _translated(DELIVERY, language),
        "DONE": _translated(DONE, language),
        "DRILL_STAGE": _translated(DRILL_STAGE, language),
        "DRILL_STATE": _translated(DRILL_STATE, language),
        "AS_WHAT": _translated(AS_WHAT, language),
        "HOW_SURE": _translated(HOW_SURE, language),
        "countdown": partial(countdown, language=language),
        "not_read": partial(not_read, language=language),
    }
    return environment
