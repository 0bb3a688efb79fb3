"""What this machine can do at most, and what the job must cost: the floor under every time in these tables.

    python benchmarks/floor.py

Multiplies large matrices and adds up long arrays in numpy, on one core and on as many threads as there are; then counts
the operations and bytes that 784-100-10 cells take for a digit of 100 steps, of the default network on test digits.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

from ann import Training
from bio import LIF, Stimulus, simulate
from compare.cache import trained_model
from compare.comparison import CALIBRATION_DIGITS
from compare.mapping import calibrate
from data import load_digits
from usage import load

SIDE = 1_500  # of the matrices
LENGTH = 20_000_000  # of the arrays: 80 MB each, more than any cache
STEPS = 100
CELL_OPERATIONS = 8  # a cell and step, leaky with currents: three multiply-adds, a comparison, a subtraction
STATE_BYTES = 4 * 4  # v, g, the steps it is still held, its count, float32


def fastest(job: Callable[[], object], repeats: int = 5) -> float:
    """The least time that the job took, s."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return min(times)


def gflops(threads: int) -> float:
    """Thousand millions of float32 operations a second in a matrix product."""
    left, right = np.random.default_rng(0).random((2, SIDE, SIDE), np.float32)
    with threadpool_limits(threads):
        left @ right
        return 2 * SIDE**3 / fastest(lambda: left @ right) / 1e9


def gigabytes() -> float:
    """GB a second that one core moves in a triad a ← b + s·c, in two numpy operations: five arrays read or written."""
    a, b, c = np.ones((3, LENGTH), np.float32)

    def triad() -> None:
        np.multiply(c, np.float32(3), out=a)
        np.add(a, b, out=a)

    triad()
    return 5 * a.nbytes / fastest(triad) / 1e9


def main() -> None:
    """Prints both tables, in Markdown."""
    cores = os.cpu_count() or 1
    before = load()
    one, all_cores, bandwidth = gflops(1), gflops(cores), gigabytes()
    print("| machine | |\n|---|--:|")
    print(f"| float32 matrix product, one thread | {one:.0f} GFLOP/s |")
    print(f"| float32 matrix product, {cores} threads | {all_cores:.0f} GFLOP/s |")
    print(f"| triad over {LENGTH * 4 // 10**6} MB arrays, one core | {bandwidth:.1f} GB/s |")
    print(f"| load before and after | {before}, {load()} |")
    training, test = load_digits("train"), load_digits("test").spread(600)
    model = trained_model(Training(), training)
    network = calibrate(model, training.spread(CALIBRATION_DIGITS).images, cell=LIF()).network(model)
    inputs, hidden, outputs = network.sizes
    lit = float(np.count_nonzero(test.images, axis=1).mean())
    print("\n| a digit costs, at least | current | bernoulli |\n|---|--:|--:|")
    rows: dict[str, list[float]] = {}
    for kind in ("current", "poisson"):
        answer = simulate(network, Stimulus(test.images, test.index, kind))
        first = 2 * lit * hidden if kind == "current" else float(answer.input.mean()) * hidden
        between = float(answer.counts[0].sum(axis=1).mean()) * outputs
        cells = float(CELL_OPERATIONS * STEPS * (hidden + outputs))
        numbers = lit * STEPS if kind == "poisson" else 0.0
        sums = first + between + cells + numbers
        state = STATE_BYTES * (hidden + outputs)
        moved = 2.0 * state * STEPS
        for name, value in (
            ("first layer: lit pixels × cells once, or an add for each input spike and cell", first),
            ("spikes of the hidden layer × outputs, adds", between),
            (f"cells: {CELL_OPERATIONS} operations × {hidden + outputs} × {STEPS} steps", cells),
            ("random numbers, one for each lit pixel and step", numbers),
            ("operations in all", sums),
            ("the same first layer as a dense product in each step, operations", 2.0 * inputs * hidden * STEPS),
            ("state of its cells, bytes", float(state)),
            ("… read and written in each step, if it leaves the cache", moved),
            ("digits/s of one core at the speed of a matrix product", one * 1e9 / sums),
            (
                "digits/s of one core whose cells live in main memory",
                bandwidth * 1e9 / (2 * STATE_BYTES * (hidden + outputs) * STEPS),
            ),
        ):
            rows.setdefault(name, []).append(value)
    for name, values in rows.items():
        print(f"| {name} | {' | '.join(f'{value:,.0f}' for value in values)} |")


if __name__ == "__main__":
    main()
