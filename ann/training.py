"""Training: mini-batch gradient descent on the cross-entropy, by SGD with momentum or by Adam.

    SGD    m ← μ m + g                              w ← w - η m
    Adam   m ← β₁ m + (1-β₁) g,  s ← β₂ s + (1-β₂) g²   w ← w - η m̂ / (√ŝ + ε)   (Kingma & Ba, ICLR 2015)

The step η falls along half a cosine to zero (Loshchilov & Hutter, ICLR 2017), and the weights, not the biases, decay
by η·decay each step (Loshchilov & Hutter, ICLR 2019). Everything is drawn from one seed, so that the same seed gives
the same weights, on any number of cores.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from ann.mlp import MLP, Arrays, check_activation


@dataclass(frozen=True)
class Training:
    """How to train. None takes what was chosen on validation digits (for Adam by `benchmarks/choose_training.py`).

    sizes       units a layer, from the inputs to the outputs
    activation  a name in `ann.ACTIVATIONS`
    seed        of the starting weights, the validation digits and the order of the rest, a non-negative integer
    epochs      passes over the training digits
    batch       digits a step
    optimizer   "adam" or "sgd"
    step        the first step size η
    momentum    μ of SGD, and β₁ of Adam
    decay       of the weights, a unit of η
    validation  digits held out of the training, on which each epoch is scored
    jitter      pixels by which each image is moved at random, up to so many each way, each time it is learned from
    """

    sizes: tuple[int, ...] = (784, 100, 10)
    activation: str = "relu"
    seed: int = 0
    epochs: int = 20
    batch: int = 100
    optimizer: str = "adam"
    step: float | None = None
    momentum: float = 0.9
    decay: float | None = None
    validation: int = 5_000
    jitter: int = 0

    def __post_init__(self) -> None:
        check_activation(self.activation)
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f'there is no optimizer "{self.optimizer}": choose from {", ".join(OPTIMIZERS)}')
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(f"sizes {self.sizes}: give at least two layers of at least one unit each")
        for name in ("epochs", "batch", "validation"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}: choose more")
        if self.jitter < 0:
            raise ValueError(f"jitter must not be negative, got {self.jitter}: choose 0 or more pixels")
        if self.jitter and round(self.sizes[0] ** 0.5) ** 2 != self.sizes[0]:
            raise ValueError(f"images of {self.sizes[0]} pixels are not square: choose jitter 0")
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, got {self.seed}: choose 0 or more")
        if self.step is not None and not 0 < self.step < np.inf:
            raise ValueError(f"step must be a positive number, got {self.step}: choose one such as 0.003")
        if self.decay is not None and not 0 <= self.decay < np.inf:
            raise ValueError(f"decay must be 0 or a positive number, got {self.decay}: choose one such as 0.1")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must lie from 0 to below 1, got {self.momentum}: choose one such as 0.9")

    def chosen(self) -> tuple[float, float]:
        """The first step size and the decay, as given or as chosen for this optimizer and activation."""
        step, decay = CHOSEN.get((self.optimizer, self.activation), CHOSEN[self.optimizer, "relu"])
        return step if self.step is None else self.step, decay if self.decay is None else self.decay

    def complete(self) -> Training:
        """The same with nothing left None."""
        step, decay = self.chosen()
        return replace(self, step=step, decay=decay)


@dataclass(frozen=True)
class Epoch:
    """One pass over the training digits: its mean loss (nats) and accuracy, and the accuracy on validation digits."""

    number: int
    loss: float
    accuracy: float
    validation_accuracy: float


@dataclass(frozen=True, eq=False)
class Trained:
    """A network with its history. `interrupted`: Ctrl-C came, and this is what had been learned until then."""

    model: MLP
    history: tuple[Epoch, ...]
    interrupted: bool


def train(
    images: np.ndarray,
    labels: np.ndarray,
    training: Training,
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    on_model: Callable[[int, MLP], None] = lambda epoch, model: None,
) -> Trained:
    """A network trained on images (n, inputs), float32, with labels (n,); calls `on_epoch` after each pass, and
    `on_model` before the first (as epoch 0) and after each, with the network whose arrays go on changing.

    At most half of them are held out. Raises ValueError where images, labels and sizes do not fit together, where
    fewer than 2 digits are given, and where the step is so large that the weights grow beyond all bounds.
    """
    step, decay = training.chosen()
    held_out = min(training.validation, len(images) // 2)
    check_digits(images, labels, training.sizes)
    rng = np.random.default_rng(training.seed)
    model = MLP.random(training.sizes, activation=training.activation, rng=rng)
    order = rng.permutation(len(images))
    validation, rest = order[:held_out], order[held_out:]
    optimizer = OPTIMIZERS[training.optimizer](model.weights + model.biases, training.momentum)
    steps = training.epochs * -(-len(rest) // training.batch)
    step_sizes = iter(step * 0.5 * (1 + np.cos(np.pi * np.arange(steps) / steps)))
    history: list[Epoch] = []
    on_model(0, model)
    try:
        with threadpool_limits(1, "blas"):  # more threads cost more than they give, and would change the last bits
            for number in range(1, training.epochs + 1):
                order = rng.permutation(rest)
                with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused in one line below
                    loss, right = one_pass(model, images, labels, order, training, optimizer, step_sizes, decay, rng)
                check_finite(model, f"the weights overflowed in epoch {number}: choose a step smaller than {step}")
                seen = float((model.classify(images[validation]) == labels[validation]).mean())
                history.append(Epoch(number, loss, right, seen))
                on_epoch(history[-1])
                on_model(number, model)
    except KeyboardInterrupt:
        check_finite(model, f"the weights overflowed before Ctrl-C: choose a step smaller than {step}")
        return Trained(model, tuple(history), interrupted=True)
    return Trained(model, tuple(history), interrupted=False)


def check_finite(model: MLP, problem: str) -> None:
    """Raises ValueError, which says the problem, where a weight or a bias is no finite number."""
    if not all(np.isfinite(array).all() for array in model.weights + model.biases):
        raise ValueError(problem)


def check_digits(images: np.ndarray, labels: np.ndarray, sizes: tuple[int, ...]) -> None:
    """Raises ValueError where images and labels do not fit each other or the network's sizes, or are too few."""
    if len(images) != len(labels):
        raise ValueError(f"{len(images):,} images have {len(labels):,} labels: they must pair up")
    if len(images) < 2:
        raise ValueError(f"{len(images)} digits are too few to train on: give at least 2")
    if images.shape[1:] != sizes[:1]:
        raise ValueError(f"images of shape {images.shape[1:]} do not fit a network of sizes {sizes}: flatten them")
    if not 0 <= labels.min() <= labels.max() < sizes[-1]:
        raise ValueError(
            f"labels from {labels.min()} to {labels.max()} do not fit {sizes[-1]} output units: they count from 0"
        )


def one_pass(
    model: MLP,
    images: np.ndarray,
    labels: np.ndarray,
    order: np.ndarray,
    training: Training,
    optimizer: Optimizer,
    step_sizes: Iterator[float],
    decay: float,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Changes the model's arrays in place, batch by batch in the given order; the mean loss and the accuracy met."""
    one_hot = np.eye(training.sizes[-1], dtype=np.float32)
    loss, right = 0.0, 0
    for start in range(0, len(order), training.batch):
        batch = order[start : start + training.batch]
        shown = moved(images[batch], training.jitter, rng) if training.jitter else images[batch]
        gradient = model.gradient(shown, one_hot[labels[batch]])
        step_size = np.float32(next(step_sizes))
        for weights in model.weights:
            weights *= 1 - step_size * np.float32(decay)
        optimizer.descend(gradient.weights + gradient.biases, step_size)
        loss += gradient.loss * len(batch)
        right += int((gradient.outputs.argmax(axis=1) == labels[batch]).sum())
    return loss / len(order), right / len(order)


def moved(images: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """Square images (n, pixels), each moved by its own whole number of pixels down and right, from -most to most."""
    count, side = len(images), round(images.shape[1] ** 0.5)
    padded = np.pad(images.reshape(count, side, side), ((0, 0), (most, most), (most, most)))
    down, right = rng.integers(0, 2 * most + 1, (2, count, 1)) + np.arange(side)
    return padded[np.arange(count)[:, None, None], down[:, :, None], right[:, None, :]].reshape(images.shape)


class Optimizer(ABC):
    """Changes the parameters that it was given, in place, against their gradients."""

    def __init__(self, parameters: Arrays, momentum: float) -> None:
        self.parameters = parameters
        self.momentum = np.float32(momentum)
        self.mean = [np.zeros_like(parameter) for parameter in parameters]

    @abstractmethod
    def descend(self, gradients: Arrays, step_size: np.floating) -> None:
        """One step down these gradients, given in the order of the parameters."""


class SGD(Optimizer):
    """Stochastic gradient descent with momentum."""

    def descend(self, gradients: Arrays, step_size: np.floating) -> None:  # noqa: D102
        for parameter, gradient, mean in zip(self.parameters, gradients, self.mean, strict=True):
            mean *= self.momentum
            mean += gradient
            parameter -= step_size * mean


class Adam(Optimizer):
    """Adam: each parameter's step is scaled by the root mean square of its recent gradients."""

    BETA = np.float32(0.999)
    EPSILON = np.float32(1e-8)

    def __init__(self, parameters: Arrays, momentum: float) -> None:
        super().__init__(parameters, momentum)
        self.square = [np.zeros_like(parameter) for parameter in parameters]
        self.steps = 0

    def descend(self, gradients: Arrays, step_size: np.floating) -> None:  # noqa: D102
        self.steps += 1
        unbias_mean = 1 - float(self.momentum) ** self.steps
        unbias_root = np.float32(np.sqrt(1 - float(self.BETA) ** self.steps))
        scale = np.float32(step_size / unbias_mean)
        for parameter, gradient, mean, square in zip(self.parameters, gradients, self.mean, self.square, strict=True):
            mean += (1 - self.momentum) * (gradient - mean)
            square += (1 - self.BETA) * (gradient * gradient - square)
            parameter -= scale * mean / (np.sqrt(square) / unbias_root + self.EPSILON)


OPTIMIZERS: dict[str, type[Optimizer]] = {"adam": Adam, "sgd": SGD}
CHOSEN = {  # first step size, decay; where a network is not named, those of relu
    ("adam", "relu"): (0.003, 0.1),
    ("adam", "sigmoid"): (0.01, 0.06),
    ("sgd", "relu"): (0.1, 0.003),
    ("sgd", "sigmoid"): (0.1, 0.0003),
}
