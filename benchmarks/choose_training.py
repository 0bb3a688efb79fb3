"""How the defaults of `ann.Training` were chosen: by accuracy on held-out training digits, never on test digits.

    python benchmarks/choose_training.py [--seeds 3] [--activations relu,sigmoid,lif,noisy-lif]

Trains every combination of the grids below with several seeds, each seed holding out other digits, and prints the
mean validation accuracy after 3 epochs and after all, with its standard error, best first. With --seeds 2 it took 20
minutes on one busy core for relu and sigmoid. The defaults are, for both sizes together, within the error of the best.
"""

from __future__ import annotations

import argparse
from itertools import product

import joblib
import numpy as np

from ann import Training, train
from data import load_digits

STEPS = {
    "relu": (0.001, 0.003, 0.006),
    "sigmoid": (0.005, 0.01, 0.015),
    "lif": (0.003, 0.006, 0.01),
    "noisy-lif": (0.003, 0.006, 0.01),
}
DECAYS = {
    "relu": (0.03, 0.1, 0.2),
    "sigmoid": (0.03, 0.06, 0.12),
    "lif": (0.05, 0.1, 0.2),
    "noisy-lif": (0.05, 0.1, 0.2),
}
SIZES = ((784, 100, 10), (784, 16, 16, 10))


def validation_accuracy(training: Training) -> tuple[Training, float, float]:
    """The accuracy on the held-out digits after 3 epochs and after the last."""
    import compare.activations  # noqa: F401  # adds the cells' curves, in each worker

    digits = load_digits("train")
    history = train(digits.images, digits.labels, training).history
    return training, history[2].validation_accuracy, history[-1].validation_accuracy


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each combination")
    parser.add_argument("--activations", default=",".join(STEPS), help="which, with commas between")
    given = parser.parse_args()
    import compare.activations  # noqa: F401

    grid = [
        Training(sizes=sizes, activation=activation, step=step, decay=decay, seed=seed)
        for sizes in SIZES
        for activation in given.activations.split(",")
        for step, decay in product(STEPS[activation], DECAYS[activation])
        for seed in range(1, given.seeds + 1)
    ]
    results = joblib.Parallel(n_jobs=-1)(joblib.delayed(validation_accuracy)(training) for training in grid)
    found: dict[tuple[str, str, float | None, float | None], list[tuple[float, float]]] = {}
    for training, *accuracies in results:
        key = ("-".join(map(str, training.sizes)), training.activation, training.step, training.decay)
        found.setdefault(key, []).append(tuple(accuracies))
    for key, both in sorted(found.items(), key=lambda item: (item[0][:2], -np.mean(item[1], axis=0)[1])):
        early, late = np.array(both).T
        sizes, activation, step, decay = key
        print(
            f"{sizes:12} {activation:9} step {step:<6} decay {decay:<5} after 3 epochs {early.mean():.4f}, "
            f"after all {late.mean():.4f} ± {late.std() / np.sqrt(len(late)):.4f}"
        )


if __name__ == "__main__":
    main()
