"""The cell's own f-I curve as the activation of a standard network: what such a network learns, its cells can do.

    a(z) = F(1 + c₁ z)/r_max        c₁: such that a(1) = 1

F is the rate of a cell (`bio.lif`), so that a weighted sum of 0 meets the rheobase. Without noise its slope there is
infinite, and no gradient can come from below: J - 1 is replaced by γ ln(1 + e^((J-1)/γ)) (Hunsberger & Eliasmith, 2015,
arXiv:1510.08829). With noise, Siegert's rate is smooth by itself. Either curve is a table joined by cubics.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from ann import ACTIVATIONS, Activation
from ann.activation import categorical_cross_entropy, sigmoid, softmax
from ann.training import CHOSEN
from bio import LIF

R_MAX = 200.0  # Hz: the rate that is called activation 1
SMOOTHING = 0.1  # γ, in thresholds
LOWEST, HIGHEST, STEP = -4.0, 20.0, 1 / 500  # of the table, in weighted sums; constant beyond

#: the cell that each activation is mapped onto, unless one is given: a sigmoid saturates, so its cell must, near r_max
CELLS = {
    "relu": LIF(),
    "sigmoid": LIF(t_ref=4e-3, noise=0.25),
    "lif": LIF(),
    "noisy-lif": LIF(noise=0.25),
}


class CellCurve:
    """a(z) of one cell, and its slope; weighted sums and results have any shape, and the same type of float.

    cell       whose rate it is
    r_max      the rate that is called activation 1, Hz
    smoothing  γ of a cell without noise, in thresholds
    """

    def __init__(self, cell: LIF, *, r_max: float = R_MAX, smoothing: float = SMOOTHING) -> None:
        self.cell, self.r_max, self.smoothing = cell, r_max, smoothing

    @cached_property
    def gain(self) -> float:
        """c₁, found when it is first needed: a cell with noise looks for it."""
        return float(self.cell.drive_for(np.array(self.r_max))) - 1

    def exact(self, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """a and da/dz at weighted sums, from the closed form."""
        excess = self.gain * np.asarray(sums, float)
        if self.cell.noise:
            rate, slope = self.cell.rate(1 + excess), self.cell.slope(1 + excess)
        else:
            rate, slope = self.cell.noiseless(self.smoothing * np.logaddexp(0, excess / self.smoothing))
            slope *= sigmoid(excess / self.smoothing)
        return rate / self.r_max, slope * self.gain / self.r_max

    @cached_property
    def table(self) -> np.ndarray:
        """(steps + 1, 4): the cubic in each step of the table from its value and slope at both ends, and the end."""
        points = np.linspace(LOWEST, HIGHEST, round((HIGHEST - LOWEST) / STEP) + 1)
        value, slope = self.exact(points)
        rise, slope = np.diff(value), slope * STEP
        first, last = slope[:-1], slope[1:]
        cubics = np.column_stack([value[:-1], first, 3 * rise - 2 * first - last, first + last - 2 * rise])
        return np.vstack([cubics, [value[-1], 0, 0, 0]])

    def place(self, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """In which step of the table each weighted sum lies, and how far on, from 0 to 1."""
        steps = np.clip((sums - LOWEST) / STEP, 0, len(self.table) - 1)
        whole = np.floor(steps)
        return whole.astype(np.intp), steps - whole

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """a, of the cubics."""
        step, t = self.place(sums)
        c = self.table.astype(sums.dtype)[step]
        return c[..., 0] + t * (c[..., 1] + t * (c[..., 2] + t * c[..., 3]))

    def slope(self, sums: np.ndarray, activations: np.ndarray | None = None) -> np.ndarray:
        """da/dz, of the cubics, so that it is the derivative of what is computed; 0 beyond the table."""
        step, t = self.place(sums)
        c = self.table.astype(sums.dtype)[step]
        inside = (sums > LOWEST) & (sums < HIGHEST)
        return inside * (c[..., 1] + t * (2 * c[..., 2] + t * 3 * c[..., 3])) / sums.dtype.type(STEP)


def curve(activation: str, *, output: bool = False) -> Callable[[np.ndarray], np.ndarray]:
    """What is compared with rates, from weighted sums: the hidden units' curve, or of output units that by which one
    is active by itself, since a softmax knows its ten units only relative to each other."""
    return ACTIVATIONS[ACTIVATIONS[activation].readout if output else activation].hidden


def cell_activation(curve: CellCurve, title: str) -> Activation:
    """A network of such units, with a softmax behind them."""
    return Activation(
        hidden=curve,
        slope=curve.slope,
        output=softmax,
        loss=categorical_cross_entropy,
        readout="relu",
        gain=2.0,
        title=title,
    )


for name, title in (("lif", "LIF"), ("noisy-lif", "noisy LIF")):
    ACTIVATIONS[name] = cell_activation(CellCurve(CELLS[name]), title)
    CHOSEN["adam", name] = 0.01, 0.1
