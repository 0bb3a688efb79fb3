"""How a file can be made again: the command, its seed, and the versions, as every result, figure and page says.

The command line sets the command; what is drawn or written meanwhile says it. Where a file is put and how many workers
made it are left out: they change nothing in it, and the same seed gives the same bytes wherever it was made.
"""

from __future__ import annotations

import platform
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("neural-analogy", "brian2", "numpy", "scipy")
WHEREABOUTS = ("--out", "--workers", "--cluster")  # and their values
NAMED = ("--export",)  # files, which go by their names alone
WITHOUT_SEED = ("sweep",)  # its plan has the seeds

_command: ContextVar[str] = ContextVar("command", default="")


def versions() -> dict[str, str]:
    """Of this project, of what its numbers come from, and of Python."""
    return {name: version(name) for name in PACKAGES} | {"python": platform.python_version()}


@contextmanager
def made_by(command: str) -> Iterator[None]:
    """What is written inside says that this command makes it."""
    before = _command.set(command)
    try:
        yield
    finally:
        _command.reset(before)


def command() -> str:
    """The command that is at work; empty where there is none, as in a notebook."""
    return _command.get()


def manifest_entry() -> dict[str, str]:
    """The command by name, to be part of a manifest; nothing where there is none."""
    return {"command": command()} if command() else {}


def caption() -> str:
    """All of it in a line, for what a figure says of itself where no one sees it."""
    made = ", ".join(f"{name} {number}" for name, number in versions().items())
    return f"{command()} ({made})" if command() else made


def repeatable(words: Sequence[str]) -> str:
    """What was typed after `analogy`, as a command that makes the same: with its seed, and without whereabouts."""
    kept: list[str] = []
    skipped = named_next = False
    for word in words:
        option, equals, value = word.partition("=")
        if named_next:
            kept.append(Path(word).name)
        elif option in NAMED and equals:
            kept.append(f"{option}={Path(value).name}")
        elif not skipped and option not in (*WHEREABOUTS, "--debug"):
            kept.append(word)
        skipped, named_next = not skipped and word in WHEREABOUTS, not skipped and not named_next and word in NAMED
    named = any(word.split("=")[0] == "--seed" for word in kept)
    if kept and kept[0] not in WITHOUT_SEED and not named:
        kept += ["--seed", "0"]
    return shlex.join(["analogy", *kept])
