"""Read the HTML that people copy out of mail programs and calendars: small, and seldom well-formed.

Crawled pages go through the token stream of ``scanner.extract.html``, which is some thirty times as fast.
Here BeautifulSoup may take its time: it builds the tree that a browser would have shown, so that what stands
in an unclosed table cell or a misplaced paragraph still is a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import PageElement

_UNSEEN = frozenset({"head", "script", "style", "template", "title", "noscript"})
_LINES = frozenset(
    {"address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tr", "ul"}
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_CELLS = frozenset({"td", "th"})


def visible_text(markup: str) -> str:
    """Return the text that a piece of HTML shows, one line for each block and row, cells apart by a tab."""
    from bs4 import BeautifulSoup  # a tenth of a crawl's start, and no crawl needs it

    return "".join(_pieces(BeautifulSoup(markup, "lxml")))


def _pieces(soup: BeautifulSoup) -> Iterator[str]:
    """Yield texts and the breaks between them. A stack instead of recursion: nesting has no bound."""
    from bs4.element import NavigableString, PreformattedString, Tag

    waiting: list[PageElement | str] = [soup]
    while waiting:
        element = waiting.pop()
        if isinstance(element, str) and not isinstance(element, NavigableString):
            yield element
        elif isinstance(element, NavigableString):
            if not isinstance(element, PreformattedString):  # comments, doctypes and their like
                preformatted = element.parent is not None and element.parent.name == "pre"
                yield element if preformatted else _BLANKS.sub(" ", element)
        elif isinstance(element, Tag) and element.name not in _UNSEEN:
            around = "\n" if element.name in _LINES else ""
            yield around
            waiting.append("\t" if element.name in _CELLS else around)
            waiting.extend(reversed(element.contents))
