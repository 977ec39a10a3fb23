"""Answers that no library takes are read as far as a browser shows them, and never cost more than that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.rough import MOST_HEAD, understand
from tests.effort import grows_with_size_only

OK = b"HTTP/1.1 200 OK\r\n"

# answer → status, one header's value, body
UNDERSTOOD: dict[str, tuple[bytes, int, str, bytes]] = {
    "a page": (OK + b"X: 1\r\n\r\nhall", 200, "1", b"hall"),
    "bare line feeds": (b"HTTP/1.1 200 OK\nX: 1\n\nhall", 200, "1", b"hall"),
    "no headers": (OK + b"\r\nhall", 200, "", b"hall"),
    "no reason": (b"HTTP/1.1 404\r\n\r\nhall", 404, "", b"hall"),
    "lines that are no headers": (OK + b"nonsense\r\n: 2\r\n folded\r\nX : 1\r\n\r\nhall", 200, "1", b"hall"),
    "a header twice": (OK + b"X: 1\r\nx: 2\r\n\r\n", 200, "1,2", b""),
    "an interim answer before": (
        b"HTTP/1.1 103 Hints\r\nX: 0\r\n\r\n" + OK + b"X: 1\r\n\r\nhall",
        200,
        "1",
        b"hall",
    ),
    "another protocol from now on": (b"HTTP/1.1 101 Switch\r\n\r\nhall", 101, "", b"hall"),
    "chunks": (
        OK + b"Transfer-Encoding: Chunked\r\n\r\n2;x=y\r\nha\r\n2\r\nll\r\n0\r\n\r\n",
        200,
        "",
        b"hall",
    ),
    "chunks that stop": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nha\r\n9\r\nll", 200, "", b"hall"),
    "chunks, then nonsense": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhall\r\nzz\r\nx",
        200,
        "",
        b"hall",
    ),
    "no chunks at all": (OK + b"Transfer-Encoding: chunked\r\n\r\nhall", 200, "", b"hall"),
    "a length that is too short": (OK + b"Content-Length: 1\r\n\r\nhall", 200, "", b"hall"),
}

NOT_UNDERSTOOD = {
    "nothing": b"",
    "a page without a head": b"<html>hall</html>",
    "another protocol": b"220 mail.village.org ESMTP\r\n\r\n",
    "half a head": OK + b"X: 1\r\n",
    "a head beyond the limit": OK + b"X: " + b"x" * MOST_HEAD + b"\r\n\r\nhall",
    "no end of interim answers": b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\nhall",
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_can_be_made_of_an_answer(name: str) -> None:
    came, status, value, body = UNDERSTOOD[name]
    rough = understand(came)
    assert rough is not None
    assert (rough.status, rough.value(b"x"), rough.body) == (status, value, body)


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
def test_what_is_no_answer_is_told_from_one(name: str) -> None:
    assert understand(NOT_UNDERSTOOD[name]) is None


@given(st.binary(max_size=400), st.sampled_from([b"", OK, OK + b"Transfer-Encoding: chunked\r\n\r\n"]))
def test_no_bytes_break_it_and_none_are_made_up(noise: bytes, head: bytes) -> None:
    rough = understand(head + noise)
    assert rough is None or len(rough.body) <= len(noise)


@pytest.mark.parametrize(
    ("head", "more"),
    [
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", id="small chunks"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"\r\n", id="empty lines behind no chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x;", id="an extension without end"),
        pytest.param(OK + b"\r\n", b"HTTP/1.1 200 OK\r\n", id="heads in the body"),
        pytest.param(b"", b"\r\n", id="empty lines before nothing"),
    ],
)
def test_its_work_grows_with_the_answer_only(head: bytes, more: bytes) -> None:
    assert grows_with_size_only(lambda noise: understand(head + noise), more * 400_000)
