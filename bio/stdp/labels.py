"""What the cells' spikes say: each cell stands for the class of digits to which it fired most, and those cells answer.

Diehl & Cook's read-out: a cell is assigned to the class at whose digits its mean response was highest, and a digit is
taken for the class whose cells fire most on average. Labels are used here for the first time, and they must be those of
training digits. `voted` is a read-out beside it: every spike votes for each class with the share of that class's digits
in what the cell responds to.
"""

from __future__ import annotations

import numpy as np

CLASSES = 10
SILENT = -1


def tuning(counts: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(10, cells): the mean spike count of each cell over the digits of each class; 0 for a class without digits."""
    of_class = np.arange(CLASSES)[:, None] == labels
    return (of_class.astype(float) @ counts) / np.maximum(of_class.sum(axis=1, keepdims=True), 1)


def assigned(tuned: np.ndarray) -> np.ndarray:
    """(cells,) int8: the class of each cell, from its `tuning` (10, cells); `SILENT` where it never fired."""
    return np.where(tuned.max(axis=0) > 0, tuned.argmax(axis=0), SILENT).astype(np.int8)


def classified(counts: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(n,): the class whose cells fire most on average, from counts (n, cells) and each cell's class; of equals, the
    lowest."""
    member = (classes[:, None] == np.arange(CLASSES)).astype(float)
    return (counts @ (member / np.maximum(member.sum(axis=0), 1))).argmax(axis=1)


def voted(counts: np.ndarray, tuned: np.ndarray) -> np.ndarray:
    """(n,): the class with most votes, from counts (n, cells) and `tuning` on training digits."""
    return (counts @ (tuned / np.maximum(tuned.sum(axis=0), 1e-12)).T).argmax(axis=1)
