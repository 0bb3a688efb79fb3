"""What a cell's f-I curve looks like, from ReLU over softplus to sigmoid: a map over noise σ and refractory time.

Two things about a curve f(J) say which it is, and neither is a contest of fits:

    foot     ∫ f dJ / f(1), J from -∞ to 1     how far below the rheobase the cell fires, in thresholds
    ceiling  f(J_max) · t_ref                  how much of its highest rate 1/t_ref it has reached there

The foot of a ReLU at the rheobase is 0, that of a softplus β ln(1 + e^((J-1)/β)) is π²/(12 ln 2) β = 1.19 β. Fits by
least squares say the same in R²; each has an amplitude and a place on the axis of drives, softplus and sigmoid a width
too. A ReLU is a softplus of no width, so its fit is never the better one, and which of the others wins depends on the
range of drives: hence two ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy  # loads its parts where they are first used

from bio import LIF
from compare.neuron.fit import Fit, fit_all

RANGE = (-2.0, 4.0)  # thresholds: as much of silence as of firing, for a cell without noise
WIDE = (-9.0, 11.0)
POINTS = 121  # of a curve that is fitted
DEPTH = 10  # σ below the rheobase, where nothing fires any more


@dataclass(frozen=True, eq=False)
class NeuronMap:
    """Foot, ceiling and fits of cells of all noises and refractory times, at drives between `low` and `high`.

    noises   (n,), in thresholds
    t_refs   (t,), s
    foot     (t, n), in thresholds
    ceiling  (t, n), as a part of 1/t_ref
    r2       shape → (t, n)
    """

    noises: np.ndarray
    t_refs: np.ndarray
    low: float
    high: float
    foot: np.ndarray
    ceiling: np.ndarray
    r2: dict[str, np.ndarray]

    def sigmoid_wins(self) -> float:
        """The part of the map in which a sigmoid fits better than a softplus."""
        return float((self.r2["sigmoid"] > self.r2["softplus"]).mean())

    def effects(self) -> dict[str, float]:
        """How much foot and ceiling change along either axis, averaged over the other."""
        return {
            f"{what} along {axis}": float(np.ptp(values, axis=i).mean())
            for what, values in (("foot", self.foot), ("ceiling", self.ceiling))
            for i, axis in enumerate(("t_ref", "noise"))
        }


def neuron_map(
    noises: Sequence[float] | np.ndarray,
    t_refs: Sequence[float] | np.ndarray,
    *,
    low: float,
    high: float,
    cell: LIF | None = None,
) -> NeuronMap:
    """The map for noises > 0 (thresholds) and refractory times (s), of cells in all else like `cell` (None: `LIF()`).

    Raises ValueError where a noise is not above 0 or the drives do not go from below the rheobase 1 to above it.
    """
    if not min(noises) > 0:
        raise ValueError(f"noise {min(noises):g}: a map of feet needs noises above 0: leave it out")
    if not low < 1 < high:
        raise ValueError(f"drives {low:g}…{high:g}: must enclose the rheobase 1: widen them")
    drives = np.linspace(low, high, POINTS)
    cells = [replace(cell or LIF(), noise=noise, t_ref=t_ref) for t_ref in t_refs for noise in noises]
    curves = np.array([cell.rate(drives) for cell in cells])
    foot = np.array([foot_width(cell) for cell in cells])
    ceiling = curves[:, -1] * [cell.t_ref for cell in cells]
    shape = (len(t_refs), len(noises))
    r2 = {name: fit.r2.reshape(shape) for name, fit in fit_all(drives, curves).items()}
    return NeuronMap(np.array(noises), np.array(t_refs), low, high, foot.reshape(shape), ceiling.reshape(shape), r2)


def foot_width(cell: LIF) -> float:
    """How far below the rheobase a cell fires, in thresholds: the integral of its rate up to there over the rate
    there; 0 without noise."""
    if not cell.noise:
        return 0.0
    drives = np.linspace(1 - DEPTH * cell.noise, 1, 401)
    rate = cell.rate(drives)
    return float(scipy.integrate.simpson(rate, x=drives) / rate[-1])


def fits_of(cell: LIF, *, low: float, high: float) -> dict[str, Fit]:
    """The best fit of every shape to the curve of one cell."""
    drives = np.linspace(low, high, POINTS)
    return fit_all(drives, cell.rate(drives)[None])
