"""What the commands share: options that several take, and how progress and tables appear on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import typer

from compare.files import CLOSED_PIPE

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.table import Table

SIZES = typer.Option(help="Units a layer, from 784 pixels to 10 outputs.")
SEED = typer.Option(help="Of all randomness: the same seed gives the same numbers.")
ACTIVATION_NAMES = "relu, sigmoid, lif, noisy-lif"  # by name, since importing them takes longer than --help
DATA = typer.Option(help="A folder of IDX files of 28×28 images to use instead of MNIST.")
WORKERS = typer.Option(show_default="one a core", help="Processes.")

reader_has_gone = False  # whoever read what is printed


class StoppedError(Exception):
    """A command was stopped by Ctrl-C, and says in a line what that leaves."""


def check_workers(workers: int | None) -> None:
    """Raises ValueError for fewer than one process."""
    if workers is not None and workers < 1:
        raise ValueError(f"{workers} workers: choose at least 1")


def exit_where(failed: list[str]) -> None:
    """Ends the command with exit code 1 where parts of it failed."""
    if failed:
        raise typer.Exit(1)


def si(milli: float | None) -> float | None:
    """Milliseconds in seconds."""
    return None if milli is None else milli / 1e3


def names(text: str) -> tuple[str, ...]:
    """The parts of "relu,sigmoid"."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def numbers(text: str) -> tuple[int, ...]:
    """The parts of "784,100,10". Raises ValueError where one is not a whole number."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f'sizes "{text}": must be whole numbers with commas between, as in 784,100,10') from None


@contextmanager
def progress_bars() -> Iterator[Any]:
    """A bar for each stage that reports; on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<14}", markup=False),  # names of files may have brackets
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    console = Console(stderr=True)
    bars = Progress(*columns, console=console)
    with bars if console.is_terminal else nullcontext():  # bars that never start show nothing
        yield reporter(bars)


def reporter(bars: Progress) -> Any:
    """A function that shows how far a stage has come: stage, done, total, note."""
    stages: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int, note: str) -> None:
        if stage not in stages:
            stages[stage] = bars.add_task(stage, total=total, note=note)
        bars.update(stages[stage], completed=done, note=note)

    return report


def show(shown: Table) -> None:
    """Prints a table, as wide as it needs where no terminal limits it. If nobody reads any more, the work goes on."""
    from rich.console import Console

    global reader_has_gone
    console = Console()
    try:
        (console if console.is_terminal else Console(width=120)).print(shown)
    except (SystemExit, OSError) as error:  # what rich makes of a closed pipe, and before rich 13.8 Python
        if isinstance(error, OSError) and error.errno not in CLOSED_PIPE:
            raise
        reader_has_gone = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
