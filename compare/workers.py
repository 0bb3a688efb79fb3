"""Processes that work for this one end with it, also where it is killed and can tell them nothing.

Joblib's workers wait for more to do: one whose process was killed waits on for minutes, with its memory and open files.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import joblib

PAUSE = 1.0  # seconds between two looks at who is the parent


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
