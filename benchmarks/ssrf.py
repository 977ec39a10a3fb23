"""Lead the product to places it must not ask, by every way in, and print the table.

    python benchmarks/ssrf.py

Runs in a child process that ends every connection beyond loopback and every look-up, proves that first, and
records both. The last lines are what counts: what was connected to.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.spiders.ssrf.ways import WAYS, attack

SHORT = {"refused": "refused", "no address": "-", "own path": "own", "public name": "public"}


def main() -> None:
    attacked = attack()
    print(" " * 44 + " ".join(f"{way.replace('subscription', 'subscr.')[:9]:9}" for way in WAYS))
    for at, name in enumerate(attacked.names):
        words = (SHORT.get(attacked.outcomes[way][at], attacked.outcomes[way][at])[:9] for way in WAYS)
        print(f"{name[:43]:44}" + " ".join(f"{word:9}" for word in words).rstrip())
    beyond = [opened for opened in attacked.opened if opened not in (attacked.home, "127.0.0.1:0")]
    total = Counter(word for way in WAYS for word in attacked.outcomes[way])
    print(
        "\n- nothing was made of it that would be asked for; own: a path on the page's own server;"
        "\ntold: a redirect into a meeting, reported and not followed\n"
        f"\n{len(attacked.names)} vectors x {len(WAYS)} ways: {dict(total)}"
        f"\nconnections to anything but the one allowed server: {len(beyond)}"
        f"\nnames looked up past the guarded resolver: {len(attacked.looked_up)}"
    )
    sys.exit(bool(beyond or attacked.looked_up))


if __name__ == "__main__":
    main()
