"""What can be wrong with a spiking twin: for each cause when it is suspected, its remedy, and the numbers that show it.

A remedy takes a twin and returns it repaired, so that `find.py` can try it; the mapping is made anew for what
it changes. Only a twin whose weights are those of no calibration keeps them until its first remedy, a translation,
is applied: else every remedy would hide that this one is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from bio import LIF
from compare.activations import R_MAX
from compare.diagnosis.departure import (
    BIAS,
    MUCH,
    Case,
    remade,
    translated,
    weights_evidence,
    weights_name,
    weights_remedy,
)
from compare.diagnosis.standard import constant, without_constant
from compare.mapping import weighted_sums
from compare.pair import Twin

SATURATED = "saturated units"
COARSE = "dt too coarse"
SHORT = "time too short"
NOISY = "noise too strong"
OTHER_CELL = "a cell that the mapping was not made for"
FEW_SPIKES = "rates too low for the time"
RANDOM_INPUT = "input spikes too random"
CURVE = "a firing curve too bent"

LEAST_SPIKES = 10  # of a full activation, in the time given


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


def constants_over_spread(case: Case) -> list[float]:
    """Of each hidden layer, the median unit's constant over its SD from digit to digit."""
    sums = weighted_sums(case.twin.model, case.training.images)
    return [
        float(np.median(always / np.maximum(layer.std(axis=0), 1e-9)))
        for always, layer in zip(constant(case.twin.model, case.training.images), sums, strict=False)
    ]


def constant_evidence(case: Case) -> str:
    """The layers that say almost the same for every digit."""
    return "; ".join(
        f"{name}: what its units always add is {ratio:.3g} times what differs from digit to digit"
        for name, ratio in zip(case.pair.names, constants_over_spread(case), strict=False)
        if ratio > MUCH
    )


def usual(case: Case, name: str) -> float:
    """The usual value of a constant of the cell: what the mapping was made for, if that is less than now."""
    made_for, now = getattr(case.twin.mapping.cell, name), getattr(case.twin.cell, name)
    return made_for if made_for < now else getattr(case.own, name)


def above_usual(case: Case, name: str) -> bool:
    """Whether a constant of the cell is above its usual value."""
    return bool(getattr(case.twin.cell, name) > usual(case, name))


def restored(case: Case, twin: Twin, name: str) -> Twin:
    """The twin with the usual value of a constant of the cell."""
    return case.changed(twin, cell=replace(twin.cell, **{name: usual(case, name)}))  # type: ignore[arg-type]


def possible_rate(case: Case, cell: LIF) -> float:
    """r_max, Hz, lowered to four fifths of the ceiling where the cell cannot come near it."""
    r_max = case.twin.mapping.r_max
    return r_max if r_max * cell.t_ref < 0.9 else 0.8 / cell.t_ref


def recalibrated(case: Case, twin: Twin) -> Twin:
    """The twin with a mapping made for the cell it has."""
    if case.keeps(twin):
        return twin
    return translated(twin, case.training, twin.cell, twin.cell, possible_rate(case, twin.cell))


def cell_evidence(case: Case) -> str:
    """What differs between the cell and the mapping's."""
    cell, other = case.twin.cell, case.twin.mapping.cell
    said = [
        f"{name} {getattr(cell, name) * unit:g}{label} instead of {getattr(other, name) * unit:g}{label}"
        for name, unit, label in (
            ("tau_m", 1e3, " ms"),
            ("t_ref", 1e3, " ms"),
            ("noise", 1, ""),
            ("tau_syn", 1e3, " ms"),
        )
        if getattr(cell, name) != getattr(other, name)
    ]
    passed = ", ".join(f"{layer.name} {layer.passed:.2g}" for layer in case.layers)
    return f"the cell has {', '.join(said) or 'other constants'}; rates over those that the mapping expects: {passed}"


def recalibration(case: Case) -> str:
    """The option that makes the mapping for the cell as it is."""
    r_max = possible_rate(case, case.twin.cell)
    return "--recalibrate" + (f" --r-max {r_max:g}" if r_max != case.twin.mapping.r_max else "")


def usual_rate(case: Case) -> float:
    """The usual r_max, Hz, or less where the cell the mapping is for cannot come near it."""
    return min(R_MAX, 0.8 / max(case.twin.mapping.cell.t_ref, 1e-9))


def other_rate(case: Case, twin: Twin) -> Twin:
    """The twin at the usual r_max."""
    if case.keeps(twin):
        return twin
    return translated(twin, case.training, twin.mapping.cell, twin.cell, usual_rate(case))


def finer(case: Case) -> float:
    """A quarter of the step, and no more than 1 ms; s."""
    return min(case.twin.dt / 4, 1e-3)


def longer(case: Case) -> float:
    """Four times the time, and no less than 100 ms; s."""
    return max(4 * case.twin.duration, 0.1)


def bend(case: Case) -> str:
    """How far rates are from being proportional to activations."""
    mapping, layer, cell = case.twin.mapping, case.twin.mapping.layers[0], case.twin.cell
    tenth, full = cell.rate(layer.c0 + layer.c1 * np.array([0.1, 1.0]), dt=mapping.dt)
    return (
        f"cells with tau_m {cell.tau_m * 1e3:g} ms and r_max {mapping.r_max:g} Hz rise steeply: at a tenth of a full "
        f"activation they fire at {tenth / full:.0%} of the full rate already, and every layer adds to that error"
    )


def straighter(case: Case) -> Iterator[tuple[str, Twin]]:
    """What makes rates more proportional to activations, by name, and the twin with it."""
    twin, cell = case.twin, case.twin.cell
    if cell.tau_m < case.own.tau_m:
        usual = replace(cell, tau_m=case.own.tau_m)
        yield f"--tau-m {usual.tau_m * 1e3:g}", translated(twin, case.training, usual, usual, twin.mapping.r_max)
    if twin.mapping.r_max < usual_rate(case):
        yield f"--r-max {usual_rate(case):g}", other_rate(case, twin)
    if twin.align == "threshold":
        yield "--align slope", remade(twin, case.training, align="slope")
    if not twin.retuned:
        yield "analogy compare --retune", remade(twin, case.training, retuned=True)


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
        f"a step of {case.twin.dt * 1e3:g} ms, where synapses decay in {case.twin.cell.tau_syn * 1e3:g} ms, membranes "
        f"in {case.twin.cell.tau_m * 1e3:g} ms, and a cell that fires at {case.twin.mapping.r_max:g} Hz has "
        f"{1e3 / case.twin.mapping.r_max:g} ms between spikes"
    )


#: in the order in which remedies are applied; of those that do equally well, an earlier one is the cause
CAUSES = (
    Cause(
        weights_name,
        lambda case: case.departs,
        lambda case, twin: remade(twin, case.training),
        weights_evidence,
        weights_remedy,
    ),
    Cause(
        lambda case: BIAS,
        lambda case: case.twin.model.activation == "relu" and max(constants_over_spread(case), default=0) > MUCH,
        lambda case, twin: case.changed(twin, model=without_constant(twin.model, case.training.images)),
        constant_evidence,
        lambda case: (
            "hand the constant on to the next layer: `model = without_constant(model, training_images)` "
            "(compare.diagnosis.standard) answers the same, then `save_model`"
        ),
    ),
    Cause(
        lambda case: NOISY,
        lambda case: above_usual(case, "noise"),
        lambda case, twin: restored(case, twin, "noise"),
        background,
        lambda case: f"--noise {usual(case, 'noise'):g}",
    ),
    Cause(
        lambda case: SATURATED,
        lambda case: above_usual(case, "t_ref"),
        lambda case, twin: restored(case, twin, "t_ref"),
        saturation,
        lambda case: f"--t-ref {usual(case, 't_ref') * 1e3:g}",
    ),
    Cause(
        lambda case: SATURATED,
        lambda case: case.twin.mapping.r_max > R_MAX and case.saturated > 0.02,
        other_rate,
        saturation,
        lambda case: f"--r-max {usual_rate(case):g}",
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
        lambda case: (
            case.twin.mapping.r_max < usual_rate(case) and case.twin.mapping.r_max * case.twin.duration < LEAST_SPIKES
        ),
        other_rate,
        lambda case: (
            f"a full activation is {case.twin.mapping.r_max * case.twin.duration:.2g} spikes in the time given"
        ),
        lambda case: f"--r-max {usual_rate(case):g}",
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
