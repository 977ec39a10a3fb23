"""Tell how large a picture is by its first bytes, without unpacking anything of it."""

from __future__ import annotations

from struct import error, unpack_from

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of JPEG behind which the size stands (ITU T.81, table B.1)."""
_SEGMENTS = 100


def size(body: bytes) -> tuple[int, int] | None:
    """Return width and height as a PNG, GIF, JPEG or WebP picture states them, or None for others."""
    try:
        if body.startswith(b"\x89PNG\r\n\x1a\n") and body[12:16] == b"IHDR":
            return _pair(">II", body, 16)
        if body.startswith((b"GIF87a", b"GIF89a")):
            return _pair("<HH", body, 6)
        if body.startswith(b"\xff\xd8\xff"):
            return _of_jpeg(body)
        if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
            return _of_webp(body)
    except error:  # the picture ends before that
        pass
    return None


def _of_jpeg(body: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_SEGMENTS):
        begin, marker, length = unpack_from(">BBH", body, at)
        if begin != 0xFF:
            return None
        if marker in _FRAMES:
            height, width = _pair(">HH", body, at + 5)
            return width, height
        at += 2 + length
    return None


def _of_webp(body: bytes) -> tuple[int, int] | None:
    match body[12:16]:
        case b"VP8 ":
            width, height = _pair("<HH", body, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (both,) = unpack_from("<I", body, 21)
            return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
        case b"VP8X":
            low_width, high_width, low_height, high_height = unpack_from("<HBHB", body, 24)
            return (high_width << 16) + low_width + 1, (high_height << 16) + low_height + 1
    return None


def _pair(layout: str, body: bytes, at: int) -> tuple[int, int]:
    first, second = unpack_from(layout, body, at)
    return first, second
