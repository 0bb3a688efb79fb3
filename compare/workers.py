"""Processes that work for this one: they leave Ctrl-C to it, and end with it, also where it is killed.

A terminal's Ctrl-C goes to every process: one that was just starting would say so in a traceback. And joblib's workers
wait for more to do: one whose process was killed waits on for minutes, with its memory and open files.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import joblib

PAUSE = 1.0  # seconds between two looks at who is the parent


def in_processes(tasks: Iterable[Any], *, workers: int, **settings: Any) -> Iterator[Any]:
    """What each of some `delayed` calls returns, in order, from so many processes: with one, from this one.

    `settings` are those of `joblib.Parallel`. Raises what the calls raise; where the caller stops, the workers do.
    """
    pool = joblib.Parallel(n_jobs=workers, **{"return_as": "generator", **settings})
    with deaf():
        results = pool(tasks)  # starts them
    with silent_of_lost_tasks():
        yield from results


@contextmanager
def deaf() -> Iterator[None]:
    """Processes that are started inside never hear Ctrl-C; nor does this one, for the moment. Only the main thread can
    decide that: in others all go on as they were."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def silent_of_lost_tasks() -> Iterator[None]:
    """Joblib's thread that hands out tasks, stopped before it has handed out all, looks for one that it has just thrown
    away, and would end with a traceback (a KeyError; seen with loky 3.6)."""
    before = threading.excepthook

    def told(lost: threading.ExceptHookArgs) -> None:
        if lost.exc_type is not KeyError or lost.thread is None or lost.thread.name != "ExecutorManagerThread":
            before(lost)

    threading.excepthook = told
    try:
        yield
    finally:
        if threading.excepthook is told:
            threading.excepthook = before


def delayed(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `joblib.delayed`, for a process that ends when the one that it works for does."""
    return joblib.delayed(_Bound(function))


class _Bound:
    """A function that sees to it, in the process where it runs, before it does its work."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *args: Any, **options: Any) -> Any:
        if multiprocessing.current_process().name.startswith("LokyProcess"):
            end_with(os.getppid())
        return self.function(*args, **options)


@cache
def end_with(parent: int) -> None:
    """Starts a thread that ends this process once its parent is another: the old one has died, on POSIX."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PAUSE)
        os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()
