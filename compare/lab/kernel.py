"""The process that runs a sheet for scoring: limits itself as the system allows, then becomes an IPython kernel.

Its memory is bounded on Linux only, the files that it writes everywhere but on Windows; the limits of time and output,
which `compare.lab.run` keeps, hold everywhere.
"""

from __future__ import annotations

import importlib
import os
import sys

MEMORY = "ANALOGY_LAB_MEMORY"  # bytes of address space
STATIC = "ANALOGY_LAB_STATIC"  # set where nobody can move a slider
LARGEST_FILE = 1 << 28
BEFOREHAND = ("numpy", "data", "compare.lab.check", "compare.lab.wire")  # so that the sheet's time is its own code's


def limit(memory: int) -> None:
    """Bounds this process's memory, files and core dumps where the system can (not on Windows)."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> None:
    """Serves as a kernel until told to stop."""
    limit(int(os.environ[MEMORY]))
    from ipykernel.kernelapp import IPKernelApp

    for module in BEFOREHAND:
        importlib.import_module(module)
    IPKernelApp.launch_instance()


if __name__ == "__main__":
    main()
