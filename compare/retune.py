"""Refits each next layer's weights to the rates that its cells really have: what weights can still mend is mended.

    W', b'  with  ‖A W' + b' - Z‖² least,  A = γ F(J) + δ

Z are the standard network's weighted sums on training digits, A the activations as the layer before tells them by its
rates in closed form, each layer after the one below it was refitted. What bends in the cells' curve is then balanced
by the other cells, as far as a weighted sum can. A twin of refitted weights is no longer a plain translation of its
standard network, so it is shown beside one and called retuned.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from ann import MLP
from compare.mapping import Mapping, weighted_sums

RIDGE = 1e-6  # of the mean square of A: keeps cells that never fire from asking for infinite weights


def retuned(model: MLP, mapping: Mapping, images: np.ndarray) -> MLP:
    """The model with all but its first weights and biases refitted on training images (n, 784)."""
    weights, biases = [model.weights[0]], [model.biases[0]]
    wanted = weighted_sums(model, images)
    with threadpool_limits(1, "blas"):  # so that the last bits do not depend on the number of cores
        sums = wanted[0].astype(float)
        for layer, below in enumerate(mapping.layers[:-1], 1):
            rates = mapping.cell.rate(below.drive(sums), dt=mapping.dt)
            told = below.gain * rates + below.offset
            old = np.vstack([model.weights[layer], model.biases[layer]]).astype(float)
            new = old + least_squares(told, wanted[layer] - told @ old[:-1] - old[-1])
            weights.append(new[:-1].astype(model.weights[layer].dtype))
            biases.append(new[-1].astype(model.biases[layer].dtype))
            sums = told @ new[:-1] + new[-1]
    return replace(model, weights=tuple(weights), biases=tuple(biases))


def least_squares(inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(k + 1, m): the weights, and below them the intercepts, that predict targets (n, m) from inputs (n, k) best."""
    known = np.column_stack([inputs, np.ones(len(inputs))])
    square = known.T @ known
    ridge = RIDGE * np.trace(square) / len(square)
    return np.linalg.solve(square + ridge * np.eye(len(square)), known.T @ targets)
