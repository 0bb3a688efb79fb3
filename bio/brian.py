"""The one door to Brian2: it is imported here, when first needed, with the settings that this project relies on."""

from __future__ import annotations

import gc
import logging
import sys
import warnings
from functools import cache
from types import ModuleType


@cache
def brian2() -> ModuleType:
    """Brian2, generating numpy code, which needs no compiler. It must first be imported in the main thread."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Brian2 2.9 meets pyparsing 3.3
        hook = sys.excepthook
        import brian2

        gc.freeze()  # what the imports made stays: every run of Brian2 would look through it for garbage, for 0.1 s
        sys.excepthook = hook  # Brian2's own takes every error of the program for one of Brian2
    brian2.prefs.codegen.target = "numpy"
    brian2.prefs.core.stop_on_keyboard_interrupt = False  # or Ctrl-C would end a run early, as if it were done
    logging.getLogger("brian2").setLevel(logging.ERROR)
    return brian2
