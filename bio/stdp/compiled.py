"""The engine "cpp" of learning: runs a task in the program of `bio.stdp.program`, compiled where there is none yet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bio.standalone import PREFIX, run_program
from bio.stdp.model import constants
from bio.stdp.program import Spec
from bio.stdp.task import Outcome, Task


def run_compiled(task: Task) -> Outcome:
    """What `bio.stdp.engines.run` gives. Raises OSError where the program cannot be made or does not run."""
    inputs, count = task.weights.shape
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        with open(Path(folder, "digits"), "wb") as file:
            for part in (*head(task), *digits(task)):
                file.write(part)
        run_program(Spec(inputs, count, task.cells.dt), folder)
        return read(Path(folder), task)


def head(task: Task) -> Iterator[bytes]:
    """All that the program is told before the digits, as `read_head` in `stdp.h` takes it."""
    numbers, learning = task.numbers(), int(task.rule is not None)
    yield np.array([len(task), task.steps, task.cells.least, learning, task.cells.showings], np.int32).tobytes()
    yield numbers.pop("in_a_step").tobytes()
    yield np.array(list(constants(task.cells, task.rule).values()), np.float32).tobytes()
    yield np.array(list(numbers.values()), np.float32).tobytes()
    yield task.weights.astype(np.float32).tobytes()
    yield task.theta.astype(np.float32).tobytes()


def digits(task: Task) -> Iterator[bytes]:
    """Each digit as `read_digit` takes it: pixels, and the state of its random numbers."""
    for number, image in enumerate(task.images.astype(np.float32, copy=False)):
        yield image.tobytes()
        yield task.generator(number).bit_generator.state["state"]["state"].tobytes()


def read(folder: Path, task: Task) -> Outcome:
    """What the program wrote. Raises OSError where it is not all there."""
    inputs, count = task.weights.shape
    found = np.fromfile(folder / "responses", np.dtype([("showings", np.int32), ("counts", np.int32, (count,))]))
    learned = np.fromfile(folder / "learned", np.float32)
    if len(found) != len(task) or len(learned) != (inputs + 1) * count:
        raise OSError(f"the program for engine cpp answered {len(found)} digits of {len(task)}: try --engine numpy")
    return Outcome(
        np.ascontiguousarray(found["counts"]),
        np.ascontiguousarray(found["showings"]),
        learned[: inputs * count].reshape(inputs, count),
        learned[inputs * count :],
    )
