"""Pictures: codes and print are read, bombs and broken files cost seconds and a note."""

from __future__ import annotations

import io
import os
import resource
import signal
import struct
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from scanner.detect import detect
from scanner.extract import Segments, apart, missing_parts, segments
from scanner.model import Detection, Document, Form, Segment
from scanner.native import nursery
from scanner.native.findings import Teller, heard
from scanner.native.picture import grey, tell_codes, tell_print
from tests.extract.flyers import code, flyer, photographed, saved

LINK = "https://us02web.zoom.us/j/86420975310?pwd=Zm9sZGVkSGF5UmlnMTIz"
NUMBER = ("Village choir on Zoom", "Meeting ID: 864 2097 5310", "Passcode: 310974")

needs_print = pytest.mark.skipif(not apart.print_is_read(), reason="tesseract is not installed")


def found(body: bytes) -> Detection:
    return detect(Document("", body))


def only(body: bytes) -> tuple[str, str, Form]:
    (link,) = found(body).links
    return link.room.key, link.where, link.form


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 40}),
        ("GIF", {}),
        ("WEBP", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("AVIF", {}),
    ],
)
def test_a_qr_code_is_read_in_every_format(kind: str, options: dict[str, int]) -> None:
    assert only(saved(flyer(qr=LINK), kind, **options)) == ("86420975310", "qr", Form.IMAGE)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(photographed(flyer(qr=LINK)), id="photographed from the side"),
        pytest.param(flyer(qr=LINK).rotate(37, fillcolor="white", expand=True), id="turned"),
        pytest.param(code(LINK, scale=2), id="small"),
        pytest.param(code(LINK).point(lambda level: 255 - level), id="white on black"),
        pytest.param(code(LINK).point(lambda level: 110 + level // 10), id="pale"),
        pytest.param(flyer(qr=LINK, size=(6000, 4000)), id="large"),
        pytest.param(code(LINK.upper().partition("?")[0]), id="in capitals"),
        pytest.param(code(f"Join us on Zoom\n{LINK}\nPasscode 310974"), id="within words"),
    ],
)
def test_a_qr_code_is_read_as_people_show_it(picture: object) -> None:
    assert only(saved(picture, "JPEG", quality=70))[:2] == ("86420975310", "qr")


def test_a_code_drawn_on_nothing_is_read() -> None:
    drawn = code(LINK).convert("L")
    drawn.putalpha(drawn.point(lambda level: 255 - level))
    assert only(saved(drawn, "PNG"))[0] == "86420975310"


def test_a_calendar_entry_in_a_code_is_read_as_one() -> None:
    entry = f"BEGIN:VEVENT\r\nSUMMARY:Choir\r\nLOCATION:{LINK}\r\nEND:VEVENT"
    assert only(saved(code(entry), "PNG"))[0] == "86420975310"


@pytest.mark.parametrize(
    "said",
    [
        f"URLTO:{LINK}",
        "MEBKM:TITLE:Choir;URL:" + LINK.replace(":", "\\:") + ";;",
        f"MECARD:N:Choir;URL:{LINK};;",
    ],
)
def test_the_forms_that_telephones_know_are_undone(said: str) -> None:
    assert only(saved(code(said), "PNG"))[0] == "86420975310"


def test_what_is_written_beside_a_picture_is_read() -> None:
    about = PngInfo()
    about.add_text("Description", f"Choir: {LINK}")
    plain = Image.new("L", (40, 40), "white")
    exif = Image.Exif()
    exif[0x010E] = "Zoom ID: 864 2097 5310"
    for body in (
        saved(plain, "PNG", pnginfo=about),
        saved(plain, "JPEG", exif=exif),
        saved(plain, "GIF", comment=LINK),
    ):
        assert only(body)[:2] == ("86420975310", "properties")


def test_a_code_in_a_later_frame_is_read() -> None:
    frames = [flyer(size=(700, 700)), flyer(size=(700, 700), qr=LINK)]
    body = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert only(body)[0] == "86420975310"


def test_other_codes_are_no_meetings() -> None:
    for said in ("WIFI:T:WPA;S:Hall;P:86420975310;;", "https://example.org/j/86420975310", "86420975310"):
        assert found(saved(code(said), "PNG")).links == ()


@needs_print
def test_print_is_read_with_its_passcode() -> None:
    (link,) = found(saved(flyer(NUMBER), "JPEG")).links
    assert (link.room.key, link.where, link.form) == ("86420975310", "image", Form.IMAGE)
    assert link.passcode is not None
    assert link.passcode.text == "310974"


@needs_print
def test_a_printed_passcode_belongs_to_the_code_beside_it() -> None:
    (link,) = found(saved(flyer(("Passcode: Tulip7",), qr="https://zoom.us/j/86420975310"), "PNG")).links
    assert link.passcode is not None
    assert link.passcode.text == "Tulip7"


def captioned(text: str) -> Image.Image:
    """Return a code with a line right below its margin."""
    below = code(LINK)
    drawn = Image.new("RGB", (below.width, below.height + 10), "white")
    drawn.paste(below)
    ImageDraw.Draw(drawn).text((30, below.height - 8), text, fill="black", font=ImageFont.load_default(14))
    return drawn


@pytest.mark.parametrize(
    ("picture", "shows_more"),
    [
        pytest.param(code(LINK), False, id="a code"),
        pytest.param(code(LINK).rotate(7, fillcolor="white", expand=True), False, id="a code, turned"),
        pytest.param(Image.open(io.BytesIO(saved(code(LINK), "JPEG", quality=40))), False, id="JPEG"),
        pytest.param(flyer(qr=LINK), False, id="a code in a corner"),
        pytest.param(Image.new("RGB", (300, 200), "navy"), False, id="one colour"),
        pytest.param(captioned("Passcode 310974"), True, id="a code and a line"),
        pytest.param(captioned("Passcode 310974").point(lambda level: 220 + level // 8), True, id="pale"),
        pytest.param(flyer(NUMBER), True, id="lines"),
        pytest.param(code(LINK).point(lambda level: 255 - level), True, id="white on black"),
    ],
)
def test_print_is_looked_for_where_more_is_drawn_than_codes(picture: Image.Image, shows_more: bool) -> None:
    assert tell_codes(grey(picture), Teller(io.BytesIO()), page=0) is shows_more


def test_a_picture_cut_short_is_read_as_far_as_it_came() -> None:
    page = flyer(qr=LINK, size=(1000, 3000))
    for kind in ("PNG", "JPEG"):
        whole = saved(page, kind)
        kept = len(whole) - 400
        assert only(whole[:kept])[0] == "86420975310"
        assert found(whole[:kept]).cut
        assert not found(whole).cut


def test_what_only_claims_to_be_a_picture_is_read_as_what_it_is() -> None:
    assert detect(Document("", f"Join {LINK}".encode(), "image/png")).links
    assert segments(Document("", b"BM or not to BM", "text/plain")).media_type == "text/plain"


# --- hostile pictures ---------------------------------------------------------------------------


def png(width: int, height: int, pixels: bytes) -> bytes:
    """Return a PNG that claims a size; its pixels may be fewer."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def gif_of_many_frames() -> bytes:
    frames = [flyer(size=(200, 200)).point(lambda level, n=n: (level + n) % 256) for n in range(120)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(png(50_000, 50_000, b"\0" * 1000), "pixels", id="50,000 by 50,000"),
        pytest.param(png(2**31 - 1, 2**31 - 1, b""), "cannot read image/png", id="more pixels than memory"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\xff" * 5000, "broken", id="noise"),
        pytest.param(b"GIF89a" + b"\xff" * 5000, "cannot read image/gif", id="noise in GIF"),
        pytest.param(b"\xff\xd8\xff" + b"\xc0" * 5000, "broken", id="noise in JPEG"),
        pytest.param(
            b"II*\0" + struct.pack("<I", 8) + b"\xff\xff" * 9000, "cannot read image/tiff", id="noise in TIFF"
        ),
        pytest.param(gif_of_many_frames(), "", id="an animation without end"),
    ],
)
@pytest.mark.timeout(90)
def test_hostile_pictures_cost_seconds_and_are_named(body: bytes, why: str) -> None:
    detection = found(body)
    assert detection.links == ()
    assert any(why in note for note in detection.notes) if why else detection.cut


def test_a_reader_that_takes_too_long_or_breaks_down_is_said() -> None:
    picture = Document("", saved(flyer(qr=LINK), "PNG"))
    late = apart.read_apart("image", picture, media_type="image/png", time=timedelta(milliseconds=1))
    broken = apart.read_apart("no_such_reader", picture, media_type="image/png")
    for read, why in ((late, "it took too long"), (broken, "its reader broke down")):
        assert read.cut
        assert read.notes == (f"cannot read image/png: {why}",)


def test_what_was_told_before_a_reader_ended_is_kept() -> None:
    told = b'{"page": 1, "place": "a", "text": "b"}\n{"page": 0, "place": "a", "text": "a"}\n{"page": 0, "pl'
    findings = heard(told)
    assert [piece.text for piece in findings.pieces] == ["a", "b"]
    assert not findings.ended


def test_print_that_takes_too_long_is_said(tmp_path: Path) -> None:
    slow = tmp_path / "tesseract"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o700)
    out = io.BytesIO()
    tell_print(
        flyer(NUMBER).convert("L"),
        Teller(out),
        page=0,
        tesseract=str(slow),
        time=timedelta(milliseconds=200),
    )
    findings = heard(out.getvalue())
    assert findings.cut
    assert findings.notes == ("printed text took too long",)


def test_the_reader_gets_no_environment_and_may_write_no_file(tmp_path: Path) -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            "import os\nfrom scanner.native.findings import begin\nbody, teller = begin()\n"
            f"try:\n os.write(os.open({str(tmp_path / 'kept')!r}, os.O_CREAT | os.O_WRONLY), body)\n"
            "except OSError as error: teller.note(type(error).__name__)\nteller.end()",
        ],
        input=b"a picture",
        stdout=subprocess.PIPE,
        check=False,
    ).stdout
    assert b'"note": "OSError"' in told
    assert b'"end": true' in told


def test_a_picture_that_stands_on_many_pages_is_read_once() -> None:
    body = saved(flyer(qr=LINK).rotate(3, fillcolor="white"), "PNG")

    def processes() -> tuple[int, float]:
        nursery.close()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_minflt, used.ru_utime

    before = processes()
    first = found(body)
    once = processes()
    assert (first.links[0].room.key, found(body), processes()) == ("86420975310", first, once)
    assert once != before


# --- readers that are kept ready -----------------------------------------------------------------


def started(by: int | None = None) -> list[int]:
    """Return the processes that this one, or another, has started and that run."""
    by = by or os.getpid()
    return [int(number) for number in Path(f"/proc/{by}/task/{by}/children").read_text().split()]


def read(body: bytes, within: timedelta = apart.TIME) -> Segments:
    return apart.read_apart("image", Document("", body), media_type="image/png", time=within)


def said(body: bytes) -> list[str]:
    return [piece.text for flow in read(body).flows for piece in flow.pieces if isinstance(piece, Segment)]


def test_one_process_is_kept_ready_for_all_pictures() -> None:
    nursery.close()
    before = started()
    texts = [f"https://zoom.us/j/8642097531{digit}" for digit in range(3)]
    kept = set()
    for text in texts:
        assert said(saved(code(text, scale=2), "PNG")) == [text]
        kept.add(tuple(started()))
    assert len(kept) == 1
    assert len(started()) == len(before) + 1
    nursery.close()
    assert started() == before


def test_after_a_reader_that_took_too_long_or_was_killed_the_next_document_is_read() -> None:
    nursery.close()
    before = started()
    picture = saved(code(LINK, scale=2), "PNG")
    late = read(picture, timedelta(milliseconds=1))
    assert late.notes == ("cannot read image/png: it took too long",)
    assert said(picture) == [LINK]
    (kept,) = set(started()).difference(before)
    os.kill(kept, signal.SIGKILL)
    os.waitid(os.P_PID, kept, os.WEXITED | os.WNOWAIT)
    assert said(picture) == [LINK]


def test_documents_of_several_threads_do_not_meet() -> None:
    texts = [f"https://zoom.us/j/8642097531{digit}" for digit in range(6)]
    with ThreadPoolExecutor(3) as threads:
        heard_of = list(threads.map(said, [saved(code(text, scale=2), "PNG") for text in texts]))
    assert heard_of == [[text] for text in texts]


def test_a_picture_that_breaks_its_reader_costs_no_other_picture() -> None:
    nursery.close()
    before = started()
    slow = saved(flyer(NUMBER, size=(3000, 3000)), "PNG")
    assert said(saved(code(LINK, scale=2), "PNG")) == [LINK]
    (kept,) = set(started()).difference(before)
    while started(by=kept):  # the reader of that one is still on its way out
        time.sleep(0.001)
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(read, slow)
        while not (readers := started(by=kept)):
            time.sleep(0.001)
        os.kill(readers[0], signal.SIGKILL)
        assert reading.result().notes == ("cannot read image/png: its reader broke down",)
    assert said(saved(code(LINK, scale=3), "PNG")) == [LINK]
    assert kept in started()


def test_without_tesseract_codes_are_read_and_print_is_named() -> None:
    told = subprocess.run(
        [sys.executable, "-P", "-m", "scanner.native.image"],
        input=saved(flyer(NUMBER, qr=LINK), "PNG"),
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    findings = heard(told)
    assert [piece.text for piece in findings.pieces] == [LINK]
    assert findings.notes == ("printed text needs tesseract, which is not installed",)


def test_missing_parts_are_sentences_that_say_what_to_install() -> None:
    """Whatever is installed where this runs: a part is read or is named, never neither."""
    named = " ".join(missing_parts())
    assert apart.pictures_are_read() != ("install Pillow and zxing-cpp" in named)
    assert apart.print_is_read() != ("install tesseract" in named)
