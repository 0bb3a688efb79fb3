"""Counts what comes of inputs, and keeps those that crash, one of each kind."""

from __future__ import annotations

import hashlib
import os
import time
import warnings
from pathlib import Path

from fuzz.oracle import CrashError, Watch, come_of
from fuzz.readers import Reader

CRASHERS = Path(__file__).parent / "crashers"
MOST_KEPT = 20


class Tally:
    """Of one reader, in a folder of its own."""

    def __init__(self, reader: Reader, folder: Path, *, seconds: float) -> None:
        warnings.simplefilter("error", RuntimeWarning)  # a user would see it
        warnings.simplefilter("ignore", UserWarning)  # zipfile's, of names that are there twice
        (folder / reader.file).parent.mkdir(parents=True, exist_ok=True)
        self.reader, self.folder, self.watch = reader, folder, Watch()
        self.counts = {"read": 0, "refused": 0}
        self.crashes: dict[str, int] = {}
        self.start = time.monotonic()
        self.end = self.start + seconds

    def take(self, data: bytes) -> None:
        """Reads an input."""
        try:
            self.counts[come_of(self.reader, data, self.folder)] += 1
            self.watch.check()
        except CrashError as crash:
            kind = f"{type(crash.__cause__).__name__} {place_of(crash)}" if crash.__cause__ else str(crash)[:40]
            self.crashes[kind] = 1 + self.crashes.get(kind, 0)
            if self.crashes[kind] == 1 and len(self.crashes) <= MOST_KEPT:
                print(f"{self.reader.name}: {crash} [{place_of(crash)}]: kept as {kept(self.reader, data)}", flush=True)

    @property
    def inputs(self) -> int:
        """How many there were."""
        return sum(self.counts.values()) + sum(self.crashes.values())

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return time.monotonic() > self.end

    def tell(self) -> int:
        """Prints a line; how many crashed."""
        crashes, seconds = sum(self.crashes.values()), time.monotonic() - self.start
        read, refused = self.counts.values()
        numbers = f"{self.inputs:>9,} {read:>9,} {refused:>9,} {crashes:>8,} {seconds:>8.0f}"
        print(f"{self.reader.name:<10} {numbers}", flush=True)
        return crashes


def place_of(crash: BaseException) -> str:
    """The file and line where the error came from, outside of this folder."""
    trace, found = (crash.__cause__ or crash).__traceback__, "?"
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.parent != Path(__file__).parent:
            found = f"{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def kept(reader: Reader, data: bytes) -> Path:
    """Where the input is from now on, to be read again by the tests."""
    path = CRASHERS / reader.name / hashlib.sha256(data).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def memory_disk() -> str | None:
    """A folder that is no disk, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
