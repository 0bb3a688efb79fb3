"""The student's numbers in lab 2, and the networks and digits of the sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ann import MLP, Training
from compare.cache import trained_model
from compare.lab.course import Lab
from compare.lab.parameters import Parameters
from data import Digits, load_digits

Array = np.ndarray
SIZES = (784, 16, 16, 10)
SEEDS = 4  # networks that there are to share among students
EPOCHS = 4


@dataclass(frozen=True, eq=False, repr=False)
class Lab2(Parameters):
    """A student's numbers in lab 2."""

    x: Array = field(metadata={"meaning": "three inputs"})
    w: Array = field(metadata={"meaning": "their weights"})
    b: float = field(metadata={"meaning": "a bias"})
    threshold: int = field(metadata={"meaning": "weighted inputs from which a neuron shall be active"})
    seed: int = field(metadata={"meaning": "of your network's training"})
    digit: int = field(metadata={"meaning": "place of one digit among the test digits"})
    unit: int = field(metadata={"meaning": "a unit of the first hidden layer, counted from 0"})


def draw(rng: np.random.Generator) -> Lab2:
    """Numbers with one decimal, none of them 0, whose weighted sum is neither near 0 nor large."""
    while True:
        x, w = rng.integers(1, 10, 3) / 10, rng.integers(5, 30, 3) / 10 * rng.choice([-1, 1], 3)
        b = float(rng.integers(4, 20) / 10 * rng.choice([-1, 1]))
        if 0.4 < abs(x @ w + b) < 3 and abs(x @ w) > 0.3:
            break
    threshold, seed = int(rng.integers(5, 20)), int(rng.integers(SEEDS))
    return Lab2(x, w, b, threshold, seed, int(rng.integers(1_000)), int(rng.integers(1, SIZES[1] - 1)))


LAB = Lab(2, "The artificial neuron, and a forward pass by hand", (60, 90), draw)


@cache
def test_digits() -> Digits:
    """Those that the sheet scores on."""
    return load_digits("test").spread(2_000)


@cache
def network(seed: int, activation: str = "sigmoid") -> MLP:
    """A network of 784-16-16-10 that was trained for a few passes: in a second or two, or from the cache."""
    training = Training(sizes=SIZES, activation=activation, seed=seed, epochs=EPOCHS)
    return trained_model(training, load_digits("train"))
