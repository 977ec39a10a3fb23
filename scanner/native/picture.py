"""Find what is to be read in a picture: QR codes and their kin, and printed text."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

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


def tell_codes(picture: Image.Image, teller: Teller, *, page: int) -> None:
    """Tell what the codes in a grey picture say: an address, a text, or a whole calendar entry."""
    for said in _codes(picture):
        if said.lstrip().upper().startswith("BEGIN:V"):
            teller.inner(said.encode())
        elif _ONE_ADDRESS.fullmatch(said):
            teller.address(said, page=page, place="qr")
        else:
            teller.text(f"\n{said}\n", page=page, place="qr")


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


def _codes(picture: Image.Image) -> list[str]:
    """Return what the codes say, each once. A picture that shows none is looked at again and again."""
    said: dict[str, None] = {}
    for number, version in enumerate(_versions(picture)):
        if said and number > 1:
            break
        for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
            found = zxingcpp.read_barcodes(version, formats=_CODES, binarizer=binarizer)
            said.update(dict.fromkeys(code.text for code in found if code.text))
    return list(said)[:_MOST_CODES]


def _versions(picture: Image.Image) -> Iterator[Image.Image]:
    yield picture
    yield ImageOps.autocontrast(picture, cutoff=2)
    if max(picture.size) < _SMALL_SIDE:
        yield picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
    yield picture.filter(ImageFilter.MedianFilter(3))
    yield picture.filter(ImageFilter.UnsharpMask(4, 300, 0))
    if max(picture.size) > 600:
        yield picture.reduce(2)
