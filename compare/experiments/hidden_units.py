"""What hidden units do: how few of them a digit calls up, and how far each looks for a digit.

    S = (1 - (Σ r/n)² / (Σ r²/n)) / (1 - 1/n)        r: activations or spike counts, n of them

Sparseness S is 0 where all are alike and 1 where only one is active (Vinje & Gallant, Science 2000, 287:1273): over the
units that one digit meets ("population"), or over the digits that one unit meets ("lifetime"). A unit is a *template*
as far as its weights correlate with the mean training digit of some class.
"""

from __future__ import annotations

import numpy as np


def sparseness(responses: np.ndarray) -> float:
    """The mean over rows of the sparseness of each row's responses (rows, n), rows of zeros left out.

    0 where all say the same, 1 where only one speaks:

    >>> [round(sparseness(np.array([row])), 3) for row in ([3, 3, 3, 3], [0, 0, 5, 0], [1, 1, 0, 0])]
    [0.0, 1.0, 0.667]
    """
    responses, n = responses.astype(float), responses.shape[1]
    squares = (responses**2).mean(axis=1)
    heard = squares > 0
    if not heard.any() or n < 2:
        return float("nan")
    return float(((1 - responses[heard].mean(axis=1) ** 2 / squares[heard]) / (1 - 1 / n)).mean())


def by_rank(responses: np.ndarray) -> np.ndarray:
    """(units,): the mean response of the most active unit at a digit, of the second …, as parts of the first's."""
    ranked = -np.sort(-responses.astype(float), axis=1)
    heard = ranked[:, 0] > 0
    return np.asarray((ranked[heard] / ranked[heard, :1]).mean(axis=0))


def template_likeness(weights: np.ndarray, means: np.ndarray) -> np.ndarray:
    """(units,): the greatest correlation of each unit's weights (units, 784) with one of the images (classes, 784)."""
    a, b = (array - array.mean(axis=1, keepdims=True) for array in (weights.astype(float), means.astype(float)))
    lengths = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
    return np.asarray((a @ b.T / np.maximum(lengths, 1e-12)).max(axis=1))
