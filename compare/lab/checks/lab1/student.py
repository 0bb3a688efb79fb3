"""The student's numbers in lab 1, and the digits that the sheet looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from compare.lab.course import Lab
from compare.lab.parameters import Parameters
from data import Digits, load_digits

Array = np.ndarray
LIT = 0.5  # brightness above which a pixel counts as lit
SIDE = 28
PAIRS = ((4, 9), (3, 5), (3, 8), (5, 8), (7, 9), (2, 3), (1, 7), (0, 6))  # classes that look alike
EACH = 50  # images of a class whose distances are measured


@dataclass(frozen=True, eq=False, repr=False)
class Lab1(Parameters):
    """A student's numbers in lab 1."""

    digit: int = field(metadata={"meaning": "a class of digits to look at"})
    other: int = field(metadata={"meaning": "one that is easily taken for it"})
    first: int = field(metadata={"meaning": "place, among the test digits of your class, of one image"})
    second: int = field(metadata={"meaning": "and of another, in another hand"})
    row: int = field(metadata={"meaning": "a row of the image, counted from 0 at the top"})
    column: int = field(metadata={"meaning": "a column, counted from 0 at the left"})
    right: int = field(metadata={"meaning": "pixels to move a digit to the right"})
    down: int = field(metadata={"meaning": "pixels to move it down"})


def draw(rng: np.random.Generator) -> Lab1:
    """Two classes that look alike, two images, one pixel off the diagonal, and a move of 2 or 3 pixels."""
    digit, other = (int(number) for number in rng.permutation(PAIRS[rng.integers(len(PAIRS))]))
    first, second = (int(number) for number in rng.choice(80, 2, replace=False))
    row, column = (int(number) for number in rng.choice(np.arange(8, 20), 2, replace=False))
    right, down = (int(number) for number in rng.permutation([2, 3]))
    return Lab1(digit, other, first, second, row, column, right, down)


LAB = Lab(1, "The digit as 784 numbers, and why it is hard", (60, 90), draw)


@cache
def material() -> tuple[Digits, Digits]:
    """The training and the test digits of the sheet."""
    return load_digits("train").spread(5_000), load_digits("test").spread(1_000)


def some_images(count: int, seed: int) -> Array:
    """Images of the test set to try an answer on."""
    digits = material()[1].images
    return digits[np.random.default_rng(seed).choice(len(digits), count, replace=False)]


def distances(a: Array, b: Array) -> Array:
    """Between each image of a and each of b."""
    a, b = a.astype(float), b.astype(float)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))
