"""How far a spiking network's weights and drives are from what a calibration of its standard network asks for.

    k = ‖W‖/‖W*‖         passed on = mean rate / mean F(J*)

Stars are what a fresh calibration on training digits asks for: weights W*, biases b* and, for the activations of the
standard network, drives J*. k is 1 in a sound translation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from ann import MLP
from bio import LIF
from compare.activations import CELLS
from compare.mapping import Mapping, calibrate
from compare.pair import Pair, Twin
from compare.retune import retuned
from data import Digits

DEAD = "a dead layer"
BIAS = "a bias that dominates"
DYING = "activity that dies out with depth"
UNSCALED = "weights not normalised"
FOREIGN = "weights that are not this network's"

ALIKE = 0.7  # a cosine above it: the same weights, whatever their scale
FAR = 2.0  # a layer's weights are off by more than this factor: not a slip of a percentile
VERY_FAR = 10.0  # so much less says nothing
MUCH = 3.0  # times its spread over digits: so large a constant dominates
FEW = 2  # spikes that a cell should fire for a digit, or its silence tells nothing


@dataclass(frozen=True, eq=False)
class Layer:
    """What one layer is driven by, against what a fresh calibration asks for; numbers over all digits and cells.

    name      what to call it
    factor    k: how many times the wanted weights its weights are
    likeness  cosine of the angle between them; 0 for weights of 0
    spread    wanted SD over digits of a cell's drive, in thresholds
    shift     median over cells of bias minus wanted bias, in thresholds
    passed    its mean rate over the mean rate wanted
    dead      of the cells that should fire, the fraction that say the same for every digit, be it silence
    """

    name: str
    factor: float
    likeness: float
    spread: float
    shift: float
    passed: float
    dead: float

    @property
    def departs(self) -> bool:
        """Whether its weights or biases are others than a calibration would make them."""
        shifted = abs(self.shift) > max(0.3 * self.spread, 0.01)
        return shifted or not 0.87 < self.factor < 1.15 or self.likeness < 0.95


def layers_of(pair: Pair, training: Digits) -> list[Layer]:
    """Every layer of a pair's spiking network, against a calibration on training digits."""
    fresh = remade(pair.twin, training)
    mapping, found = fresh.mapping, []
    below = pair.digits.images * mapping.r_max
    for i, name in enumerate(pair.names):
        weights, bias = pair.twin.network.weights[i], pair.twin.network.biases[i]
        wanted_weights, wanted_bias = fresh.network.weights[i], fresh.network.biases[i]
        drives = below @ wanted_weights
        below = mapping.cell.rate(mapping.layers[i].drive(pair.sums[i]), dt=mapping.dt)
        shared, power = float(np.vdot(weights, wanted_weights)), float(np.vdot(wanted_weights, wanted_weights))
        lengths = (power * float(np.vdot(weights, weights))) ** 0.5
        counts = pair.response.counts[i]
        should = (below * pair.twin.duration >= FEW).mean(axis=0) > 0.05
        same = np.ptp(counts[:, should], axis=0) == 0
        found.append(
            Layer(
                name=name,
                factor=(float(np.vdot(weights, weights)) / power) ** 0.5 if power else 1.0,
                likeness=shared / lengths if lengths else float(not power),
                spread=float(np.sqrt(drives.var(axis=0).mean())),
                shift=float(np.median(bias - wanted_bias)),
                passed=float(counts.mean() / pair.twin.duration / max(below.mean(), 1e-9)),
                dead=float(same.mean()) if same.size else 0.0,
            )
        )
    return found


def remade(twin: Twin, training: Digits, *, cell: LIF | None = None, **changes: object) -> Twin:
    """The twin translated anew from training digits, with other fields or another cell if given; a mapping
    that was made for another cell stays one for that cell."""
    given = replace(twin, **changes)  # type: ignore[arg-type]
    cell = cell or twin.cell
    made_for = cell if twin.cell == twin.mapping.cell else twin.mapping.cell
    return translated(given, training, made_for, cell, twin.mapping.r_max)


def translated(twin: Twin, training: Digits, made_for: LIF, cell: LIF, r_max: float) -> Twin:
    """The twin with a mapping calibrated for one cell, of another."""
    mapping = calibrated(twin.model, training, made_for, twin.align, r_max, twin.duration, twin.dt)
    model = retuned(twin.model, mapping, training.images) if twin.retuned else twin.model
    return replace(twin, mapping=mapping, network=mapping.network(model, cell))


@lru_cache(maxsize=32)
def calibrated(
    model: MLP, training: Digits, cell: LIF, align: str, r_max: float, duration: float, dt: float
) -> Mapping:
    """`calibrate`, remembered, since several remedies ask for the same."""
    return calibrate(model, training.images, cell=cell, align=align, r_max=r_max, duration=duration, dt=dt)


@dataclass(frozen=True, eq=False)
class Case:
    """A pair as found, and the training digits to calibrate remedies with."""

    pair: Pair
    training: Digits

    @property
    def twin(self) -> Twin:
        """The twin as found."""
        return self.pair.twin

    @cached_property
    def layers(self) -> list[Layer]:
        """What drives each layer."""
        return layers_of(self.pair, self.training)

    @cached_property
    def departs(self) -> bool:
        """Whether the twin's weights are those of no calibration."""
        return any(layer.departs for layer in self.layers)

    @property
    def own(self) -> LIF:
        """The cell that such a network is mapped onto unless another is asked for."""
        return CELLS[self.twin.model.activation]

    @property
    def ceiling(self) -> float:
        """The highest rate of the cells, Hz."""
        return 1 / self.twin.cell.refractory(self.twin.dt)

    @property
    def saturated(self) -> float:
        """The fraction of spike counts, of cells that fired, that are the most that fits, or one less."""
        counts = np.concatenate([layer.ravel() for layer in self.pair.response.counts])
        fired, most = counts[counts > 0], np.ceil(self.ceiling * self.twin.duration)
        return float((fired >= most - 1).mean()) if fired.size else 0.0

    def keeps(self, twin: Twin) -> bool:
        """Whether the twin still has weights of no calibration: then a remedy for something else leaves them alone."""
        return self.departs and twin.network.weights is self.twin.network.weights

    def changed(self, twin: Twin, *, cell: LIF | None = None, **changes: object) -> Twin:
        """The twin with other fields or another cell, translated anew if it is a translation at all."""
        if self.keeps(twin):
            network = replace(twin.network, cell=cell or twin.cell)
            return replace(twin, network=network, **changes)  # type: ignore[arg-type]
        return remade(twin, self.training, cell=cell, **changes)


def weights_name(case: Case) -> str:
    """What is wrong with weights that no calibration would give: the first that explains the others.

    The right weights at the wrong scale are missing normalisation, whatever is silent or at its ceiling because of it.
    A bias is named before the shouting it makes. A layer that says nothing is dead if the one below passes on at least
    half of what it should; if that was fading already, activity dies out with depth.
    """
    layers = case.layers
    if any(layer.likeness > ALIKE and not 1 / FAR <= layer.factor <= FAR for layer in layers):
        return UNSCALED
    if any(layer.shift > MUCH * layer.spread for layer in layers):
        return BIAS
    below = [1.0, *(layer.passed for layer in layers)]
    for layer, passed in zip(layers, below, strict=False):
        if layer.dead > 0.9 or layer.factor < 1 / VERY_FAR:
            return DEAD if passed >= 0.5 else DYING
    hidden = below[:-1]  # output cells are mostly silent anyway
    if len(hidden) > 2 and hidden[-1] < 0.5 and np.all(np.diff(hidden) < 0.05):
        return DYING
    if min(layer.likeness for layer in layers) < ALIKE:
        return FOREIGN
    return BIAS if any(abs(layer.shift) > layer.spread for layer in layers) else UNSCALED


def weights_evidence(case: Case) -> str:
    """The layers that depart from the mapping, and what became of their cells."""
    named, said = weights_name(case), []
    for layer in case.layers:
        if named == DYING:
            said.append(f"{layer.name} fires at {layer.passed:.0%} of the rate that its units ask for")
        elif layer.departs:
            drives = f"{layer.name}: weights {layer.factor:.3g} times what the mapping asks"
            shift = f", bias {layer.shift:+.3g} thresholds off where digits differ by {layer.spread:.2g}"
            said.append(
                drives
                + (shift if abs(layer.shift) > 0.3 * layer.spread else "")
                + (
                    f", {layer.dead:.0%} of the cells that should fire say the same for every digit, or nothing"
                    if layer.dead > 0.05
                    else ""
                )
                + (f", only {layer.likeness:.0%} alike" if layer.likeness < 0.9 else "")
            )
    return "; ".join(said)


def weights_remedy(case: Case) -> str:
    """How to translate the weights again."""
    scales = ", ".join(f"{layer.unit:.3g}" for layer in remade(case.twin, case.training).mapping.layers)
    return (
        f"translate the weights and biases again: `network = calibrate(model, training_images).network(model)` "
        f"(compare.mapping) divides each layer by its λ, here {scales}, and adds the cell's threshold"
    )
