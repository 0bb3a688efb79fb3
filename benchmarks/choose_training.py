"""How the defaults of `ann.Training` were chosen: by accuracy on held-out training digits, never on test digits.

    python benchmarks/choose_training.py [--seeds 3]

Trains every combination of the grids below with several seeds, each seed holding out other digits, and prints the
mean validation accuracy and its standard error, best first. With --seeds 2 it took 20 minutes on one busy core. The
defaults are, for both sizes together, within the error of the best.
"""

from __future__ import annotations

import argparse
from itertools import product

import joblib
import numpy as np

from ann import Training, train
from data import load_digits

STEPS = {"relu": (0.001, 0.003, 0.006), "sigmoid": (0.005, 0.01, 0.015)}
DECAYS = {"relu": (0.03, 0.1, 0.2), "sigmoid": (0.03, 0.06, 0.12)}
SIZES = ((784, 100, 10), (784, 16, 16, 10))


def validation_accuracy(training: Training) -> tuple[Training, float]:
    """The accuracy on the held-out digits after the last epoch."""
    digits = load_digits("train")
    return training, train(digits.images, digits.labels, training).history[-1].validation_accuracy


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each combination")
    seeds = parser.parse_args().seeds
    grid = [
        Training(sizes=sizes, activation=activation, step=step, decay=decay, seed=seed)
        for sizes in SIZES
        for activation in STEPS
        for step, decay in product(STEPS[activation], DECAYS[activation])
        for seed in range(1, seeds + 1)
    ]
    results = joblib.Parallel(n_jobs=-1)(joblib.delayed(validation_accuracy)(training) for training in grid)
    found: dict[tuple[str, str, float | None, float | None], list[float]] = {}
    for training, accuracy in results:
        key = ("-".join(map(str, training.sizes)), training.activation, training.step, training.decay)
        found.setdefault(key, []).append(accuracy)
    for key, accuracies in sorted(found.items(), key=lambda item: (item[0][:2], -np.mean(item[1]))):
        error = np.std(accuracies) / np.sqrt(len(accuracies))
        sizes, activation, step, decay = key
        print(f"{sizes:12} {activation:8} step {step:<6} decay {decay:<5} {np.mean(accuracies):.4f} ± {error:.4f}")


if __name__ == "__main__":
    main()
