"""Ctrl-C during a sweep, heard even where Python drops it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ctrl_c_heard() -> Iterator[Callable[[], None]]:
    """A function that raises KeyboardInterrupt if Ctrl-C was pressed before: Python drops one that comes while an
    object is being deleted, as Brian2's are by the hundred after each point."""
    heard = False

    def handle(number: int, frame: object) -> None:
        nonlocal heard
        heard = True
        raise KeyboardInterrupt

    def heed() -> None:
        if heard:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield heed  # someone else's, or not to be heard at all
        return
    hook = sys.unraisablehook
    sys.unraisablehook = lambda lost: None if lost.exc_type is KeyboardInterrupt else hook(lost)
    signal.signal(signal.SIGINT, handle)
    try:
        yield heed
    finally:
        signal.signal(signal.SIGINT, before)
        sys.unraisablehook = hook
