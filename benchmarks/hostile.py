"""Crawl the hostile web of the tests once, and print what was said of each of its behaviours.

    python benchmarks/hostile.py [CHAPTER…]

Every behaviour is a server of its own on loopback. ``found`` tells whether the planted meeting was found
(``-`` where none can be seen in what comes), ``others`` how many of the two honest pages beside it were
read. A line that begins with ``!`` is not as the tests expect it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.spiders.hostile.night import CHAPTERS, crawl_all


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chapter", nargs="*", choices=[*CHAPTERS, []], help="only these")
    chapters = parser.parse_args().chapter or list(CHAPTERS)
    traps = {name: trap for chapter in chapters for name, trap in CHAPTERS[chapter].items()}
    began = time.monotonic()
    night = crawl_all(traps, seconds=600)
    odd = 0
    for chapter in chapters:
        print(f"\n{chapter:44} {'found':>5} {'others':>6} {'asked':>5}  said")
        for name, trap in CHAPTERS[chapter].items():
            outcome = night.outcomes[name]
            fine = (outcome.said, outcome.leak, outcome.others) == (trap.said, trap.leak, trap.others)
            fine = fine and outcome.requests <= trap.most
            odd += not fine
            found = "yes" if outcome.leak else "NO" if trap.leak else "-"
            counts = f"{found:>5} {outcome.others:>4}/2 {outcome.requests:>5}"
            print(f"{' ' if fine else '!'} {name[:42]:42} {counts}  {outcome.said}")
    print(
        f"\n{len(traps)} behaviours, {odd} not as expected, {time.monotonic() - began:.0f} s;"
        f" crawl child: {night.cost['cpu']} s CPU, {night.cost['kilobytes'] / 1024:.0f} MiB at most"
    )
    sys.exit(bool(odd))


if __name__ == "__main__":
    main()
