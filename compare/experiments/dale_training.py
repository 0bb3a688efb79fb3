"""Trains under Dale's law: a presynaptic unit keeps one sign, all that it sends excites, or all of it inhibits.

Projected gradient: after each step of the optimizer, weights of the wrong sign are set to 0, the nearest allowed value.
A network starts from the same draw as an unconstrained one, made to obey: |w| with the sign of its unit, the rarer
inhibitory ones so much stronger that excitation and inhibition balance (after van Vreeswijk & Sompolinsky, Science
1996, 274:1724). Few units, or pixels of one sign, never balance by themselves: so the biases of each layer take away
what training digits evoke in it in the mean, or all units would start far to one side of zero, and some never learn.
Without signs it is `ann.train`, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from ann import MLP, Training
from ann.mlp import Arrays
from ann.training import Adam, one_pass

SAMPLE = 1_000  # training digits that tell what a layer is sent in the mean
EXCITATORY = 0.8  # of the units; as in cortex, where about four in five neurons are (DeFelipe & Fariñas 1992)
Signs = Sequence[np.ndarray | None]  # a layer of weights: +1 or -1 of each presynaptic unit (inputs,); None: free


class SignedAdam(Adam):
    """Adam, after each step of which weights of the wrong sign are 0."""

    def __init__(self, model: MLP, momentum: float, signs: Signs) -> None:
        super().__init__(model.weights + model.biases, momentum)
        self.signs = signs

    def descend(self, gradients: Arrays, step_size: np.floating) -> None:  # noqa: D102
        super().descend(gradients, step_size)
        for weights, sign in zip(self.parameters, self.signs, strict=False):
            if sign is not None:
                project(weights, sign)


def project(weights: np.ndarray, sign: np.ndarray) -> None:
    """Sets what has not the sign of its row to 0, in place."""
    weights[weights * sign[:, None] < 0] = 0


def keeping_signs(images: np.ndarray, labels: np.ndarray, training: Training, signs: Signs) -> MLP:
    """A network trained on images (n, inputs) with labels (n,), whose weights have these signs from start to end."""
    step, decay = training.chosen()
    rng = np.random.default_rng(training.seed)
    model = MLP.random(training.sizes, activation=training.activation, rng=rng)
    rest = rng.permutation(len(images))[min(training.validation, len(images) // 2) :]
    obey(model, signs, images[rest[:SAMPLE]])
    optimizer = SignedAdam(model, training.momentum, signs)
    steps = training.epochs * -(-len(rest) // training.batch)
    step_sizes = iter(step * 0.5 * (1 + np.cos(np.pi * np.arange(steps) / steps)))
    with threadpool_limits(1, "blas"):
        for _ in range(training.epochs):
            order = rng.permutation(rest)
            one_pass(model, images, labels, order, training, optimizer, step_sizes, decay, rng)
    return model


def obey(model: MLP, signs: Signs, images: np.ndarray) -> None:
    """Gives a model's starting weights their signs, in place, and biases that bring the weighted sums of each layer so
    bound to a mean of 0 over images (n, inputs)."""
    below = images
    for weights, bias, sign in zip(model.weights, model.biases, signs, strict=True):
        if sign is not None:
            weights[:] = np.abs(weights) * sign[:, None]
            inhibitory = sign < 0
            if inhibitory.any() and not inhibitory.all():
                weights[inhibitory] *= (~inhibitory).sum() / inhibitory.sum()
            bias -= below.mean(axis=0) @ weights
        below = model.kind.hidden(below @ weights + bias)


def hidden_signs(units: int, rng: np.random.Generator) -> np.ndarray:
    """(units,): +1 for `EXCITATORY` of the units, -1 for the rest, at random."""
    signs = np.where(np.arange(units) < round(EXCITATORY * units), 1, -1)
    return rng.permutation(signs).astype(np.float32)
