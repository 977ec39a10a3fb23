"""Turn bytes into text when the declared character set is missing or a lie."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.extract.letters import likely_codec

_WIDE_CODECS = frozenset(
    codecs.lookup(name).name
    for name in [
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
        "big5hkscs",
        "shift_jis",
        "cp932",
        "euc-jp",
        "iso2022_jp",
        "euc-kr",
        "cp949",
        "johab",
    ]
)
"""Codecs in which not every row of bytes is a text: who declares one, and has such bytes, tells the truth."""
_TEXT_CODECS = _WIDE_CODECS | frozenset(
    codecs.lookup(name).name
    for name in [
        "ascii",
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
        "latin-1",
        "iso8859-2",
        "iso8859-3",
        "iso8859-4",
        "iso8859-5",
        "iso8859-6",
        "iso8859-7",
        "iso8859-8",
        "iso8859-9",
        "iso8859-10",
        "iso8859-11",
        "iso8859-13",
        "iso8859-14",
        "iso8859-15",
        "iso8859-16",
        "cp1250",
        "cp1251",
        "cp1252",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp1258",
        "cp437",
        "cp850",
        "cp852",
        "cp866",
        "cp874",
        "koi8-r",
        "koi8-u",
        "mac-roman",
        "mac-cyrillic",
        "tis-620",
    ]
)
_WESTERN = frozenset(codecs.lookup(name).name for name in ["cp1252", "iso8859-15"])
"""What servers say of any page if nobody told them better."""
_AS_BROWSERS = {
    codecs.lookup(name).name: codecs.lookup(wider).name
    for name, wider in [
        ("ascii", "cp1252"),
        ("latin-1", "cp1252"),
        ("iso8859-9", "cp1254"),
        ("iso8859-11", "cp874"),
        ("tis-620", "cp874"),
        ("gb2312", "gb18030"),
        ("gbk", "gb18030"),
        ("big5", "big5hkscs"),
        ("shift_jis", "cp932"),
        ("euc-kr", "cp949"),
    ]
}
"""Codecs that pages name and what they are written in: the same with more letters (WHATWG Encoding)."""
_JAPANESE = (b"\x1b$B", b"\x1b$@")
"""What begins Japanese letters in ISO-2022-JP, and nothing else (RFC 1468)."""
_FEW = 1_000
_DECLARED = re.compile(
    rb"charset\s*=\s*[\"']?\s*([a-z0-9_:\-]{2,40})|encoding\s*=\s*[\"']([a-z0-9_:\-]{2,40})"
)
"""What a page says of itself, in lower case."""
CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b")
"""Bytes that no text in ASCII or an extension of it is written with."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The likeliest text, and others that the bytes could be where the first is doubtful."""

    text: str
    others: tuple[str, ...] = ()


def decode(body: bytes, charset: str = "") -> Decoded:
    """Decode by byte order mark, pattern of zero bytes, then the declared and the usual codecs.

    Only text codecs are accepted from a header or page; ``rot13``, ``zlib``, ``idna`` and the like are
    Python codec names that would blank the page. Never raises.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return Decoded(body.decode(name, "replace"), _as_ascii(body))
    wide = _wide(body)
    if wide:
        return Decoded(body.decode(wide, "replace"), _as_ascii(body))
    for codec in _candidates(body, charset):
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        likely = likely_codec(body) if codec in _WESTERN and not body.isascii() else None
        return Decoded(body.decode(likely, "replace"), (text,)) if likely else Decoded(text)
    if likely := likely_codec(body):
        return Decoded(body.decode(likely, "replace"), (body.decode("cp1252", "replace"),))
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") < _FEW:
        text = body.decode("utf-8", _MIXED)
    return Decoded(text, (body.decode("cp1252", "replace"),))


def _candidates(body: bytes, charset: str) -> Iterable[str]:
    """Return the codecs to try, the likeliest first, each once.

    A codec with one byte a letter reads anything, so what is declared as such may be another: letters that
    are UTF-8 throughout are no chance, nor is a wide codec that is declared beside and fits.
    """
    declared = [codec for name in (charset, *_declared(body)) if (codec := _text_codec(name))]
    usable = [codec for codec in declared if not codec.startswith(("utf-16", "utf-32"))]
    japanese = b"\x1b" in body and any(mark in body for mark in _JAPANESE)
    wide = [codec for codec in usable if codec in _WIDE_CODECS]
    first = [codec for codec in usable[:1] if codec in wide]
    return dict.fromkeys([*(["iso2022_jp"] if japanese else ()), *first, "utf-8", *wide, *usable])


def _as_cp1252(fault: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8 as what it mostly is: a part of a page from another editor."""
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    return fault.object[fault.start : fault.end].decode("cp1252", "replace"), fault.end


_MIXED = "lychgate-mixed"
codecs.register_error(_MIXED, _as_cp1252)


def is_binary(body: bytes) -> bool:
    """Tell bytes that are no text in any codec we read: many zero or control bytes without a pattern."""
    sample = body[:4096]
    if not sample or any(sample.startswith(mark) for mark, _ in _MARKS) or _wide(sample):
        return False
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    return controls * 20 > len(sample)


def _as_ascii(body: bytes) -> tuple[str, ...]:
    return (body.replace(b"\0", b"").decode("ascii", "replace"),)


def _text_codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return _AS_BROWSERS.get(codec, codec) if codec in _TEXT_CODECS else None


def _declared(body: bytes) -> tuple[str, ...]:
    head = body[:2048].lower()
    if b"charset" not in head and b"encoding" not in head:
        return ()
    return tuple((m[1] or m[2]).decode("ascii") for m in list(_DECLARED.finditer(head))[:2])


def _wide(body: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a mark: ASCII letters leave zeros in fixed places."""
    sample = body[:2048]
    if len(sample) < 8 or sample.count(0) * 4 < len(sample):
        return None
    zeros = [sample[i::4].count(0) * 4 > len(sample) * 0.6 for i in range(4)]
    if zeros == [False, True, True, True]:
        return "utf-32-le"
    if zeros == [True, True, True, False]:
        return "utf-32-be"
    if zeros[1] and zeros[3] and not zeros[0] and not zeros[2]:
        return "utf-16-le"
    if zeros[0] and zeros[2] and not zeros[1] and not zeros[3]:
        return "utf-16-be"
    return None
