"""Fuzzes one reader by what its inputs reach in the code, with atheris, in a process that ends with it."""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ann", "bio", "compare", "data", "tomllib"]):
    from fuzz.readers import READERS, seeds
from fuzz import oracle
from fuzz.oracle import CRASHED
from fuzz.tally import Tally, memory_disk


def main(name: str, inputs: int, seconds: float, seed: int) -> None:
    """Ends the process with 1 where an input crashed, else with 0."""
    reader = READERS[name]
    oracle.ALARM = False  # libFuzzer has its own
    place = tempfile.TemporaryDirectory(dir=memory_disk())
    corpus = Path(place.name, "corpus")
    corpus.mkdir()
    for at, data in enumerate(seeds(reader)):
        (corpus / str(at)).write_bytes(data)
    tally = Tally(reader, Path(place.name, "here"), seconds=seconds)

    def take(data: bytes) -> None:
        tally.take(data)
        if tally.inputs >= inputs or tally.late:
            place.cleanup()
            os._exit(CRASHED if tally.tell() else 0)  # libFuzzer's own end comes without Python's

    def damaged(data: bytes, most: int, number: int) -> bytes:
        return reader.damaged(bytes(data), random.Random(number))[:most]

    options = [f"-seed={seed + 1}", "-max_len=100000", "-timeout=60", "-rss_limit_mb=4096", "-detect_leaks=0"]
    atheris.Setup(["fuzz", *options, str(corpus)], take, custom_mutator=damaged)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
