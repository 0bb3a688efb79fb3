"""The one door to Brian2: it is imported here, when first needed, with the settings that this project relies on."""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from contextlib import suppress
from functools import cache
from types import ModuleType


@cache
def brian2() -> ModuleType:
    """Brian2, generating numpy code, which needs no compiler. It must first be imported in the main thread."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Brian2 2.9 meets pyparsing 3.3
        hook = sys.excepthook
        telling, logging.raiseExceptions = logging.raiseExceptions, False  # of its log, where the disk is full
        try:
            import brian2
        finally:
            logging.raiseExceptions = telling

        gc.freeze()  # what the imports made stays: every run of Brian2 would look through it for garbage, for 0.1 s
        sys.excepthook = hook  # Brian2's own takes every error of the program for one of Brian2
    brian2.prefs.codegen.target = "numpy"
    brian2.prefs.core.stop_on_keyboard_interrupt = False  # or Ctrl-C would end a run early, as if it were done
    logging.getLogger("brian2").setLevel(logging.ERROR)
    leave_no_log(brian2)
    return brian2


def leave_no_log(b2: ModuleType) -> None:
    """Ends and removes the log and the copy of the script that each import of Brian2 begins in the system's folder for
    temporary files, and that processes which are killed, as workers are, would leave there."""
    b2.prefs.logging.file_log = False
    kept = b2.BrianLogger
    if kept.file_handler is not None:
        logging.getLogger("brian2").removeHandler(kept.file_handler)
        with suppress(OSError):
            kept.file_handler.close()
        kept.file_handler = None
    for path in (kept.tmp_log, kept.tmp_script):
        if path is not None:
            with suppress(OSError):
                os.remove(path)
    kept.tmp_log = kept.tmp_script = None
