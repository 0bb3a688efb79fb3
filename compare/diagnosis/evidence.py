"""What shows that something is wrong with a spiking twin: one sentence a cause, with the numbers of the case."""

from __future__ import annotations

import numpy as np

from compare.diagnosis.departure import MUCH, Case
from compare.diagnosis.standard import constant
from compare.mapping import weighted_sums


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


def bend(case: Case) -> str:
    """How far rates are from being proportional to activations."""
    mapping, layer, cell = case.twin.mapping, case.twin.mapping.layers[0], case.twin.cell
    tenth, full = cell.rate(layer.c0 + layer.c1 * np.array([0.1, 1.0]), dt=mapping.dt)
    return (
        f"cells with tau_m {cell.tau_m * 1e3:g} ms and r_max {mapping.r_max:g} Hz rise steeply: at a tenth of a full "
        f"activation they fire at {tenth / full:.0%} of the full rate already, and every layer adds to that error"
    )


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


def coarseness(case: Case) -> str:
    """What a step is, against all that happens faster."""
    return (
        f"a step of {case.twin.dt * 1e3:g} ms, where synapses decay in {case.twin.cell.tau_syn * 1e3:g} ms, membranes "
        f"in {case.twin.cell.tau_m * 1e3:g} ms, and a cell that fires at {case.twin.mapping.r_max:g} Hz has "
        f"{1e3 / case.twin.mapping.r_max:g} ms between spikes"
    )


def few_spikes(case: Case) -> str:
    """How few spikes the most that a unit can say comes to."""
    return f"a full activation is {case.twin.mapping.r_max * case.twin.duration:.2g} spikes in the time given"


def random_spikes(case: Case) -> str:
    """By how many random spikes the pixels are told."""
    return f"pixels are counted by random spikes: {case.pair.response.input.mean():.0f} of them a digit"
