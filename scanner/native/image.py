"""Read a picture on standard input: ``python -m scanner.native.image [TESSERACT]``."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from importlib import import_module
from time import monotonic

from PIL import Image, ImageFile, ImageSequence, UnidentifiedImageError

from scanner.native.findings import Teller, begin
from scanner.native.picture import grey, tell_codes, tell_print

FRAMES = 20
"""Frames of an animation that are looked at."""

_PIXELS = 64_000_000
_TIME = timedelta(seconds=15)
_ENDS = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
_TAIL = 64 * 1024
"""Bytes at the end of a picture within which its end stands: some programs add their own."""
_DESCRIPTION = 0x010E
"""Tag of EXIF for a picture's description."""
_OF_PROGRAMS = frozenset({"icc_profile", "exif", "photoshop", "mp", "background", "transparency"})
_LONGEST_WORDS = 16 * 1024
_PLUGINS = {
    "PNG": "Png",
    "JPEG": "Jpeg",
    "GIF": "Gif",
    "WEBP": "WebP",
    "BMP": "Bmp",
    "TIFF": "Tiff",
    "AVIF": "Avif",
}

for _plugin in _PLUGINS.values():  # before a reader is forked, and not those of forty other formats
    import_module(f"PIL.{_plugin}ImagePlugin")


def main() -> None:
    """Tell what is to be read in the frames of a picture."""
    body, teller = begin()
    tesseract = sys.argv[1] if len(sys.argv) > 1 else ""
    Image.MAX_IMAGE_PIXELS = None  # bounded below, where JPEG can be read in a smaller size
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with Image.open(io.BytesIO(body), formats=tuple(_PLUGINS)) as picture:
            _read(picture, body, teller, tesseract)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        teller.note(f"broken: {type(error).__name__}")
    except MemoryError:
        teller.note("it needs too much memory")
        teller.cut()
    teller.end()


def _is_torn(kind: str | None, body: bytes) -> bool:
    """Tell a picture whose end did not come. What is missing of it is grey."""
    end = _ENDS.get(kind or "")
    return end is not None and end not in body[-_TAIL:]


def _tell_words(picture: Image.Image, teller: Teller) -> None:
    """Tell what is written beside a picture: titles, descriptions, comments."""
    described = picture.getexif().get(_DESCRIPTION)
    for name, value in (*picture.info.items(), ("", described)):
        if name in _OF_PROGRAMS or not isinstance(value, str | bytes):
            continue
        text = (
            value[:_LONGEST_WORDS]
            if isinstance(value, str)
            else value[:_LONGEST_WORDS].decode("utf-8", "replace")
        )
        if any(character.isdigit() for character in text):
            teller.text(f"\n{text}\n", page=FRAMES, place="properties")


def _read(picture: Image.Image, body: bytes, teller: Teller, tesseract: str) -> None:
    if picture.width * picture.height > _PIXELS:
        picture.draft("L", (picture.width // 4, picture.height // 4))
    if picture.width * picture.height > _PIXELS:
        teller.note(f"it has {picture.width} by {picture.height} pixels")
        teller.cut()
        return
    if _is_torn(picture.format, body):
        teller.cut()
    _tell_words(picture, teller)
    started = monotonic()
    for number, frame in enumerate(ImageSequence.Iterator(picture)):
        if number == FRAMES or monotonic() - started > _TIME.total_seconds():
            teller.cut()
            return
        plain = grey(frame)
        if tell_codes(plain, teller, page=number):
            tell_print(plain, teller, page=number, tesseract=tesseract)


if __name__ == "__main__":
    main()
