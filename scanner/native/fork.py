"""Be what readers are forked from: ``python -m scanner.native.fork READER SOCKET [TESSERACT]``.

Started by ``nursery.py`` alone. It has loaded what a reader needs and never sees a document, so one that
takes its reader over finds nothing of those before it.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from typing import NoReturn


def main() -> None:
    """Fork a reader for each connection that comes over the socket, one after the other, until it closes."""
    name, number, *programs = sys.argv[1:]
    reader = import_module(f"scanner.native.{name}")
    sys.argv = [name, *programs]
    gc.freeze()  # a collection in a fork would write to all memory, and so copy it
    with socket.socket(fileno=int(number)) as asking:
        while connections := socket.recv_fds(asking, 1, 1)[1]:
            if os.fork() == 0:
                asking.close()
                _answer(connections[0], reader.main)
            os.close(connections[0])
            os.wait()


def _answer(connection: int, read: Callable[[], None]) -> NoReturn:
    try:
        for standard in (sys.stdin, sys.stdout):
            os.dup2(connection, standard.fileno())
        os.close(connection)
        read()
    finally:
        os._exit(0)  # not the way out through all that this process shares with the others


if __name__ == "__main__":
    main()
