"""Read e-mail: the subject and every part, decoded; headers that only look like meetings are left out."""

from __future__ import annotations

import binascii
import email
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from itertools import chain, islice

from scanner.extract.decode import decode, is_binary
from scanner.extract.flow import Family, Flow, Segments
from scanner.extract.html import html_pieces, looks_like_markup
from scanner.extract.inline import inline_documents
from scanner.extract.pipes import table_flows
from scanner.model import Document, Segment

PARTS = 100
"""Parts of one message that are read."""

MESSAGES = 1000
"""Messages of one mailbox that are read."""

_SHOWN_HEADERS = ("subject", "thread-topic", "comments", "keywords", "location")
_QUOTED_PRINTABLE = re.compile(rb"=(?:3D|20|09|2E|\r?\n|[C-F][0-9A-F]=[89AB][0-9A-F])")
_BASE64_LINES = re.compile(rb"\s*(?:[A-Za-z0-9+/]{4,}={0,2}[ \t]*(?:\r?\n|\Z))+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
_LEAST_BASE64 = 60
_FIRST_LINES = re.compile(
    rb"(?:(?:From |>From )[^\n]*\n)?(?:(?:Received|Return-Path|Delivered-To|MIME-Version"
    rb"|From|To|Subject|Date|Message-ID"
    rb"|X-[A-Za-z\-]+|Reply-To|In-Reply-To|References|Sender|Cc|Content-[A-Za-z\-]+|DKIM-Signature|ARC-[A-Za-z\-]+"
    rb"|Authentication-Results|List-[A-Za-z]+|Snapshot-Content-Location):[^\n]*\n"
    rb"(?:[ \t][^\n]*\n)*){3}",
    re.IGNORECASE,
)
_NEXT_MESSAGE = re.compile(
    rb"(?<=\n)\r?\nFrom [^\n]{3,200}[0-9]{4}[^\n]{0,10}\n(?=[A-Za-z][A-Za-z0-9\-]{0,60}:)"
)
"""Where the next message of a mailbox begins (RFC 4155)."""


def _segments(document: Document, depth: int) -> Segments:
    """Read a message, or all messages of a mailbox."""
    starts = [0, *(found.end() for found in islice(_NEXT_MESSAGE.finditer(document.body), MESSAGES))]
    ends = [*starts[1:], len(document.body)]
    read = [
        _message(document.body[start:end], document.charset)
        for start, end in zip(starts[:MESSAGES], ends, strict=False)
    ]
    return Segments(
        media_type=FAMILY.media_type,
        flows=tuple(flow for message in read for flow in message.flows),
        cut=len(starts) > MESSAGES or any(message.cut for message in read),
        notes=tuple(dict.fromkeys(note for message in read for note in message.notes)),
        nested=tuple(inner for message in read for inner in message.nested),
    )


def _message(body: bytes, charset: str) -> Segments:
    """Read a message. What has no headers at all is read as the body of one."""
    try:
        message = email.message_from_bytes(body.lstrip(b"\r\n"), policy=compat32)
    except RecursionError:
        flows_of_text = tuple(_text_flow(text, "text/plain") for text in _texts(body, charset))
        note = "a mail nested too deep was read as text"
        return Segments(media_type=FAMILY.media_type, flows=flows_of_text, cut=True, notes=(note,))
    pieces: list[Segment | Flow] = [Segment(f"{subject}\n", "mail-subject") for subject in _headers(message)]
    parts = [part for part in message.walk() if not part.is_multipart()]
    flows: list[Flow] = []
    nested: list[Document] = []
    for part in parts[:PARTS]:
        inner = _part(part, charset)
        flows.extend(inner.flows)
        nested.extend(inner.nested)
    flows.extend(_around_parts(message))
    first = flows[0].pieces if flows else ()
    return Segments(
        media_type=FAMILY.media_type,
        flows=(Flow((*pieces, *first)), *flows[1:]),
        cut=len(parts) > PARTS,
        nested=tuple(nested),
    )


def _around_parts(message: Message) -> Iterator[Flow]:
    """Yield what stands before the first part and after the last, which mail programs do not show."""
    for part in islice(message.walk(), PARTS):
        for text in (part.preamble, part.epilogue) if part.is_multipart() else ():
            if text and text.strip():
                yield _text_flow(decode(_bytes(text)).text, "text/plain")


def _bytes(payload: str) -> bytes:
    return payload.encode("utf-8", "surrogateescape")


def _headers(message: Message) -> list[str]:
    return [_decoded_header(str(value)) for name in _SHOWN_HEADERS for value in message.get_all(name, ())]


def _decoded_header(value: str) -> str:
    """Decode RFC 2047 words; what cannot be decoded stays as it is."""
    try:
        words = decode_header(value.replace("\r", "").replace("\n", ""))
    except HeaderParseError:
        return value
    return "".join(
        word if isinstance(word, str) else decode(word, charset or "").text for word, charset in words
    )


def _part(part: Message, charset: str) -> Segments:
    """Return the texts of a part with what these carry inside, or the part as a document of its own."""
    body = _body(part)
    kind = part.get_content_type()
    charset = part.get_content_charset() or charset
    if kind not in ("text/plain", "text/html"):
        return Segments(nested=(Document("", body, kind, charset),))
    texts = _texts(body, charset)
    flows = [_text_flow(text, kind) for text in texts]
    if kind == "text/plain":
        return Segments(flows=(*flows, *chain.from_iterable(map(table_flows, texts))))
    return Segments(flows=tuple(flows), nested=inline_documents(texts[0]))


def _texts(body: bytes, charset: str) -> tuple[str, ...]:
    decoded = decode(body, charset)
    return (decoded.text, *decoded.others)


def _text_flow(text: str, kind: str) -> Flow:
    if kind == "text/html" or looks_like_markup(text):
        place = "mail-html-text"
        pieces = html_pieces(text)
        return Flow(tuple(_renamed(piece, place) for piece in pieces))
    return Flow((Segment(text, "mail-text"),))


def _renamed(piece: Segment | Flow, place: str) -> Segment | Flow:
    if isinstance(piece, Segment) and piece.place == "text":
        return replace(piece, place=place)
    if isinstance(piece, Segment) and piece.place == "href":
        return replace(piece, place="mail-html-href")
    return piece


def _body(part: Message) -> bytes:
    """Undo the transfer encoding, also where the header that names it was lost."""
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    encoding = str(part["content-transfer-encoding"] or "").strip().lower()
    if encoding == "base64":
        return _with_words_below(_bytes(str(part.get_payload()))) or body
    if not encoding and len(body) >= _LEAST_BASE64 and _BASE64_LINES.fullmatch(body):
        plain = _from_base64(body)
        return body if is_binary(plain) else plain
    if not encoding and _QUOTED_PRINTABLE.search(body):
        try:
            return quopri.decodestring(body)
        except binascii.Error:
            return body
    return body


def _with_words_below(body: bytes) -> bytes:
    """Decode base64 below which a list added its own words in plain; nothing if there are none."""
    packed = _BASE64_LINES.match(body)
    if packed is None or not _NOT_BASE64.search(body, packed.end()):
        return b""
    return _from_base64(packed[0]) + b"\n" + body[packed.end() :]


def _from_base64(body: bytes) -> bytes:
    letters = b"".join(body.split()).rstrip(b"=")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return b64decode(letters + b"=" * (-len(letters) % 4))


FAMILY = Family(
    media_type="message/rfc822",
    media_types=frozenset(
        {"message/rfc822", "message/rfc2822", "message/global", "application/mbox", "multipart/related"}
    ),
    looks=lambda body: _FIRST_LINES.match(body[:16384].lstrip()) is not None,
    segments=_segments,
    rank=45,
)
