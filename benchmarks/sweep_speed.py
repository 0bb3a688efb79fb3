"""What a second worker brings to a sweep, on this machine (loky) and on a Dask cluster on loopback, by turns.

    python benchmarks/sweep_speed.py [--points 10] [--digits 10000] [--rounds 2] [--input current] [--noise 0]

For each: seconds on the clock from the first task sent to the last that came back; the seconds that tasks took, added
up; how busy that means the workers were; and what a task costs beside its own seconds. Other work on the machine makes
tasks slower, not the workers less busy.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from compare.sweep.plan import Plan
from compare.sweep.run import run_sweep
from usage import load

ADDRESS = "tcp://127.0.0.1:18799"


@contextmanager
def dask(workers: int) -> Iterator[None]:
    """A scheduler and workers of their own, as processes of this machine."""
    command = [sys.executable, "-m", "dask"]
    scheduler = [*command, "scheduler", "--host", "127.0.0.1", "--port", ADDRESS.split(":")[-1], "--no-dashboard"]
    worker = [*command, "worker", ADDRESS, "--nthreads", "1", "--no-dashboard", "--no-nanny", "--preload", "brian2"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as folder:
        running = [subprocess.Popen(each, cwd=folder, **quiet) for each in (scheduler, *[worker] * workers)]
        try:
            from distributed import Client

            with Client(ADDRESS, timeout=30, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
            yield
        finally:
            for process in running:
                process.kill()
                process.wait()


def measured(plan: Plan, folder: Path, workers: int, cluster: str | None) -> tuple[float, float, int]:
    """Seconds on the clock, seconds of tasks, and how many tasks."""
    moments: list[float] = []
    swept = run_sweep(
        plan,
        folder,
        workers=None if cluster else workers,
        cluster=cluster,
        progress=lambda *_: moments.append(time.perf_counter()),
    )
    return moments[-1] - moments[0], sum(outcome.seconds for outcome in swept.ended.values()), len(swept.ended)


def main() -> None:
    """Prints a line a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--points", type=int, default=10, help="tasks a run")
    parser.add_argument("--digits", type=int, default=10_000, help="shown in each task")
    parser.add_argument("--rounds", type=int, default=2, help="of all four runs")
    parser.add_argument("--input", default="current", help="how digits reach the cells")
    parser.add_argument("--noise", type=float, default=0.0, help="of the membrane")
    given = parser.parse_args()
    grid = {"t_ref": tuple(0.25 * i for i in range(given.points))}
    plan = Plan({"digits": given.digits, "input": given.input, "noise": given.noise}, grid)
    print("how   workers  clock s  tasks s  busy %  beside a task s  load")
    for _ in range(given.rounds):
        for kind, workers in (("dask", 1), ("dask", 2), ("loky", 1), ("loky", 2)):
            with tempfile.TemporaryDirectory() as folder, dask(workers) if kind == "dask" else nullcontext():
                clock, tasks, count = measured(plan, Path(folder), workers, ADDRESS if kind == "dask" else None)
            now = load()
            beside = (clock * workers - tasks) / count
            busy = 100 * tasks / clock / workers
            print(
                f"{kind:<6}{workers:>7}{clock:>9.1f}{tasks:>9.1f}{busy:>8.0f}{beside:>17.2f}{now!s:>6}",
                flush=True,
            )


if __name__ == "__main__":
    main()
