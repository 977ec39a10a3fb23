"""Show one week of Lychgate in five minutes of reading: 3 meetings, 5 leaks, an outage and a night off.

    python -m benchmarks.week [--out FILE] [--keep FOLDER]

Real are `lychgate serve` with its crawl children, the commands that people give, the database, three sites
whose pages change, a mail server that goes down and comes back, and a web server that takes what goes to
the chat. Shifted is the clock of serve and the commands (benchmarks/shifted.py): the hours in which nothing
is due are skipped, as if the machine had slept, and time goes by at its own rate while anything is done.
Crawl children keep the machine's clock; they only measure lengths by it. Skipping can make something late,
never early: what is due is looked up in the same rows and plans that serve goes by.

Prints a timeline in local time, and checks it: every leak was told, no alert was lost, each came once, and
every kind of news occurred; ends with 1 otherwise, and with 2 where libfaketime is not installed. Takes about
twenty minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.shifted import ShiftedClock, library
from benchmarks.week_setting import BEGIN, END, ZONE
from benchmarks.week_story import Happening, story
from benchmarks.week_timeline import faults, timeline
from benchmarks.week_world import World


def main() -> int:
    """Live through the week; 1 if anything went wrong in it."""
    parser = argparse.ArgumentParser(description="One simulated week of Lychgate, as a timeline.")
    parser.add_argument("--out", type=Path, help="write the timeline there, too")
    parser.add_argument("--keep", type=Path, help="keep data, log and mails in this new folder")
    options = parser.parse_args()
    found = library()
    if found is None:
        print("libfaketime is not installed (Debian: apt-get install faketime).", file=sys.stderr)
        return 2
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        clock = ShiftedClock(folder / "offset", found, begin=BEGIN)
        world = stack.enter_context(World.made(folder, clock))
        live(world, story())
        text, wrong = timeline(world), faults(world)
    print(text)
    if options.out:
        options.out.write_text(text)
    for fault in wrong:
        print(f"WRONG: {fault}", file=sys.stderr)
    return int(bool(wrong))


def live(world: World, happenings: list[Happening]) -> None:
    """Go from moment to moment until the end, letting happen what happens, and wait each time until quiet."""
    left = sorted(happenings, key=lambda each: each.at)
    while world.clock.now() < END:
        planned = world.next_due()
        moment = min([END, *(each.at for each in left[:1]), *([planned] if planned else [])])
        world.go_to(moment)
        while left and left[0].at <= world.clock.now():
            happening = left.pop(0)
            print(f"{happening.at.astimezone(ZONE):%a %H:%M} {happening.text}", file=sys.stderr, flush=True)
            world.note(happening.kind, happening.text)
            happening.do(world)
        world.settle()


if __name__ == "__main__":
    sys.exit(main())
