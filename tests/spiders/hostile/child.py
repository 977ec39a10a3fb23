"""Run the crawl child as the product does, but where nothing can leave loopback.

Last line on standard error: what it opened, and the most memory it held.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from tests.spiders import no_escape

no_escape.install()

if __name__ == "__main__":
    from scanner.scans.crawl import main

    main()
    spent = resource.getrusage(resource.RUSAGE_SELF)
    # ru_maxrss begins with what the process held that started this one.
    held = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    report = {
        "opened": sorted(set(no_escape.OPENED)),
        "looked_up": no_escape.LOOKED_UP,
        "kilobytes": int(held["VmHWM"].split()[0]),
        "cpu": round(spent.ru_utime + spent.ru_stime, 1),
    }
    print(json.dumps(report), file=sys.stderr)
