"""Score detection against labelled texts and pages.

    python benchmarks/quality.py --platforms zoom,teams --misses

Prints a table per platform, kind, origin and disguise. The labelled material is not part of the
repository; its places are options.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from scanner.detect import detect, detect_text
from scanner.model import Detection, Document, Form

SHARED = Path(__file__).parent.parent.parent / "shared"
MEDIA_TYPES = {
    "html": "text/html",
    "md": "text/markdown",
    "json": "application/json",
    "ics": "text/calendar",
    "xml": "application/xml",
    "eml": "message/rfc822",
    "pdf": "application/pdf",
    "png": "image/png",
}

Pair = tuple[str, str]


@dataclass
class Score:
    """Counts of one group of cases."""

    cases: int = 0
    exact: int = 0
    right: int = 0
    missing: int = 0
    extra: int = 0
    passcodes: int = 0
    passcodes_right: int = 0

    def add(self, wanted: set[Pair], got: set[Pair]) -> None:
        self.cases += 1
        self.exact += wanted == got
        self.right += len(wanted & got)
        self.missing += len(wanted - got)
        self.extra += len(got - wanted)

    def row(self) -> str:
        precision = _share(self.right, self.right + self.extra)
        recall = _share(self.right, self.right + self.missing)
        passcodes = f"{self.passcodes_right}/{self.passcodes}" if self.passcodes else "-"
        return f"{self.cases:6} {_share(self.exact, self.cases):>7} {precision:>7} {recall:>7} {passcodes:>9}"


@dataclass
class Scores:
    """Scores by group name, in order of first use."""

    groups: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))

    def print(self) -> None:
        print(f"{'':24} {'cases':>6} {'exact':>7} {'prec':>7} {'recall':>7} {'passcodes':>9}")
        for name in sorted(self.groups):
            print(f"{name:24} {self.groups[name].row()}")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def _pairs(detection: Detection) -> set[Pair]:
    return {(link.room.platform, link.room.key) for link in detection.links if link.form is not Form.BARE}


def score_vectors(path: Path, platforms: frozenset[str], *, misses: bool) -> Scores:
    """Score every labelled text; with ``platforms`` only cases that expect one of them."""
    scores = Scores()
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        expected = {(e["platform"], e["key"]): (e["passcode"], e["passcode_kind"]) for e in case["expect"]}
        if platforms and not platforms & {platform for platform, _ in expected}:
            continue
        detection = detect_text(case["text"], case["kind"])
        got = _pairs(detection)
        passcodes = {
            (link.room.platform, link.room.key): (link.passcode.text, str(link.passcode.kind))
            if link.passcode
            else (None, None)
            for link in detection.links
        }
        disguised = case["note"].startswith("obfuscation")
        groups = ["all", f"kind {case['kind']}", f"origin {case['origin']}"]
        groups += ["disguised"] * disguised + ["negative"] * (not expected)
        for group in groups:
            _add(scores.groups[group], expected, got, passcodes)
        for platform in {platform for platform, _ in expected}:
            part = {room: code for room, code in expected.items() if room[0] == platform}
            _add(
                scores.groups[f"platform {platform}"],
                part,
                {room for room in got if room[0] == platform},
                passcodes,
            )
        wrong = [room for room in expected if room in got and passcodes[room] != expected[room]]
        if misses and (got != set(expected) or wrong):
            print(f"{case['id']} {case['kind']} {case['text'][:600]!r}\n   note {case['note']}")
            print(f"   missing {set(expected) - got}  extra {got - set(expected)}")
            print(f"   passcodes {[(room, expected[room], passcodes[room]) for room in wrong]}")
    return scores


def _add(score: Score, expected: dict[Pair, Pair], got: set[Pair], passcodes: dict[Pair, Pair]) -> None:
    score.add(set(expected), got)
    for room, passcode in expected.items():
        score.passcodes += 1
        score.passcodes_right += passcodes.get(room) == passcode


def score_corpus(folder: Path, types: frozenset[str], unlabelled: frozenset[str], *, misses: bool) -> Scores:
    """Score the pages of the archive and the sites against their labels.

    ``unlabelled`` platforms (chat communities) were not looked for when the labels were made.
    """
    labels = {}
    for line in (folder / "labels-public.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        labels[label["file"]] = label
    scores = Scores()
    for name, kind, role, body in _corpus_files(folder):
        if kind not in types:
            continue
        label = labels.get(name, {"rooms": [], "ambiguous": []})
        wanted = {(room["platform"], room["key"]) for room in label["rooms"]}
        unsure = {(room["platform"], room["key"]) for room in label.get("ambiguous", ())}
        got = _pairs(detect(Document(name, body, MEDIA_TYPES.get(kind, "")))) - unsure
        got = {room for room in got if room[0] not in unlabelled}
        for group in ("all", f"type {kind}", f"role {role}"):
            scores.groups[group].add(wanted, got)
        if misses and wanted != got:
            print(f"{name}  missing {wanted - got}  extra {got - wanted}")
    return scores


def _corpus_files(folder: Path) -> Iterator[tuple[str, str, str, bytes]]:
    manifest = [
        json.loads(line)
        for line in (folder / "pages-public" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    with zipfile.ZipFile(folder / "pages-public" / "pages.zip") as archive:
        names = set(archive.namelist())
        for page in manifest:
            inside = page["file"] if page["file"] in names else page["file"].removeprefix("pages/")
            yield page["file"], page["type"], page["role"], archive.read(inside)
    for path in sorted(_files(folder / "sites")):
        kind = path.suffix.removeprefix(".").replace("htm", "html").replace("htmll", "html")
        yield str(path.relative_to(folder)), kind, "site", path.read_bytes()


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.name != "origins.json")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--vectors", type=Path, default=SHARED / "vectors" / "links-public.jsonl")
    parser.add_argument("--corpus", type=Path, default=SHARED / "corpus")
    parser.add_argument("--platforms", default="", help="only cases that expect one of these slugs")
    parser.add_argument(
        "--types", default="html,md,json,ics,xml,eml,txt", help="file types of the corpus to score"
    )
    parser.add_argument(
        "--unlabelled", default="discord,telegram", help="platforms the corpus does not label"
    )
    parser.add_argument("--misses", action="store_true", help="show every case that is not exact")
    options = parser.parse_args()
    platforms = frozenset(filter(None, options.platforms.split(",")))
    if options.vectors.exists():
        print(f"labelled texts: {options.vectors.name}")
        score_vectors(options.vectors, platforms, misses=options.misses).print()
    else:
        print(f"no labelled texts at {options.vectors}")
    if platforms:
        return
    if options.corpus.exists():
        print("\nlabelled pages")
        types, unlabelled = frozenset(options.types.split(",")), frozenset(options.unlabelled.split(","))
        score_corpus(options.corpus, types, unlabelled, misses=options.misses).print()
    else:
        print(f"no labelled pages at {options.corpus}")


if __name__ == "__main__":
    main()
