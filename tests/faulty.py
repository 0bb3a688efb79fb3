"""Runs the command with a fault in it: `python faulty.py FAULT AT DELAY FOLDER -- WORD…`.

The fault comes at the AT-th time that the process opens a file for writing, renames, removes one or makes a folder
somewhere under FOLDER, DELAY seconds later: "kill" ends the process at once, "interrupt" is Ctrl-C, which a terminal
sends to all processes of the command, "again" is that twice, "full" makes this and all later openings and renamings
fail as on a full disk, "count" does nothing but tell at the end how many times there were.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Fault:
    """An audit hook (https://docs.python.org/3/library/audit_events.html) that counts what is done to files."""

    def __init__(self, kind: str, at: int, delay: float, folder: str) -> None:
        self.kind, self.at, self.delay, self.folder, self.seen = kind, at, delay, os.path.realpath(folder), 0

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(args[2], int) and args[2] & WRITING
        if not (writes or event in ("os.rename", "os.remove", "os.mkdir")) or not self.inside(args[0]):
            return
        self.seen += 1
        if self.kind in SIGNALS and self.seen == self.at:
            if self.delay:
                later = threading.Timer(self.delay, SIGNALS[self.kind])
                later.daemon = True
                later.start()
            else:
                SIGNALS[self.kind]()
        if self.kind == "full" and self.seen >= self.at and event in ("open", "os.rename"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(args[0]))

    def inside(self, path: object) -> bool:
        return isinstance(path, str | bytes) and os.path.abspath(os.fsdecode(path)).startswith(self.folder)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    os.killpg(0, signal.SIGINT)


def again() -> None:
    interrupt()
    time.sleep(0.05)  # in a thread of its own, or cut short by the first
    interrupt()


SIGNALS = {"kill": die, "interrupt": interrupt, "again": again}


def main() -> None:
    kind, at, delay, folder, _, *words = sys.argv[1:]
    fault = Fault(kind, int(at), float(delay), folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have what they start in the background ignore it
    from compare.cli import main as command

    sys.argv = ["analogy", *words]
    sys.addaudithook(fault)
    try:
        command()
    finally:
        if kind == "count":
            print(f"times: {fault.seen}", file=sys.stderr)


if __name__ == "__main__":
    main()
