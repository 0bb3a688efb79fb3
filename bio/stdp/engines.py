"""Shows digits to cells that learn by spike timing: with Brian2 in numpy, or with a compiled program."""

from __future__ import annotations

import shutil

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
    """The engine to use where none was asked for: "cpp" where there is a compiler."""
    return "cpp" if shutil.which("g++") else "numpy"
