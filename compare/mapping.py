"""Maps a trained MLP onto spiking cells, and the cells' firing rates back onto activations.

For a unit with weighted sum z and activation a = f(z), and a cell with drive J that fires at the rate r = F(J):

    there   J = c₀ + c₁ z/λ          λ: the activation that maps to r_max (a high percentile for ReLU, 1 for a sigmoid)
    on      a ≈ γ r + δ               by least squares for each unit: γ goes into the next weights, δ into the biases
    back    a = f(λ (F⁻¹(r) - c₀)/c₁)

c₀ and c₁ align the two curves. "threshold" puts the unit's threshold on the cell's: a ReLU's 0 on the rheobase
(c₀ = 1), a sigmoid's ½ on half of r_max. "slope" lets c₀ go and fits the curves to each other by least squares. All is
calibrated on training digits and the closed form of F (`bio.lif`); how, kind by kind, is `compare.fits`. Percentile
normalisation is after Rueckauer et al., Front. Neurosci. 2017, 11:682.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from ann import MLP
from bio import LIF, SpikingNetwork
from compare.activations import CELLS, R_MAX, curve
from compare.fits import fit_for

ALIGNMENTS = ("threshold", "slope")
LEAST_DRIVE = 1e-5  # between those for r_max/2 and for r_max: less is lost in the rounding of float32
LEAST_CHANGE = 1.0  # Hz: by less, as at the all but silent foot of a noisy curve, no line is to be steered


@dataclass(frozen=True, eq=False)
class LayerMap:
    """How the numbers of one layer belong together.

    c0, c1   drive of a weighted sum of 0, and drive added by a sum of λ, in thresholds
    unit     λ, in activation units
    gain     γ (units,), activation units per Hz
    offset   δ (units,), activation units
    silent   the mean activation of units whose cells do not fire in the time given
    on_rate  the rate above which a cell counts as on, Hz: that of a weighted sum of 0
    """

    c0: float
    c1: float
    unit: float
    gain: np.ndarray
    offset: np.ndarray
    silent: float
    on_rate: float

    def drive(self, sums: np.ndarray) -> np.ndarray:
        """The drives J of weighted sums z, same shape."""
        return self.c0 + self.c1 / self.unit * sums


@dataclass(frozen=True, eq=False)
class Mapping:
    """An MLP's counterpart, as calibrated.

    layers      one `LayerMap` a layer, hidden ones first
    activation  of the MLP
    cell        that the calibration was made for
    r_max       the rate that activation λ, and brightness 1, maps to, Hz
    dt          of the simulation that the calibration was made for, s
    """

    layers: tuple[LayerMap, ...]
    activation: str
    cell: LIF
    r_max: float
    dt: float

    def network(self, model: MLP, cell: LIF | None = None) -> SpikingNetwork:
        """The spiking twin of the model; of another `cell` than the calibration's, to see what that breaks.

        Currents stay what they are in the calibration's cell: where the other one's threshold is further from rest, the
        same current is a smaller drive.
        """
        cell = cell or self.cell
        ratio = self.cell.span / cell.span
        gain, offset = np.full(model.sizes[0], 1 / self.r_max), np.zeros(model.sizes[0])
        weights, biases = [], []
        for layer, weight, bias in zip(self.layers, model.weights, model.biases, strict=True):
            weights.append(gain[:, None] * weight * (layer.c1 / layer.unit * ratio))
            biases.append(layer.drive(bias + offset @ weight) * ratio)
            gain, offset = layer.gain, layer.offset
        return SpikingNetwork(tuple(weights), tuple(biases), cell)

    def curve(self, layer: int) -> Callable[[np.ndarray], np.ndarray]:
        """What a layer's units make of their weighted sums, and is compared with its cells' rates."""
        return curve(self.activation, output=layer == len(self.layers) - 1)

    def rates(self, counts: np.ndarray, duration: float) -> np.ndarray:
        """The rates in Hz that spike counts over `duration` (s) tell of, same shape.

        A cell that starts at rest and fires r times a second has fired ⌊r · (duration + t_ref)⌋ times: the interval to
        its first spike lacks the refractory time. So n ≥ 1 spikes stand for the middle of what gives n; 0 for silence.

        >>> mapping = Mapping((), "relu", LIF(t_ref=0), r_max=200.0, dt=1e-3)
        >>> mapping.rates(np.array([0, 1, 10]), 0.1).round(3).tolist()
        [0.0, 15.0, 105.0]
        """
        return np.where(counts > 0, (counts + 0.5) / (duration + self.cell.t_ref), 0.0)

    def activations(self, layer: int, counts: np.ndarray, duration: float) -> np.ndarray:
        """What activations (n, units) the spike counts (n, cells) of a layer stand for."""
        table = np.arange(counts.max() + 1)
        this = self.layers[layer]
        drive = self.cell.drive_for(self.rates(table, duration), dt=self.dt)
        back = self.curve(layer)((drive - this.c0) / this.c1 * this.unit)
        return np.where(table > 0, back, this.silent)[counts]

    def on(self, layer: int, counts: np.ndarray, duration: float) -> np.ndarray:
        """Which cells (n, cells) of a layer are on: fire faster than at a weighted sum of 0."""
        return self.rates(counts, duration) > self.layers[layer].on_rate


def calibrate(
    model: MLP,
    images: np.ndarray,
    *,
    cell: LIF | None = None,
    align: str = "threshold",
    r_max: float = R_MAX,
    duration: float = 0.1,
    dt: float = 1e-3,
) -> Mapping:
    """The mapping of a model onto a cell, from training images (n, 784).

    `duration` (s) is how long each digit will be shown: it tells who stays silent. Raises ValueError where the cell
    can't fire at r_max (Hz), or there is no such alignment.
    """
    cell = cell or CELLS[model.activation]
    check_mapping(cell, align, r_max, dt)
    layers = []
    for layer, sums in enumerate(weighted_sums(model, images), 1):
        name = model.kind.readout if layer == len(model.weights) else model.activation
        sums = sums.astype(float)
        c0, c1, unit = fit_for(name)(name, sums, cell, align, r_max, dt)
        layers.append(layer_map(name, sums, cell, r_max, duration, dt, c0, c1, unit))
    return Mapping(tuple(layers), model.activation, cell, r_max, dt)


def layer_map(
    name: str,
    sums: np.ndarray,
    cell: LIF,
    r_max: float,
    duration: float,
    dt: float,
    c0: float,
    c1: float,
    unit: float,
) -> LayerMap:
    """The map of a layer whose c₀, c₁ and λ are known, from its weighted sums (n, units) on training digits."""
    rates = cell.rate(c0 + c1 / unit * sums, dt=dt)
    wanted = curve(name)(sums)
    quiet = wanted[rates * duration < 1]
    gain, offset = fitted_lines(rates, wanted, unit / r_max)
    silent = float(quiet.mean()) if quiet.size else 0.0
    return LayerMap(c0, c1, unit, gain, offset, silent, float(cell.rate(np.array(c0), dt=dt)))


def check_mapping(cell: LIF, align: str, r_max: float, dt: float) -> None:
    """Raises ValueError where there is no such alignment, or no drive that makes the cell fire at r_max (Hz)."""
    if align not in ALIGNMENTS:
        raise ValueError(f'there is no alignment "{align}": choose from {", ".join(ALIGNMENTS)}')
    if not 0 < r_max < np.inf:
        raise ValueError(f"r_max must be above 0 Hz, got {r_max:g}: choose a positive rate")
    if r_max * cell.t_ref >= 1:
        raise ValueError(f"no cell with t_ref {cell.t_ref * 1e3:g} ms fires at r_max {r_max:g} Hz: lower one of them")
    half, full = cell.drive_for(np.array([r_max / 2, r_max]), dt=dt)
    if not full - half > LEAST_DRIVE:  # or either is undefined
        raise ValueError(
            f"no drive makes a cell with tau_m {cell.tau_m * 1e3:g} ms fire at r_max {r_max:g} Hz, and at half, in "
            f"steps of {dt * 1e3:g} ms: choose a higher r_max or a longer tau_m"
        )


def fitted_lines(rates: np.ndarray, activations: np.ndarray, fallback: float) -> tuple[np.ndarray, np.ndarray]:
    """Slope and intercept (units,) of the line through each unit's rates and activations (n, units) by least squares;
    a unit whose rate hardly changes gets the slope `fallback`."""
    middle, target = rates.mean(axis=0), activations.mean(axis=0)
    spread = ((rates - middle) ** 2).sum(axis=0)
    shared = ((rates - middle) * (activations - target)).sum(axis=0)
    varies = np.ptp(rates, axis=0) > LEAST_CHANGE
    slope = np.divide(shared, spread, out=np.full(len(spread), fallback), where=varies)
    return slope, target - slope * middle


def weighted_sums(model: MLP, images: np.ndarray) -> list[np.ndarray]:
    """z of every layer, (n, units) each."""
    with threadpool_limits(1, "blas"):  # so that the last bits do not depend on the number of cores
        return [sums for sums, _ in model.layers(images)]
