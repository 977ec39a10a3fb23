"""Read e-mail: the subject and every part, decoded; headers that only look like meetings are left out."""

from __future__ import annotations

import binascii
import email
import quopri
import re
from dataclasses import replace
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import compat32

from scanner.extract.decode import decode
from scanner.extract.flow import Family, Flow, Segments
from scanner.extract.html import html_pieces, looks_like_markup
from scanner.model import Document, Segment

PARTS = 100
"""Parts of one message that are read."""

_SHOWN_HEADERS = ("subject", "thread-topic", "comments", "keywords", "location")
_QUOTED_PRINTABLE = re.compile(rb"=(?:3D|20|09|2E|\r?\n|[C-F][0-9A-F]=[89AB][0-9A-F])")
_FIRST_LINES = re.compile(
    rb"(?:(?:From |>From )[^\n]*\n)?(?:(?:Received|Return-Path|Delivered-To|MIME-Version"
    rb"|From|To|Subject|Date|Message-ID"
    rb"|X-[A-Za-z\-]+|Reply-To|Content-Type|DKIM-Signature|ARC-[A-Za-z\-]+"
    rb"|Authentication-Results|List-[A-Za-z]+):[^\n]*\n"
    rb"(?:[ \t][^\n]*\n)*){3}",
    re.IGNORECASE,
)


def _segments(document: Document, depth: int) -> Segments:
    """Read a message. What has no headers at all is read as the body of one."""
    try:
        message = email.message_from_bytes(document.body.lstrip(b"\r\n"), policy=compat32)
    except RecursionError:
        flows_of_text = tuple(
            _text_flow(text, "text/plain") for text in _texts(document.body, document.charset)
        )
        note = "a mail nested too deep was read as text"
        return Segments(media_type=FAMILY.media_type, flows=flows_of_text, cut=True, notes=(note,))
    pieces: list[Segment | Flow] = [Segment(f"{subject}\n", "mail-subject") for subject in _headers(message)]
    parts = [part for part in message.walk() if not part.is_multipart()]
    flows: list[Flow] = []
    nested: list[Document] = []
    for part in parts[:PARTS]:
        inner = _part(part, document.charset)
        if isinstance(inner, Document):
            nested.append(inner)
        else:
            flows.extend(inner)
    first = flows[0].pieces if flows else ()
    return Segments(
        media_type=FAMILY.media_type,
        flows=(Flow((*pieces, *first)), *flows[1:]),
        cut=len(parts) > PARTS,
        nested=tuple(nested),
    )


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


def _part(part: Message, charset: str) -> tuple[Flow, ...] | Document:
    """Return the texts of a part, or the part as a document of its own."""
    body = _body(part)
    kind = part.get_content_type()
    charset = part.get_content_charset() or charset
    if part.get_content_maintype() == "text" and kind != "text/calendar":
        return tuple(_text_flow(text, kind) for text in _texts(body, charset))
    return Document("", body, kind, charset)


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
    if part["content-transfer-encoding"] is None and _QUOTED_PRINTABLE.search(body):
        try:
            return quopri.decodestring(body)
        except binascii.Error:
            return body
    return body


FAMILY = Family(
    media_type="message/rfc822",
    media_types=frozenset({"message/rfc822", "message/rfc2822", "message/global"}),
    looks=lambda body: _FIRST_LINES.match(body[:16384].lstrip()) is not None,
    segments=_segments,
    rank=45,
)
