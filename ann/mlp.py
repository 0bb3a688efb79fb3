"""The multilayer perceptron: z_l = a_(l-1) W_l + b_l and a_l = f(z_l), from the pixels a_0 to ten outputs.

Its gradient is backpropagation (Rumelhart, Hinton & Williams, Nature 1986, 323:533): with the error of the output
δ = a - target, each layer passes δ_(l-1) = (δ_l W_lᵀ) ∘ f'(z_(l-1)) back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ann.activation import ACTIVATIONS, Activation

Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True, eq=False)
class MLP:
    """A network as its numbers. Raises ValueError where they do not fit together.

    weights     one array (inputs, units) a layer
    biases      one array (units,) a layer
    activation  a name in `ann.ACTIVATIONS`
    """

    weights: Arrays
    biases: Arrays
    activation: str

    def __post_init__(self) -> None:
        check_activation(self.activation)
        if not self.weights or len(self.weights) != len(self.biases):
            raise ValueError(f"{len(self.weights)} weight and {len(self.biases)} bias arrays: give one of each a layer")
        below = self.weights[0].shape[:1]
        for layer, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True), 1):
            if weights.ndim != 2 or weights.shape[:1] != below or bias.shape != weights.shape[1:]:
                raise ValueError(
                    f"layer {layer}: weights {weights.shape} and biases {bias.shape} do not fit together, or not the "
                    f"layer before: give weights (inputs, units) and biases (units,)"
                )
            below = bias.shape

    @classmethod
    def random(
        cls, sizes: tuple[int, ...], *, activation: str, rng: np.random.Generator, dtype: type = np.float32
    ) -> MLP:
        """Weights drawn normally around 0 with variance gain/inputs, biases 0; `sizes` from inputs to outputs."""
        check_activation(activation)
        gain = ACTIVATIONS[activation].gain
        weights = tuple(
            (rng.standard_normal((inputs, units)) * np.sqrt(gain / inputs)).astype(dtype)
            for inputs, units in pairwise(sizes)
        )
        return cls(weights, tuple(np.zeros(units, dtype) for units in sizes[1:]), activation)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of units, from the inputs to the outputs: (784, 100, 10)."""
        return (self.weights[0].shape[0], *(len(bias) for bias in self.biases))

    @property
    def kind(self) -> Activation:
        """What its units compute."""
        return ACTIVATIONS[self.activation]

    def forward(self, images: np.ndarray) -> list[np.ndarray]:
        """Every layer's activations, (n, units) each, for images (n, 784); the last are the outputs."""
        return self.forward_with_logits(images)[0]

    def forward_with_logits(self, images: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """What `forward` returns, and the outputs' weighted sums (n, 10) before sigmoid or softmax."""
        sums, activations = zip(*self.layers(images), strict=True)
        return list(activations), sums[-1]

    def layers(self, images: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The weighted sums and the activations of each layer, (n, units) both, from the first hidden one upwards."""
        below, last = images, len(self.weights) - 1
        for layer, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            sums = below @ weights + bias
            below = self.kind.output(sums) if layer == last else self.kind.hidden(sums)
            yield sums, below

    def classify(self, images: np.ndarray) -> np.ndarray:
        """The class (n,) whose output is brightest."""
        return self.forward_with_logits(images)[1].argmax(axis=1)

    def gradient(self, images: np.ndarray, targets: np.ndarray) -> Gradient:
        """The mean loss over images (n, 784) with one-hot targets (n, 10), and its gradient."""
        sums, activations = zip(*self.layers(images), strict=True)
        outputs = activations[-1]
        error = (outputs - targets) / len(images)
        by_weights, by_biases = [], []
        for layer in reversed(range(len(self.weights))):
            below = activations[layer - 1] if layer else images
            by_weights.append(below.T @ error)
            by_biases.append(error.sum(axis=0))
            if layer:
                error = (error @ self.weights[layer].T) * self.kind.slope(sums[layer - 1], below)
        loss = self.kind.loss(outputs, targets)
        return Gradient(loss, outputs, tuple(reversed(by_weights)), tuple(reversed(by_biases)))


@dataclass(frozen=True, eq=False)
class Gradient:
    """The loss (nats), the outputs (n, 10) that earned it, and its derivatives in the shapes of weights and biases."""

    loss: float
    outputs: np.ndarray
    weights: Arrays
    biases: Arrays


def check_activation(name: str) -> None:
    """Raises ValueError, with the names there are, for one that is not."""
    if name not in ACTIVATIONS:
        raise ValueError(f'there is no activation "{name}": choose from {", ".join(ACTIVATIONS)}')
