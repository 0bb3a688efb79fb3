"""Processes that work for this one: they leave Ctrl-C to it, and end with it, also where it is killed.

A terminal's Ctrl-C goes to every process: one that was just starting would say so in a traceback. And joblib's workers
wait for more to do: one whose process was killed waits on for minutes, with its memory and open files.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import joblib

PAUSE = 1.0  # seconds between two looks at who is the parent


def in_processes(tasks: Iterable[Any], *, workers: int, **settings: Any) -> Iterator[Any]:
    """What each of some `delayed` calls returns, in order, from so many processes: with one, from this one; with -1, as
    joblib is configured.

    `settings` are those of `joblib.Parallel`. Raises what the calls raise; where the caller stops, the workers do.
    """
    defaults = {"return_as": "generator", "temp_folder": folder_for_joblib()}
    bound = {"backend": "loky", "initializer": end_with, "initargs": (os.getpid(),)}
    with joblib.parallel_config(**bound) if workers > 1 else nullcontext():
        pool = joblib.Parallel(n_jobs=workers, **(defaults | settings))
    with deaf():
        results = pool(tasks)  # starts them
    with silent_of_lost_tasks():
        yield from results


def folder_for_joblib() -> str | None:
    """Where joblib may put arrays for its workers; None for where it would by itself. It fails in folders whose names
    are not ASCII, as the usual one of a Windows user may be."""
    usual = os.environ.get("JOBLIB_TEMP_FOLDER") or (tempfile.gettempdir() if os.name == "nt" else "")
    if usual.isascii():
        return None
    return os.path.join(os.environ["PROGRAMDATA"], "neural-analogy") if os.name == "nt" else "/tmp"


@contextmanager
def deaf() -> Iterator[None]:
    """Processes that are started inside never hear Ctrl-C; nor does this one, for the moment. Only the main thread can
    decide that: in others all go on as they were."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    inherit_deafness(True)
    try:
        yield
    finally:
        inherit_deafness(False)
        signal.signal(signal.SIGINT, before)


def inherit_deafness(inherited: bool) -> None:
    """Windows' way: there, a process does not inherit which signals its parent ignores."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetConsoleCtrlHandler(None, inherited)


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


def end_with(parent: int) -> None:
    """Starts a thread that ends this process once that parent has died: on POSIX, once it has another."""

    def watch() -> None:
        if os.name != "nt":
            while os.getppid() == parent:
                time.sleep(PAUSE)
        elif (started_by := multiprocessing.parent_process()) is not None:
            started_by.join()
        else:
            return
        os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()
