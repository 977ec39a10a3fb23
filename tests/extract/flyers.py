"""Flyers, posters and scans, drawn here: a QR code, printed lines, and what a camera does to them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont


def code(text: str, *, scale: int = 6) -> Image.Image:
    """Return a QR code."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=scale, add_quiet_zones=True))
    return drawn.convert("RGB")


def flyer(lines: Sequence[str] = (), *, qr: str = "", size: tuple[int, int] = (1000, 1400)) -> Image.Image:
    """Return a white page with a QR code below printed lines."""
    page = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(44)
    for number, line in enumerate(lines):
        draw.text((60, 80 + 90 * number), line, fill="black", font=font)
    if qr:
        page.paste(code(qr), (60, 120 + 90 * len(lines)))
    return page


def photographed(page: Image.Image) -> Image.Image:
    """Return a page as a telephone sees it on a notice board: from the side, on grey, out of focus."""
    width, height = page.size
    board = Image.new("RGB", (width + 200, height + 200), (120, 110, 90))
    board.paste(page, (100, 100))
    right = width + 200
    bottom = height + 200
    corners = (-40, 30, 60, bottom + 90, right + 70, bottom - 60, right - 90, -80)
    seen = board.transform(board.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    return seen.filter(ImageFilter.GaussianBlur(1.2))


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
