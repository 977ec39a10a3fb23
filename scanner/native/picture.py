"""Find what is to be read in a picture: QR codes and their kin, and printed text."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TypeAlias

import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageOps, ImageStat

from scanner.native.findings import Teller

_LONGEST_SIDE = 3000
_SMALL_SIDE = 1400
_NARROWEST_PRINT = 150
"""Pixels that "ID: 123 4567 8901" needs in letters of the smallest size that anybody can read."""
PRINT_TIME = timedelta(seconds=10)
_CODES = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.MicroQRCode,
        zxingcpp.BarcodeFormat.RMQRCode,
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.PDF417,
    ]
)
_MOST_CODES = 50
_BEYOND = 1.12
"""How far out, from the middle of a code, there is its margin and nothing else."""
_INVISIBLE = 8
"""Levels of grey between paper and print that nobody can read."""
_Corners: TypeAlias = list[list[float]]
_FORM = re.compile(r"\s{0,9}(?:URLTO|URL|MEBKM|MECARD|MATMSG):", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\:;,\n])")
_ONE_ADDRESS = re.compile(r"\s*\S+[.:/]\S+\s*")


def grey(picture: Image.Image) -> Image.Image:
    """Return a picture upright, on white where it is transparent, in grey and of bounded size."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    picture = picture.convert("L")
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return picture


def tell_codes(picture: Image.Image, teller: Teller, *, page: int) -> bool:
    """Tell what the codes in a grey picture say: an address, a text, or a whole calendar entry.

    Returns whether anything else is drawn, which might be print.
    """
    codes = _codes(picture)
    for said in map(_without_form, codes):
        if said.lstrip().upper().startswith("BEGIN:V"):
            teller.inner(said.encode())
        elif _ONE_ADDRESS.fullmatch(said):
            teller.address(said, page=page, place="qr")
        else:
            teller.text(f"\n{said}\n", page=page, place="qr")
    return not _is_blank(picture, without=codes.values())


def _without_form(said: str) -> str:
    """Return what a code says without the form that telephones give to addresses and bookmarks."""
    form = _FORM.match(said)
    return _ESCAPED.sub(r"\1", said[form.end() :].replace(";", "\n")) if form else said


def tell_print(
    picture: Image.Image, teller: Teller, *, page: int, tesseract: str, time: timedelta = PRINT_TIME
) -> None:
    """Tell the printed text of a grey picture as tesseract reads it, look-alike letters and all.

    ``tesseract`` is the path of the program, empty if it is not installed.
    """
    if picture.width < _NARROWEST_PRINT:
        return
    if not tesseract:
        teller.note("printed text needs tesseract, which is not installed")
        return
    if max(picture.size) < _SMALL_SIDE:
        picture = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    picture.save(encoded, "PPM")
    try:
        ran = subprocess.run(
            (tesseract, "stdin", "stdout"),
            input=encoded.getvalue(),
            capture_output=True,
            timeout=time.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        teller.note("printed text took too long")
        teller.cut()
        return
    if ran.returncode:
        teller.note("printed text made tesseract fail")
    elif text := ran.stdout.decode("utf-8", "replace").strip():
        teller.text(f"\n{text}\n", page=page, place="image")


def _codes(picture: Image.Image) -> dict[str, _Corners]:
    """Return what the codes say, and where. A picture that shows none is looked at again and again."""
    said: dict[str, _Corners] = {}
    for number, version in enumerate(_versions(picture)):
        if said and number > 1:
            break
        scale = picture.width / version.width
        for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
            for code in zxingcpp.read_barcodes(version, formats=_CODES, binarizer=binarizer):
                if code.text and len(said) < _MOST_CODES:
                    said.setdefault(code.text, _corners(code.position, scale))
    return said


def _corners(position: zxingcpp.Position, scale: float) -> _Corners:
    """Return the corners of a code, moved outwards into the margin that has to be blank."""
    found = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    corners = [(corner.x * scale, corner.y * scale) for corner in found]
    middle = [sum(axis) / len(corners) for axis in zip(*corners, strict=True)]
    return [
        [center + (at - center) * _BEYOND for at, center in zip(corner, middle, strict=True)]
        for corner in corners
    ]


def _is_blank(picture: Image.Image, *, without: Iterable[_Corners]) -> bool:
    rest = picture.copy()
    draw = ImageDraw.Draw(rest)
    for corners in without:
        draw.polygon(corners, fill="white")
    [(darkest, brightest)] = ImageStat.Stat(rest).extrema
    return brightest - darkest < _INVISIBLE


def _versions(picture: Image.Image) -> Iterator[Image.Image]:
    yield picture
    yield ImageOps.autocontrast(picture, cutoff=2)
    if max(picture.size) < _SMALL_SIDE:
        yield picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
    yield picture.filter(ImageFilter.MedianFilter(3))
    yield picture.filter(ImageFilter.UnsharpMask(4, 300, 0))
    if max(picture.size) > 600:
        yield picture.reduce(2)
