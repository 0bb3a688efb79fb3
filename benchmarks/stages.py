"""Where a simulation's time goes, stage by stage, in microseconds of one core a digit.

    python benchmarks/stages.py [--digits 2500] [--activation relu]

With the engine "numpy": what Brian2 spends on each kind of its objects, and our operations between them. With "cpp":
what it takes to write the digits down, to run the program, and to read its answers.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bio import standalone
from bio.batch import Batch, lanes_for
from bio.network import check_time, sample_steps
from compare.comparison import prepared
from compare.options import Options
from compare.parallel import Job


def profile_numpy(job: Job) -> dict[str, float]:
    """Seconds a stage."""
    spent: dict[str, float] = defaultdict(float)

    def timed(function: Callable[[], Any], name: str) -> Callable[[], Any]:
        def run() -> Any:
            start = time.perf_counter()
            result = function()
            spent[name] += time.perf_counter() - start
            return result

        return run

    class Watched(Batch):
        """A batch whose operations are timed."""

        def __init__(self, *args: Any, **named: Any) -> None:
            for name in ("prepare", "transmit", "conclude"):
                setattr(self, name, timed(getattr(super(), name), name))
            super().__init__(*args, **named)

    start = time.perf_counter()
    width = lanes_for(job.network.sizes)
    stimuli = [job.stimulus.part(first, width) for first in range(0, len(job.stimulus), width)]
    batch = Watched(job.network, stimuli, duration=job.duration, dt=job.dt)
    b2_network = batch.brian_network
    run = b2_network.run
    b2_network.run = lambda *args, **named: run(*args, profile=True, **named)
    batch.run(batch.steps * job.dt * len(stimuli))
    whole = time.perf_counter() - start
    for name, took in b2_network.profiling_info:
        for kind in ("stateupdater", "thresholder", "resetter"):
            if kind in name:
                spent[kind] += float(took)
    spent["all else: Brian2's preparation and its loop"] = whole - sum(spent.values())
    return {"whole": whole, **spent}


def profile_cpp(job: Job) -> dict[str, float]:
    """Seconds a stage."""
    network, stimulus, dt = job.network, job.stimulus, job.dt
    samples = sample_steps(check_time(job.duration, dt), dt)
    program, _ = standalone.compiled(standalone.spec_for(network, stimulus, dt))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with open(Path(folder, "digits"), "wb") as file:
            for part in standalone.head(network, stimulus, samples, dt):
                file.write(part)
            for part in standalone.digits(stimulus, noise=bool(network.cell.noise), dt=dt):
                file.write(part)
        written = time.perf_counter()
        subprocess.run([program, "--results_dir", f"{folder}{os.sep}"], cwd=folder, check=True)
        ran = time.perf_counter()
        standalone.read(Path(folder, "responses"), network.sizes, len(stimulus), samples, dt)
        done = time.perf_counter()
    return {"whole": done - start, "write digits": written - start, "program": ran - written, "read": done - ran}


def main() -> None:
    """Prints a table for each engine and input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--digits", type=int, default=2_500)
    parser.add_argument("--activation", default="relu")
    options = parser.parse_args()
    ready = prepared(
        Options(activations=(options.activation,), inputs=("current", "poisson", "lif"), digits=options.digits)
    )
    for twin in ready.twins:
        job = twin.job(ready.digits)
        for name, profile in (("numpy", profile_numpy), ("cpp", profile_cpp)):
            profile(job)  # once to warm up, and to compile
            print(f"{options.activation}, {twin.input}, {name}")
            for stage, seconds in profile(job).items():
                print(f"  {stage:<45} {1e6 * seconds / options.digits:8.1f} µs")


if __name__ == "__main__":
    main()
