"""Read Word, Excel, PowerPoint and OpenDocument files: text, where links lead, comments, notes, properties.

The parts are read here and not by python-docx or odfpy: those load whole trees, follow no bound, and leave
out headers, text boxes, comments or slides (docs/decisions/0005-own-readers-for-office-files.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scanner.extract import odf, ooxml
from scanner.extract.archive import unpacked
from scanner.extract.flow import Family, Flow, Segments
from scanner.extract.markup import Target, stream
from scanner.extract.zip import START, Listing, Member, listed
from scanner.model import Document

UNPACKED = 96 * 1024 * 1024
"""Bytes of all parts of one file that are unpacked; one part may take all of it."""

_PICTURE_BYTES = 16 * 1024 * 1024

_CONTENTS = "[Content_Types].xml"
_OOXML = "application/vnd.openxmlformats-officedocument."
_BY_FOLDER = {
    "word": f"{_OOXML}wordprocessingml.document",
    "xl": f"{_OOXML}spreadsheetml.sheet",
    "ppt": f"{_OOXML}presentationml.presentation",
}
_ODF = b"application/vnd.oasis.opendocument."
_SILENT_NAMES = (
    "META-INF/",
    "Configurations2/",
    "settings.xml",
    "docProps/thumbnail",
    "Thumbnails/",
    _CONTENTS,
)
_SILENT_SUFFIXES = frozenset({".odttf", ".fntdata", ".rels", ".rdf"})
_WORDS_ONLY = ("docProps/", "customXml/")


def _segments(document: Document, depth: int) -> Segments:
    package = _Package(listed(document.body))
    kind = package.kind()
    flows = tuple(package.odf_flows(kind) if kind.startswith(_ODF.decode()) else package.ooxml_flows())
    notes, nested = tuple(package.notes(kind)), tuple(package.nested())
    return Segments(flows=flows, media_type=kind, cut=package.cut, notes=notes, nested=nested)


class _Package:
    """The parts of one file, and how much of it may still be unpacked."""

    def __init__(self, listing: Listing) -> None:
        self.members = {member.name: member for member in listing.members}
        self.cut = listing.cut
        self._left = UNPACKED

    def kind(self) -> str:
        """Return the media type, by what the file says of itself or by its folders."""
        if "mimetype" in self.members:
            return unpacked(self.members["mimetype"], 100)[0].decode("ascii", "replace").strip()
        folders = {name.partition("/")[0] for name in self.members}
        return next((kind for folder, kind in _BY_FOLDER.items() if folder in folders), f"{_OOXML}package")

    def notes(self, kind: str) -> Iterator[str]:
        """Yield what could not be read."""
        manifest = self.members.get("META-INF/manifest.xml")
        sealed = manifest is not None and b"encryption-data" in unpacked(manifest, 1024 * 1024)[0]
        if sealed or any(member.encrypted for member in self.members.values()):
            yield f"cannot read {kind}: encrypted"
        if any(name.startswith("xl/worksheets/") and name.endswith(".bin") for name in self.members):
            yield f"cannot read {kind}: sheets in binary form"

    def ooxml_flows(self) -> Iterator[Flow]:
        """Yield a flow for each part of a Word, Excel or PowerPoint file."""
        shared = ooxml.Strings()
        if "xl/sharedStrings.xml" in self.members:
            self._feed("xl/sharedStrings.xml", shared)
        for name in ooxml.in_reading_order([name for name in self.members if self._is_markup(name)]):
            if name.startswith(_WORDS_ONLY) or name.endswith(".vml"):
                words = odf.Story("properties")
                self._feed(name, words)
                yield words.pieces.flow()
            elif name.startswith("xl/worksheets/"):
                targets = self._targets(name)
                links = ooxml.CellLinks(targets)
                if targets:
                    self._feed(name, links)
                sheet = ooxml.Sheet(shared.texts, links)
                self._feed(name, sheet)
                yield sheet.pieces.flow()
            elif name != "xl/sharedStrings.xml":
                story = ooxml.Story(_place(name), self._targets(name))
                self._feed(name, story)
                yield story.pieces.flow()

    def odf_flows(self, kind: str) -> Iterator[Flow]:
        """Yield a flow for each part of an OpenDocument file."""
        for name in self.members:
            if self._is_markup(name):
                rows = "spreadsheet" in kind and name.endswith("content.xml")
                target = odf.Sheets() if rows else odf.Story("text" if "content" in name else "properties")
                self._feed(name, target)
                yield target.pieces.flow()

    def nested(self) -> Iterator[Document]:
        """Yield pictures and whole files kept inside: embedded sheets, pasted pages, attached mails."""
        for name, member in self.members.items():
            silent = name.startswith(_SILENT_NAMES) or PurePosixPath(name).suffix in _SILENT_SUFFIXES
            settings = name.endswith(".bin") and "/embeddings/" not in name
            if name == "mimetype" or name.endswith("/") or silent or settings or self._is_markup(name):
                continue
            if member.readable and self._left > 0:
                body, whole = unpacked(member, min(self._left, _PICTURE_BYTES))
                self._left -= len(body)
                self.cut = self.cut or not whole
                yield Document("", body)

    def _is_markup(self, name: str) -> bool:
        return name.endswith((".xml", ".vml")) and not name.startswith(_SILENT_NAMES)

    def _targets(self, name: str) -> dict[str, str]:
        path = PurePosixPath(name)
        relations = str(path.parent / "_rels" / f"{path.name}.rels")
        found = ooxml.Relations()
        if relations in self.members:
            self._feed(relations, found)
        return found.targets

    def _feed(self, name: str, target: Target) -> None:
        whole = stream(self._chunks(self.members[name]), target)
        self.cut = self.cut or not whole

    def _chunks(self, member: Member) -> Iterator[bytes]:
        if not member.readable:
            return
        for chunk in member.chunks(max(self._left, 0)):
            self._left -= len(chunk)
            yield chunk


def _place(name: str) -> str:
    for word in ("header", "footer", "comment", "notes", "note"):
        if word in name.lower():
            return word
    return "text"


def _looks(body: bytes) -> bool:
    if not body.startswith(START) or not (_CONTENTS.encode() in body or _ODF in body[:200]):
        return False
    names = {member.name for member in listed(body).members}
    return _CONTENTS in names or {"mimetype", "content.xml"} <= names


FAMILY = Family(
    media_type="application/vnd.openxmlformats-officedocument",
    media_types=frozenset(),
    looks=_looks,
    segments=_segments,
    rank=11,
)
"""``media_type`` stands for the family; what a file is, its Segments say."""
