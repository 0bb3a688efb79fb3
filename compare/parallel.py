"""Runs simulations on all cores: digits are cut into tasks of a fixed size, which workers take as they can.

A digit's numbers do not depend on the task it is in (`bio.batch`, `bio.stimulus`), so neither do results on the number
of workers. These are processes, and Brian2 is imported by the main thread of each, where it has to be; for the engine
"cpp", whose programs are processes of their own, threads that wait for them do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import joblib
from joblib import delayed

from bio import Response, SpikingNetwork, Stimulus, simulate
from compare.workers import in_processes

DIGITS_A_TASK = 2_500  # each run of Brian2 takes 20 to 30 ms of preparation


@dataclass(frozen=True, eq=False)
class Job:
    """What a network is to be shown, for how long in which steps (s), and by which of `bio.ENGINES`."""

    network: SpikingNetwork
    stimulus: Stimulus
    duration: float
    dt: float
    engine: str = "numpy"

    def tasks(self) -> Iterator[Job]:
        """The same, `DIGITS_A_TASK` at a time, and twice as many for the fast engine."""
        size = DIGITS_A_TASK * (2 if self.engine == "cpp" else 1)
        for start in range(0, len(self.stimulus), size):
            yield replace(self, stimulus=self.stimulus[start : start + size])


def run_all(
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    on_done: Callable[[int], None] = lambda digits: None,
) -> list[tuple[Response, float]]:
    """The response to each job, in order, and the seconds of one core that it took.

    Calls `on_done` with the number of digits after each task. `workers` processes share the work (None: one a core);
    with one, or a single task, it is done in this process.
    """
    tasks = [(i, task) for i, job in enumerate(jobs) for task in job.tasks()]
    processes = min(workers or joblib.cpu_count(), len(tasks))
    results = responses([task for _, task in tasks], processes)
    parts: list[list[Response]] = [[] for _ in jobs]
    seconds = [0.0 for _ in jobs]
    for (i, _), (response, took) in zip(tasks, results, strict=True):
        parts[i].append(response)
        seconds[i] += took
        on_done(len(response))
    return [(Response.join(part), took) for part, took in zip(parts, seconds, strict=True)]


def responses(tasks: Sequence[Job], workers: int) -> Iterator[tuple[Response, float]]:
    """What `respond` returns for each task, in order, by so many workers."""
    if all(task.engine == "cpp" for task in tasks):
        with ThreadPoolExecutor(workers) as threads:
            yield from threads.map(respond, tasks)
    else:
        yield from in_processes((delayed(respond)(task) for task in tasks), workers=workers)


def respond(task: Job) -> tuple[Response, float]:
    """The response to one task, in this process, and how long it took, s."""
    start = time.perf_counter()
    response = simulate(task.network, task.stimulus, duration=task.duration, dt=task.dt, engine=task.engine)
    return response, time.perf_counter() - start
