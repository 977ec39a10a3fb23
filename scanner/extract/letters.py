"""Tell by its letters in which codec a text is written that does not say so, or says so wrongly."""

from __future__ import annotations

import re
from itertools import islice

_RUN = re.compile(rb"(?:[\x80-\xff][\x40-\x7e\x80-\xff]?)+")
"""Letters beyond ASCII side by side. In codecs with two bytes a letter the second may be one of ASCII."""
_RUNS = 2_000
_LONGEST_RUN = 64
_FEWEST = 4
"""Letters from which on they tell something."""
_INVALID, _VALID = re.compile("\ufffd"), re.compile(r"[^\x00-\x7f\ufffd]")
_WORD = re.compile(rb"[\x80-\xff]{3,}")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc]")
_KANJI = re.compile(r"[\u4e00-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_OFTEN_IN_RUSSIAN = re.compile(r"[оеаинтсрвлкмдпу]")
_COMMON_GB = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
_COMMON_BIG5 = re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]")
"""What the letters in daily use have for bytes: both standards list them before the rare ones."""
_PAIR = re.compile(rb"[\x80-\xff][\x40-\x7e\x80-\xff]?")
_SIGNS_GB, _SIGNS_BIG5 = range(0xA1, 0xAA), range(0xA1, 0xA4)
"""First bytes of punctuation and of letters as wide as those of Chinese."""


def likely_codec(body: bytes) -> str | None:
    """Return the codec in which letters beyond ASCII are those of words, or None where none is likelier.

    Told are the codecs of Japanese, Chinese, Korean and Russian. Texts of Western Europe are none of them:
    their letters beyond ASCII stand alone between others.
    """
    runs = [found.group()[:_LONGEST_RUN] for found in islice(_RUN.finditer(body), _RUNS)]
    sample = b" ".join(runs)
    letters = sum(len(run) for run in runs)
    if letters < _FEWEST or _is_utf8(sample):
        return None
    return _japanese(sample) or _russian(sample, letters) or _chinese_or_korean(runs)


def _is_utf8(sample: bytes) -> bool:
    """Tell a text in UTF-8 with a fault or with parts in another codec."""
    text = sample.decode("utf-8", "replace")
    return len(_VALID.findall(text)) * 2 > len(_INVALID.findall(text))


def _japanese(sample: bytes) -> str | None:
    """Look for kana, which no other language has: other codecs make few of them by chance."""
    shares = []
    for codec in ("cp932", "euc_jp"):
        text = sample.decode(codec, "replace")
        kana, kanji = len(_KANA.findall(text)), len(_KANJI.findall(text))
        others = len(_VALID.findall(text)) - kana - kanji + len(_INVALID.findall(text))
        shares.append((kana / max(1, kana + kanji + 2 * others), kana, codec))
    share, kana, codec = max(shares)
    return codec if share > 0.2 and kana >= _FEWEST else None


def _chinese_or_korean(runs: list[bytes]) -> str | None:
    """Compare how many letters are common ones. Those of Korean are a part of those of Chinese."""
    pairs = [pair for run in runs for pair in _PAIR.findall(run)]
    simplified = [pair for pair in pairs if pair[0] not in _SIGNS_GB]
    traditional = [pair for pair in pairs if pair[0] not in _SIGNS_BIG5]
    common = _share(_COMMON_GB, simplified)
    if _share(_COMMON_BIG5, traditional) > max(common, 0.8):
        return "big5hkscs"
    if common < 0.6:
        return None
    hangul = len(_HANGUL.findall(b"".join(simplified).decode("cp949", "replace"))) / len(simplified)
    return "cp949" if hangul > common - 0.05 else "gb18030"


def _share(common: re.Pattern[bytes], pairs: list[bytes]) -> float:
    if len(pairs) < _FEWEST:
        return 0.0
    return sum(common.fullmatch(pair) is not None for pair in pairs) / len(pairs)


def _russian(sample: bytes, letters: int) -> str | None:
    """Look for whole words. Each codec of Cyrillic turns small letters of another into capitals or signs."""
    words = b" ".join(_WORD.findall(sample))
    if len(words) < letters * 0.7:
        return None
    often, codec = max(
        (len(_OFTEN_IN_RUSSIAN.findall(words.decode(codec, "replace"))), codec)
        for codec in ("cp1251", "koi8-r", "cp866", "iso8859-5")
    )
    return codec if often > letters * 0.5 else None
