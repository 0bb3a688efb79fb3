"""What each trick of the translation buys, on all test digits: the table of `compare/README.md`.

    python benchmarks/tricks.py [--digits 10000] [--seeds 3]

Every trick is measured alone, against the default translation of the same ReLU networks (steady currents, 100 ms), and
some together; below, the activations that need none. Nothing is chosen here by test digits: it says what was found.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import numpy as np

from ann import Training
from compare.cache import trained_model
from compare.comparison import CALIBRATION_DIGITS, translate
from compare.options import Options
from compare.pair import Pair
from compare.parallel import run_all
from compare.score import Score, score
from data import Digits, load_digits

SIZES = ((784, 100, 10), (784, 16, 16, 10))
PLAIN = Options(activations=("relu",), inputs=("current",), recalibrate=True)
TRICKS: dict[str, dict[str, Any]] = {
    "none: c₀ = 1, r_max 200 Hz, t_ref 2 ms": {},
    "next weights refitted to the rates (retuned)": {"retune": True},
    "slopes aligned instead of thresholds": {"align": "slope"},
    "no refractory time": {"cell": {"t_ref": 0.0}},
    "r_max 300 Hz": {"r_max": 300.0},
    "no refractory time, r_max 400 Hz": {"cell": {"t_ref": 0.0}, "r_max": 400.0},
    "no refractory time, r_max 400 Hz, retuned": {"cell": {"t_ref": 0.0}, "r_max": 400.0, "retune": True},
    "no refractory time, r_max 500 Hz, slopes aligned": {"cell": {"t_ref": 0.0}, "r_max": 500.0, "align": "slope"},
    "a little noise (0.1 thresholds)": {"cell": {"noise": 0.1}},
    "cells start at half threshold": {"cell": {"start": 0.5}},
    "four times as long (400 ms)": {"duration": 0.4},
    "steps four times finer (0.25 ms)": {"dt": 0.25e-3},
    "trained on the cell's own curve (lif)": {"activations": ("lif",)},
    "the same, noisy (noisy-lif)": {"activations": ("noisy-lif",)},
    "sigmoid": {"activations": ("sigmoid",)},
}


def measured(options: Options, training: Digits, test: Digits) -> Score:
    """The score of the one twin that the options ask for, the retuned one where they do."""
    model = trained_model(Training(sizes=options.sizes, activation=options.activations[0], seed=options.seed), training)
    *_, twin = translate(model, options, training.spread(CALIBRATION_DIGITS))
    ((response, _),) = run_all([twin.job(test)])
    return score(Pair(twin, test, response))


def main() -> None:
    """Prints the table, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--digits", type=int, default=10_000, help="how many test digits")
    parser.add_argument("--seeds", type=int, default=3, help="networks of each kind")
    given = parser.parse_args()
    training, test = load_digits("train"), load_digits("test").spread(given.digits)
    columns = [f"{'-'.join(map(str, sizes))}: lost | on/off" for sizes in SIZES]
    print(f"| trick | {' | '.join(columns)} |\n|---|{'--:|--:|' * len(SIZES)}")
    for name, changes in TRICKS.items():
        cells = []
        for sizes in SIZES:
            scores = [
                measured(replace(PLAIN, sizes=sizes, seed=seed, **changes), training, test)
                for seed in range(given.seeds)
            ]
            lost = [100 * (found.ann_accuracy - found.bio_accuracy) for found in scores]
            agreed = [found.layers[0].mcc or 0.0 for found in scores]
            cells.append(f"{np.mean(lost):+.2f} ({min(lost):+.2f} to {max(lost):+.2f}) | {np.mean(agreed):.3f}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
