"""Run the crawl child as the product does, but where nothing can leave loopback.

Last line on standard error: what it opened, and the most memory it held.
"""

from __future__ import annotations

import json
import resource
import sys

from tests.spiders import no_escape

no_escape.install()

if __name__ == "__main__":
    from scanner.scans.crawl import main

    main()
    most = resource.getrusage(resource.RUSAGE_SELF)
    report = {
        "opened": sorted(set(no_escape.OPENED)),
        "looked_up": no_escape.LOOKED_UP,
        "kilobytes": most.ru_maxrss,
        "cpu": round(most.ru_utime + most.ru_stime, 1),
    }
    print(json.dumps(report), file=sys.stderr)
