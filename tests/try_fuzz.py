"""`make fuzz`: reads damaged inputs until there were enough, or time is up, and keeps those that crash.

As many readers as there are cores are tried side by side.

With atheris (https://github.com/google/atheris), `pip install '.[fuzz]'`, inputs grow by what they reach in the code;
without, they are drawn by number, the same for ever. Either way damage comes from `Reader.damaged`.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fuzz.oracle import CRASHED
from fuzz.readers import READERS, Reader
from fuzz.tally import Tally, memory_disk
from joblib import Parallel, delayed


def main() -> int:
    """Fuzzes what was asked for; 1 where anything crashed."""
    asked = arguments()
    names = asked.readers or list(READERS)
    workers = min(os.cpu_count() or 1, len(names))
    until = time.time() + 60 * asked.minutes
    print(f"{'reader':<10} {'inputs':>9} {'read':>9} {'refused':>9} {'crashes':>8} {'seconds':>8}", flush=True)
    shares = (workers / (len(names) - at) for at in range(len(names)))  # of the time that is then left
    crashed = Parallel(n_jobs=workers, pre_dispatch=workers, batch_size=1)(
        delayed(tried)(name, asked, until, min(1.0, share)) for name, share in zip(names, shares, strict=True)
    )
    return int(any(crashed))


def tried(name: str, asked: argparse.Namespace, until: float, share: float) -> bool:
    """Fuzzes one reader, in a process of its own, for its share of the time left; whether anything crashed."""
    plain = asked.plain or importlib.util.find_spec("atheris") is None
    seconds = share * (until - time.time())
    return bool((drawn if plain else guided)(READERS[name], asked.inputs, asked.first, seconds))


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of {', '.join(READERS)}; all, if none")
    parser.add_argument("--minutes", type=float, default=20, help="for all readers together (20)")
    parser.add_argument("--inputs", type=int, default=100_000, help="for each reader (100,000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first input, or seed of atheris (0)")
    parser.add_argument("--plain", action="store_true", help="without atheris")
    asked = parser.parse_args()
    if unknown := set(asked.readers) - set(READERS):
        parser.error(f"there is no reader {', '.join(unknown)}: choose from {', '.join(READERS)}")
    return asked


def drawn(reader: Reader, inputs: int, first: int, seconds: float) -> int:
    """Reads inputs by number; how many crashed."""
    with tempfile.TemporaryDirectory(dir=memory_disk()) as folder:
        tally = Tally(reader, Path(folder), seconds=seconds)
        for number in range(first, first + inputs):
            if tally.late:
                break
            tally.take(reader.input(number))
        return tally.tell()


def guided(reader: Reader, inputs: int, first: int, seconds: float) -> int:
    """Has atheris choose the inputs; 0 where none crashed."""
    words = [reader.name, str(inputs), f"{seconds:.0f}", str(first)]
    command, here = [sys.executable, "-m", "fuzz.guided", *words], Path(__file__).parent
    done = subprocess.run(command, cwd=here, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, CRASHED):
        print(f"{reader.name}: its process ended with code {done.returncode}: {done.stderr[-2_000:]}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
