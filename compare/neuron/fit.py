"""ReLU, softplus and sigmoid laid on f-I curves by least squares.

    f(J) ≈ amplitude · shape((J - place)/width)

A ReLU has no width of its own: it is the softplus of width 0, so that a softplus never fits worse. The start comes from
a grid of places and widths, for each of which the best amplitude is known; from there on by Levenberg's and Marquardt's
steps (J. SIAM 1963, 11:431), of all curves at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts where they are first used

ROUNDS = 40  # of refinement

#: of the distance from a shape's place, and its width
SHAPES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "relu": lambda x, width: np.maximum(x, 0),
    "softplus": lambda x, width: width * np.logaddexp(0, x / width),
    "sigmoid": lambda x, width: scipy.special.expit(x / width),
}


@dataclass(frozen=True, eq=False)
class Fit:
    """A shape laid on curves: amplitude · shape((J - place)/width).

    shape      name in `SHAPES`
    place      of each curve (m,), in thresholds
    width      (m,), in thresholds; 0 for a ReLU
    amplitude  (m,), Hz, of ReLU and softplus Hz per threshold
    r2         (m,), 1 for a perfect fit
    """

    shape: str
    place: np.ndarray
    width: np.ndarray
    amplitude: np.ndarray
    r2: np.ndarray

    def curve(self, drives: np.ndarray) -> np.ndarray:
        """(m, n): the rates in Hz that the fits say for drives (n,)."""
        shape = SHAPES[self.shape](drives - self.place[:, None], np.maximum(self.width, 1e-9)[:, None])
        return self.amplitude[:, None] * shape


def fit_all(drives: np.ndarray, curves: np.ndarray) -> dict[str, Fit]:
    """The best fit of every shape to rates (m, n) in Hz at drives (n,); a softplus at least as good as a ReLU."""
    fits = {name: fit(name, drives, curves) for name in SHAPES}
    relu, soft = fits["relu"], fits["softplus"]
    sharp = relu.r2 > soft.r2
    names = ("place", "width", "amplitude", "r2")
    better = {name: np.where(sharp, getattr(relu, name), getattr(soft, name)) for name in names}
    return fits | {"softplus": Fit("softplus", **better)}


def fit(shape: str, drives: np.ndarray, curves: np.ndarray) -> Fit:
    """The least-squares fit of a shape to rates (m, n) in Hz at drives (n,)."""
    unit = np.abs(curves).max(axis=1, keepdims=True)
    numbers = refined(shape, drives, curves / unit, first_guess(shape, drives, curves / unit))
    error = ((curves / unit - model(shape, drives, numbers)) ** 2).sum(axis=1)
    spread = ((curves - curves.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) / unit[:, 0] ** 2
    place, width, amplitude = numbers[:, 0], np.exp(numbers[:, 1]), numbers[:, 2] * unit[:, 0]
    return Fit(shape, place, width if shape != "relu" else np.zeros_like(place), amplitude, 1 - error / spread)


def model(shape: str, drives: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """(m, n): the shape for numbers (m, 3), which are place, logarithm of the width, and amplitude."""
    place, width, amplitude = numbers.T[:, :, None]
    return amplitude * SHAPES[shape](drives - place, np.exp(width))


def first_guess(shape: str, drives: np.ndarray, curves: np.ndarray) -> np.ndarray:
    """(m, 3): for each curve the numbers of the best of a grid, which explain overlap²/norm² of its squares."""
    span = np.ptp(drives)
    places = np.linspace(drives[0] - 3 * span, drives[-1] + span, 201)
    widths = np.log(np.geomspace(span / 500, span, 41)) if shape != "relu" else np.zeros(1)
    grid = np.stack(np.meshgrid(places, widths, [1.0], indexing="ij"), axis=-1).reshape(-1, 3)
    templates = model(shape, drives, grid)
    overlap, norm = np.maximum(curves @ templates.T, 0), np.maximum((templates**2).sum(axis=1), 1e-300)
    best = (overlap**2 / norm).argmax(axis=1)
    amplitude = overlap[np.arange(len(curves)), best] / norm[best]
    return np.column_stack([grid[best, :2], amplitude])


def refined(shape: str, drives: np.ndarray, curves: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """(m, 3): the numbers after `ROUNDS` steps, each taken only where it lessens the error."""
    damping = np.full(len(curves), 1e-3)
    nudges = 1e-5 * np.eye(3)
    for _ in range(ROUNDS):
        off = curves - model(shape, drives, numbers)
        slopes = [model(shape, drives, numbers + n) - model(shape, drives, numbers - n) for n in nudges]
        jacobian = np.stack(slopes, axis=-1) / 2e-5
        normal = np.swapaxes(jacobian, 1, 2) @ jacobian
        scale = damping[:, None] * np.diagonal(normal, axis1=1, axis2=2) + 1e-12  # a ReLU has no width to change
        step = np.linalg.solve(normal + scale[:, None] * np.eye(3), np.swapaxes(jacobian, 1, 2) @ off[..., None])
        tried = numbers + np.clip(step[..., 0], -1, 1)
        better = ((curves - model(shape, drives, tried)) ** 2).sum(axis=1) < (off**2).sum(axis=1)
        numbers = np.where(better[:, None], tried, numbers)
        damping = np.clip(np.where(better, damping / 5, damping * 5), 1e-12, 1e12)
    return numbers
