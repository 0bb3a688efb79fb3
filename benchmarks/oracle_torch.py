"""The multilayer perceptron in PyTorch, in double precision: its gradient by automatic differentiation, its training by
`torch.optim`, on the same weights and the same batches as ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ann import MLP

Arrays = tuple[np.ndarray, ...]
HIDDEN = {"relu": torch.relu, "sigmoid": torch.sigmoid}


@dataclass(frozen=True, eq=False)
class Peer:
    """The parameters of a network of ReLU or of sigmoid units, as leaves of PyTorch's graph."""

    weights: list[torch.Tensor]
    biases: list[torch.Tensor]
    activation: str

    @classmethod
    def of(cls, model: MLP) -> Peer:
        """A copy of our network's."""
        weights, biases = ([torch.tensor(array).requires_grad_() for array in arrays] for arrays in parameters(model))
        return cls(weights, biases, model.activation)

    def sums(self, images: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """The outputs' weighted sums (n, 10), and what the hidden layers do."""
        below, hidden = images, []
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            below = HIDDEN[self.activation](nn.functional.linear(below, weights.T, biases))
            hidden.append(below)
        return nn.functional.linear(below, self.weights[-1].T, self.biases[-1]), hidden

    def loss(self, images: np.ndarray, labels: np.ndarray) -> torch.Tensor:
        """The mean cross-entropy: over ten classes, or with sigmoids the sum of ten binary ones."""
        sums, _ = self.sums(torch.from_numpy(images))
        if self.activation == "relu":
            return nn.functional.cross_entropy(sums, torch.from_numpy(labels))
        targets = torch.eye(sums.shape[1], dtype=sums.dtype)[torch.from_numpy(labels)]
        return nn.functional.binary_cross_entropy_with_logits(sums, targets, reduction="sum") / len(labels)

    def forward(self, images: np.ndarray) -> list[np.ndarray]:
        """Every layer's activations, as `MLP.forward` gives them."""
        with torch.no_grad():
            sums, hidden = self.sums(torch.from_numpy(images))
            outputs = torch.softmax(sums, dim=1) if self.activation == "relu" else torch.sigmoid(sums)
        return [layer.numpy() for layer in (*hidden, outputs)]

    def gradient(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, Arrays]:
        """The loss, and its derivatives by weights, then by biases."""
        loss = self.loss(images, labels)
        found = torch.autograd.grad(loss, [*self.weights, *self.biases])
        return loss.item(), tuple(array.numpy() for array in found)

    def optimizer(self, name: str, *, momentum: float) -> torch.optim.Optimizer:
        """`torch.optim`'s own with the constants of `ann.training`, without decay, which its SGD does otherwise."""
        both = [*self.weights, *self.biases]
        if name == "sgd":
            return torch.optim.SGD(both, momentum=momentum)
        return torch.optim.Adam(both, betas=(momentum, float(np.float32(0.999))), eps=float(np.float32(1e-8)))

    def learn(
        self,
        optimizer: torch.optim.Optimizer,
        images: np.ndarray,
        labels: np.ndarray,
        batches: Sequence[np.ndarray],
        step_sizes: Sequence[float],
        *,
        decay: float,
    ) -> float:
        """One pass over the batches, each with its own step size; weights, not biases, decay apart from the gradient's
        momentum; the mean loss that was met."""
        met = 0.0
        for batch, step in zip(batches, step_sizes, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = step
            optimizer.zero_grad()
            loss = self.loss(images[batch], labels[batch])
            loss.backward()
            with torch.no_grad():
                for weights in self.weights:
                    weights *= 1 - step * decay
            optimizer.step()
            met += loss.item() * len(batch)
        return met / sum(map(len, batches))

    def parameters(self) -> Arrays:
        """Weights, then biases."""
        return tuple(array.detach().numpy() for array in (*self.weights, *self.biases))


def parameters(model: MLP) -> tuple[Arrays, Arrays]:
    """Weights and biases of ours, as copies."""
    return tuple(w.copy() for w in model.weights), tuple(b.copy() for b in model.biases)
