"""What may come of an input: it is read, or refused in one line that names it; soon, and in little memory."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from compare.sentence import in_a_line
from fuzz.readers import Reader

SECONDS = 10  # for one input, on a busy machine
MEMORY = 400 << 20  # bytes by which a process may grow over all that it reads
ALARM = hasattr(signal, "setitimer")
CRASHED = 3  # the exit code of a process in which an input crashed
LONGEST = 600  # characters of a refusal


class CrashError(Exception):
    """An input did what none may do."""


class LateError(BaseException):
    """An input took too long; no reader's own handler may take this for an error of the input."""


def come_of(reader: Reader, data: bytes, folder: Path, *, seconds: float = SECONDS) -> str:
    """ "read" or "refused". Raises CrashError for anything else, with what it was."""
    path = folder / reader.file
    path.write_bytes(data)
    try:
        with at_most(seconds):
            reader.read(path)
    except reader.refuses as error:
        check_refusal(in_a_line(error), path.name if reader.names_it else "")
        return "refused"
    except LateError:
        raise CrashError(f"{reader.name}: took more than {seconds:g} s") from None
    except Exception as error:
        raise CrashError(f"{reader.name}: {type(error).__name__}: {str(error)[:300]}") from error
    return "read"


def check_refusal(message: str, name: str) -> None:
    """Raises CrashError for a refusal that is no sentence about the thing."""
    if len(message.splitlines()) != 1 or not message.isprintable() or len(message) > LONGEST:
        raise CrashError(f"refused in other than one short, printable line: {message[:300]!r}")
    if name not in message:
        raise CrashError(f"refused without its name: {message[:300]!r}")


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises LateError in the block when it takes longer; where there is no such alarm, waits."""
    if not ALARM:
        yield
        return

    def ring(number: int, frame: object) -> None:
        raise LateError

    before: Any = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def memory() -> int:
    """The most bytes that this process has had so far; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


class Watch:
    """Raises CrashError at the input that makes the process grow beyond what is allowed."""

    def __init__(self) -> None:
        self.limit = memory() + MEMORY

    def check(self) -> None:
        if memory() > self.limit:
            self.limit = memory() + MEMORY
            raise CrashError(f"the process has grown by more than {MEMORY >> 20} MiB")
