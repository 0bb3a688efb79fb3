"""What can be wrong with a spiking twin: for each cause when it is suspected, its remedy, and the numbers that show it.

    J = r W + b,  J* = r W* + b*         k = ⟨ΔJ, ΔJ*⟩/⟨ΔJ*, ΔJ*⟩         passed on = mean rate / mean F(J*)

Stars are what a fresh calibration on training digits asks for, r the rates it expects of the layer below, Δ what
differs from digit to digit. k is 1 in a sound translation. A remedy takes a twin and returns it repaired, so that
`compare.diagnosis` can try it; what it changes is calibrated anew, unless the twin's weights are not those of any
calibration: then they are kept, lest the one remedy hide that the other is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ann import MLP
from bio import LIF
from compare.activations import CELLS, R_MAX
from compare.mapping import calibrate, weighted_sums
from compare.pair import Pair, Twin
from compare.retune import retuned

DEAD = "a dead layer"
SATURATED = "saturated units"
COARSE = "dt too coarse"
BIAS = "a bias that dominates"
DYING = "activity that dies out with depth"
UNSCALED = "weights not normalised"
FOREIGN = "weights that are not this network's"
SHORT = "time too short"
NOISY = "noise too strong"
OTHER_CELL = "a cell that the mapping was not made for"
FEW_SPIKES = "rates too low for the time"
RANDOM_INPUT = "input spikes too random"

FAR = 2.0  # a layer's drives are off by more than this factor: not a slip of a percentile
MUCH = 3.0  # times its spread over digits: so large a constant dominates
LEAST_SPIKES = 10  # of a full activation, in the time given


@dataclass(frozen=True, eq=False)
class Layer:
    """What one layer is driven by, against what a fresh calibration asks for; numbers over all digits and cells.

    name      what to call it
    factor    k: how many times the wanted difference between digits its drives have
    likeness  correlation of its drives' differences between digits with the wanted ones; 0 where there are none
    spread    wanted SD over digits of a cell's drive, in thresholds
    shift     median over cells of bias minus wanted bias, in thresholds
    passed    its mean rate over the mean rate wanted
    dead      of the cells that should fire, the fraction that never do
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
        return not (0.87 < self.factor < 1.15 and self.likeness > 0.95 and abs(self.shift) < 0.3 * self.spread)


def layers_of(pair: Pair, images: np.ndarray) -> list[Layer]:
    """Every layer of a pair's spiking network, against a calibration on training images (n, 784)."""
    fresh = remade(pair.twin, images)
    mapping, found = fresh.mapping, []
    below = pair.digits.images * mapping.r_max
    for i, name in enumerate(pair.names):
        weights, bias = pair.twin.network.weights[i], pair.twin.network.biases[i]
        wanted_weights, wanted_bias = fresh.network.weights[i], fresh.network.biases[i]
        has, wants = varying(below @ weights), varying(below @ wanted_weights)
        below = mapping.cell.rate(mapping.layers[i].drive(pair.sums[i]), dt=mapping.dt)
        power, strength = float(np.vdot(wants, wants)) or 1.0, float(np.vdot(has, has))
        shared = float(np.vdot(has, wants))
        counts = pair.response.counts[i]
        should = (below * pair.twin.duration >= LEAST_SPIKES / 5).mean(axis=0) > 0.05
        never = counts[:, should].sum(axis=0) == 0
        found.append(
            Layer(
                name=name,
                factor=shared / power,
                likeness=shared / np.sqrt(power * strength) if strength else 0.0,
                spread=float(np.sqrt(power / wants.size)),
                shift=float(np.median(bias - wanted_bias)),
                passed=float(counts.mean() / pair.twin.duration / max(below.mean(), 1e-9)),
                dead=float(never.mean()) if never.size else 0.0,
            )
        )
    return found


def varying(drives: np.ndarray) -> np.ndarray:
    """What of drives (n, cells) differs from digit to digit."""
    return drives - drives.mean(axis=0)


def remade(twin: Twin, images: np.ndarray, *, cell: LIF | None = None, **changes: object) -> Twin:
    """The twin translated anew from training images (n, 784), with other fields or another cell if given; a mapping
    that was made for another cell stays one for that cell."""
    given = replace(twin, **changes)  # type: ignore[arg-type]
    cell = cell or twin.cell
    made_for = cell if twin.cell == twin.mapping.cell else twin.mapping.cell
    return translated(given, images, made_for, cell, twin.mapping.r_max)


def translated(twin: Twin, images: np.ndarray, made_for: LIF, cell: LIF, r_max: float) -> Twin:
    """The twin with a mapping calibrated for one cell, of another."""
    mapping = calibrate(
        twin.model, images, cell=made_for, align=twin.align, r_max=r_max, duration=twin.duration, dt=twin.dt
    )
    model = retuned(twin.model, mapping, images) if twin.retuned else twin.model
    return replace(twin, mapping=mapping, network=mapping.network(model, cell))


@dataclass(frozen=True, eq=False)
class Case:
    """A pair as found, and the training images (n, 784) to calibrate remedies with."""

    pair: Pair
    images: np.ndarray

    @property
    def twin(self) -> Twin:
        """The twin as found."""
        return self.pair.twin

    @cached_property
    def layers(self) -> list[Layer]:
        """What drives each layer."""
        return layers_of(self.pair, self.images)

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

    def changed(self, twin: Twin, *, cell: LIF | None = None, **changes: object) -> Twin:
        """The twin with other fields or another cell, translated anew if it is a translation at all."""
        if self.departs and twin.network.weights is self.twin.network.weights:
            network = replace(twin.network, cell=cell or twin.cell)
            return replace(twin, network=network, **changes)  # type: ignore[arg-type]
        return remade(twin, self.images, cell=cell, **changes)


@dataclass(frozen=True, eq=False)
class Cause:
    """One thing that can be wrong.

    name       in plain words, of a case
    suspected  whether it can be the matter at all
    repaired   the twin without it
    evidence   what shows it, in numbers
    remedy     what to do, an option or a line of code
    """

    name: Callable[[Case], str]
    suspected: Callable[[Case], bool]
    repaired: Callable[[Case, Twin], Twin]
    evidence: Callable[[Case], str]
    remedy: Callable[[Case], str]


# --- the weights


def weights_name(case: Case) -> str:
    """What is wrong with weights that no calibration would give: the first that explains the others.

    A factor in several layers is missing normalisation, whatever then is silent or at its ceiling. A bias is named
    before the silence or the shouting it makes. A layer is dead if the one below it passes on at least half of what
    it should; if that was fading already, activity dies out with depth.
    """
    layers = case.layers
    off = [layer for layer in layers if not 1 / FAR <= layer.factor <= FAR]
    if len(off) > 1 or any(layer.factor > FAR for layer in off):
        return UNSCALED
    if any(layer.shift > MUCH * layer.spread for layer in layers):
        return BIAS
    below = [1.0, *(layer.passed for layer in layers)]
    for layer, passed in zip(layers, below, strict=False):
        if layer.dead > 0.9:
            return DEAD if passed >= 0.5 else DYING
    if below[-1] < 0.5 and np.all(np.diff(below) < 0.05):
        return DYING
    return FOREIGN if min(layer.likeness for layer in layers) < 0.7 else UNSCALED


def weights_evidence(case: Case) -> str:
    """The layers that depart from the mapping, and what became of their cells."""
    named, said = weights_name(case), []
    for layer in case.layers:
        if named == DYING:
            said.append(f"{layer.name} fires at {layer.passed:.0%} of the rate that its units ask for")
        elif layer.departs:
            drives = f"{layer.name}: drives differ between digits {layer.factor:.3g} times as much as the mapping asks"
            shift = f", bias {layer.shift:+.3g} thresholds off where digits differ by {layer.spread:.2g}"
            said.append(
                drives
                + (shift if abs(layer.shift) > 0.3 * layer.spread else "")
                + (f", {layer.dead:.0%} of the cells that should fire never do" if layer.dead > 0.05 else "")
                + (f", only {layer.likeness:.0%} alike" if layer.likeness < 0.9 else "")
            )
    return "; ".join(said)


def weights_remedy(case: Case) -> str:
    """How to translate the weights again."""
    scales = ", ".join(f"{layer.unit:.3g}" for layer in remade(case.twin, case.images).mapping.layers)
    return (
        f"translate the weights and biases again: `network = calibrate(model, training_images).network(model)` "
        f"(compare.mapping) divides each layer by its λ, here {scales}, and adds the cell's threshold"
    )


# --- a constant in the standard network that only the spiking one minds


def constant(model: MLP, images: np.ndarray) -> list[np.ndarray]:
    """What each hidden ReLU adds to its sum on every image (n, 784) alike: its least sum, or 0; (units,) a layer."""
    return [np.maximum(sums.min(axis=0), 0) for sums in weighted_sums(model, images)[:-1]]


def without_constant(model: MLP, images: np.ndarray) -> MLP:
    """A ReLU network that answers these images (n, 784) as before, with what its units always add handed to the next
    biases: ReLU(z) = c + ReLU(z - c) for z ≥ c ≥ 0."""
    biases = list(model.biases)
    for layer, always in enumerate(constant(model, images)):
        biases[layer] = biases[layer] - always
        biases[layer + 1] = biases[layer + 1] + always @ model.weights[layer + 1]
    return replace(model, biases=tuple(biases))


def constants_over_spread(case: Case) -> list[float]:
    """Of each hidden layer, the median unit's constant over its SD from digit to digit."""
    sums = weighted_sums(case.twin.model, case.images)
    return [
        float(np.median(always / np.maximum(layer.std(axis=0), 1e-9)))
        for always, layer in zip(constant(case.twin.model, case.images), sums, strict=False)
    ]


def constant_evidence(case: Case) -> str:
    """The layers that say almost the same for every digit."""
    return "; ".join(
        f"{name}: what its units always add is {ratio:.3g} times what differs from digit to digit"
        for name, ratio in zip(case.pair.names, constants_over_spread(case), strict=False)
        if ratio > MUCH
    )


# --- the cell, the clock and the input


def with_own(case: Case, name: str) -> float:
    """The usual value of a constant of the cell: what the mapping was made for, if that is less than now."""
    made_for, now = getattr(case.twin.mapping.cell, name), getattr(case.twin.cell, name)
    return made_for if made_for < now else getattr(case.own, name)


def least(case: Case, name: str) -> bool:
    """Whether a constant of the cell is above its usual value."""
    return bool(getattr(case.twin.cell, name) > with_own(case, name))


def restored(case: Case, twin: Twin, name: str) -> Twin:
    """The twin with the usual value of a constant of the cell."""
    return case.changed(twin, cell=replace(twin.cell, **{name: with_own(case, name)}))  # type: ignore[arg-type]


def possible_rate(case: Case, cell: LIF) -> float:
    """r_max, Hz, lowered to four fifths of the ceiling where the cell cannot come near it."""
    r_max = case.twin.mapping.r_max
    return r_max if r_max * cell.t_ref < 0.9 else 0.8 / cell.t_ref


def recalibrated(case: Case, twin: Twin) -> Twin:
    """The twin with a mapping made for the cell it has."""
    if case.departs and twin.network.weights is case.twin.network.weights:
        return twin
    return translated(twin, case.images, twin.cell, twin.cell, possible_rate(case, twin.cell))


def cell_evidence(case: Case) -> str:
    """What differs between the cell and the mapping's."""
    cell, other = case.twin.cell, case.twin.mapping.cell
    said = [
        f"{name} {getattr(cell, name) * unit:g}{label} instead of {getattr(other, name) * unit:g}{label}"
        for name, unit, label in (("tau_m", 1e3, " ms"), ("t_ref", 1e3, " ms"), ("noise", 1, ""), ("tau_syn", 1e3, " ms"))
        if getattr(cell, name) != getattr(other, name)
    ]
    passed = ", ".join(f"{layer.name} {layer.passed:.2g}" for layer in case.layers)
    return f"the cell has {', '.join(said) or 'other constants'}; rates over those that the mapping expects: {passed}"


def recalibration(case: Case) -> str:
    """The option that makes the mapping for the cell as it is."""
    r_max = possible_rate(case, case.twin.cell)
    return "--recalibrate" + (f" --r-max {r_max:g}" if r_max != case.twin.mapping.r_max else "")


def other_rate(case: Case, twin: Twin) -> Twin:
    """The twin at the usual r_max."""
    if case.departs and twin.network.weights is case.twin.network.weights:
        return twin
    return translated(twin, case.images, twin.mapping.cell, twin.cell, R_MAX)


def finer(case: Case) -> float:
    """A quarter of the step, and no more than 1 ms; s."""
    return min(case.twin.dt / 4, 1e-3)


def longer(case: Case) -> float:
    """Four times the time, and no less than 100 ms; s."""
    return max(4 * case.twin.duration, 0.1)


def background(case: Case) -> str:
    """What cells fire whose units are off, against the others."""
    off = np.concatenate([case.pair.rates(i)[~case.pair.unit_on(i)] for i in range(len(case.pair.sums))])
    on = np.concatenate([case.pair.rates(i)[case.pair.unit_on(i)] for i in range(len(case.pair.sums))])
    means = [float(rates.mean()) if rates.size else 0.0 for rates in (off, on)]
    return (
        f"the voltage wanders by {case.twin.cell.noise:g} of the way to threshold (SD): cells whose units are off fire "
        f"at {means[0]:.0f} Hz, the others at {means[1]:.0f} Hz"
    )


def hurry(case: Case) -> str:
    """How little the output cells say in the time given."""
    counts = case.pair.response.counts[-1]
    mute = float((counts.sum(axis=1) == 0).mean())
    tie = float(((counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1).mean())
    passed = ", ".join(f"{layer.name} {layer.passed:.0%}" for layer in case.layers)
    return (
        f"in {case.twin.duration * 1e3:g} ms the output cells fire {counts.sum(axis=1).mean():.2g} spikes a digit, "
        f"{mute:.0%} of the digits get none and {tie:.0%} end in a tie; of the rates that units ask for there come: "
        f"{passed}"
    )


def saturation(case: Case) -> str:
    """How many cells can't say more."""
    return (
        f"no cell can fire above {case.ceiling:.0f} Hz (t_ref {case.twin.cell.t_ref * 1e3:g} ms, step "
        f"{case.twin.dt * 1e3:g} ms) where a full activation asks for {case.twin.mapping.r_max:g} Hz: "
        f"{case.saturated:.0%} of the cells that fire are within one spike of that"
    )


def steps(case: Case) -> str:
    """What a step is, against all that happens faster."""
    return (
        f"a step of {case.twin.dt * 1e3:g} ms, where synapses decay in {case.twin.cell.tau_syn * 1e3:g} ms, membranes in "
        f"{case.twin.cell.tau_m * 1e3:g} ms, and a cell that fires at {case.twin.mapping.r_max:g} Hz has "
        f"{1e3 / case.twin.mapping.r_max:g} ms between spikes"
    )


#: in the order in which remedies are applied; of those that do equally well, an earlier one is the cause
CAUSES = (
    Cause(weights_name, lambda case: case.departs, lambda case, twin: remade(twin, case.images), weights_evidence, weights_remedy),
    Cause(
        lambda case: BIAS,
        lambda case: case.twin.model.activation == "relu" and max(constants_over_spread(case), default=0) > MUCH,
        lambda case, twin: case.changed(twin, model=without_constant(twin.model, case.images)),
        constant_evidence,
        lambda case: "hand the constant on to the next layer: `model = without_constant(model, training_images)` "
        "(compare.causes) answers the same, then `save_model`",
    ),
    Cause(
        lambda case: NOISY,
        lambda case: least(case, "noise"),
        lambda case, twin: restored(case, twin, "noise"),
        background,
        lambda case: f"--noise {with_own(case, 'noise'):g}",
    ),
    Cause(
        lambda case: SATURATED,
        lambda case: least(case, "t_ref"),
        lambda case, twin: restored(case, twin, "t_ref"),
        saturation,
        lambda case: f"--t-ref {with_own(case, 't_ref') * 1e3:g}, or keep the cell and ask less of it: "
        f"{recalibration(case)}",
    ),
    Cause(
        lambda case: SATURATED,
        lambda case: case.twin.mapping.r_max > R_MAX and case.saturated > 0.02,
        other_rate,
        saturation,
        lambda case: f"--r-max {R_MAX:g}",
    ),
    Cause(
        lambda case: OTHER_CELL,
        lambda case: case.twin.cell != case.twin.mapping.cell,
        recalibrated,
        cell_evidence,
        recalibration,
    ),
    Cause(
        lambda case: COARSE,
        lambda case: True,
        lambda case, twin: case.changed(twin, dt=finer(case)),
        steps,
        lambda case: f"--dt {finer(case) * 1e3:g}",
    ),
    Cause(
        lambda case: FEW_SPIKES,
        lambda case: case.twin.mapping.r_max < R_MAX and case.twin.mapping.r_max * case.twin.duration < LEAST_SPIKES,
        other_rate,
        lambda case: f"a full activation is {case.twin.mapping.r_max * case.twin.duration:.2g} spikes in the time given",
        lambda case: f"--r-max {R_MAX:g}",
    ),
    Cause(
        lambda case: SHORT,
        lambda case: True,
        lambda case, twin: case.changed(twin, duration=longer(case)),
        hurry,
        lambda case: f"--duration {longer(case) * 1e3:g}",
    ),
    Cause(
        lambda case: RANDOM_INPUT,
        lambda case: case.twin.input == "poisson",
        lambda case, twin: replace(twin, input="current"),
        lambda case: f"pixels are counted by random spikes: {case.pair.response.input.mean():.0f} of them a digit",
        lambda case: "--input current",
    ),
)
