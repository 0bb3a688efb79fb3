"""Runs simulations on all cores: digits are cut into tasks of a fixed size, which worker processes take as they can.

A digit's numbers do not depend on the task it is in (`bio.batch`, `bio.stimulus`), so neither do results on the number
of workers. Brian2 is imported by each worker's main thread, where it has to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import joblib

from bio import Response, SpikingNetwork, Stimulus, simulate

DIGITS_A_TASK = 1_250


@dataclass(frozen=True, eq=False)
class Simulation:
    """One network shown one set of digits for `duration` (s) in steps of `dt` (s)."""

    network: SpikingNetwork
    stimulus: Stimulus
    duration: float
    dt: float


def run_all(
    simulations: Sequence[Simulation], *, workers: int | None = None, on_done: Callable[[int, int], None] | None = None
) -> list[Response]:
    """The response to each simulation, in order; calls `on_done(simulation, digits)` after each of its tasks.

    `workers` processes share the work (None: one a core); with one, or a single task, it is done in this process.
    """
    tasks = [(i, part) for i, simulation in enumerate(simulations) for part in cut(simulation)]
    processes = min(workers or joblib.cpu_count(), len(tasks))
    pool = joblib.Parallel(n_jobs=processes, return_as="generator", pre_dispatch="2*n_jobs")
    results = pool(joblib.delayed(respond)(part) for _, part in tasks)
    parts: list[list[Response]] = [[] for _ in simulations]
    for (i, _), response in zip(tasks, results, strict=True):
        parts[i].append(response)
        if on_done:
            on_done(i, len(response))
    return [Response.join(part) for part in parts]


def cut(simulation: Simulation) -> Iterator[Simulation]:
    """The same for `DIGITS_A_TASK` digits at a time."""
    for start in range(0, len(simulation.stimulus), DIGITS_A_TASK):
        width = min(DIGITS_A_TASK, len(simulation.stimulus) - start)
        part = simulation.stimulus.part(start, width)
        yield Simulation(simulation.network, part, simulation.duration, simulation.dt)


def respond(simulation: Simulation) -> Response:
    """The response to one task, in this process."""
    return simulate(simulation.network, simulation.stimulus, duration=simulation.duration, dt=simulation.dt)
