"""Register the labelled rooms of a folder of sites, serve the sites on loopback, scan once, and score.

    python benchmarks/sites.py [--corpus ../shared/corpus] [--down NAME]

Uses the `lychgate` command as a person would, in a temporary data folder. The sites and labels are not part
of the repository. Prints rooms found and labelled, pages read and seconds, per site; with `--down` one site
is not served, to see how that looks.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from scanner.cli import main; main()"]
GIVEN = ("--organisation", "Benchmark", "--timezone", "Europe/London", "--email", "clerk@example.org")
Room = tuple[str, str]


def main() -> None:
    options = read_options()
    corpus: Path = options.corpus
    labels = read_labels(corpus)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with subprocess.Popen(
            [sys.executable, str(corpus.parent / "tools" / "serve_sites.py"), str(corpus / "sites")],
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdout is not None
            sites: dict[str, str] = json.loads(server.stdout.readline())
            try:
                if options.down:
                    sites[options.down] = "http://127.0.0.1:9/"
                lychgate(data, "init", "--yes", *GIVEN)
                write_settings(data / "schedules.yaml", sites, options)
                register(data, {room for found in labels.values() for room, _, _ in found})
                report = json.loads(lychgate(data, "scan", "--json", fine=(0, 3)))
                if options.show:
                    print(lychgate(data, "scan", fine=(0, 3)))
                exposures = [
                    json.loads(line) for line in lychgate(data, "exposures", "list", "--json").splitlines()
                ]
            finally:
                server.terminate()
    print_scores(report, exposures, labels, sites)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=HERE.parent / "shared" / "corpus")
    parser.add_argument("--down", metavar="NAME", help="a site that is not served")
    parser.add_argument("--show", action="store_true", help="scan once more and show what a person sees")
    parser.add_argument("--depth", type=int, default=20)
    parser.add_argument("--pages", type=int, default=5000)
    options = parser.parse_args()
    if not (options.corpus / "labels-public.jsonl").exists():
        parser.exit(2, f"no labelled sites at {options.corpus}: name them with --corpus\n")
    return options


def read_labels(corpus: Path) -> dict[str, list[tuple[Room, str, int | None]]]:
    """Return for each site its labelled (room, file, depth)."""
    labels: dict[str, list[tuple[Room, str, int | None]]] = defaultdict(list)
    for line in (corpus / "labels-public.jsonl").read_text(encoding="utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        if entry["file"].startswith("sites/"):
            for room in entry["rooms"]:
                labels[entry["site"]].append(
                    ((room["platform"], room["key"]), entry["file"].split("/", 2)[2], entry["depth"])
                )
    return labels


def write_settings(path: Path, sites: dict[str, str], options: argparse.Namespace) -> None:
    lines = ["version: 1", "sources:"]
    lines += [
        f"  {name}: {{kind: site, start: [{address!r}], depth: {options.depth}, pages: {options.pages}}}"
        for name, address in sites.items()
    ]
    lines.append(
        f"network: {{allow: {json.dumps([urlsplit(address).netloc for address in sites.values()])}}}"
    )
    path.write_text("\n".join(lines), encoding="utf-8")


def register(data: Path, rooms: set[Room]) -> None:
    starts = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    file = data / "meetings.jsonl"
    file.write_text(
        "\n".join(
            json.dumps({"title": f"Meeting {n}", "starts": starts, "rooms": [{"platform": p, "key": k}]})
            for n, (p, k) in enumerate(sorted(rooms))
        ),
        encoding="utf-8",
    )
    lychgate(data, "meetings", "import", str(file))


def print_scores(
    report: dict[str, Any],
    exposures: list[dict[str, Any]],
    labels: dict[str, list[tuple[Room, str, int | None]]],
    sites: dict[str, str],
) -> None:
    rooms = sorted({room for found in labels.values() for room, _, _ in found})
    seen = {
        (int(exposure["meeting"].split()[1]), sighting["address"])
        for exposure in exposures
        for sighting in exposure["sightings"]
    }
    print(f"{'site':16} {'state':8} {'read':>5} {'reached':>12} {'of all':>12}  not read")
    for source in report["sources"]:
        name = source["name"]
        wanted = [
            ((rooms.index(room), sites[name] + address(file)), depth is not None)
            for room, file, depth in labels[name]
        ]
        reachable = [pair for pair, linked in wanted if linked]
        print(
            f"{name:16} {source['state']:8} {source['read']:5}"
            f" {f'{len(seen & set(reachable))}/{len(reachable)}':>12}"
            f" {f'{sum(pair in seen for pair, _ in wanted)}/{len(wanted)}':>12}"
            f"  {source['failed']} {source['skipped']}"
        )
    labelled = {(rooms.index(r), sites[n] + address(f)) for n, found in labels.items() for r, f, _ in found}
    print(f"sightings beyond the labels: {len(seen - labelled)}")
    print(f"exposures: {report['exposures']}, {report['seconds']} seconds")


def address(file: str) -> str:
    """Return the address, below the site's, under which its pages link to a file."""
    return file.removesuffix("index.html")


def lychgate(data: Path, *arguments: str, fine: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        [*COMMAND, "--data", str(data), *arguments], capture_output=True, text=True, cwd=HERE, check=False
    )
    if done.returncode not in fine:
        sys.exit(f"lychgate {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
