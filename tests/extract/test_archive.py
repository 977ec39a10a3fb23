"""Archives: every member is read, no bomb goes off, what is broken is searched as far as it came."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import tracemalloc
import zipfile
import zlib

import pytest

from scanner.detect import detect
from scanner.model import Detection, Document

LINK = "https://us02web.zoom.us/j/86420975310?pwd=Zm9sZGVkSGF5UmlnMTIz"
ROOM = ("zoom", "86420975310")
PAGE = f"<html><body><p>Our next rehearsal</p><a href='{LINK}'>Join</a></body></html>".encode()
EXPLOSIVE = b"\0" * (64 * 1024 * 1024)


def rooms(body: bytes, media_type: str = "") -> list[tuple[str, str]]:
    return [(link.room.platform, link.room.key) for link in found(body, media_type).links]


def found(body: bytes, media_type: str = "") -> Detection:
    return detect(Document("", body, media_type))


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return out.getvalue()


def tarred(*members: tuple[str, bytes], packed: str = "", form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{packed}", format=form) as archive:
        folder = tarfile.TarInfo("Übung")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, body in members:
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return out.getvalue()


def zipped_into_a_pipe(*members: tuple[str, bytes]) -> bytes:
    """Return a ZIP whose sizes follow the members, as written by a program that cannot go back."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError("a pipe has no position")

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(zipped(("page.html", PAGE)), id="deflated"),
        pytest.param(zipped(("page.html", PAGE), method=zipfile.ZIP_STORED), id="stored"),
        pytest.param(zipped(("holiday.jpg", PAGE)), id="named as something else"),
        pytest.param(zipped(("a/", b""), ("a/b/c.txt", LINK.encode())), id="in a folder"),
        pytest.param(zipped(("inner.zip", zipped(("page.html", PAGE)))), id="zip in zip"),
        pytest.param(zipped(("page.html.gz", gzip.compress(PAGE))), id="gzip in zip"),
        pytest.param(
            zipped_into_a_pipe(("a.txt", b"none"), ("page.html", PAGE)), id="sizes after the members"
        ),
        pytest.param(zipped(("page.html", PAGE)) + b"\0" * 40, id="junk after the end"),
        pytest.param(gzip.compress(PAGE), id="gzip"),
        pytest.param(tarred(("a.txt", b"none"), ("page.html", PAGE)), id="tar"),
        pytest.param(tarred(("a" * 200, PAGE), form=tarfile.GNU_FORMAT), id="tar of long names"),
        pytest.param(tarred(("page.html", PAGE), packed="gz"), id="packed tar"),
        pytest.param(tarred(("page.html", PAGE)).rstrip(b"\0"), id="tar without its end"),
        pytest.param(gzip.compress(b"minutes\n") + gzip.compress(PAGE), id="gzip of two members"),
        pytest.param(
            b"\x1f\x8b\x08\x1e"
            + b"\0" * 6
            + b"\x03\0abcpage.html\0a comment\0\0\0"
            + gzip.compress(PAGE)[10:],
            id="gzip with every header field",
        ),
    ],
)
def test_a_packed_link_is_found(body: bytes) -> None:
    assert rooms(body) == [ROOM]


def test_the_claimed_type_is_not_needed_and_not_believed() -> None:
    assert rooms(zipped(("page.html", PAGE)), "text/html") == [ROOM]
    assert rooms(PAGE, "application/zip") == [ROOM]


@pytest.mark.parametrize("kept", [0.6, 0.85, 0.99])
def test_a_zip_cut_short_is_searched_as_far_as_it_came(kept: float) -> None:
    for packed in (zipped, zipped_into_a_pipe):
        whole = packed(("first.html", PAGE), ("second.txt", bytes(range(256)) * 40))
        detection = found(whole[: int(len(whole) * kept)])
        assert [link.room.key for link in detection.links] == [ROOM[1]]
        assert detection.cut


def test_a_gzip_cut_short_or_with_a_broken_end_is_searched_as_far_as_it_came() -> None:
    whole = gzip.compress(PAGE + b"<p>".join(b"%x" % (number**5) for number in range(4000)))
    for broken in (whole[: len(whole) // 2], whole[:-9], whole[:-200] + b"\xff" * 200):
        detection = found(broken)
        assert [link.room.key for link in detection.links] == [ROOM[1]]
        assert detection.cut
    assert rooms(whole[:-8] + b"checksum") == [ROOM]


def test_a_tar_cut_short_or_broken_is_searched_as_far_as_it_came() -> None:
    whole = tarred(("first.html", PAGE), ("second.txt", b"none" * 400), form=tarfile.USTAR_FORMAT)
    broken = whole.replace(b"second.txt", b"SECOND.txt")
    for body in (whole[: whole.index(b"none") + 100], broken):
        detection = found(body)
        assert [link.room.key for link in detection.links] == [ROOM[1]]
        assert detection.cut


def test_a_broken_member_costs_only_itself() -> None:
    whole = bytearray(zipped(("broken.txt", b"abc" * 5000), ("page.html", PAGE)))
    whole[40:44] = b"\xff\xff\xff\xff"
    detection = found(bytes(whole))
    assert [link.room.key for link in detection.links] == [ROOM[1]]
    assert detection.cut


def test_an_encrypted_member_is_named_and_the_others_are_read() -> None:
    whole = bytearray(zipped(("secret.txt", b"secret"), ("page.html", PAGE)))
    whole[6] |= 1
    detection = found(bytes(whole))
    assert [link.room.key for link in detection.links] == [ROOM[1]]
    assert "cannot read a packed file: encrypted" in detection.notes


def test_an_unknown_packing_method_is_named() -> None:
    whole = zipped(("page.html", PAGE * 50), method=zipfile.ZIP_LZMA)
    assert found(whole).notes == ("cannot read a packed file: packing method 14",)


# --- bombs --------------------------------------------------------------------------------------


def test_a_packed_tar_does_not_explode() -> None:
    detection = found(tarred(("a", EXPLOSIVE), ("page.html", PAGE), packed="gz"))
    assert detection.cut


def overlapping(copies: int) -> bytes:
    """Return a ZIP whose directory names one explosive member many times over (David Fifield, 2019)."""
    once = zipped(("a", EXPLOSIVE))
    start = once.index(b"PK\x01\x02")
    end = once.index(b"PK\x05\x06")
    entry = once[start:end]
    fields = list(struct.unpack("<4sHHHHIIH", once[end:]))
    fields[3] = fields[4] = copies
    fields[5] = len(entry) * copies
    return once[:start] + entry * copies + struct.pack("<4sHHHHIIH", *fields)


def zip_of_zips(levels: int, width: int) -> bytes:
    """Return nested ZIPs that grow by ``width`` with each level, as 42.zip does."""
    body = zipped(("a", b"\0" * (4 * 1024 * 1024)))
    for _ in range(levels):
        body = zipped(*((f"{number}.zip", body) for number in range(width)))
    return body


def gzip_quine_like(levels: int) -> bytes:
    body = PAGE
    for _ in range(levels):
        body = gzip.compress(body)
    return body


def many_members() -> bytes:
    return zipped(*((f"{number}", b"x") for number in range(20_000)), method=zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(zipped(("a", EXPLOSIVE)), id="one member of zeros"),
        pytest.param(overlapping(1000), id="one member named a thousand times"),
        pytest.param(zip_of_zips(5, 16), id="42.zip"),
        pytest.param(zip_of_zips(1, 200), id="wide"),
        pytest.param(gzip.compress(EXPLOSIVE * 4), id="gzip of zeros"),
        pytest.param(gzip_quine_like(60), id="gzip in gzip"),
        pytest.param(many_members(), id="twenty thousand members"),
        pytest.param(zipped(("a.gz", gzip.compress(EXPLOSIVE))), id="gzip of zeros in a zip"),
        pytest.param(b"PK\x03\x04" * 500_000, id="nothing but beginnings"),
        pytest.param(
            b"PK\x03\x04" + b"PK\x01\x02" * 500_000 + b"PK\x05\x06" + b"\0" * 18, id="nothing but directory"
        ),
        pytest.param(b"\x1f\x8b\x08" + b"\0" * 200_000, id="gzip of nothing"),
    ],
)
@pytest.mark.timeout(90)
def test_bombs_are_cut_within_seconds_and_a_few_megabytes(bomb: bytes) -> None:
    tracemalloc.start()
    detection = found(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert detection.cut
    assert detection.links == ()
    assert peak < 400 * 1024 * 1024


def test_a_link_beside_a_bomb_is_still_found() -> None:
    assert rooms(zipped(("page.html", PAGE), ("bomb", EXPLOSIVE))) == [ROOM]
    assert rooms(zipped(("bomb", EXPLOSIVE), ("page.html", PAGE))) == [ROOM]


def test_the_third_archive_inside_is_the_last_that_is_read() -> None:
    three = zipped(("a.zip", zipped(("b.zip", zipped(("page.html", PAGE))))))
    assert rooms(three) == [ROOM]
    detection = found(zipped(("c.zip", three)))
    assert detection.links == ()
    assert detection.cut
    assert detection.notes == ("documents packed too deep were not read",)


def test_any_bytes_behind_the_signatures_are_survived() -> None:
    noise = zlib.compress(bytes(range(256)) * 30)
    for signature in (b"PK\x03\x04", b"\x1f\x8b\x08", b"PK\x05\x06", b"PK\x03\x04\x14\0\x08\0\x08\0"):
        for length in range(0, 90, 3):
            found(signature + noise[length : length * 2])
