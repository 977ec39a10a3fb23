"""The size of a picture is told by its head as its reader would tell it, or not at all."""

from __future__ import annotations

import pytest
from PIL.Image import effect_noise

from scanner.extract.pixels import size
from tests.extract.flyers import saved

LATE_SIZE = {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}
WAYS = [
    pytest.param("PNG", {}, id="PNG"),
    pytest.param("GIF", {}, id="GIF"),
    pytest.param("JPEG", LATE_SIZE, id="JPEG behind a description"),
    pytest.param("JPEG", {"progressive": True}, id="progressive JPEG"),
    pytest.param("WEBP", {}, id="WebP"),
    pytest.param("WEBP", {"lossless": True}, id="lossless WebP"),
    pytest.param("WEBP", LATE_SIZE, id="extended WebP"),
]


@pytest.mark.parametrize(("format", "options"), WAYS)
def test_the_size_is_that_of_the_picture(format: str, options: dict[str, object]) -> None:
    for stated in ((1, 1), (17, 23), (300, 40), (9000, 5), (3, 16_000)):
        assert size(saved(effect_noise(stated, 50), format, **options)) == stated


@pytest.mark.parametrize(("format", "options"), WAYS)
def test_a_head_cut_short_states_nothing_or_the_truth(format: str, options: dict[str, object]) -> None:
    body = saved(effect_noise((300, 40), 50), format, **options)
    assert {size(body[:end]) for end in range(64)} <= {None, (300, 40)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"BM" + b"\0" * 50, id="another format"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x04CgBI" + b"\0" * 50, id="PNG with another first part"),
        pytest.param(b"\xff\xd8\xff\xe0\0\0" + b"\xff\xe0\0\0" * 500, id="JPEG that goes in circles"),
        pytest.param(b"\xff\xd8\xff\xe0\0\x02" + b"\0" * 500, id="JPEG out of step"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP9 " + b"\0" * 50, id="WebP of another time"),
    ],
)
def test_what_states_no_size_has_none(body: bytes) -> None:
    assert size(body) is None
