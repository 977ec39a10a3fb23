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
            _read(picture, teller, tesseract)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        teller.note(f"broken: {type(error).__name__}")
    except MemoryError:
        teller.note("it needs too much memory")
        teller.cut()
    teller.end()


def _read(picture: Image.Image, teller: Teller, tesseract: str) -> None:
    if picture.width * picture.height > _PIXELS:
        picture.draft("L", (picture.width // 4, picture.height // 4))
    if picture.width * picture.height > _PIXELS:
        teller.note(f"it has {picture.width} by {picture.height} pixels")
        teller.cut()
        return
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
