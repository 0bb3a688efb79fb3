"""Shows digits to cells that learn by spike timing: with Brian2 in numpy, or with a compiled program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from bio.stdp.task import Outcome, Task

ENGINES = ("numpy", "cpp")


def run(task: Task, *, engine: str | None = None) -> Outcome:
    """Shows all digits of a task, in order if the cells learn, with "numpy", "cpp", or (None) the best there is.

    The numbers are the same. Raises ValueError for an engine that there is not, or that needs a compiler that is not
    there; OSError where a compiled program fails.
    """
    if engine is None:
        engine = fastest()
    if engine not in ENGINES:
        raise ValueError(f'there is no engine "{engine}" for learning: choose from {", ".join(ENGINES)}')
    if engine == "cpp":
        from bio.standalone import check_compiler
        from bio.stdp.compiled import run_compiled

        check_compiler(engine)
        return run_compiled(task)
    from bio.stdp.show import Show  # imports Brian2

    return Show(task).run()


def fastest() -> str:
    """The engine to use where none was asked for: "cpp" where there is a compiler. Every Mac has a g++ that only says
    how to install one, and on Windows Brian2 takes another compiler than the g++ that may be there."""
    there = os.name == "posix" and shutil.which("g++") is not None
    if there and sys.platform == "darwin":
        there = subprocess.run(["xcode-select", "-p"], capture_output=True).returncode == 0
    return "cpp" if there else "numpy"
