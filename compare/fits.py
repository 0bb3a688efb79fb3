"""Which drives a kind of unit is given: c₀, c₁ and λ of J = c₀ + c₁ z/λ, found in the way that suits its curve.

λ is the activation that maps to r_max. "threshold" puts the unit's threshold on the cell's; "slope" lets c₀ go, and
fits the curves to each other by least squares over training digits. What the letters mean: `compare.mapping`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy  # loads its parts where they are first used

from ann import ACTIVATIONS
from bio import LIF
from compare.activations import CELLS, R_MAX, curve

PERCENTILE = 99.9
SAMPLE = 20_000  # weighted sums of a layer that the fit of c₀ and c₁ looks at

#: (activation, weighted sums (n, units), cell, alignment, r_max in Hz, dt in s) → c₀, c₁ in thresholds, λ
Fitting = Callable[[str, np.ndarray, LIF, str, float, float], tuple[float, float, float]]


def relu_fit(name: str, sums: np.ndarray, cell: LIF, align: str, r_max: float, dt: float) -> tuple[float, float, float]:
    """c₀, c₁ and λ for a ReLU: exact at its threshold and at λ, or an affine fit to the inverse f-I curve between."""
    sums = sample(sums)
    unit = full(np.maximum(sums, 0))
    if align == "threshold":
        return 1.0, float(cell.drive_for(np.array(r_max), dt=dt)) - 1, unit
    between = sums[(sums > 0) & (sums <= unit)] / unit
    if between.size < 2:
        between = np.linspace(0.01, 1, 100)
    c1, c0 = np.polyfit(between, cell.drive_for(r_max * between, dt=dt), 1)
    return float(c0), float(c1), unit


def curve_fit(
    name: str, sums: np.ndarray, cell: LIF, align: str, r_max: float, dt: float
) -> tuple[float, float, float]:
    """c₀, c₁ and λ for any rising curve, such as a sigmoid: those for which rate/r_max is closest to activation/λ on
    training digits; with "threshold", among those that fire at r_max · f(0)/λ at a weighted sum of 0."""
    highest, at_zero = ACTIVATIONS[name].highest, float(curve(name)(np.array(0.0)))
    unit = highest if np.isfinite(highest) else max(full(curve(name)(sample(sums))), 2 * at_zero)
    middle = float(cell.drive_for(np.array(r_max * at_zero / unit), dt=dt))
    return *closest(name, sums, cell, r_max, dt, c0=middle, unit=unit, free=align == "slope"), unit


def cell_fit(name: str, sums: np.ndarray, cell: LIF, align: str, r_max: float, dt: float) -> tuple[float, float, float]:
    """c₀, c₁ and λ = 1 for a cell's own curve: the drives that bring the activations of weighted sums of 0 and of 1,
    which for that very cell is its curve; with "slope", those for which rate/r_max is closest to it."""
    at_rheobase = float(CELLS[name].rate(np.array(1.0))) / R_MAX
    c0, at_one = cell.drive_for(r_max * np.array([at_rheobase, 1.0]), dt=dt).tolist()
    if align == "threshold":
        return c0, at_one - c0, 1.0
    return *closest(name, sums, cell, r_max, dt, c0=c0, c1=at_one - c0, free=True), 1.0


def closest(
    name: str,
    sums: np.ndarray,
    cell: LIF,
    r_max: float,
    dt: float,
    *,
    c0: float,
    c1: float = 1.0,
    unit: float = 1.0,
    free: bool,
) -> tuple[float, float]:
    """c₀ and c₁ for which rate/r_max is closest to an activation over λ by least squares, looking first at those given;
    unless it is `free`, c₀ stays."""
    sums = sample(sums)
    wanted = curve(name)(sums) / unit

    def distance(log_c1: float, c0: float) -> float:
        return float(np.mean((cell.rate(c0 + np.exp(log_c1) / unit * sums, dt=dt) / r_max - wanted) ** 2))

    if free:
        found = scipy.optimize.minimize(lambda p: distance(p[0], p[1]), [np.log(c1), c0], method="Nelder-Mead")
        return float(found.x[1]), float(np.exp(found.x[0]))
    found = scipy.optimize.minimize(lambda p: distance(p[0], c0), [np.log(c1)], method="Nelder-Mead")
    return c0, float(np.exp(found.x[0]))


def sample(sums: np.ndarray) -> np.ndarray:
    """At most some `SAMPLE` of a layer's weighted sums, at even steps."""
    return sums[:: max(1, sums.size // SAMPLE)].ravel()


def full(activations: np.ndarray) -> float:
    """λ where nothing ends the activations: all but the highest in a thousand; of units that never are on, 1."""
    return float(np.percentile(activations, PERCENTILE)) or 1.0


FITS: dict[str, Fitting] = {"relu": relu_fit, "lif": cell_fit, "noisy-lif": cell_fit}


def fit_for(name: str) -> Fitting:
    """How c₀, c₁ and λ are found for a kind of unit: in closed form where it is in `FITS`, otherwise by `curve_fit`."""
    return FITS.get(name, curve_fit)
