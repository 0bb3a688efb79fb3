"""What a unit makes of its weighted sum z: the sigmoid 1/(1 + e⁻ᶻ), or the ReLU max(0, z).

With a sigmoid the output units are sigmoids too, each a number from 0 to 1, and the brightest wins; behind a ReLU
the outputs are a softmax. Either way the loss is the cross-entropy that belongs to the output (a sum of ten binary
ones, or one over ten classes), whose gradient in z is simply `output - target` (Bishop, "Pattern Recognition and
Machine Learning", 2006, section 4.3.6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts where they are first used

Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Activation:
    """One kind of network: what its hidden and its output units do.

    hidden   weighted sums (n, units) → activations, same shape: none below 0, and the more the larger the sum
    slope    weighted sums and their activations (n, units) → the hidden curve's derivative there, same shape
    output   weighted sums (n, 10) → outputs, same shape
    loss     outputs and one-hot targets (n, 10) → mean cross-entropy, in nats
    readout  the activation whose curve tells how active an output unit is by itself, before any softmax
    gain     starting weights have variance gain / inputs (1: Glorot & Bengio 2010; 2: He et al. 2015)
    title    what to call it in texts and figures
    highest  what no activation of it exceeds; infinite where there is no end
    """

    hidden: Curve
    slope: Callable[[np.ndarray, np.ndarray], np.ndarray]
    output: Curve
    loss: Callable[[np.ndarray, np.ndarray], float]
    readout: str
    gain: float
    title: str
    highest: float = np.inf


def sigmoid(sums: np.ndarray) -> np.ndarray:
    """1/(1 + e^-z) of each weighted sum, any shape."""
    return scipy.special.expit(sums)


def softmax(sums: np.ndarray) -> np.ndarray:
    """e^z over its sum along the last axis, shifted by the largest z, which changes nothing but overflow.

    >>> softmax(np.log([1, 2, 5])).round(3).tolist()
    [0.125, 0.25, 0.625]
    """
    powers = np.exp(sums - sums.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def binary_cross_entropy(outputs: np.ndarray, targets: np.ndarray) -> float:
    """-log of what each output gave to the truth about its class, summed over classes, mean over images, in nats."""
    tiny = np.finfo(outputs.dtype).tiny
    right = np.where(targets > 0, outputs, 1 - outputs)
    return float(-np.log(np.maximum(right, tiny)).sum(axis=1).mean())


def categorical_cross_entropy(outputs: np.ndarray, targets: np.ndarray) -> float:
    """-log of what the softmax gave to the right class, mean over images, in nats."""
    tiny = np.finfo(outputs.dtype).tiny
    return float(-np.log(np.maximum((outputs * targets).sum(axis=1), tiny)).mean())


#: every kind of network there is; a package that knows of other curves adds its own
ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(
        hidden=lambda sums: np.maximum(sums, 0),
        slope=lambda sums, activations: (activations > 0).astype(activations.dtype),
        output=softmax,
        loss=categorical_cross_entropy,
        readout="relu",
        gain=2.0,
        title="ReLU",
    ),
    "sigmoid": Activation(
        hidden=sigmoid,
        slope=lambda sums, activations: activations * (1 - activations),
        output=sigmoid,
        loss=binary_cross_entropy,
        readout="sigmoid",
        gain=1.0,
        title="sigmoid",
        highest=1.0,
    ),
}
