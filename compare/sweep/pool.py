"""Where the points of a sweep are computed: in this process, in several on this machine, or on a Dask cluster.

Joblib hands out the tasks and Dask's own scheduler does the scheduling (https://docs.dask.org/en/latest/deploying-cli.html).
What all tasks share goes ahead of them, once to each worker: scattered by Dask, memory-mapped by joblib.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import joblib
from joblib import delayed

from ann import MLP
from compare.sentence import in_a_line
from compare.sweep.points import Point
from compare.sweep.task import Outcome, evaluate
from compare.workers import in_processes
from data import Digits

PATIENCE = 10  # seconds for a first worker to be there
MAPPED = 1_000  # bytes of an array from which on it is memory-mapped instead of sent
TRIES = 3  # pools in a row that may break and give nothing back
AGAIN = "the same command goes on from here"


@dataclass(frozen=True, eq=False)
class Case:
    """A point that can be computed: its key, and the network that it is about."""

    key: str
    point: Point
    model: MLP


@dataclass(frozen=True, eq=False)
class Shared:
    """What every task needs: the test digits, and the training digits that mappings are calibrated on."""

    digits: Digits
    calibration: Digits


def outcomes(cases: Sequence[Case], shared: Shared, *, workers: int | None, client: Any = None) -> Iterator[Outcome]:
    """What came of each case, once, in the order in which they end: by `workers` processes, or by a Dask client's.

    A worker that dies takes nothing with it: what had not come back is computed again. Where workers die and nothing
    comes back, points are computed one at a time, and the one whose worker dies again is a failed point. Raises
    ConnectionError where there is nothing left to compute with.
    """
    left = {case.key: case for case in cases}
    processes = min(workers or joblib.cpu_count(), len(left))
    alone, fruitless = False, 0
    while left:
        came = 0
        broken: BaseException = RuntimeError("it ended early")
        batch = list(left.values())[: 1 if alone else None]
        try:
            for outcome in run(batch, shared, processes=processes, client=client):
                came += 1
                if left.pop(outcome.key, None):
                    yield outcome
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # `evaluate` returns a point's own errors: these are the pool's, of many kinds
            broken = error
        fruitless = 0 if came else fruitless + 1
        if client is not None and client.status != "running":
            raise ConnectionError(f"the Dask scheduler is gone: {AGAIN}")
        if fruitless and died(broken):
            if alone:
                failed = left.pop(batch[0].key)
                yield Outcome(failed.key, {}, "its worker died: was there memory enough?", 0.0, "")
            alone, fruitless = True, 0
        elif fruitless >= TRIES:
            raise ConnectionError(f"no worker gives anything back ({in_a_line(broken)}): {AGAIN}") from broken


def died(error: BaseException) -> bool:
    """Whether it tells of a worker's death, in joblib's words or in Dask's."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def run(cases: Sequence[Case], shared: Shared, *, processes: int, client: Any) -> Iterator[Outcome]:
    """The outcomes of one pool, as they end; raises what breaks it."""
    context: Any = nullcontext()
    settings: dict[str, Any] = {"workers": processes, "max_nbytes": MAPPED}
    if client is not None:
        common = [shared.digits, shared.calibration, *{id(case.model): case.model for case in cases}.values()]
        context = joblib.parallel_config("dask", client=client, scatter=common, wait_for_workers_timeout=PATIENCE)
        settings = {"workers": -1, "pre_dispatch": "all"}  # so that workers that come later find work
    with context:
        tasks = (
            delayed(evaluate)(case.key, case.point, case.model, shared.digits, shared.calibration) for case in cases
        )
        yield from in_processes(tasks, return_as="generator_unordered", batch_size=1, **settings)
