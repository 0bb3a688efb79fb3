"""How much a learner reads by the training digits it has seen: by gradient, once or many times each, or by timing.

Backpropagation is given the first digits of a shuffled training set, and asked the next ones; a network that learned by
spike timing was asked while it learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ann import Training, train
from bio.stdp import LearnedNetwork
from compare.experiments.bench import Bench

SEEN = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)  # training digits
NEXT = 2_000  # training digits after those, which it is then asked
PASSES = 20


@dataclass(frozen=True)
class Growth:
    """How much one learner reads of digits that it has not learned from, by training digits seen."""

    name: str
    gradient: bool
    seen: tuple[int, ...]
    accuracy: tuple[float, ...]


def by_gradient(bench: Bench, activation: str) -> list[Growth]:
    """Of networks trained on few digits and on many, in one pass and in many."""
    order = np.random.default_rng(bench.seed).permutation(len(bench.training))
    digits, sizes = bench.training[order], bench.twin(activation).model.sizes
    seen = [count for count in SEEN if count + NEXT <= len(digits) and count <= bench.count(50_000, 5_000)]
    seen = seen or [len(digits) // 2]
    growths = []
    for passes in (1, PASSES):
        accuracy = []
        for count in seen:
            recipe = Training(sizes, activation, seed=bench.seed, epochs=passes, validation=1)
            model = train(digits.images[:count], digits.labels[:count], recipe).model
            asked = slice(count, count + NEXT)
            accuracy.append(float((model.classify(digits.images[asked]) == digits.labels[asked]).mean()))
        name = f"gradient, {passes} passes" if passes > 1 else "gradient, each digit once"
        growths.append(Growth(name, True, tuple(seen), tuple(accuracy)))
    return growths


def by_timing(network: LearnedNetwork) -> Growth:
    """How a network that learned by spike timing came on while it learned, as it was noted then."""
    seen, accuracy = zip(*network.meta["accuracy_so_far"], strict=True)
    return Growth(f"spike timing, {network.cells} cells, each digit once", False, tuple(seen), tuple(accuracy))
