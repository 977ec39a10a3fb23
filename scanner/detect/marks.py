"""Expressions for what hides letters in a page's source: escapes, other alphabets, base64, tags in words.

They are looked for in the source as it lies there. Nobody writes an ASCII letter as an escape who does not
hide something, so one of these is enough to look closer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

from scanner.detect.fold import REVERSED_SIGNS, ROT13_SIGNS

_LETTER = r"(?:3[0-9]|[46][1-9a-f]|[57][0-9a])"
"""The number of an ASCII letter or digit, in hexadecimal."""
_LETTER_DECIMAL = r"0{0,4}(?:4[89]|5[0-7]|6[5-9]|[78][0-9]|9[07-9]|1[01][0-9]|12[0-2])"
_BLANK = r"(?:(?:&|amp;)(?:nbsp|ensp|emsp|thinsp|#160|#xa0);|\\[nrt]|%(?:25)?20)"
_PERCENT_BLANKS = r"(?:%(?:25)*20)*"
_QUOTE = r"(?:[\"']|(?:&|amp;)(?:quot|apos|#3[49]);|\\+u0022)"

HIDING = (
    # An ASCII letter or digit as an escape.
    r"(?:%(?:25)*26|\\+u0026|\\x26)(?:amp;)*#(?:x[0-9a-f]{2,6}|[0-9]{2,7});",
    rf"%(?:25){{0,4}}{_LETTER}",
    rf"\\u00{_LETTER}",
    rf"\\x{_LETTER}",
    # Signs of an address likewise, and blanks as escapes round a dot.
    r"(?:&|amp;)(?:period|bsol|colon|quest|equals|num|commat|lowbar|hyphen|dash|percnt|newline|tab);",
    r"%(?:25)*5c[nrtux]|\\+u00(?:2e|3a|5c)|\\x(?:2e|2f|3a)",
    rf"{_BLANK}\s*(?:\.|dot\b|punkt\b)[^.<>]{{1,20}}/",
    rf"[a-z0-9]\s*(?:\.|\bdot|\bpunkt)\s?{_BLANK}[^.<>]{{1,20}}/",
    # Dots in brackets that look like a tag.
    r"(?:<|(?:&|amp;)lt;)(?:dot|d0t|punkt|point|punto|ponto|slash|colon|\.|,|/|:)(?:>|(?:&|amp;)gt;)",
    # Inside a word, tags that end later than they seem to, and what browsers do not show.
    r"[a-z0-9.:/\-]<!--[^<>]*(?:<|[^<>\-]>)",
    r"[a-z0-9.:/\-]<(?:script|style)\b(?:[^<]|<[^/])*</(?:script|style)\s*>\s*[a-z0-9.:/\-]",
    rf"[a-z0-9.:/\-]<[a-z][^<>]*=[^<>]*>[^<>]*{_QUOTE}[^<>]*>",
    rf"[a-z0-9.:/\-](?:(?:&|amp;)lt;|\\+u003c)[a-z][^<>]{{0,200}}=\s*{_QUOTE}[^<>&\\\"']{{0,100}}(?:(?:&|amp;)gt;|\\+u003e)",
    # A letter of another alphabet among those of ASCII.
    r"[a-z0-9.\\]\\u0[345][0-9a-f]{2}[a-z0-9.]",
    # Brackets round a dot, spoken signs and invisible marks, all in percent signs.
    r"%(?:25)*(?:5b|28|7b|3c)\s*(?:\.|dot|punkt|%(?:25)*2e)\s*%(?:25)*(?:5d|29|7d|3e)",
    r"%(?:25)*(?:20|5f)(?:dot|punkt|slash)%(?:25)*(?:20|5f)",
    rf"[^%][a-z0-9]{{2}}{_PERCENT_BLANKS}%(?:25)?(?:e3%(?:25)?80%(?:25)?82|ef%(?:25)?bd%(?:25)?a1|ef%(?:25)?bc%(?:25)?8e)"
    rf"{_PERCENT_BLANKS}[a-z0-9]",
    r"%(?:25)*26(?:amp%(?:25)*3b)*(?:shy|zwnj|zwj|#[0-9x])",
    r"[a-z0-9.:/\-](?:(?:\\+x3c|%(?:25)*3c|amp;amp;lt;)[^<>]{0,100}(?:\\+x3e|%(?:25)*3e|amp;gt;))+[a-z0-9.:/\-]",
    "uggc",
    *map(re.escape, (*ROT13_SIGNS, *REVERSED_SIGNS)),
)

HIDING_NUMBERS = (
    rf"(?:&|amp;)#(?:x0{{0,4}}{_LETTER}|{_LETTER_DECIMAL})[^0-9a-f]",
    r"(?:&|amp;)#(?:4[56]|58|63|61|35|64|95|x2[de]|x3[adf]|x23|x40|x5f);",
    r"(?:[a-z0-9.]&|amp;)#(?:x0?[345][0-9a-f]{2}|9[0-9]{2}|1[0-4][0-9]{2});[a-z0-9.]",
)
"""The same in entities by number."""

ALIKE = (
    r"(?:[\xcd-\xd6\xdb]|[\xe0\xe1\xea\xf0][\x80-\xbf]|\xe2[\xb2\xb4\xb5])[\x80-\xbf]|\xe3\x80\x87|\xef\xbf\xa8"
    r"|\xe2(?:\x88[\xa3\xa8\xaa]|\x8a\xa4|\x8b[\x81\x83\xbf]|\x8d[\xb3\xb4\xba]|\x8f\xbd|\x95\xb3|\x9f\x99|\xa4[\xab\xac]|\xa8\xaf)"
)
"""Letters that look like some of ASCII, and their neighbours in Unicode."""
ALIKE_HOSTS = (
    rf"(?:{ALIKE})[a-z0-9.\-\x80-\xff]*\.[a-z0-9\-\x80-\xff]{{2}}[a-z0-9\-\x80-\xff]*/",
    rf"\.[a-z]{{0,5}}(?:{ALIKE})[a-z]{{0,5}}/",
)
"""Hosts with letters of two alphabets."""
HIDING_FOREIGN = (
    # The full stop of Chinese between letters; a code with the dashes of prose in it.
    r"[a-z0-9]\s*(?:\xe3\x80\x82|\xef\xbd\xa1|\xef\xbc\x8e|\xe2\x80\xa4|\xef\xb9\x92)\s*[a-z0-9]",
    r"[a-z0-9]{3}\xe2\x80[\x93\x94][a-z0-9]{3,4}\xe2\x80[\x93\x94][a-z0-9]{3}",
)
"""The same in texts that are not ASCII alone."""

WIDE_SIGNS = (
    r"[a-z][ \t]*\xef\xbc[\x83\x85\x86\x8f\x9d\xa0\xbf][ \t]*[a-z0-9]",
    r"[a-z]\xef(?:\xbc\x9a|\xb8\x93|\xb9\x95)[ \t]*/",
)
"""Signs of an address as wide as letters of Chinese are."""
QUOTED = (
    r"\n(?:[ \t]*>)+[^<>\n]*[a-z0-9][^<>\n]*\n",
    r"(?:\n|<(?:br|p|pre)[^<>]{0,20}>)(?:[ \t]*&gt;)+[^<>\n]*[a-z0-9]",
)
"""A line that somebody answers to, in mail or in what is written like mail."""

_UNSEEN_NAMED = r"(?:shy|zwnj|zwj|zerowidthspace|nobreak|lrm|rlm|wj);"
_UNSEEN_NUMBERED = (
    r"#(?:0{0,3}(?:173|820[3-7]|823[2-8]|828[89]|829[0-9]|830[0-3]|650[23][0-9]|65279)"
    r"|x0{0,3}(?:ad|200[b-f]|202[8-e]|206[0-9a-f]|fe0[0-9a-f]|feff));?"
)
_UNSEEN_ESCAPED = r"\\u(?:00ad|200[b-f]|202[8-e]|206[0-9a-f]|20(?:dd|de|e3)|fe0[0-9a-f]|feff)"
_UNSEEN = rf"(?:&(?:amp;)*(?:{_UNSEEN_NAMED}|{_UNSEEN_NUMBERED})|\\*{_UNSEEN_ESCAPED})*"
_WORD = r"[a-z0-9.:/\-]"
IN_WORDS_FOREIGN = (
    rf"{_WORD}(?:\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xc2\xad|\xef\xbb\xbf|\xef\xb8[\x80-\x8f]"
    rf"|\xf3\xa0[\x80\x81][\x80-\xbf]){_WORD}",
    r"[a-z0-9](?:\xe2\x80[\x90-\x92\x95]|\xe2\x88\x92|\xef\xb9[\x98\xa3]|\xef\xbc\x8d)[a-z0-9]",
)
IN_WORDS = rf"(?:{_WORD}&|amp;){_UNSEEN_NAMED}{_UNSEEN}{_WORD}"
IN_WORDS_NUMBERS = (
    rf"(?:{_WORD}&|amp;){_UNSEEN_NUMBERED}{_UNSEEN}{_WORD}",
    r"[a-z0-9]\s?&(?:amp;)*#(?:0{0,3}(?:12290|65377)|x0{0,3}(?:3002|ff61));?\s?[a-z0-9]",
    r"(?:[a-z0-9]&|amp;)#(?:0{0,3}(?:820[89]|8210|8213|8722|65112|65123|65293)|x0{0,3}(?:201[0125]|2212|fe58|fe63|ff0d));?[a-z0-9]",
)
IN_WORDS_ESCAPES = (
    rf"[a-z0-9.:/\-\\]{_UNSEEN_ESCAPED}{_UNSEEN}{_WORD}",
    # What stands before is no escape itself.
    r"(?:[g-z]|[^0-9a-f][0-9a-f]{1,3}|[^u][0-9a-f]{4})\s?\\+u(?:3002|ff61|ff0e|2024|fe52)\s?[a-z0-9]",
    r"[a-z0-9\\]\\u(?:201[0125]|2212|fe58|fe63|ff0d)[a-z0-9]",
)
IN_WORDS_PERCENT = (
    r"[a-z0-9]%(?:25)?(?:e2%(?:25)?(?:80%(?:25)?(?:9[0125]|8[b-f]|a[a-e])|81%(?:25)?a[0-9a-f]|88%(?:25)?92)"
    r"|ef%(?:25)?bc%(?:25)?8d|c2%(?:25)?ad)"
    r"[a-z0-9]"
)
"""Escapes inside a word, of marks that nobody sees, of dashes and of the full stops of Chinese."""

SIEVED_NUMBERS = rf"(?:&|amp;)#(?:x0{{0,4}}{_LETTER}|{_LETTER_DECIMAL});"
SIEVED_HIDING = (
    # Beside a digit the sign means percent: "0% 50%".
    rf"[^0-9]%(?:25){{0,4}}{_LETTER}[^0-9]",
    rf"/u00{_LETTER}",
)
"""Escapes of letters with tags or blanks between their own signs."""

_INLINE = r"(?:a|abbr|b|big|code|del|em|font|i|ins|kbd|mark|s|small|span|strong|sub|sup|tt|u|wbr)\b"
_LESS, _GREATER = r"(?:\\+u003c|&(?:amp;)?lt;)", r"(?:\\+u003e|&(?:amp;)?gt;)"
ESCAPED_TAGS = rf"[a-z0-9.:/\-]\s*(?:{_LESS}(?:!--|[\\/]*{_INLINE})[^<>]*{_GREATER}\s*)+[a-z0-9.:/\-]"
"""Tags between words of a page that stands in a script or an attribute."""

_BEHIND_ID = r"(?:[\s:=#.|>\"']|&(?:nbsp|quot);|<[^<>]*>)"
LONE_ID = (
    rf"(?:(?:^|[\n(,|>*\"'{{!:\x80-\xbf]|[^p];|[^m]p;|!--|[.?\-][ \t])[ \t]*id|/[ \t]*id{_BEHIND_ID})"
    rf"{_BEHIND_ID}*[0-9oli](?:(?:[\s.\-]|&nbsp;|<[^<>]*>)*[0-9oli]){{7}}"
)
"""A number behind "ID" alone, where no word stands before it and no address's parameter or path has it."""
DOCUMENTS = r"data:(?:image/|application/(?:pdf|xhtml)|text/(?:html|calendar|x-vcalendar))"
"""Documents that a page carries inside itself."""
PIPED = (r"-:?[ \t]{0,20}\|", r"--\+", r"==\+", r"--[ \t]{1,20}--", r"==[ \t]{1,20}==")
"""What the rules have that stand below the headings of tables drawn with signs."""
RULE = r"\n[>\s|+]{0,20}(?::?-{1,200}:?[ \t]{0,20}\||(?:--|==)[\-=]{0,200}(?:\+|[ \t]{1,20}[\-=]))"
"""The beginning of such a rule."""

CASED = "(?c)"
"""Begins an expression in which upper and lower case differ."""

_BASE64 = [*map(chr, range(65, 91)), *map(chr, range(97, 123)), *map(chr, range(48, 58)), "+\\-", "/_"]
_SHORTEST, _LONGEST = 5, 12


def in_base64(literals: Iterable[str]) -> Iterator[str]:
    """Yield expressions for what base64 makes of literals in any case, at any place in what it encodes.

    The first is for the beginning of an address as a whole.
    """
    yield rf"{CASED}aHR0c[DH]"
    for text in sorted(set(literals)):
        cases = [sorted({ord(letter.lower()), ord(letter.upper())}) for letter in text[:_LONGEST]]
        if len(cases) >= _SHORTEST:
            yield from (_sextets(cases, offset) for offset in range(3))


def _sextets(cases: list[list[int]], offset: int) -> str:
    """Return the characters of base64 that lie wholly within a literal at an offset in bytes."""
    classes = []
    for sextet in range(-(-8 * offset // 6), 8 * (offset + len(cases)) // 6):
        low, high = 6 * sextet // 8 - offset, (6 * sextet + 5) // 8 - offset
        shift = (10 if high > low else 2) - 6 * sextet % 8
        values = {
            (int.from_bytes(bytes(letters), "big") >> shift) & 63
            for letters in product(*(cases[at] for at in range(low, high + 1)))
        }
        classes.append(f"[{''.join(_BASE64[value] for value in sorted(values))}]")
    return CASED + "".join(classes)
