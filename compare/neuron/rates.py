"""How fast one cell fires, simulated and in theory: Brian2's noisy cells beside Siegert's formula in steps of dt.

Noise can carry the voltage across the threshold and back within a step, unseen, so that a simulation fires too seldom,
by an error that grows with √dt. Three theories are held against the same simulations:

    continuous   Siegert's rate as it is
    threshold    with the threshold raised by 0.5826·σ·√(2dt/τ), by which a walk in steps overshoots
    corrected    with the reset raised as well, since a reset by subtraction carries the overshoot over

(Broadie, Glasserman & Kou, Math. Finance 1997, 7:325; `bio.siegert`.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import joblib
import numpy as np
from joblib import delayed

from bio import LIF, SpikingNetwork, Stimulus
from bio.siegert import siegert_rate
from compare.workers import in_processes

THEORIES = ("continuous", "threshold", "corrected")
THEORY_NAMES = {
    "continuous": "no correction",
    "threshold": "threshold raised",
    "corrected": "threshold and reset raised",
}
SELDOM = 1.0  # Hz: cells that fire less often are left out, since they would have to be watched for too long
WARM_UP = 0.2  # s, ten membrane time constants
LANES = 16


@dataclass(frozen=True)
class Grid:
    """Which cells are measured. Raises ValueError for a grid that cannot be.

    noises    σ, in thresholds
    drives    J, in thresholds
    t_refs    refractory times, s; multiples of every step
    steps     dt, s, ascending
    duration  for how long each cell is watched after the warm-up, s
    error     relative standard error of a rate to aim at, which decides how many cells there are
    """

    noises: tuple[float, ...] = (0.1, 0.25, 0.5, 1.0)
    drives: tuple[float, ...] = (0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0)
    t_refs: tuple[float, ...] = (0.0, 2e-3)
    steps: tuple[float, ...] = (0.1e-3, 0.25e-3, 0.5e-3, 1e-3)
    duration: float = 0.8
    error: float = 5e-3

    def __post_init__(self) -> None:
        for name in ("noises", "steps"):
            if not all(value > 0 for value in getattr(self, name)):
                raise ValueError(f"{name} {getattr(self, name)}: must all be above 0: leave the others out")
        if not 0 < self.error < 1 or not self.duration > 0:
            raise ValueError(
                f"error {self.error:g} and duration {self.duration:g} s: must be above 0, the error below 1"
            )


@dataclass(frozen=True, eq=False)
class Measured:
    """The rates of one cell under several drives, simulated in steps of dt and in theory.

    cell    whose rates
    dt      step of the simulation, s
    drives  (n,), in thresholds
    cells   (n,), how many cells were simulated
    rate    (n,), Hz: all spikes over all time
    error   (n,), Hz: its standard error, from how the cells differ
    theory  name in `THEORIES` → (n,), Hz
    """

    cell: LIF
    dt: float
    drives: np.ndarray
    cells: np.ndarray
    rate: np.ndarray
    error: np.ndarray
    theory: dict[str, np.ndarray]

    def residual(self, theory: str) -> np.ndarray:
        """(n,): by what part of it the simulated rate exceeds a theory's."""
        return self.rate / self.theory[theory] - 1


def measure_all(
    grid: Grid,
    *,
    seed: int = 0,
    workers: int | None = None,
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> list[Measured]:
    """Every cell and step of the grid, in the order of noise, refractory time and step, whatever the number of
    `workers` (None: one a core). Calls `on_done` with how many are done of how many.

    Raises ValueError for a seed below 0.
    """
    check_seed(seed)
    cells = [LIF(noise=noise, t_ref=t_ref) for noise in grid.noises for t_ref in grid.t_refs]
    jobs = [(cell, dt) for cell in cells for dt in grid.steps]
    processes = min(workers or joblib.cpu_count(), len(jobs))
    tasks = (delayed(measure)(cell, dt, grid, seed=seed, key=i) for i, (cell, dt) in enumerate(jobs))
    measured = []
    for result in in_processes(tasks, workers=processes):
        measured.append(result)
        on_done(len(measured), len(jobs))
    return measured


def check_seed(seed: int) -> None:
    """Raises ValueError for a seed below 0."""
    if seed < 0:
        raise ValueError(f"seed {seed}: must be 0 or more: choose another")


def measure(cell: LIF, dt: float, grid: Grid, *, seed: int = 0, key: int = 0) -> Measured:
    """The rates of one cell in steps of `dt` (s). `key` tells its noise from that of others with the same seed.

    Raises ValueError where none of the drives makes it fire often enough.
    """
    expected = cell.rate(np.array(grid.drives), dt=dt)
    often = expected >= SELDOM
    if not often.any():
        raise ValueError(f"drives {grid.drives}: none fires a cell with noise {cell.noise:g} once a second: raise them")
    drives, expected = np.array(grid.drives)[often], expected[often]
    copies = copies_for(cell, drives, expected, grid)
    counts, times = watch(cell, np.repeat(drives, copies), dt, grid.duration, seed=seed, key=key)
    edges = np.concatenate([[0], np.cumsum(copies)[:-1]])
    spikes, seconds = (np.add.reduceat(kind.sum(axis=0), edges) for kind in (counts, times))
    rate = spikes / seconds
    scatter = (counts - np.repeat(rate, copies) * times) ** 2
    error = np.sqrt(np.add.reduceat(scatter.sum(axis=0), edges)) / seconds
    return Measured(cell, dt, drives, LANES * copies, rate, error, theories(cell, drives, dt))


def copies_for(cell: LIF, drives: np.ndarray, expected: np.ndarray, grid: Grid) -> np.ndarray:
    """How many cells a lane and drive give the error asked for: the count of a renewal process in a long time varies
    by CV² times its mean."""
    relative = cell.interval_cv(drives) ** 2 / (expected * grid.duration)
    return np.ceil(np.maximum(relative / grid.error**2, 4 * LANES) / LANES).astype(int)


def watch(
    cell: LIF, drives: np.ndarray, dt: float, duration: float, *, seed: int, key: int
) -> tuple[np.ndarray, np.ndarray]:
    """Spikes counted, and in which time (s): two (LANES, cells) arrays, of one layer that nothing feeds into.

    All cells start from rest together, so the first `WARM_UP` is not counted. Cells that fire fast and regularly are
    still in step after it, and a fixed window would cut off about the same part of an interval in all of them: where
    all cells of a drive have fired by then, each is watched from its last spike before the window to its last in it.
    """
    from bio.batch import Batch  # imports Brian2

    network = SpikingNetwork((np.zeros((1, len(drives))),), (drives,), cell)
    lanes = Stimulus(np.zeros((LANES, 1), np.float32), key * LANES + np.arange(LANES), seed=seed)
    batch = Batch(network, [lanes], duration=WARM_UP + duration, dt=dt)
    state = batch.cells.state

    def since_last() -> np.ndarray:
        """(LANES, cells): s since the last spike of each cell, by the count of steps that began at it."""
        return (state["hold"] - state["held"]).reshape(LANES, -1).astype(float) * dt

    batch.run(WARM_UP)
    before, begun = batch.counts[0].copy(), since_last()
    batch.run(duration)
    (response,) = batch.responses
    fired_before = (before > 0).all(axis=0)
    settled = np.array([np.all(fired_before, where=drives == drive) for drive in drives])
    return response.counts[0] - before, np.where(settled, begun + duration - since_last(), duration)


def theories(cell: LIF, drives: np.ndarray, dt: float) -> dict[str, np.ndarray]:
    """What each theory says of a noisy cell's rates in Hz."""

    def siegert(dt: float) -> np.ndarray:
        return siegert_rate(
            drives, noise=cell.noise, tau_m=cell.tau_m, t_ref=cell.t_ref, v_reset=cell.reset_level, dt=dt
        )

    return {
        "continuous": siegert(0.0),
        "threshold": siegert(dt),
        "corrected": cell.rate(drives, dt=dt),
    }


@dataclass(frozen=True)
class Misfit:
    """How far simulations in steps of dt (s) are from one theory, as parts of the rate.

    worst  the largest distance, of any drive and cell
    rms    root mean square of all
    """

    theory: str
    dt: float
    worst: float
    rms: float


def misfits(measured: Sequence[Measured]) -> list[Misfit]:
    """Of every theory in every step."""
    found = []
    for theory in THEORIES:
        for dt in sorted({m.dt for m in measured}):
            off = np.concatenate([m.residual(theory) for m in measured if m.dt == dt])
            found.append(Misfit(theory, dt, float(np.abs(off).max()), float(np.sqrt((off**2).mean()))))
    return found


def order_in_dt(measured: Sequence[Measured], theory: str) -> float:
    """With which power of dt a theory's error grows, by a line through the logarithms; nan for a single step."""
    dt, rms = np.log([(m.dt, m.rms) for m in misfits(measured) if m.theory == theory]).T
    return float(np.polyfit(dt, rms, 1)[0]) if len(dt) > 1 else float("nan")


def largest_error(measured: Sequence[Measured]) -> float:
    """The largest standard error, as part of its rate."""
    return max(float((m.error / m.rate).max()) for m in measured)
