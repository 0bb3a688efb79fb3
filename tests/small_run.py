"""A small run whose numbers are kept in golden/small_run.json, to be met again by every Python, numpy and Brian2.

    python tests/small_run.py        # writes the file anew: after a change that is meant to change numbers, no other

*Exact* are hashes of the digits, of what is drawn at random, and of the spikes of a network whose weights are given:
these owe nothing to how a library orders its sums. *Close* is what a training leaves: matrix products differ in their
last bits between builds of BLAS, which training carries on.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ann import MLP, Training, train
from bio import INPUTS, LIF, Response, SpikingNetwork, Stimulus, simulate
from compare.mapping import calibrate
from data import Digits, distort, load_digits

FILE = Path(__file__).parent / "golden" / "small_run.json"
COMMAND = "python tests/small_run.py"
SIZES = (784, 20, 10)
DIGITS, SHOWN = 2_000, 100
TRAINING = Training(sizes=SIZES, epochs=3, validation=200)
#: how far apart the numbers of two builds of BLAS may be: absolute for shares (a digit of 100), relative for the rest,
#: which were within 1e-7 with six kernels of OpenBLAS
TOLERANCES = {"share": 0.01, "relative": 1e-5}


def small_run() -> dict[str, dict[str, Any]]:
    """All that the file holds: what must be exact, and what must be close."""
    digits, shown = load_digits("train").spread(DIGITS), load_digits("test").spread(SHOWN)
    return {"exact": exact(digits, shown), "close": close(digits, shown)}


def exact(digits: Digits, shown: Digits) -> dict[str, Any]:
    """Hashes and counts of what no matrix product has touched."""
    start = MLP.random(SIZES, activation="relu", rng=np.random.default_rng(0))
    moved = distort(shown.images, "shift", 3, seed=0, index=shown.index)
    found: dict[str, Any] = {
        "training digits": hashed(digits.images, digits.labels),
        "test digits": hashed(shown.images, shown.labels, shown.index),
        "starting weights": hashed(*start.weights),
        "shifted digits": hashed(moved),
    }
    for kind in INPUTS:
        found[f"input spikes and counts, {kind}"] = spikes(simulate(given_network(LIF()), stimulus(shown, kind)))
    noisy = given_network(LIF(noise=0.25, t_ref=4e-3))
    found["input spikes and counts, with noise"] = spikes(simulate(noisy, stimulus(shown, "current")))
    return found


def given_network(cell: LIF) -> SpikingNetwork:
    """A network of whole multiples of 2⁻²⁰ and 2⁻⁴, drawn at random, most of whose cells fire at some digit."""
    rng = np.random.default_rng(1)
    weights = tuple(
        rng.integers(-middle, 2 * middle, size) / 2**20 for middle, size in ((150, SIZES[:2]), (2_000, SIZES[1:]))
    )
    return SpikingNetwork(weights, tuple(rng.integers(-16, 16, size) / 2**4 for size in SIZES[1:]), cell)


def stimulus(shown: Digits, kind: str) -> Stimulus:
    """The digits as cells see them."""
    return Stimulus(shown.images, shown.index, kind)


def spikes(response: Response) -> dict[str, Any]:
    """How many there were, and the hash of every cell's count and of every verdict."""
    counts = response.counts
    sums = [int(response.input.sum()), *(int(layer.sum()) for layer in counts)]
    return {"spikes": sums, "counts": hashed(*counts, response.input), "verdicts": hashed(response.verdicts)}


def hashed(*arrays: np.ndarray) -> str:
    """Of the arrays' bytes, little end first, the SHA-256."""
    whole = hashlib.sha256()
    for array in arrays:
        whole.update(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())
    return whole.hexdigest()


def close(digits: Digits, shown: Digits) -> dict[str, Any]:
    """What a training and a translation come to: losses and norms (relative), shares of digits (absolute)."""
    trained = train(digits.images, digits.labels, TRAINING)
    model = trained.model
    mapping = calibrate(model, digits.images[:1_000])
    response = simulate(mapping.network(model), stimulus(shown, "current"))
    verdicts = response.verdicts[:, -1]
    return {
        "relative": {
            "losses": [epoch.loss for epoch in trained.history],
            "norms of weights": [float(np.linalg.norm(weights.astype(float))) for weights in model.weights],
            "λ of the layers": [layer.unit for layer in mapping.layers],
            "hidden spikes a digit": float(response.counts[0].sum(axis=1).mean()),
        },
        "share": {
            "right, on validation digits": [epoch.validation_accuracy for epoch in trained.history],
            "right, of the standard network": float((model.classify(shown.images) == shown.labels).mean()),
            "right, of the spiking network": float((verdicts == shown.labels).mean()),
            "same answer": float((verdicts == model.classify(shown.images)).mean()),
        },
    }


def main() -> None:
    """Writes the file; with "-", prints the numbers instead."""
    found = {"made by": COMMAND, "tolerances": TOLERANCES} | small_run()
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if sys.argv[1:] == ["-"]:
        sys.stdout.buffer.write(text.encode())
    else:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
