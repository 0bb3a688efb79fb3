"""The same network as a Brian2 script would have it: one digit, volts and amperes, one Synapses object between layers.

    τ_m dV/dt = (E - V) + R (I_drive + I_syn)  (held while refractory)      τ_syn dI_syn/dt = -I_syn

It is slow, and it is here to be read, and to vouch for `bio.batch`: both must give the same spikes. Brian2 integrates
the equations by the exact solution that it derives itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bio.brian import brian2
from bio.lif import LIF
from bio.network import SpikingNetwork, check_time
from bio.stimulus import Stimulus

CELL = """
dV/dt = (E - V + R * (I_drive + I_noise + I_syn)) / tau_m : volt (unless refractory)
dI_syn/dt = -I_syn / tau_syn : amp
I_drive : amp
I_noise = noise_current(t, i) : amp
"""

SOLUTIONS: dict[str, str] = {}  # of equations, in the names of their constants


def spikes_of_one_digit(
    network: SpikingNetwork, stimulus: Stimulus, *, duration: float, dt: float
) -> tuple[np.ndarray, ...]:
    """Every spike of the network shown one digit for `duration` (s) in steps of `dt` (s).

    One array (m, 2) a layer, the input cells first: step and cell of each spike, in that order.
    """
    b2 = brian2()
    steps = check_time(duration, dt)
    noise = scaled_noise(network, stimulus, steps, dt)
    layers, first = [], 0
    for number, bias in enumerate(network.biases, 1):
        layers.append(cells(f"layer_{number}", network.cell, bias, noise[:, first : first + len(bias)], dt))
        first += len(bias)
    source = input_cells(network, stimulus, layers[0], steps, dt)
    populations = [*([source] if source is not None else []), *layers]
    weights = network.weights if source is not None else network.weights[1:]
    monitors = [b2.SpikeMonitor(population, name=f"seen_of_{population.name}") for population in populations]
    joints = [
        connect(below, above, charge, network.cell)
        for below, above, charge in zip(
            populations, layers if source is not None else layers[1:], weights, strict=False
        )
    ]
    b2.Network(populations, joints, monitors).run(duration * b2.second, namespace={})
    found = [in_order(monitor, dt) for monitor in monitors]
    return tuple(found) if source is not None else (np.zeros((0, 2), int), *found)


def cells(name: str, cell: LIF, drive: np.ndarray, noise: np.ndarray, dt: float) -> Any:
    """A NeuronGroup of cells, under constant drives (cells,) and noise (steps, cells), both in threshold units.

    With names of its own, here and below, Brian2 writes its code once, and not anew for each digit."""
    b2 = brian2()
    group = b2.NeuronGroup(
        len(drive),
        CELL,
        threshold="V > V_threshold",
        reset="V -= V_threshold - V_reset" if cell.reset == "subtract" else "V = V_reset",
        refractory=cell.refractory(dt) * b2.second,
        method=exact,
        dt=dt * b2.second,
        namespace={
            "E": cell.v_rest * b2.volt,
            "V_threshold": cell.v_threshold * b2.volt,
            "V_reset": cell.v_reset * b2.volt,
            "R": cell.resistance * b2.ohm,
            "tau_m": cell.tau_m * b2.second,
            "tau_syn": apart(cell.tau_syn, cell.tau_m) * b2.second,
            "noise_current": b2.TimedArray(cell.current(noise) * b2.amp, dt=dt * b2.second, name=f"noise_of_{name}"),
        },
        dtype=np.float64,
        name=name,
    )
    group.V = (cell.v_rest + cell.start * cell.span) * b2.volt
    group.I_drive = cell.current(drive) * b2.amp
    return group


def exact(equations: Any, variables: Any, method_options: Any) -> str:
    """Brian2's method="exact" for `CELL`: sympy takes a second for the solution, which is the same for all cells."""
    if CELL not in SOLUTIONS:
        SOLUTIONS[CELL] = brian2().exact(equations, variables, method_options)
    return SOLUTIONS[CELL]


def apart(tau_syn: float, tau_m: float) -> float:
    """τ_syn, moved by a millionth where it equals τ_m, for which Brian2's solution divides by zero."""
    return tau_syn if abs(tau_syn / tau_m - 1) > 1e-6 else tau_m * (1 + 1e-6)


def input_cells(network: SpikingNetwork, stimulus: Stimulus, first: Any, steps: int, dt: float) -> Any:
    """The cells that spike into the first layer; None for steady currents, which are added to its drive instead."""
    b2 = brian2()
    pixels = network.sizes[0]
    if stimulus.kind == "current":
        drive = (stimulus.mean_rates() @ network.weights[0])[0]
        first.I_drive += network.cell.current(drive) * b2.amp
        return None
    if stimulus.kind == "poisson":
        spikes = [array.nonzero()[1] for array in stimulus.poisson_spikes(steps, dt)]
        when = np.repeat(np.arange(steps), [len(fired) for fired in spikes])
        return b2.SpikeGeneratorGroup(
            pixels, np.concatenate(spikes), when * dt * b2.second, dt=dt * b2.second, name="eye"
        )
    seen, cell = stimulus.eye_cells(), stimulus.eye
    drive = np.zeros(pixels)
    drive[seen.pixel] = seen.drive
    eye = cells("eye", cell, drive, np.zeros((1, pixels)), dt)
    eye.V[seen.pixel] = (cell.v_rest + cell.span * seen.voltage) * b2.volt
    eye.lastspike[seen.pixel] = (-dt - seen.since_spike) * b2.second
    return eye


def connect(below: Any, above: Any, charge: np.ndarray, cell: LIF) -> Any:
    """Synapses from all cells to all; each spike adds the current whose charge the weights (below, above) give."""
    b2 = brian2()
    synapses = b2.Synapses(below, above, "w : amp", on_pre="I_syn_post += w", name=f"into_{above.name}")
    synapses.connect()
    synapses.w = cell.current(charge / cell.tau_syn).ravel() * b2.amp
    return synapses


def scaled_noise(network: SpikingNetwork, stimulus: Stimulus, steps: int, dt: float) -> np.ndarray:
    """(steps, cells of all layers): drives, constant for a step, that give the voltage the cell's noise."""
    drawn = [now[0] for now in stimulus.membrane_noise(steps, sum(network.sizes[1:]))]
    return network.cell.noise_drive(dt) * np.array(drawn, float)


def in_order(monitor: Any, dt: float) -> np.ndarray:
    """(m, 2): step and cell of each spike, sorted."""
    spikes = np.column_stack([np.rint(np.asarray(monitor.t) / dt).astype(int), np.asarray(monitor.i)])
    return spikes[np.lexsort(spikes.T[::-1])]
